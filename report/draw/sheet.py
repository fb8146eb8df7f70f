# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands around every picture, and the picture's file. Lengths are in inches."""

import io
import textwrap
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Sequence, Tuple

import matplotlib
from matplotlib.figure import Figure

from report.draw.picture import Sheet

TITLE_HEIGHT = 0.6
CAPTION_POINTS = 7.5
CAPTION_LINE = 0.15
CAPTION_CHARACTER = 0.058  # mean width, so that lines fill the sheet
TITLE_LINE, TITLE_CHARACTER = 0.22, 0.09
SUBTITLE_LINE, SUBTITLE_CHARACTER = 0.17, 0.072
CREATOR = "iommubench report"
SETTINGS: Dict[str, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "iommubench",
    "text.parse_math": False,
    "hatch.linewidth": 0.6,
}
GRID = {"color": "#DDDDDD", "linewidth": 0.6}
BELOW_STEP: Dict[str, Any] = {
    "facecolor": "#F2F2F2",
    "edgecolor": "#BBBBBB",
    "hatch": "\\\\\\",
    "linewidth": 0,
}


@contextmanager
def settings() -> Iterator[None]:
    """A context in which matplotlib draws as we want, whatever the user's settings."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        yield


def new_drawing(sheet: Sheet, width: float, body: float) -> Tuple[Figure, float]:
    """A drawing with title and caption, and where its body of that height begins."""
    title = _wrap([sheet.title], width - 0.4, TITLE_CHARACTER)
    subtitle = _wrap(sheet.subtitle.split("\n"), width - 0.4, SUBTITLE_CHARACTER)
    caption = _wrap(sheet.caption, width - 0.4)
    caption_height = CAPTION_LINE * len(caption) + 0.15
    below_title = 0.38 + TITLE_LINE * (len(title) - 1)
    title_height = TITLE_HEIGHT - 0.38 + below_title
    height = title_height + SUBTITLE_LINE * (len(subtitle) - 1) + body + caption_height
    drawing = Figure(figsize=(width, height))
    at = {"ha": "left", "va": "top"}
    drawing.text(
        0.2 / width,
        1 - 0.13 / height,
        "\n".join(title),
        size=12,
        linespacing=TITLE_LINE * 72 / 12 / 1.16,
        **at,
    )
    drawing.text(
        0.2 / width,
        1 - below_title / height,
        "\n".join(subtitle),
        size=9,
        linespacing=SUBTITLE_LINE * 72 / 9 / 1.16,
        **at,
    )
    drawing.text(
        0.2 / width,
        (caption_height - 0.05) / height,
        "\n".join(caption),
        size=CAPTION_POINTS,
        linespacing=CAPTION_LINE * 72 / CAPTION_POINTS / 1.16,
        color="#333333",
        **at,
    )
    return drawing, caption_height


def add_axes(
    drawing: Figure, left: float, bottom: float, width: float, height: float
) -> Any:
    """Axes at that place of the drawing."""
    whole_width, whole_height = drawing.get_size_inches()
    return drawing.add_axes(
        (
            left / whole_width,
            bottom / whole_height,
            width / whole_width,
            height / whole_height,
        )
    )


def render(drawing: Figure, kind: str, sheet: Sheet) -> bytes:
    """The file content, the same each time; `kind` is "svg" or "png"."""
    about = {"Title": printable(sheet.title)}
    about["Description"] = printable("\n".join(sheet.caption))
    if kind == "svg":
        about.update({"Creator": CREATOR, "Date": None})  # type: ignore[dict-item]
    else:
        about["Software"] = CREATOR
    content = io.BytesIO()
    with settings():
        drawing.savefig(content, format=kind, dpi=150, metadata=about)
    return content.getvalue()


def printable(text: str) -> str:
    """The text without characters that XML or the font cannot take."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)


def _wrap(
    paragraphs: Sequence[str], width: float, character: float = CAPTION_CHARACTER
) -> List[str]:
    columns = int(width / character)
    return [
        line
        for paragraph in paragraphs
        for line in textwrap.wrap(printable(paragraph), columns, break_on_hyphens=False)
    ]
