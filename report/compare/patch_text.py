# SPDX-License-Identifier: GPL-2.0-or-later
"""A comparison as text for a changelog, a cover letter or a pull request."""

from typing import Dict, List, Optional, Sequence

from report import ReportError
from report.compare import patch_shape as shape
from report.compare.cell_names import listed
from report.compare.evidence import flushing, lock_columns, lock_rows, same_code
from report.compare.lines import interval_text, seed_range, sim_change
from report.compare.lines import simulated_summary, told_by
from report.compare.patch_sittings import sections
from report.compare.reasons import Reason, apart, failed_beside, nothing_told
from report.compare.reasons import reason_of
from report.compare.reproduce import command, in_lines, reservations
from report.compare.sides import ALLOCATORS, FILES, Sides
from report.compare.simulated import Simulated, SimulatedRow, Simulation
from report.compare.sittings import Sittings, one_sitting
from report.compare.sittings_text import dates, notes as sittings_notes
from report.compare.verdicts import Row, Verdicts, commit_text, kernel_text
from report.compare.verdicts import sides_described
from report.read.run import Run
from report.stats.seeds import Told
from report.stats.verdict import Verdict
from report.text.counted import counted
from report.text.percentage import signed, size, written
from report.text.table import Column, wrapped
from report.text.units import nanoseconds


def plain(text: str) -> str:
    """The text in ASCII; what has no letter there becomes a question mark."""
    return text.encode("ascii", "replace").decode("ascii")


def patch_lines(
    verdicts: Verdicts,
    simulated: Simulation,
    markdown: bool,
    sittings: Optional[Sittings] = None,
) -> List[str]:
    """The lines of the text; `verdicts` are those of the first of the sittings."""
    if sittings is None:
        lines = [_sentence(text) for text in nothing_told(verdicts)]
        lines += _head(verdicts, markdown, "")
        lines += ["", *_what_it_is(verdicts)]
        lines += shape.said(_sentence(one_sitting(verdicts)))
        lines += _moved("Slower (losses):", verdicts, Verdict.SLOWER, markdown)
        lines += _moved("Faster (gains):", verdicts, Verdict.FASTER, markdown)
        lines += _unmoved(verdicts)
    else:
        lines = _head(verdicts, markdown, dates(sittings))
        lines += ["", *_what_it_is(verdicts), *sections(sittings, markdown)]
    if isinstance(simulated, Simulated):
        lines += _simulated(simulated, markdown)
    elif isinstance(simulated, ReportError):
        lines += ["", *shape.said(f"Simulated part not comparable: {simulated}")]
    return [*lines, "", *_reproduce(verdicts, simulated, markdown, sittings)]


def _head(verdicts: Verdicts, markdown: bool, when: str) -> List[str]:
    sides = verdicts.sides
    words = sides_described(sides)
    told = [f"{name:4}   {text}" for name, text in words.items()]
    if sides.kind == FILES:
        lines = [line for text in told for line in shape.said(text)]
    else:
        lines = [shape.cut(text) for text in told]
    lines += [shape.whole_parts(f"host   {_host(sides.base)}")]
    lines += shape.said(f"CPU    {sides.base.host.revision_text}", " " * len("CPU    "))
    lines += shape.said(f"taken  {when}", " " * len("taken  ")) if when else []
    if sides.differences:
        lines += shape.said(f"NOT the same machine or build: {sides.differences}")
    lines += shape.said(f"config {_configuration(verdicts)}", " " * len("config "))
    if markdown:
        return ["```", *lines, "```"]
    return lines


def _what_it_is(verdicts: Verdicts) -> List[str]:
    """By what this was measured, of what, and what was not there."""
    sides = verdicts.sides
    text = (
        f"Measured with {_by(sides)} in user space: {_code(sides)}, in pinned threads,"
        " with an emulated flush; no driver, device or interrupt. Times: medians, in"
        " ns/op, an op being a map and its unmap on one CPU; changes: medians of new /"
        " base among samples taken together."
    )
    kinds = flushing(sides)
    text += f" Flushing: {kinds}." if kinds else ""
    lines = shape.said(text, "")
    for said in same_code(sides):
        lines += shape.said(_sentence(said))
    return lines


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _by(sides: Sides) -> str:
    """The suite: a commit is its name."""
    runs = [sides.base, sides.new] if sides.kind == FILES else [sides.base]
    commits = list(dict.fromkeys(commit_text(r.commit, r.dirty) for r in runs))
    return f"iommubench {' and '.join(commits)}"


