# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of the claims: what is on it, in which order."""

import math
from typing import Dict, List, Sequence, Tuple

from report.claims import scalability
from report.claims.answer import answer, by_machine, crossover_rows, explained
from report.claims.answer import overall, think_rows
from report.claims.case import NATIVE, Chart, Finding, Value, machine_name
from report.claims.data import Data
from report.claims.document import Block, Heading, Image, Items, Table, Text, Verbatim
from report.claims.draw import as_svg
from report.claims.measure import ALARMS
from report.claims.panels import panels
from report.claims.scalability import RESIDUAL_MOST, Fit
from report.claims.words import percent, said
from report.read.run import Sample
from report.stats.usl import COUNTS_MIN, Coefficient

# With this share of noisy samples the page says so first.
NOISY_MANY = 0.1

LIMITS = (
    "All that was measured is of one binary, that is of one link layout: where the"
    " linker puts the functions moves a time by several percent, about as much as the"
    " margin, and no interval includes that. So what is measured for C1, C2 and C6,"
    " and C8's costs, is true of this build; near the margin another may give another"
    " answer. make compare OLD=sun4u NEW=pooled-1 measures two allocators in three"
    " layouts. Simulated times do not depend on where code lies.",
    "These are threads in user space. In the kernel the locks are taken with interrupts"
    " off, by interrupt handlers too; here a thread can lose its CPU while it"
    " holds one. Samples in which that was noticed are counted above and kept.",
    "The flush (IOTLB invalidation) is emulated: it takes the time asked for, one"
    " flush after the other. What a real flush does to other traffic on the bus, and"
    " the IOTLB misses after it, are not in any figure. For psycho and schizo no"
    " latency was published: theirs is assumed.",
    "What drivers do between two maps is a think time. No packet is sent, and no"
    " throughput of a network or disk is predicted.",
    "A simulated machine is a model: part of its latencies is assumed (iommubench list"
    " --profiles names each), memory is sequentially consistent, and the same code runs"
    " slower or faster on the real one. Compare allocators on one machine, not"
    " machines; docs/simulator.md says how near the model comes to a host.",
    "The stale designs are this project's own, and so is how they lie in memory: each"
    " pool on cache lines of its own, where Linux's pooled has two in one. From two"
    " CPUs on a part of what tells them apart is that.",
    "With fewer CPUs than pools only the local pools of those CPUs are tried first:"
    " of 16 pools on few CPUs those are fuller than the utilization says (figure"
    " local_pool_utilization). Flushes and allocations from other pools follow that,"
    " and are drawn over it.",
)


def build(
    data: Data, findings: Sequence[Finding], fits: Sequence[Fit], margin: float
) -> List[Block]:
    """The document."""
    host = data.runs[0].host
    blocks: List[Block] = [
        Heading(1, f"The claims of the 2015 mail, answered on {host.name}"),
        Text(
            "In March 2015 sparc's IOMMU allocator was about to be replaced by a"
            " generic one with pools. The discussion (Benjamin Herrenschmidt's"
            " mail of 24 March,"
            ' "Generic IOMMU pooled allocator", and what it answers) made claims that'
            " nobody measured. Each is answered below from measurements on this"
            " host and from simulations of the machines in question. A cell is"
            " one combination of workload, allocator, CPUs, flush, utilization and"
            " think time; a claim is judged cell by cell, and what is true of"
            " all of them, or what parts them, is its answer."
        ),
        *_summary(data, findings),
        *_method(data, margin),
    ]
    for finding in findings:
        blocks += _claim(data, finding)
    blocks += _scalability(data, fits)
    blocks += [Heading(2, "What this cannot show"), Items(LIMITS)]
    return [*blocks, *_missing(data, findings), *_taken(data)]


def _summary(data: Data, findings: Sequence[Finding]) -> List[Block]:
    machines = data.machines()
    rows = []
    for finding in findings:
        cases = by_machine(finding.cases)
        each = [answer(cases.get(m, [])) for m in machines]
        rows.append([finding.name, finding.claim, overall(finding.cases), *each])
    names = [machine_name(m) for m in machines]
    return [
        Heading(2, "Answers"),
        Table(["", "claim", "answer", *names], rows),
        *_noisy(data),
    ]


def _noisy(data: Data) -> List[Block]:
    """A warning, where the host was not quiet."""
    native = _native(data)
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


def _native(data: Data) -> List[Sample]:
    """The good samples that were measured."""
    return [
        sample
        for run in data.runs
        for sample in run.samples
        if not sample.failed and sample.pass_name != "sim"
    ]


