# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws a Picture: panels of lines against CPUs. Lengths are in inches."""

import math
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator
from matplotlib.ticker import NullLocator

from report.draw.placing import dodges, readable, spread
from report.draw.styles import in_order, style_of
from report.draw.sheet import BELOW_STEP, GRID, add_axes, new_drawing
from report.draw.picture import Knees, Panel, Picture, Point

PLOT_WIDTH, PLOT_HEIGHT = 3.5, 2.9
LEFT, RIGHT, TOP, BOTTOM = 0.8, 2.15, 0.4, 0.6  # around a panel; names at its right
NAME_STEP = 0.18
NOTE_WIDTH, NOTE_PLACE = 0.25, 1.64  # what stands beside names; its right end
IDEAL: Dict[str, Any] = {"color": "#777777", "linewidth": 0.9, "linestyle": (0, (1, 2))}


@dataclass(frozen=True)
class Extent:
    """What a y axis shows; `step` is that of the clock where it is marked, else 0."""

    low: float
    high: float
    logarithmic: bool
    step: float = 0.0

    def place(self, value: float) -> float:
        """Where a value is, in parts of the axis."""
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def extent_of(panel: Panel) -> Extent:
    """The values that a panel's y axis has to show."""
    least, most = panel.span or panel.reach()
    if not panel.scale.logarithmic:
        return Extent(0, 1.06 * most or 1.0, False)
    low, high, step = log_extent(least, most, panel.scale.step)
    return Extent(low, high, True, step)


def log_extent(least: float, most: float, step: float) -> Tuple[float, float, float]:
    """Both ends of a logarithmic axis, and the clock's step, 0 if it is far below."""
    if least > 10 * step:
        step = 0.0
    low = step / 1.7 if step else max(least, 1e-3) / 1.3
    return low, max(1.3 * most, 10 * low), step


def draw(picture: Picture) -> Figure:
    """The drawing of a picture; call it within sheet.settings()."""
    columns = min(picture.columns, len(picture.panels))
    rows = math.ceil(len(picture.panels) / columns)
    variants = sorted({v for p in picture.panels for v in p.lines}, key=in_order)
    plot_height = max(PLOT_HEIGHT, NAME_STEP * len(variants))
    right = RIGHT + NOTE_WIDTH * any(panel.knees for panel in picture.panels)
    width = columns * (LEFT + PLOT_WIDTH + right)
    row_height = TOP + plot_height + BOTTOM
    drawing, base = new_drawing(picture, width, rows * row_height)
    for index, panel in enumerate(picture.panels):
        row, column = divmod(index, columns)
        left = column * (LEFT + PLOT_WIDTH + right) + LEFT
        bottom = base + (rows - 1 - row) * row_height + BOTTOM
        axes = add_axes(drawing, left, bottom, PLOT_WIDTH, plot_height)
        _panel(axes, panel, variants, NAME_STEP / plot_height)
    return drawing


def _panel(axes: Any, panel: Panel, variants: Sequence[str], step: float) -> None:
    """One panel; `step` is the least distance of names, as a part of the height."""
    counts = panel.counts
    extent = extent_of(panel)
    shifts = dodges(max(1, len(variants)), counts, panel.dodge)
    edge = 0.2 + shifts[-1]
    span = (math.log2(counts[0]) - edge, math.log2(counts[-1]) + edge)

    axes.set_title(panel.title, loc="left", size=10, weight="bold")
    axes.set_xscale("log", base=2)
    axes.set_xlim(2 ** span[0], 2 ** span[1])
    if extent.logarithmic:
        axes.set_yscale("log")
    axes.set_ylim(extent.low, extent.high)
    _cpu_ticks(axes, counts, span[1] - span[0])
    if not panel.lines:
        _nothing(axes, panel)
        return
    _value_ticks(axes, panel, extent)
    if extent.step:
        _mark_step(axes, extent)
    if panel.ideal:
        _ideal(axes, panel.ideal, counts[-1], extent)

    ends = {}
    led = []  # no leader where it would strike through other points, as of ties
    for variant, shift in zip(variants, shifts):
        if variant in panel.lines:
            line = panel.lines[variant]
            _line(axes, variant, line, shift, extent, panel.wide)
            if panel.knees and variant in panel.knees.points:
                _ring(
                    axes, panel.knees.points[variant], shift, style_of(variant).colour
                )
            x = (math.log2(line[-1].cpus) + shift - span[0]) / (span[1] - span[0])
            ends[variant] = (x, extent.place(_shown(line[-1].value, extent)))
            if len(counts) > 1 and line[-1].cpus == counts[-1]:
                led.append(variant)
    heights = [y for _, y in ends.values()]
    led = [variant for variant in led if heights.count(ends[variant][1]) == 1]
    styles = {variant: line_style(variant) for variant in ends}
    names(axes, ends, step, led, panel.knees, styles)


def _nothing(axes: Any, panel: Panel) -> None:
    axes.yaxis.set_major_locator(NullLocator())
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylabel(panel.scale.label)
    axes.text(
        0.5, 0.5, panel.nothing, ha="center", va="center", transform=axes.transAxes
    )


