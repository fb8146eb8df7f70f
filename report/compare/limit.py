# SPDX-License-Identifier: GPL-2.0-or-later
"""A limit that no cell of a comparison may be slower by."""

from typing import List, Optional

from report.compare.verdicts import Row, Verdicts
from report.text.counted import counted
from report.text.percentage import signed, written


def slower_than(verdicts: Verdicts, limit: Optional[float]) -> List[Row]:
    """The cells that are slower by more than `limit`, as their whole interval says."""
    if limit is None:
        return []
    return [
        row for row in verdicts.rows if row.change.enough and row.change.low > 1 + limit
    ]


def limit_lines(verdicts: Verdicts, limit: float) -> List[str]:
    """What there is to say of the limit, a sentence each."""
    lines = []
    known = [row.change.ratio for row in verdicts.rows if row.change.enough]
    if known:
        lines.append(
            f"new / base: {min(known):.2f} to {max(known):.2f} in"
            f" {counted(len(known), 'cell')}"
        )
    if len(known) < len(verdicts.rows):
        few = len(verdicts.rows) - len(known)
        lines.append(
            f"{counted(few, 'cell')} {'has' if few == 1 else 'have'} too few samples to"
            f" be held to the limit of {written(limit)}"
        )
    beyond = slower_than(verdicts, limit)
    for row in beyond:
        lines.append(
            f"{row.cell}: slower by more than {written(limit)}:"
            f" {signed(row.change.ratio - 1)} %,"
            f" at least {signed(row.change.low - 1)} %"
        )
    if known and not beyond:
        lines.append(f"none is slower by more than {written(limit)} for certain")
    return lines