def _method(data: Data, margin: float) -> List[Block]:
    seeds = [len(t.samples) for t in data.cells.values() if t.simulated and t.samples]
    samples = [
        len(t.samples) for t in data.cells.values() if not t.simulated and t.samples
    ]
    texts = [
        f"The margin is {percent(margin)}: what changes a time by less than that"
        " is called no change, if the data show that it is less. That is an"
        " equivalence test (two one-sided tests at 2.5 %), which noise makes"
        " harder to pass. A measured time is only called slower or faster if two"
        " tests show it to be beyond the margin, the interval's and an exact sign"
        f" test, at a false discovery rate of {percent(ALARMS)} over all measured"
        " cells of a claim; and not slower, if the interval ends within the margin."
        " Where none of these applies, the data cannot tell. C1, C2, C6 and C8's"
        " costs are judged so.",
        "C3, C4, C5 and C7 compare a figure with a limit, or with another"
        " figure. A cell is decided where the 95 % intervals leave no doubt, each cell"
        " by itself: of cells that lie just at the limit, about one in forty is"
        " decided wrongly on either side. C8 itself is not a test: it worked or it"
        " did not.",
    ]
    if samples:
        texts.append(
            f"Measured: {_span(samples)} samples per cell, each in a process of its"
            " own, in blocks that hold every cell once. Intervals are of 95 %; of fewer"
            " than six samples, as lock statistics are, they are the smallest and"
            " the largest. Those of time ratios come from resampling the blocks."
        )
    if seeds:
        texts.append(
            "Simulated: deterministic. Seeds per cell:"
            f" {_span(seeds)}; their span is given as an interval, and all must"
            " agree."
        )
    texts += [
        "A condition names places that were measured: CPUs <= 4 covers the measured"
        " counts up to 4.",
        "Cells are compared within one run. A claim's answer on a machine is"
        " that of its cells; where fewer than half are decided, it cannot tell.",
    ]
    return [Heading(2, "How it is judged"), Items(texts)]


def _span(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"


def _claim(data: Data, finding: Finding) -> List[Block]:
    blocks: List[Block] = [
        Heading(2, f"{finding.name}: {finding.claim}"),
        Text(finding.compared, "Compared:"),
    ]
    machines = by_machine(finding.cases)
    for machine in data.machines():
        if machine not in machines:
            blocks.append(
                Text(
                    f"nothing to answer from; it needs {finding.needs}.", f"{machine}:"
                )
            )
            continue
        those = machines[machine]
        blocks.append(Text(f"{answer(those)}.", f"{machine_name(machine)}:"))
        details = explained(those)
        if details:
            blocks.append(Items(details))
    if finding.cases:
        blocks.append(_counts(finding))
    if finding.remarks:
        blocks.append(Items(finding.remarks))
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
            "think ns",
            "answer",
            "holds in",
            "not in",
            "cannot tell",
            f"least {finding.figure}",
            "most",
        ],
        think_rows(finding.cases),
        numbers=(1, 3, 4, 5, 6, 7),
    )


def _image(data: Data, chart: Chart) -> Image:
    host = data.runs[0].host
    foot = [
        "Points: medians (flushes: all samples together); bars: 95 % intervals, of"
        " simulated points the span of the seeds."
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


def _missing(data: Data, findings: Sequence[Finding]) -> List[Block]:
    texts = []
    for run in data.runs:
        if not run.complete:
            texts.append(
                f"{run.path.name}: incomplete, {len(run.samples)} of"
                f" {run.planned_samples} planned samples."
            )
        reasons: Dict[str, int] = {}
        for reason in run.omitted.values():
            reasons[reason] = reasons.get(reason, 0) + 1
        texts += [
            f"{run.path.name}: {n} cells left out: {why}." for why, n in reasons.items()
        ]
        failed = [sample for sample in run.samples if sample.failed]
        if failed:
            texts.append(
                f"{run.path.name}: {len(failed)} samples failed, the first with"
                f" {failed[0].error!r}."
            )
    if NATIVE not in data.machines():
        texts.append("Nothing was measured on this host itself.")
    texts += [
        f"{finding.name}: nothing to answer from; it needs {finding.needs}."
        for finding in findings
        if not finding.cases
    ]
    return [
        Heading(2, "What is missing"),
        Items(texts or ["Nothing that was planned."]),
    ]


def _taken(data: Data) -> List[Block]:
    first = data.runs[0]
    host = first.host
    simulated = sum(len(t.samples) for t in data.cells.values() if t.simulated)
    native = _native(data)
    noisy = sum(s.noisy for s in native)
    texts = [
        f"Host: {host.name}, {host.arch}, {host.cpu_model}, kernel {host.kernel},"
        f" virtualisation {host.virtualisation}, governor {host.governor}, SMT"
        f" {host.smt}, {len(host.cpu_order)} CPUs used.",
        f"Program: iommubench {first.version}, commit {first.commit[:12]}"
        f"{' with local changes' if first.dirty else ''}, {first.compiler},"
        f" {first.cflags}; {first.sizes} entries.",
        f"Samples: {len(native)} measured, {noisy} of them noisy (kept);"
        f" {simulated} simulated.",
        *_flushes(data),
    ]
    commands = "\n".join(run.command_line for run in data.runs)
    return [
        Heading(2, "How it was taken"),
        Items(texts),
        Text("By make claims, which ran:"),
        Verbatim(commands),
    ]


def _flushes(data: Data) -> List[str]:
    models: Dict[str, Tuple[float, float]] = {}
    for run in data.runs:
        for name, cost in run.flush_models.items():
            models[name] = (cost.requested_ns, cost.achieved_ns)
    if not models:
        return []
    texts = [
        f"{name}: {a:.0f} ns asked, {b:.0f} ns got" for name, (a, b) in models.items()
    ]
    return [f"Flushes: {'; '.join(texts)}."]
