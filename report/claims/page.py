# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of the claims: what is on it, in which order."""

import math
from typing import List, Sequence

from report.claims import scalability
from report.claims.answer import answers, by_machine, cell_rows, crossover_rows
from report.claims.answer import explained, tally
from report.claims.break_even import FLUSH, THINK, rows_of
from report.claims.case import NATIVE, Chart, Finding, Value, machine_name
from report.claims.data import Data
from report.claims.document import Block, Heading, Image, Items, Table, Text
from report.claims.draw import as_svg
from report.claims.method import LIMITS, method
from report.claims.panels import panels
from report.claims.provenance import missing, native_samples, taken
from report.claims.scalability import RESIDUAL_MOST, Fit
from report.claims.sentences import SENTENCES, sentences
from report.claims.variants import PATH_4_1
from report.claims.words import percent, said
from report.stats.usl import COUNTS_MIN, Coefficient

# With this share of noisy samples the page says so first.
NOISY_MANY = 0.1


def build(
    data: Data, findings: Sequence[Finding], fits: Sequence[Fit], margin: float
) -> List[Block]:
    """The document."""
    host = data.runs[0].host
    blocks: List[Block] = [
        Heading(1, f"The claims of the 2015 mail, answered on {host.name}"),
        *_opening(findings, margin),
        Text(
            "In March 2015 sparc's IOMMU allocator was about to be replaced by a"
            " generic one with pools. The discussion (Benjamin Herrenschmidt's"
            " mail of 24 March,"
            ' "Generic IOMMU pooled allocator", and what it answers) made claims that'
            " nobody measured. Each is answered below from measurements on this"
            " host and from simulations of the machines in question. A cell is"
            " one combination of workload, allocator, CPUs, flush, utilization and"
            " think time; a claim is judged cell by cell."
        ),
        *_summary(data, findings),
        *_break_even(findings, margin),
        *method(data, margin),
    ]
    for finding in findings:
        blocks += _claim(data, finding)
    blocks += _scalability(data, fits)
    blocks += [Heading(2, "What this cannot show"), Items(LIMITS)]
    return [*blocks, *missing(data, findings), *taken(data)]


def _opening(findings: Sequence[Finding], margin: float) -> List[Block]:
    """What could have been answered at the time."""
    told = sentences(findings, margin)
    texts: List[Block] = [Text(text, f"To {to}:") for to, text in told]
    withheld = SENTENCES - len(told)
    if withheld:
        texts.append(
            Text(
                f"{withheld} of the {SENTENCES} sentences that stand here if the data"
                " tell are withheld, as these do not."
            )
        )
    return texts


def _summary(data: Data, findings: Sequence[Finding]) -> List[Block]:
    rows: List[List[str]] = []
    for finding in findings:
        lead = [finding.name, finding.claim]
        for text in answers(finding):
            rows.append([*lead, text])
            lead = ["", ""]
    return [
        Heading(2, "Answers"),
        Text(
            "In how many of its cells each machine fails a claim, holds it, and cannot"
            " tell: where most fail comes first."
        ),
        Table(["", "claim", "answer"], rows),
        *_noisy(data),
    ]


_PLACE = ["machine", "CPUs", "compared", "workload", "utilization %"]


def _break_even(findings: Sequence[Finding], margin: float) -> List[Block]:
    """Above which think time a change is within the margin; the paths', if they are."""
    every = [each for finding in findings for each in finding.breaks]
    found = [each for each in every if each.dimension == THINK]
    shown = [each for each in found if each.where.variant == PATH_4_1] or found
    if not shown:
        return []
    return [
        Heading(2, "How much think time hides it"),
        Text(
            "Whether a change is seen depends on what else is done between two maps."
            f" Above this think time it is less than {percent(margin)}: where the time"
            " that an op is longer than that allows passes 0, on a line between the"
            " think times that were measured. Intervals of 95 %; of simulated machines"
            " from seed to seed."
        ),
        Table([*_PLACE, "break-even think time"], rows_of(shown), numbers=(1, 4)),
    ]


def _flips(finding: Finding) -> List[Block]:
    blocks: List[Block] = []
    thinks = [each for each in finding.breaks if each.dimension == THINK]
    flushes = [each for each in finding.breaks if each.dimension == FLUSH]
    if thinks:
        blocks += [
            Heading(3, "The think time above which it is within the margin"),
            Table([*_PLACE, "break-even"], rows_of(thinks), numbers=(1, 4)),
        ]
    if flushes:
        head = [*_PLACE, "think ns", "over the flush's cost"]
        blocks += [
            Heading(3, "Where the verdict flips as flushes get dearer"),
            Table(head, rows_of(flushes), numbers=(1, 4, 5)),
        ]
    return blocks