def _cpu_ticks(axes: Any, counts: Sequence[int], octaves: float) -> None:
    named = readable(counts, 0.07 * octaves)
    axes.xaxis.set_major_locator(FixedLocator(counts))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([str(n) if n in named else "" for n in counts])
    axes.set_xlabel("CPUs")


def _value_ticks(axes: Any, panel: Panel, extent: Extent) -> None:
    scale, divisor = panel.scale, panel.scale.divisor
    if extent.logarithmic:
        decades = math.log10(extent.high / extent.low)
        subs = (1, 2, 5) if decades < 3 else (1,)
        axes.yaxis.set_major_locator(LogLocator(subs=subs, numticks=20))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(
        FuncFormatter(
            lambda y, _: scale.text(y) if extent.logarithmic else f"{y / divisor:g}"
        )
    )
    axes.set_ylabel(panel.scale.label)
    axes.grid(axis="y", **GRID)
    axes.set_axisbelow(True)


def _mark_step(axes: Any, extent: Extent) -> None:
    """The clock's step as a line, what is below as unknown."""
    axes.axhspan(extent.low, extent.step, zorder=0.6, **BELOW_STEP)
    axes.axhline(extent.step, color="#555555", linewidth=0.8, zorder=1)
    axes.text(
        0.5,
        extent.place(extent.step) / 2,
        f"clock step, {extent.step:.3g} ns",
        transform=axes.transAxes,
        ha="center",
        va="center_baseline",
        size=7,
        color="#333333",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
    )


def _ideal(axes: Any, point: Point, most: int, extent: Extent) -> None:
    """The line that rises as the CPUs do, and its name where the panel ends."""
    end = min(most, point.cpus * extent.high / point.value)
    high = point.value * end / point.cpus
    axes.plot([point.cpus, end], [point.value, high], zorder=1, **IDEAL)
    axes.annotate(
        "ideal",
        (end, high),
        (-8, -2),
        textcoords="offset points",
        ha="right",
        va="top",
        size=7,
        color="#555555",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
    )


def _ring(axes: Any, point: Point, shift: float, colour: str) -> None:
    """What marks a line's knee."""
    axes.plot(
        [point.cpus * 2**shift],
        [point.value],
        marker="o",
        markersize=11,
        markerfacecolor="none",
        markeredgecolor=colour,
        markeredgewidth=1.1,
        linestyle="none",
        clip_on=False,
        zorder=4,
    )


def _shown(value: float, extent: Extent) -> float:
    """The value, or the least that the axis tells apart."""
    return max(value, extent.step, extent.low) if extent.logarithmic else value


def line_style(variant: str) -> Dict[str, Any]:
    """matplotlib's arguments for the variant's line and markers."""
    style = style_of(variant)
    return {
        "color": style.colour,
        "linestyle": (0, style.dashes) if style.dashes else "-",
        "linewidth": 1.1,
        "marker": style.marker,
        "markersize": 5,
        "markerfacecolor": style.colour if style.filled else "white",
        "markeredgewidth": 0.9,
    }


def _line(
    axes: Any,
    variant: str,
    line: Sequence[Point],
    shift: float,
    extent: Extent,
    wide: bool,
) -> None:
    values = [_shown(point.value, extent) for point in line]
    lows = [_shown(point.low, extent) for point in line]
    highs = [_shown(point.high, extent) for point in line]
    axes.errorbar(
        [point.cpus * 2**shift for point in line],
        values,
        yerr=[
            [value - low for value, low in zip(values, lows)],
            [high - value for value, high in zip(values, highs)],
        ],
        elinewidth=0.9,
        capsize=2,
        clip_on=False,
        **line_style(variant),
    )
    if wide:
        axes.vlines(
            [point.cpus * 2**shift for point in line],
            lows,
            highs,
            color=style_of(variant).colour,
            linewidth=4,
            alpha=0.3,
            zorder=1.5,
            clip_on=False,
        )


def names(
    axes: Any,
    ends: Dict[str, Tuple[float, float]],
    step: float,
    led: Sequence[str],
    knees: Optional[Knees],
    styles: Mapping[str, Dict[str, Any]],
) -> None:
    """Name the lines at the panel's right, each as near its end as the others let it.

    `ends` are the lines' last points in parts of the panel's width and height. Leaders
    join those of `led` to their names. `styles` are matplotlib's arguments for each.
    """
    here = {"transform": axes.transAxes, "clip_on": False}
    if knees:
        axes.text(NOTE_PLACE, 1 + 0.6 * step, knees.heading, ha="right", size=8, **here)
    # Of lines that end at one height the first is the highest, as it is read first.
    order = sorted(reversed(list(ends)), key=lambda variant: ends[variant][1])
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
        axes.plot([1.06, 1.12, 1.18], [y] * 3, markevery=[1], **styles[variant], **here)
        axes.text(1.2, y, variant, va="center", size=8, **here)
        if knees:
            text = knees.texts.get(variant, "")
            axes.text(NOTE_PLACE, y, text, va="center", ha="right", size=8, **here)