def _code(sides: Sides) -> str:
    """What was measured."""
    if sides.kind == ALLOCATORS:
        of = kernel_text(sides.base)
        kernels = f", k-NAME being the unmodified code of {of}" if of else ""
        return f"its own allocators{kernels}"
    if sides.of_kernel:
        return "the allocators' files of both kernel trees, unmodified"
    if sides.kind == FILES:
        return "its own allocators"
    whole = "the whole tree of either side, with its own harness"
    return whole if sides.trees else "src/ of either side"


def _host(base: Run) -> str:
    host = base.host
    virtual = "" if host.virtualisation in ("none", "unknown") else host.virtualisation
    cpus = f"{len(host.cpu_order)} CPUs"
    words = (host.name, cpus, host.cpu_model, host.arch, host.kernel)
    return ", ".join(filter(None, (*words, virtual)))


def _configuration(verdicts: Verdicts) -> str:
    layouts = max(row.change.layouts for row in verdicts.rows)
    return ", ".join(
        (
            verdicts.names.common,
            f"{layouts} link order{'s' if layouts > 1 else ''}",
            verdicts.sides.base.compiler,
        )
    )


def _moved(
    title: str, verdicts: Verdicts, verdict: Verdict, markdown: bool
) -> List[str]:
    rows = verdicts.of(verdict)
    if not rows:
        untold = verdicts.of(Verdict.CANNOT_TELL)
        return ["", f"{title} none{' that can be told' if untold else ''}"]
    columns = [
        Column("cell"),
        Column("CPUs", True),
        Column("base ns/op", True),
        Column("new ns/op", True),
        Column("change %", True),
        Column("95 % interval"),
    ]
    most = shape.most(rows, [row.change.ratio - 1 for row in rows])
    cells = [_moved_row(verdicts, row) for row in most]
    return [
        "",
        title,
        *shape.body(columns, cells, markdown),
        *shape.more(rows, most, markdown),
    ]


def _moved_row(verdicts: Verdicts, row: Row) -> List[str]:
    change = row.change
    return [
        verdicts.names.short(row.cell),
        str(row.cell.cpus),
        nanoseconds(change.base),
        nanoseconds(change.new),
        signed(change.ratio - 1),
        interval_text(change),
    ]


def _unmoved(verdicts: Verdicts) -> List[str]:
    same, unknown = verdicts.of(Verdict.SAME), verdicts.of(Verdict.CANNOT_TELL)
    lines = [""]
    count = len(verdicts.rows)
    lines += shape.said(
        f"The same within {written(verdicts.margin)}: {len(same)} of {_cells(count)}."
    )
    few, noisy, means, unknown = (
        [row for row in unknown if reason_of(row, verdicts.margin) is reason]
        for reason in (Reason.FEW, Reason.NOISY, Reason.MEAN, Reason.SMALL)
    )
    if few:
        lines.append(f"Too few samples to tell: {len(few)} of {_cells(count)}.")
    if noisy:
        lines.append(f"Too noisy to tell: {len(noisy)} of {_cells(count)}.")
    if unknown:
        sizes = [row.change.smallest for row in unknown]
        least, most = size(min(sizes)), size(max(sizes))
        seen = f"{least} %" if least == most else f"{least} to {most} %"
        names = "; ".join(listed(verdicts.names, [row.cell for row in unknown]))
        lines += shape.said(
            f"Cannot tell: {len(unknown)} of {_cells(count)} (smallest change that"
            f" would have been seen: {seen}): {names}"
        )
    if means:
        lines.append(f"Cannot tell by the mean: {len(means)} of {_cells(count)}.")
    for text in (*apart(verdicts), *failed_beside(verdicts)):
        lines += shape.said(f"({text})")
    return lines


def _cells(count: int) -> str:
    return counted(count, "cell")