def _noisy(data: Data) -> List[Block]:
    """A warning, where the host was not quiet."""
    native = native_samples(data)
    share = sum(s.noisy for s in native) / len(native) if native else 0.0
    if share < NOISY_MANY:
        return []
    return [
        Text(
            f"{percent(share)} of the measured samples were noisy (iommubench"
            " doctor says by what). They are kept: they widen the intervals, and"
            " more cells cannot tell.",
            "This host was not quiet.",
        )
    ]


def _claim(data: Data, finding: Finding) -> List[Block]:
    blocks: List[Block] = [
        Heading(2, f"{finding.name}: {finding.claim}"),
        Text(finding.compared, "Compared:"),
    ]
    if finding.constructed:
        blocks.append(Text(f"{finding.constructed}.", "By construction:"))
    machines = by_machine(finding.cases)
    for machine, those in machines.items():
        blocks.append(Text(f"{tally(those)}.", f"{machine_name(machine)}:"))
        details = explained(those, len(machines))
        if details:
            blocks.append(Items(details))
    for machine in data.machines():
        if machine not in machines:
            blocks.append(
                Text(
                    f"nothing to answer from; it needs {finding.needs}.", f"{machine}:"
                )
            )
    if finding.cases:
        blocks.append(_counts(finding))
    if finding.remarks:
        blocks.append(Items(finding.remarks))
    blocks += _flips(finding)
    rows = crossover_rows(finding.cases, finding.limit)
    if rows:
        blocks += [
            Heading(3, "Where the answer changes"),
            Table(["machine", "allocator", "CPUs", "over", "series", "where"], rows),
        ]
    return blocks + [_image(data, chart) for chart in finding.charts if panels(chart)]


def _counts(finding: Finding) -> Table:
    return Table(
        [
            "machine",
            "CPUs",
            "think ns",
            "fails in",
            "holds in",
            "cannot tell",
            f"least {finding.figure}",
            "most",
        ],
        cell_rows(finding.cases),
        numbers=(1, 2, 3, 4, 5, 6, 7),
    )


def _image(data: Data, chart: Chart) -> Image:
    host = data.runs[0].host
    foot = [
        "Points: medians (flushes: all samples together); bars: 95 % intervals, of"
        " simulated points over the seeds."
        + (" Band: within the margin." if chart.band else "")
        + (" Thin: the fitted law." if chart.fits else "")
        + (" Dashed: where the answer changes." if chart.limit is not None else ""),
        f"Host: {host.name}, {host.cpu_model}. What is called simulated is no"
        " measurement.",
    ]
    return Image(
        f"claims-{chart.name}.svg", f"{chart.name}: {chart.title}", as_svg(chart, foot)
    )


def _scalability(data: Data, fits: Sequence[Fit]) -> List[Block]:
    blocks: List[Block] = [
        Heading(2, "Scalability"),
        Text(
            "The Universal Scalability Law says that n CPUs do lambda n / (1 + sigma"
            " (n - 1) + kappa n (n - 1)): sigma is the part of the work that is done"
            " in turns (contention; above 1 it gets longer by being shared), kappa is"
            " what each CPU costs every other (coherency). It is fitted to as many"
            f" CPU counts, from the smallest on and at least {COUNTS_MIN}, as it"
            f" describes within {percent(RESIDUAL_MOST)}; the error over all counts"
            " says whether it is a"
            " law for the allocator or for the beginning only."
        ),
    ]
    native = {each.where.machine for each in fits}
    if NATIVE not in native:
        cpus = sorted({t.where.cpus for t in data.cells.values() if not t.simulated})
        counts = ", ".join(map(str, cpus)) or "none"
        blocks.append(
            Text(
                f"not fitted, {COUNTS_MIN} CPU counts are needed and {counts} were"
                " measured; simulated machines stand in.",
                f"{NATIVE}:",
            )
        )
    if not fits:
        return [*blocks, Text("Nothing has enough CPU counts to be fitted.")]
    return [*blocks, _laws(fits), _image(data, scalability.chart(data, fits))]


def _laws(fits: Sequence[Fit]) -> Table:
    rows = []
    for each in fits:
        row = [each.where.machine, str(each.where.think_ns), each.where.variant]
        if each.fits:
            row += [f"{each.counts[0]} to {each.counts[-1]}"]
            row += [_coefficient(each.law.sigma), _coefficient(each.law.kappa)]
            row += [_peak(each), percent(each.law.residual)]
        else:
            row += ["none", "", "", "", ""]
        rows.append([*row, f"{percent(each.residual)}, to {each.most}"])
    head = "machine,think ns,allocator,CPUs,sigma,kappa,peak,error,error over all"
    return Table(head.split(","), rows, numbers=(1, 3, 4, 5, 6, 7, 8))


def _peak(each: Fit) -> str:
    """Where the law has the highest throughput, on one CPU at least."""
    peak = max(1.0, each.law.peak)
    return f"{peak:.0f}" if math.isfinite(peak) else "none"


def _coefficient(each: Coefficient) -> str:
    return said(Value(each.value, each.low, each.high))
