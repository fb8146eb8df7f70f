# SPDX-License-Identifier: GPL-2.0-or-later
"""Several sittings of one comparison in words."""

import math
from typing import List, Tuple

from report.compare.cell_names import listed
from report.compare.evidence import same_code
from report.compare.sittings import DAY_S, DIFFER, Sittings, SittingsRow
from report.compare.lines import as_list, blocks, heading
from report.compare.sides import SIDES
from report.compare.verdicts import sides_described, unrecorded
from report.stats.verdict import Verdict
from report.text.counted import counted
from report.text.percentage import signed, size, written
from report.text.table import Column
from report.text.units import nanoseconds


def columns() -> List[Column]:
    """Of cells_of, behind the name of the cell and before the verdict."""
    heads = ("CPUs", "base", "new", "change", "within", "between")
    return [Column(head, True) for head in heads]


def cells_of(row: SittingsRow) -> List[str]:
    """CPUs, times, the change, and how far it is known in a sitting and between."""
    low, high = row.range
    return [
        str(row.cell.cpus),
        nanoseconds(row.base),
        nanoseconds(row.new),
        signed(row.ratio - 1),
        f"+-{size(row.within)}" if row.enough else "-",
        f"[{signed(low - 1)} {signed(high - 1)}]" if row.enough else "-",
    ]


def dates(sittings: Sittings) -> str:
    """How many, and when."""
    starts = ", ".join(run.date[:16].replace("T", " ") for run in sittings.runs)
    return f"{counted(len(sittings.each), 'sitting')}, begun {starts}"


def sittings_lines(sittings: Sittings, markdown: bool = False) -> List[str]:
    """The lines of the table, and how to read it."""
    first = sittings.first
    described = sides_described(first.sides)
    lines = [f"{name:4}  {text}" for name, text in described.items()]
    lines = [*as_list([*lines, dates(sittings)], markdown), ""]
    mark = "! " if sittings.differences else ""
    rows = [
        [mark + first.names.row(row.cell), *cells_of(row), row.word]
        for row in sittings.rows
    ]
    titles = [first.names.title(row.cell) for row in sittings.rows]
    lines += heading(first.names.common, markdown)
    heads = [Column(first.names.head), *columns(), Column("verdict")]
    lines += blocks(heads, rows, titles, markdown)
    said = [summary(sittings), *legend(sittings)]
    said += [*same_code(first.sides), *notes(sittings)]
    return [*lines, "", *as_list(said, markdown)]


def agreed(sittings: Sittings, verdict: Verdict) -> List[SittingsRow]:
    """The cells that every sitting calls so."""
    return [
        row for row in sittings.rows if row.enough and set(row.verdicts) == {verdict}
    ]


def summary(sittings: Sittings) -> str:
    """How many cells all sittings call what."""
    counts = {
        "slower in each": len(agreed(sittings, Verdict.SLOWER)),
        "faster in each": len(agreed(sittings, Verdict.FASTER)),
        f"the same within {written(sittings.first.margin)} in each": len(
            agreed(sittings, Verdict.SAME)
        ),
        "with contrary verdicts": sum(row.word == DIFFER for row in sittings.rows),
    }
    counts["not told by all"] = len(sittings.rows) - sum(counts.values())
    cells = counted(len(sittings.rows), "cell")
    said = ", ".join(f"{count} {what}" for what, count in counts.items())
    return f"{cells} in {counted(len(sittings.each), 'sitting')}: {said}"


def legend(sittings: Sittings) -> List[str]:
    """What the columns mean, a sentence each."""
    count = len(sittings.each)
    lines = [
        "change: median of the sittings' changes, each the median of new / base within"
        " blocks of samples taken together; above 0 is slower",
        "within: half of a sitting's 95 % interval, in percent (median of the"
        " sittings'); it knows nothing of other sittings",
        f"between: least and most of the {count} changes; {_coverage(sittings)}",
    ]
    words = {row.word for row in sittings.rows}
    if any("/" in word for word in words):
        lines.append(
            f"N/{count}: so many sittings have that verdict, by their own samples; the"
            " others cannot tell"
        )
    if DIFFER in words:
        lines.append(f"{DIFFER}: what one has found, another's verdict contradicts")
    if "too few samples" in words:
        lines.append("too few samples: a sitting has too few of that cell to say more")
    return lines


def _coverage(sittings: Sittings) -> str:
    share = math.floor(100 * sittings.coverage)
    text = (
        "were they drawn independently, the median of all sittings there could be"
        f" would lie in it with {share} %"
    )
    return text + (": no 95 % interval" if share < 95 else "")


def notes(sittings: Sittings) -> List[str]:
    """What the reader has to know of these sittings, a sentence each."""
    return [
        *_apart(sittings),
        *_span(sittings),
        *_programs(sittings),
        *_work_tree(sittings),
        *_of_each(sittings),
    ]


def _apart(sittings: Sittings) -> List[str]:
    rows = [row for row in sittings.rows if row.apart]
    if not rows:
        return []
    names = "; ".join(listed(sittings.first.names, [row.cell for row in rows]))
    return [
        f"in {len(rows)} of {counted(len(sittings.rows), 'cell')} two sittings'"
        f" intervals do not overlap: what one sitting says is not what the next says:"
        f" {names}"
    ]


def _span(sittings: Sittings) -> List[str]:
    if sittings.span_s >= DAY_S:
        return []
    minutes = math.ceil(sittings.span_s / 60)
    said = f"{minutes} min" if minutes < 120 else f"{math.ceil(minutes / 60)} h"
    return [
        f"all sittings began within {said}: what changes from one day to the next is"
        " not in their spread"
    ]


def _programs(sittings: Sittings) -> List[str]:
    if not sittings.same_programs:
        return []
    return [
        "sittings ran the same programs: what the link order does is not in their"
        " spread"
    ]


def _work_tree(sittings: Sittings) -> List[str]:
    facts = [sittings.first.sides.facts[side] for side in SIDES]
    if not any(side.get("commit") == "work tree" for side in facts):
        return []
    return ["the work tree is taken to have been the same in all sittings"]


def _of_each(sittings: Sittings) -> List[str]:
    """Notes of the sittings themselves: samples in all, and each other one once."""
    samples = sum(len(v.sides.samples) for v in sittings.each)
    noisy = sum(v.sides.noisy for v in sittings.each)
    said = [f"{samples} samples, {noisy} of them noisy (kept)"]
    for verdicts in sittings.each:
        said += [note for note in verdicts.notes[1:] if note not in said]
    said += unrecorded(sittings.runs)
    if sittings.left_out:
        few = counted(sittings.left_out, "cell")
        said.append(f"{few} left out: not measured in every sitting")
    if sittings.differences:
        said.append(f"!: {sittings.differences}")
    return said


def sittings_limit(sittings: Sittings, limit: float) -> Tuple[List[str], bool]:
    """What there is to say of a limit, and whether a cell is beyond it for certain.

    It is where each sitting's whole interval is.
    """
    beyond = [
        row
        for row in sittings.rows
        if all(change.enough and change.low > 1 + limit for change in row.changes)
    ]
    lines = [
        f"{row.cell}: slower by more than {written(limit)} in each of"
        f" {counted(len(row.changes), 'sitting')}: {signed(row.range[0] - 1)} to"
        f" {signed(row.range[1] - 1)} %"
        for row in beyond
    ]
    if not beyond:
        lines = [f"none is slower by more than {written(limit)} in every sitting"]
    return lines, bool(beyond)
