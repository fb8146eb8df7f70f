# SPDX-License-Identifier: GPL-2.0-or-later
"""A document as Markdown and as one HTML file that needs no other."""

import base64
import re
from dataclasses import dataclass
from html import escape
from typing import List, Sequence, Union

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
h3 { font-size: 1.05rem; margin-top: 1.5rem; }
table { border-collapse: collapse; font-size: 0.88rem; margin: 1rem 0; }
.wide { overflow-x: auto; }
th, td { border-bottom: 1px solid #ddd; padding: 0.3rem 0.7rem 0.3rem 0;
  text-align: left; vertical-align: top; }
th { border-bottom-color: #888; }
td.number, td.word { white-space: nowrap; }
td.number, th.number { text-align: right; }
img { max-width: 100%; height: auto; }
pre { background: #f5f5f5; padding: 0.6rem; white-space: pre-wrap; font-size: 0.8rem; }
"""


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the document's title."""

    level: int
    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph; `lead` are its first words, to be seen first."""

    text: str
    lead: str = ""


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    texts: Sequence[str]


@dataclass(frozen=True)
class Table:
    """A table; `numbers` are the columns, from 0, that hold numbers."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[int] = ()


@dataclass(frozen=True)
class Image:
    """A picture: the name of its SVG file beside the Markdown, and what is in it."""

    file: str
    words: str
    svg: bytes


@dataclass(frozen=True)
class Verbatim:
    """Text as it is typed or printed."""

    text: str


Block = Union[Heading, Text, Items, Table, Image, Verbatim]


def markdown(blocks: Sequence[Block]) -> str:
    """The document as Markdown, its pictures beside it."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def html(blocks: Sequence[Block]) -> str:
    """The document as one HTML file, pictures and all."""
    title = next(block.text for block in blocks if isinstance(block, Heading))
    body = "\n".join(_html(block) for block in blocks)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


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


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
    if isinstance(block, Text):
        lead = f"<strong>{escape(block.lead)}</strong> " if block.lead else ""
        return f"<p>{lead}{escape(block.text)}</p>"
    if isinstance(block, Items):
        items = "\n".join(f"<li>{escape(text)}</li>" for text in block.texts)
        return f"<ul>\n{items}\n</ul>"
    if isinstance(block, Image):
        content = base64.b64encode(block.svg).decode("ascii")
        return (
            f'<p><img alt="{escape(block.words)}"'
            f' src="data:image/svg+xml;base64,{content}"></p>'
        )
    if isinstance(block, Verbatim):
        return f"<pre>{escape(block.text)}</pre>"
    head = _html_row(block, block.head, "th")
    rows = "\n".join(_html_row(block, row, "td") for row in block.rows)
    return (
        f'<div class="wide"><table>\n<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody>'
        "\n</table></div>"
    )


def _html_row(table: Table, row: Sequence[str], tag: str) -> str:
    cells = []
    for index, cell in enumerate(row):
        kind = "number" if index in table.numbers else "" if " " in cell else "word"
        class_ = f' class="{kind}"' if kind else ""
        cells.append(f"<{tag}{class_}>{escape(cell)}</{tag}>")
    return f"<tr>{''.join(cells)}</tr>"
