# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws a Picture with matplotlib. Lengths are in inches unless named otherwise."""

import io
import math
import textwrap
from typing import Any, Dict, List, Sequence, Tuple

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from report.looks import in_order, look
from report.plot import Picture, Point

PLOT_WIDTH, PLOT_HEIGHT = 3.5, 2.9
LEFT, RIGHT, TOP, BOTTOM = 0.8, 2.15, 0.4, 0.6  # around a panel; names at its right
TITLE_HEIGHT = 0.6
NAME_STEP = 0.18
CAPTION_POINTS = 7.5
CAPTION_LINE = 0.15
CAPTION_CHARACTER = 0.058  # mean width, so that lines fill the figure
CREATOR = "iommubench report"
SETTINGS: Dict[str, Any] = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "iommubench",
    "text.parse_math": False,
}

Lines = Dict[str, List[Point]]


def draw(picture: Picture) -> Figure:
    """The figure of a picture."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        return _draw(picture)


def render(drawing: Figure, kind: str, picture: Picture) -> bytes:
    """The file content, the same each time; `kind` is "svg" or "png"."""
    about = {"Title": _printable(picture.title)}
    about["Description"] = _printable("\n".join(picture.caption))
    if kind == "svg":
        about.update({"Creator": CREATOR, "Date": None})  # type: ignore[dict-item]
    else:
        about["Software"] = CREATOR
    content = io.BytesIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        drawing.savefig(content, format=kind, dpi=150, metadata=about)
    return content.getvalue()


def _draw(picture: Picture) -> Figure:
    columns = min(2, len(picture.panels))
    rows = math.ceil(len(picture.panels) / columns)
    variants = sorted({v for p in picture.panels.values() for v in p}, key=in_order)
    plot_height = max(PLOT_HEIGHT, NAME_STEP * len(variants))
    width = columns * (LEFT + PLOT_WIDTH + RIGHT)
    caption = _wrap(picture.caption, width - 0.4)
    caption_height = CAPTION_LINE * len(caption) + 0.15
    row_height = TOP + plot_height + BOTTOM
    height = TITLE_HEIGHT + rows * row_height + caption_height

    drawing = Figure(figsize=(width, height))
    at = {"ha": "left", "va": "top"}
    drawing.text(
        0.2 / width, 1 - 0.13 / height, _printable(picture.title), size=12, **at
    )
    drawing.text(
        0.2 / width, 1 - 0.38 / height, _printable(picture.subtitle), size=9, **at
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
    for index, (workload, lines) in enumerate(picture.panels.items()):
        row, column = divmod(index, columns)
        left = column * (LEFT + PLOT_WIDTH + RIGHT) + LEFT
        bottom = caption_height + (rows - 1 - row) * row_height + BOTTOM
        axes = drawing.add_axes(
            (left / width, bottom / height, PLOT_WIDTH / width, plot_height / height)
        )
        _panel(axes, workload, lines, variants, NAME_STEP / plot_height)
    return drawing


def _panel(
    axes: Any, workload: str, lines: Lines, variants: Sequence[str], step: float
) -> None:
    """One workload; `step` is the least distance of names, as a part of the height."""
    counts = sorted({point.cpus for line in lines.values() for point in line})
    most = max(point.rate.high for line in lines.values() for point in line)
    limit = 1.06 * most or 1.0
    shifts = dodges(len(variants), counts)
    edge = 0.2 + shifts[-1]
    span = (math.log2(counts[0]) - edge, math.log2(counts[-1]) + edge)

    axes.set_title(workload, loc="left", size=10, weight="bold")
    axes.set_xscale("log", base=2)
    axes.set_xlim(2 ** span[0], 2 ** span[1])
    axes.set_ylim(0, limit)
    _ticks(axes, counts, most, span[1] - span[0])

    ends = {}
    led = []  # no leader where it would strike through other points
    for variant, shift in zip(variants, shifts):
        if variant in lines:
            _line(axes, variant, lines[variant], shift)
            last = lines[variant][-1]
            x = (math.log2(last.cpus) + shift - span[0]) / (span[1] - span[0])
            ends[variant] = (x, last.rate.median / limit)
            if len(counts) > 1 and last.cpus == counts[-1]:
                led.append(variant)
    _names(axes, ends, step, led)


def _ticks(axes: Any, counts: Sequence[int], most: float, octaves: float) -> None:
    factor, prefix = si_prefix(most)
    named = readable(counts, 0.07 * octaves)
    axes.xaxis.set_major_locator(FixedLocator(counts))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([str(n) if n in named else "" for n in counts])
    axes.set_xlabel("CPUs")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y / factor:g}"))
    axes.set_ylabel(f"{prefix}pairs/s, all CPUs together")
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)


def _drawn(variant: str) -> Dict[str, Any]:
    """matplotlib's arguments for the variant's line and markers."""
    style = look(variant)
    return {
        "color": style.colour,
        "linestyle": (0, style.dashes) if style.dashes else "-",
        "linewidth": 1.1,
        "marker": style.marker,
        "markersize": 5,
        "markerfacecolor": style.colour if style.filled else "white",
        "markeredgewidth": 0.9,
    }


def _line(axes: Any, variant: str, line: Sequence[Point], shift: float) -> None:
    axes.errorbar(
        [point.cpus * 2**shift for point in line],
        [point.rate.median for point in line],
        yerr=[
            [point.rate.median - point.rate.low for point in line],
            [point.rate.high - point.rate.median for point in line],
        ],
        elinewidth=0.9,
        capsize=2,
        clip_on=False,
        **_drawn(variant),
    )


def _names(
    axes: Any, ends: Dict[str, Tuple[float, float]], step: float, led: Sequence[str]
) -> None:
    """Name the lines at the panel's right, each as near its end as the others let it.

    `ends` are the lines' last points in parts of the panel's width and height. Leaders
    join those of `led` to their names.
    """
    here = {"transform": axes.transAxes, "clip_on": False}
    order = sorted(ends, key=lambda variant: ends[variant][1])
    places = spread([ends[variant][1] for variant in order], step)
    for variant, y in zip(order, places):
        if variant in led:
            end_x, end_y = ends[variant]
            axes.plot(
                [end_x, 1.0, 1.05],
                [end_y, y, y],
                color="#999999",
                linewidth=0.5,
                zorder=1,
                **here,
            )
        axes.plot([1.06, 1.12, 1.18], [y] * 3, markevery=[1], **_drawn(variant), **here)
        axes.text(1.2, y, variant, va="center", size=8, **here)


def dodges(lines: int, counts: Sequence[int]) -> List[float]:
    """Sideways shift of each line in octaves, so that error bars stand side by side."""
    gaps = [math.log2(b / a) for a, b in zip(counts, counts[1:])]
    width = 0.5 * min(gaps, default=1.0)
    return [width * ((index + 0.5) / lines - 0.5) for index in range(lines)]


def readable(counts: Sequence[int], distance: float) -> List[int]:
    """The CPU counts to name: no two nearer than `distance` octaves.

    Both ends and powers of two come before others.
    """

    def importance(count: int) -> Tuple[bool, bool]:
        return count not in (counts[0], counts[-1]), count & (count - 1) != 0

    chosen: List[int] = []
    for count in sorted(counts, key=importance):
        if all(abs(math.log2(count / other)) >= distance for other in chosen):
            chosen.append(count)
    return sorted(chosen)


def spread(wanted: Sequence[float], step: float) -> List[float]:
    """Places in 0 to 1 at least `step` apart, in order, as near `wanted` as can be.

    `wanted` is rising. With more than 1 / step of them they share the room evenly.
    """
    step = min(step, 1 / max(len(wanted) - 1, 1))
    blocks: List[List[float]] = []  # places less index * step; each block becomes even
    for index, place in enumerate(wanted):
        blocks.append([place - index * step])
        while len(blocks) > 1 and _mean(blocks[-2]) > _mean(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    top = 1 - (len(wanted) - 1) * step
    even = [min(max(_mean(block), 0), top) for block in blocks for _ in block]
    return [place + index * step for index, place in enumerate(even)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def si_prefix(value: float) -> Tuple[float, str]:
    """The factor and the SI prefix that suit a value."""
    for factor, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= factor:
            return factor, prefix
    return 1.0, ""


def _wrap(paragraphs: Sequence[str], width: float) -> List[str]:
    columns = int(width / CAPTION_CHARACTER)
    return [
        line
        for paragraph in paragraphs
        for line in textwrap.wrap(
            _printable(paragraph), columns, break_on_hyphens=False
        )
    ]


def _printable(text: str) -> str:
    """The text without characters that XML or the font would stumble over."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
