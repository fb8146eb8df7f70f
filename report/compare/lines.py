# SPDX-License-Identifier: GPL-2.0-or-later
"""A comparison as a table."""

from itertools import groupby
from typing import List, Sequence

from report.compare.verdicts import Row, Verdicts, sides_described
from report.compare.cell_names import CellNames
from report.compare.evidence import same_code
from report.compare.reasons import explained, nothing_told, verdict_text
from report.compare.sittings import one_sitting
from report.text.counted import counted
from report.text.percentage import signed, written
from report.compare.simulated import Simulated, SimulatedRow
from report.stats.change import Change
from report.stats.seeds import SEEDS_MIN, SMALLEST, Told
from report.stats.verdict import Verdict
from report.text.table import Column, table, wrapped
from report.text.units import nanoseconds

COLUMNS = 80


def timing_lines(verdicts: Verdicts, markdown: bool = False) -> List[str]:
    """The lines of the table, and how to read it."""
    described = sides_described(verdicts.sides)
    lines = [f"{name:4}  {text}" for name, text in described.items()]
    lines = [*as_list([*nothing_told(verdicts), *lines], markdown), ""]
    columns = [
        Column(verdicts.names.head),
        Column("CPUs", True),
        Column("base", True),
        Column("new", True),
        Column("change", True),
        Column("95 % interval"),
        Column("verdict"),
    ]
    lines += heading(verdicts.names.common, markdown)
    mark = "! " if verdicts.sides.differences else ""
    rows = [_row(verdicts.names, row, verdicts.margin, mark) for row in verdicts.rows]
    titles = [verdicts.names.title(row.cell) for row in verdicts.rows]
    lines += blocks(columns, rows, titles, markdown)
    lines += [
        "",
        *as_list(
            [
                summary(verdicts),
                one_sitting(verdicts),
                *same_code(verdicts.sides),
                *legend(verdicts),
                *verdicts.notes,
            ],
            markdown,
        ),
    ]
    return lines


def heading(common: str, markdown: bool) -> List[str]:
    """What all cells share, and the units."""
    lines = [f"all cells: {common}", "times: ns/op; changes: percent"]
    return ["; ".join(lines), ""] if markdown else lines


def as_list(lines: Sequence[str], markdown: bool) -> List[str]:
    """Sentences as lines, or as a list in Markdown."""
    if markdown:
        return [f"- {line}" for line in lines]
    return [part for line in lines for part in wrapped(line, COLUMNS)]


def blocks(
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    titles: Sequence[str],
    markdown: bool,
) -> List[str]:
    """The table, each block of rows under its title."""
    if markdown:
        titled = [Column("cells"), *columns] if any(titles) else list(columns)
        full = [
            [title, *row] if any(titles) else row for title, row in zip(titles, rows)
        ]
        return table(titled, full, True)
    body = table(columns, rows)
    lines = body[:1]
    for title, group in groupby(zip(titles, body[1:]), key=lambda pair: pair[0]):
        lines += [title] if title else []
        lines += [line for _, line in group]
    return lines


def _row(names: CellNames, row: Row, margin: float, mark: str) -> List[str]:
    change = row.change
    return [
        mark + names.row(row.cell),
        str(row.cell.cpus),
        nanoseconds(change.base),
        nanoseconds(change.new),
        signed(change.ratio - 1),
        interval_text(change),
        verdict_text(row, margin),
    ]


def interval_text(change: Change) -> str:
    """The interval of a change; "-" where there is none."""
    if not change.enough:
        return "-"
    return f"[{signed(change.low - 1)} {signed(change.high - 1)}]"


def summary(verdicts: Verdicts) -> str:
    """How many cells have which verdict."""
    counts = {verdict: len(verdicts.of(verdict)) for verdict in Verdict}
    return (
        f"{counted(len(verdicts.rows), 'cell')}: {counts[Verdict.SLOWER]} slower,"
        f" {counts[Verdict.FASTER]} faster, {counts[Verdict.SAME]} the same within"
        f" {written(verdicts.margin)}, {counts[Verdict.CANNOT_TELL]} cannot be told"
    )


