# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws a Distribution: a row a variant, a column a workload. Lengths are in inches."""

import math
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

from report.draw.panels import line_style
from report.draw.styles import VERMILION, in_order
from report.draw.sheet import GRID, add_axes, new_drawing
from report.draw.picture import Bin, Distribution, Shape
from report.text.units import duration, percent

PLOT_WIDTH, PLOT_HEIGHT = 3.9, 0.78
LEFT, RIGHT, GAP, TOP, BOTTOM = 0.85, 1.85, 0.16, 0.4, 0.5
LEGEND_HEIGHT = 0.25
LEAST_SHARE = 1e-7
HOLDS: Dict[str, Any] = {"facecolor": "#D0D0D0", "edgecolor": "#333333"}
FLUSHES: Dict[str, Any] = {
    "facecolor": "#FBE3D2",
    "edgecolor": VERMILION,
    "hatch": "//////",
}
STEP: Dict[str, Any] = {
    "facecolor": "none",
    "edgecolor": "#777777",
    "hatch": "\\\\\\\\",
    "linewidth": 0,
}
COST: Dict[str, Any] = {"color": "black", "linewidth": 0.9, "linestyle": (0, (1, 2))}
SHARES = {1.0: "100 %", 1e-2: "1 %", 1e-4: "0.01 %", 1e-6: "0.0001 %"}


@dataclass(frozen=True)
class Frame:
    """What all panels have: the ends of both axes, and what is marked, 0 if not."""

    low: float
    high: float
    least: float
    step: float
    flush: float


def frame_of(sheet: Distribution) -> Frame:
    """The frame that takes all bins of a distribution."""
    shapes = [shape for column in sheet.columns.values() for shape in column.values()]
    bins = [each for shape in shapes for each in shape.bins]
    shares = [share for each in bins for share in (each.share, each.flushes) if share]
    low = min(_left(each) for each in bins)
    high = 1.1 * max(each.high for each in bins)
    decade = 10.0 ** math.floor(math.log10(0.7 * min(shares)))
    return Frame(
        low=low / 1.1,
        high=high,
        least=max(min(decade, 1e-2), LEAST_SHARE),
        step=sheet.step_ns if low < sheet.step_ns < high else 0.0,
        flush=sheet.flush_ns if low < sheet.flush_ns < high else 0.0,
    )


def draw(sheet: Distribution) -> Figure:
    """The drawing of a distribution; call it within sheet.settings()."""
    variants = sorted({v for c in sheet.columns.values() for v in c}, key=in_order)
    columns = min(2, len(sheet.columns))
    blocks = math.ceil(len(sheet.columns) / columns)
    frame = frame_of(sheet)
    legend = _legend(sheet, frame)
    lines = math.ceil(len(legend) / (2 * columns))
    block_height = TOP + len(variants) * (PLOT_HEIGHT + GAP) + BOTTOM
    width = columns * (LEFT + PLOT_WIDTH + RIGHT)
    body = LEGEND_HEIGHT * lines + blocks * block_height
    drawing, base = new_drawing(sheet, width, body)
    for index, (heading, shapes) in enumerate(sheet.columns.items()):
        block, column = divmod(index, columns)
        left = column * (LEFT + PLOT_WIDTH + RIGHT) + LEFT
        top = base + (blocks - block) * block_height - TOP
        for row, variant in enumerate(variants):
            bottom = top - (row + 1) * PLOT_HEIGHT - row * GAP
            axes = add_axes(drawing, left, bottom, PLOT_WIDTH, PLOT_HEIGHT)
            _axes(axes, frame, row == len(variants) - 1)
            _shape(axes, variant, shapes.get(variant), frame)
            if row == 0:
                axes.set_title(heading, loc="left", size=10, weight="bold")
        height = drawing.get_figheight()
        drawing.text(
            (left - 0.68) / width,
            (bottom + top) / 2 / height,
            "share of holds",
            rotation="vertical",
            ha="center",
            va="center",
        )
    drawing.legend(
        handles=legend,
        ncol=2 * columns,
        loc="upper left",
        bbox_to_anchor=(0.2 / width, (base + body - 0.03) / height),
        frameon=False,
        fontsize=8,
        borderpad=0,
        borderaxespad=0,
    )
    return drawing


def _left(each: Bin) -> float:
    """Where a bin begins in the drawing: an octave below its end."""
    return each.high / 2


def _axes(axes: Any, frame: Frame, last: bool) -> None:
    """The axes of one panel, and what is marked in all of them."""
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(frame.low, frame.high)
    axes.set_ylim(frame.least, 1.0)
    axes.xaxis.set_major_locator(LogLocator(numticks=20))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda ns, _: duration(ns)))
    axes.yaxis.set_major_locator(FixedLocator([s for s in SHARES if s >= frame.least]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: SHARES.get(y, "")))
    axes.tick_params(axis="y", labelsize=7)
    axes.tick_params(axis="x", labelsize=8, labelbottom=last)
    if last:
        axes.set_xlabel("hold time")
    axes.grid(**GRID)
    axes.set_axisbelow(True)
    if frame.step:
        axes.axvspan(frame.low, frame.step, zorder=1.5, **STEP)
        axes.axvline(frame.step, color="#555555", linewidth=0.8, zorder=3)
    if frame.flush:
        axes.axvline(frame.flush, zorder=3, **COST)


def _shape(axes: Any, variant: str, shape: Optional[Shape], frame: Frame) -> None:
    here = {"transform": axes.transAxes, "clip_on": False}
    axes.plot(
        [1.03, 1.07, 1.11], [0.92] * 3, markevery=[1], **line_style(variant), **here
    )
    axes.text(1.13, 0.92, variant, va="center", size=8, **here)
    axes.text(
        1.03,
        0.78,
        numbers(shape, frame.step),
        va="top",
        size=7.5,
        linespacing=1.25,
        **here,
    )
    for each in shape.bins if shape else ():
        left, width = _left(each), each.high - _left(each)
        at = {"x": left, "width": width, "align": "edge", "bottom": frame.least}
        axes.bar(height=each.share - frame.least, zorder=1, lw=0.5, **at, **HOLDS)
        if each.flushes > frame.least:
            axes.bar(
                height=each.flushes - frame.least, zorder=2, lw=0.8, **at, **FLUSHES
            )


def numbers(shape: Optional[Shape], step: float) -> str:
    """What stands beside a panel."""
    if not shape:
        return "not measured"
    p50, p99 = (
        "\u2264" + duration(step, 2) if time <= step and step else duration(time, 2)
        for time in (shape.p50, shape.p99)
    )
    text = f"p50 {p50}, p99 {p99}\n"
    if not shape.flush_holds:
        return text + "no flush under the lock"
    return (
        f"{text}flush in {percent(shape.flush_holds)} of holds,\n"
        f"{percent(shape.flush_time)} of the time held"
    )


def _legend(sheet: Distribution, frame: Frame) -> List[Any]:
    handles: List[Any] = [
        Patch(label="holds", **HOLDS),
        Patch(label="holds in which a flush (IOTLB invalidation) ran", **FLUSHES),
    ]
    if frame.flush:
        text = f"cost of a flush, {duration(sheet.flush_ns)}"
        handles.append(Line2D([], [], label=text, **COST))
    if frame.step:
        text = f"at or below the clock step, {duration(sheet.step_ns)}"
        handles.append(Patch(label=text, **{**STEP, "facecolor": HOLDS["facecolor"]}))
    return handles
