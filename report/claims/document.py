# SPDX-License-Identifier: GPL-2.0-or-later
"""A document as Markdown and as one HTML file that needs no other.

A block is written in HTML by the template of its `kind`, in templates/.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, List, Sequence, Union

from report.text.templates import environment

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the document's title."""

    kind: ClassVar[str] = "heading"
    level: int
    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; `lead` are its first words, to be seen first."""

    kind: ClassVar[str] = "text"
    text: str
    lead: str = ""


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    kind: ClassVar[str] = "items"
    texts: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table; `numbers` are the columns, from 0, that hold numbers."""

    kind: ClassVar[str] = "table"
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()


@dataclass(frozen=True)
class Image:
    """A picture: the name of its SVG file beside the Markdown, and what is in it."""

    kind: ClassVar[str] = "image"
    file: str
    words: str
    svg: bytes

    @property
    def base64(self) -> str:
        """The picture as it stands in a data: URL."""
        return b64encode(self.svg).decode("ascii")


@dataclass(frozen=True)
class Verbatim:
    """Text as it is typed or printed."""

    kind: ClassVar[str] = "verbatim"
    text: str


Block = Union[Heading, Text, Items, Table, Image, Verbatim]


def markdown(blocks: Sequence[Block]) -> str:
    """The document as Markdown, its pictures beside it."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def html(blocks: Sequence[Block]) -> str:
    """The document as one HTML file, pictures and all."""
    title = next(block.text for block in blocks if isinstance(block, Heading))
    page = environment(HERE / "templates").get_template("claims.html")
    return page.render(title=title, blocks=blocks)


def plain(text: str) -> str:
    """Text in one line, in which Markdown sees nothing but text."""
    return re.sub(r"([\\`*_\[\]<>|#&~])", r"\\\1", " ".join(text.split()))


def _markdown(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {plain(block.text)}"
    if isinstance(block, Text):
        lead = f"**{plain(block.lead)}** " if block.lead else ""
        return lead + plain(block.text)
    if isinstance(block, Items):
        return "\n".join(f"- {plain(text)}" for text in block.texts)
    if isinstance(block, Image):
        return f"![{plain(block.words)}]({block.file})"
    if isinstance(block, Verbatim):
        return "\n".join("    " + line for line in block.text.splitlines())
    return "\n".join(_markdown_rows(block))


def _markdown_rows(table: Table) -> List[str]:
    rule = ["---:" if i in table.numbers else "---" for i in range(len(table.head))]
    rows = [[plain(cell) for cell in row] for row in (table.head, *table.rows)]
    return [f"| {' | '.join(row)} |" for row in (rows[0], rule, *rows[1:])]