def _simulated(simulated: Simulated, markdown: bool) -> List[str]:
    lines = ["", *shape.said(_model(simulated), "")]
    kinds = (
        ("Simulated slower (losses):", simulated.of(Told.SLOWER)),
        ("Simulated faster (gains):", simulated.of(Told.FASTER)),
    )
    columns = [
        Column("cell"),
        Column("CPUs", True),
        Column("base ns/op", True),
        Column("new ns/op", True),
        Column("change %", True),
        Column("of seeds"),
    ]
    for title, rows in kinds:
        most = shape.most(rows, [row.change for row in rows])
        cells = [
            [
                simulated.names.short(row.cell),
                f"sim:{row.cell.cpus}",
                nanoseconds(row.base),
                nanoseconds(row.new),
                sim_change(row.change),
                seed_range(row),
            ]
            for row in most
        ]
        if cells:
            lines += [title, *shape.body(columns, cells, markdown)]
            lines += shape.more(rows, most, markdown)
            lines += work_lines(rows, markdown)
    lines += shape.said(f"{_sentence(simulated_summary(simulated))}")
    lines += [line for text in told_by(simulated) for line in shape.said(f"({text})")]
    still = simulated.of(Told.SAME, Told.UNKNOWN)
    if any(row.work for row in still):
        lines += ["Of those neither slower nor faster:", *work_lines(still, markdown)]
    lines += _locks(simulated, markdown)
    return [*lines, *_noted(simulated.notes)]


def _model(simulated: Simulated) -> str:
    """What simulated figures are."""
    machine = simulated.sides.base.simulator
    what = f" of {machine.summary}" if machine else ""
    return (
        f"Simulated, not measured: a model{what}; its CPUs, caches and times are"
        f" simulated. Seeds a cell, the same on both sides: {simulated.seeds}; medians"
        f" over them. {simulated.names.common}"
    )


def _locks(simulated: Simulated, markdown: bool) -> List[str]:
    rows, more = lock_rows(simulated)
    lines = ["", "Locks and flushes of the model, base and new:"]
    lines += shape.body(lock_columns(), rows, markdown)
    if more:
        lines.append(f"  and {counted(more, 'more cell')}")
    return lines


def _noted(notes: Sequence[str]) -> List[str]:
    """Further notes; differences are worded as at the top."""
    return [
        line
        for note in notes
        for line in shape.said(
            note.replace("!: ", "NOT the same machine or build: ", 1)
            if note.startswith("!: ")
            else f"({note})"
        )
    ]


def work_lines(rows: Sequence[SimulatedRow], markdown: bool) -> List[str]:
    """In how far the work of these cells differs, as ranges over all of them."""
    changes: Dict[str, List[Optional[float]]] = {}
    for row in rows:
        for work in row.work:
            changes.setdefault(work.name, []).append(work.change)
    said = [f"{name} {_range(of)}" for name, of in changes.items()]
    if not said:
        return [""] if markdown else []
    text = f"Work per op, percent: {'; '.join(said)}"
    return (
        ["", text, ""]
        if markdown
        else [f"  {x}" for x in wrapped(text, shape.COLUMNS - 2)]
    )


def _range(changes: Sequence[Optional[float]]) -> str:
    """From the least to the most; None is work where there was none."""
    known = sorted(change for change in changes if change is not None)
    ends = list(dict.fromkeys(signed(change) for change in (*known[:1], *known[-1:])))
    said = [" to ".join(ends)] if ends else []
    return " and ".join([*said, *(["from none"] if None in changes else [])])


def _reproduce(
    verdicts: Verdicts,
    simulated: Simulation,
    markdown: bool,
    sittings: Optional[Sittings],
) -> List[str]:
    fit = simulated if isinstance(simulated, Simulated) else None
    count = len(sittings.each) if sittings else 1
    words = command(verdicts.sides, verdicts.margin, fit, count)
    if markdown:
        lines = ["", "```", *in_lines(words, shape.COLUMNS, ""), "```"]
    else:
        lines = in_lines(words, shape.COLUMNS, "  ")
    title = "Compared with:" if verdicts.sides.kind == FILES else "To reproduce:"
    # What differs between hosts has been said at the top.
    every = sittings_notes(sittings) if sittings else verdicts.notes
    notes = [note for note in every if not note.startswith(("!", "k-NAME"))]
    return [
        title,
        *lines,
        *_noted([*notes, *reservations(verdicts.sides, verdicts.margin)]),
    ]