def legend(verdicts: Verdicts) -> List[str]:
    """What the words and figures of the table mean, where they occur."""
    lines = [
        "change: median of new / base within blocks of samples taken together; above 0"
        " is slower"
    ]
    if verdicts.of(Verdict.SAME):
        lines.append(f"same: the whole interval is within {written(verdicts.margin)}")
    return [*lines, *explained(verdicts)]


def simulated_lines(simulated: Simulated, markdown: bool = False) -> List[str]:
    """The lines of what was simulated: the cells that differ, and which do not."""
    head = [
        f"simulated: {simulated.names.common}",
        f"simulated CPUs and times; seeds a cell, the same on both sides:"
        f" {simulated.seeds}; base, new, change: medians over them",
    ]
    lines = ["; ".join(head)] if markdown else as_list(head, False)
    changed = simulated.changed
    if changed:
        columns = [
            Column(simulated.names.head),
            Column("CPUs", True),
            Column("base", True),
            Column("new", True),
            Column("change", True),
            Column("range of seeds"),
            Column("verdict"),
            Column("work per op"),
        ]
        rows = [_simulated_row(simulated.names, row) for row in changed]
        titles = [simulated.names.title(row.cell) for row in changed]
        lines += ["", *blocks(columns, rows, titles, markdown), ""]
    notes = [simulated_summary(simulated), *told_by(simulated), *simulated.notes]
    return [*lines, *as_list(notes, markdown)]


def simulated_summary(simulated: Simulated) -> str:
    """How many simulated cells are what."""
    counts = {kind: len(simulated.of(kind)) for kind in Told}
    words = {
        Told.SLOWER: "slower",
        Told.FASTER: "faster",
        Told.SAME: f"the same within {written(SMALLEST)}",
        Told.UNKNOWN: "cannot be told from chance",
        Told.FEW: "of too few seeds to tell",
        Told.INSTRUMENT: "by another instrument, neither better nor worse",
        Told.IDENTICAL: "identical in all figures of all seeds",
    }
    always = (Told.SLOWER, Told.FASTER, Told.IDENTICAL)
    said = [
        f"{counts[kind]} {text}"
        for kind, text in words.items()
        if counts[kind] or kind in always
    ]
    return f"{counted(len(simulated.rows), 'simulated cell')}: {', '.join(said)}"


def told_by(simulated: Simulated) -> List[str]:
    """What the words of simulated cells rest on, where they occur; sentences."""
    lines = []
    if simulated.of(Told.SLOWER, Told.FASTER, Told.SAME, Told.UNKNOWN):
        lines.append(
            f"slower, faster: by {written(SMALLEST)} or more, and the seeds' changes"
            " are more than chance (Student's t, corrected for all cells, and flipped"
            " signs)"
        )
    if simulated.of(Told.FEW):
        lines.append(
            f"fewer than {SEEDS_MIN} seeds on both sides: simulate with --repetitions"
            f" {SEEDS_MIN}"
        )
    return lines


def _simulated_row(names: CellNames, row: SimulatedRow) -> List[str]:
    return [
        names.row(row.cell),
        str(row.cell.cpus),
        nanoseconds(row.base),
        nanoseconds(row.new),
        sim_change(row.change),
        seed_range(row),
        row.told.value,
        work_text(row),
    ]


def seed_range(row: SimulatedRow) -> str:
    """The smallest and the largest change of a seed."""
    if row.paired is None:
        return "-"
    return f"[{sim_change(row.paired.low - 1)} {sim_change(row.paired.high - 1)}]"


def shows(change: float) -> bool:
    """Whether anything is left of a change as it is printed."""
    return signed(change) != signed(0)


def sim_change(change: float) -> str:
    """A simulated change; "0" is none, "0.00" one too small to print."""
    if shows(change):
        return signed(change)
    return "0.00" if change else "0"


def work_text(row: SimulatedRow) -> str:
    """What else moved in a simulated cell."""
    return ", ".join(
        f"{work.name} {'from none' if work.change is None else signed(work.change)}"
        for work in row.work
    )
