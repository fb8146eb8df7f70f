# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables in plain text or Markdown."""

import re
import textwrap
from dataclasses import dataclass
from typing import List, Sequence

_SEPARATOR = re.compile("[/,;:=]")


@dataclass(frozen=True)
class Column:
    """A column: its head, and whether its cells stand at its right side."""

    head: str
    right: bool = False


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], markdown: bool = False
) -> List[str]:
    """The lines of a table, each row having a cell for each column."""
    if markdown:
        return _markdown(columns, rows)
    cells = [[column.head for column in columns], *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    return [
        " ".join(
            cell.rjust(width) if column.right else cell.ljust(width)
            for cell, width, column in zip(row, widths, columns)
        ).rstrip()
        for row in cells
    ]


def wrapped(text: str, width: int, indent: str = "  ") -> List[str]:
    """The lines of a text, none longer than `width` unless a single word is.

    A percent sign stays with its number.
    """
    lines = textwrap.wrap(
        text.replace(" %", "\u00a0%"),
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\u00a0%", " %") for line in lines]


def parts(text: str, width: int) -> List[str]:
    """The text in parts that are no longer, cut behind one of its separators if it can.

    No part ends between a backslash and what it escapes.
    """
    result = []
    while len(text) > width:
        places = [m.end() for m in _SEPARATOR.finditer(text, width // 2, width)]
        cut = places[-1] if places else width
        escapes = len(text[:cut]) - len(text[:cut].rstrip("\\"))
        cut -= escapes % 2
        result.append(text[:cut])
        text = text[cut:]
    return [*result, text]


def _markdown(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> List[str]:
    rule = ["---:" if column.right else "---" for column in columns]
    every = [[column.head for column in columns], rule, *rows]
    return ["| " + " | ".join(_escaped(cell) for cell in row) + " |" for row in every]


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
