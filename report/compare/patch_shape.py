# SPDX-License-Identifier: GPL-2.0-or-later
"""How the text of `make patch` is laid out: its lines and tables."""

import math
from typing import List, Sequence, TypeVar

from report.text.counted import counted
from report.text.table import Column, parts, table, wrapped

T = TypeVar("T")

COLUMNS = 75
# A table of more rows is too long for a cover letter: those that moved most.
ROWS = 30


def said(text: str, indent: str = "  ") -> List[str]:
    """The text in lines; a word that is too long is broken."""
    lines = []
    for line in wrapped(text, COLUMNS, indent):
        first, *rest = parts(line, COLUMNS - 4) if len(line) > COLUMNS else [line]
        lines += [first, *(f"    {part}" for part in rest)]
    return lines


def cut(text: str) -> str:
    """At most one line of it, cut between words."""
    if len(text) <= COLUMNS:
        return text
    words, blank, _ = text[: COLUMNS - 3].rpartition(" ")
    # One long word, behind the few letters that say what it is.
    return (
        f"{words if blank and len(words) > COLUMNS // 2 else text[: COLUMNS - 4]} ..."
    )


def whole_parts(text: str) -> str:
    """As many of its parts as fit into a line."""
    while len(text) > COLUMNS and ", " in text:
        text = text.rpartition(", ")[0]
    return cut(text)


def most(rows: Sequence[T], changes: Sequence[float]) -> List[T]:
    """The ROWS rows that changed most, in their order."""
    by_size = sorted(range(len(rows)), key=lambda i: -abs(math.log1p(changes[i])))
    return [rows[i] for i in sorted(by_size[:ROWS])]


def more(rows: Sequence[T], shown: Sequence[T], markdown: bool) -> List[str]:
    """How many rows are not shown; a line, or none."""
    hidden = len(rows) - len(shown)
    if not hidden:
        return []
    text = f"and {counted(hidden, 'more cell')}, which changed less"
    return ["", text] if markdown else [f"  {text}"]


def body(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], markdown: bool
) -> List[str]:
    """The table; where a name makes it too wide, the names have lines of their own."""
    if markdown:
        return ["", *table(columns, rows, True)]
    lines = [f"  {line}" for line in table(columns, rows)]
    if max(map(len, lines)) <= COLUMNS:
        return lines
    head, *rest = table(columns[1:], [row[1:] for row in rows])
    lines = [f"      {head}"]
    for row, line in zip(rows, rest):
        lines += [*said(f"  {row[0]}"), f"      {line}"]
    return lines
