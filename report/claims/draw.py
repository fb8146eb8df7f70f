# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws a Chart: panels of lines against one of a cell's fields."""

import math
from dataclasses import replace
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator
from matplotlib.ticker import NullLocator

from report.claims.case import FILL, Chart
from report.claims.panels import Panel, Point, panels
from report.draw.panels import line_style, names
from report.draw.placing import readable
from report.draw.sheet import GRID, add_axes, new_drawing, render, settings
from report.draw.picture import Sheet
from report.text.units import duration

PLOT_WIDTH, PLOT_HEIGHT = 3.3, 2.3
LEFT, RIGHT, TOP, BOTTOM = 0.85, 1.75, 0.4, 0.6
NAME_STEP = 0.17
NAME_WIDTH = 0.14  # of the width of a panel, for a time below its axis
COLUMNS = 2
DODGE = 0.012  # of the width of a panel, from line to line
BAND: Dict[str, Any] = {"color": "#009E73", "alpha": 0.13, "linewidth": 0}
LIMIT: Dict[str, Any] = {"color": "#555555", "linewidth": 0.8, "linestyle": (0, (4, 2))}
# Lines of rising numbers: from light to dark.
_SHADES = ("#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7", "#0072B2", "#000000")
_MARKERS = ("o", "s", "^", "v", "D", "P", "X")
_TITLES = {
    "utilization": "utilization, %",
    FILL: "local pool utilization, %",
    "cpus": "CPUs",
    "flush_ns": "flush cost",
    "think_ns": "think time",
}


def draw(chart: Chart, foot: Sequence[str]) -> Tuple[Figure, Sheet]:
    """The drawing of a chart with this text below, and its sheet, for `as_svg`."""
    every = panels(chart)
    shown = [panel for panel in every if panel.places > 1] or every
    if len(shown) < len(every):
        foot = [
            *foot,
            f"{len(every) - len(shown)} panels whose lines are single points are"
            " left out; claims.csv has them.",
        ]
    rests = {panel.rest for panel in shown}
    subtitle = rests.pop() if len(rests) == 1 else ""
    sheet = Sheet(
        title=f"{chart.name}: {chart.title}", subtitle=subtitle, caption=list(foot)
    )
    columns = min(COLUMNS, len(shown))
    rows = math.ceil(len(shown) / columns)
    most = max(len(panel.lines) for panel in shown)
    height = max(PLOT_HEIGHT, NAME_STEP * (most + 1))
    top = TOP + 0.17 * (len(rests) > 0)
    row_height = top + height + BOTTOM
    with settings():
        width = columns * (LEFT + PLOT_WIDTH + RIGHT)
        drawing, base = new_drawing(sheet, width, rows * row_height)
        for index, panel in enumerate(shown):
            row, column = divmod(index, columns)
            axes = add_axes(
                drawing,
                column * (LEFT + PLOT_WIDTH + RIGHT) + LEFT,
                base + (rows - 1 - row) * row_height + BOTTOM,
                PLOT_WIDTH,
                height,
            )
            _panel(axes, chart, panel, NAME_STEP / height)
            if rests:
                axes.text(0, 1.02, panel.rest, transform=axes.transAxes, size=7.5)
    return drawing, sheet


def as_svg(chart: Chart, foot: Sequence[str]) -> bytes:
    """A chart with that text below, as an SVG file's content."""
    drawing, sheet = draw(chart, foot)
    return render(drawing, "svg", sheet)


def _style(line: str, names_: Sequence[str]) -> Dict[str, Any]:
    """The style of a variant, or of a number among the panel's numbers."""
    if "/pools:" in line:
        return line_style(line)
    place = list(names_).index(line)
    return {
        **line_style("sun4u/pools:1"),
        "color": _SHADES[place % len(_SHADES)],
        "markerfacecolor": _SHADES[place % len(_SHADES)],
        "marker": _MARKERS[place % len(_MARKERS)],
    }


def _panel(axes: Any, chart: Chart, panel: Panel, step: float) -> None:
    axes.set_title(panel.title, loc="left", size=9.5, weight="bold", pad=14)
    xs = sorted({point.x for line in panel.lines.values() for point in line})
    _x_axis(axes, chart.x, xs)
    low, high = _y_axis(axes, chart, panel)
    if chart.band:
        axes.axhspan(*chart.band, **BAND)
    if chart.limit is not None:
        axes.axhline(chart.limit, zorder=1, **LIMIT)
    for value, name in chart.marks:
        _mark(axes, value, name)
    ends = {}
    middle = (len(panel.lines) - 1) / 2
    for index, (name, line) in enumerate(panel.lines.items()):
        style = _style(name, list(panel.lines))
        if name in panel.fits:
            curve = [(p.x, p.value) for p in panel.fits[name]]
            axes.plot(*zip(*curve), color=style["color"], linewidth=1.0, zorder=1)
            style = {**style, "linestyle": "none"}
        shift = 0.0 if panel.fits else (index - middle) * DODGE
        _line(
            axes, [_shifted(axes, point, shift) for point in line], style, (low, high)
        )
        ends[name] = axes.transAxes.inverted().transform(
            axes.transData.transform((line[-1].x, min(max(line[-1].value, low), high)))
        )
    _name_lines(axes, ends, step, panel)


def _shifted(axes: Any, point: Point, part: float) -> Point:
    """The point moved sideways by that part of the axis, so that bars stay apart."""
    low, high = axes.get_xlim()
    if axes.get_xscale() == "symlog":
        return point
    if axes.get_xscale() == "log":
        return replace(point, x=point.x * (high / low) ** part)
    return replace(point, x=point.x + (high - low) * part)


def _name_lines(axes: Any, ends: Mapping[str, Any], step: float, panel: Panel) -> None:
    styles = {name: _style(name, list(panel.lines)) for name in ends}
    places = {name: (float(x), float(y)) for name, (x, y) in ends.items()}
    last = max(x for x, _ in places.values())
    led = (
        [name for name, (x, _) in places.items() if x == last]
        if len(places) > 1
        else []
    )
    names(axes, places, step, led, None, styles)


def _x_axis(axes: Any, field: str, xs: Sequence[float]) -> None:
    if field == "cpus":
        axes.set_xscale("log", base=2)
        axes.set_xlim(xs[0] / 1.2, xs[-1] * 1.2)
        octaves = math.log2(xs[-1] / xs[0]) + 0.5
        named: Sequence[float] = readable([int(x) for x in xs], 0.08 * octaves)
    elif field == "flush_ns":
        axes.set_xscale("log")
        axes.set_xlim(xs[0] / 1.3, xs[-1] * 1.3)
        named = xs
    elif field == "think_ns":
        # 0 has a place of its own, as far before the first as that from its double.
        first = min((x for x in xs if x > 0), default=1.0)
        axes.set_xscale("symlog", linthresh=first, linscale=0.5)
        axes.set_xlim(-0.2 * first, max(xs[-1], first) * 1.3)
        named = _apart(axes, xs)
    elif field == FILL:
        # Measured, so that there are as many places as cells.
        xs = named = range(0, 101, 20)
        axes.set_xlim(-4, 104)
    else:
        axes.set_xlim(min(0, xs[0]), 100)
        named = xs
    axes.xaxis.set_major_locator(FixedLocator(list(xs)))
    axes.xaxis.set_minor_locator(NullLocator())
    texts = [duration(x) if field.endswith("_ns") else f"{x:g}" for x in xs]
    axes.set_xticklabels([t if x in named else "" for t, x in zip(texts, xs)])
    axes.set_xlabel(_TITLES[field])


def _apart(axes: Any, xs: Sequence[float]) -> Sequence[float]:
    """Those of the places whose names do not run into each other, from the last on."""
    named: List[float] = []
    free = math.inf
    for x in reversed(xs):
        place, _ = axes.transAxes.inverted().transform(axes.transData.transform((x, 1)))
        if place <= free:
            named.append(x)
            free = place - NAME_WIDTH
    return named


def _y_axis(axes: Any, chart: Chart, panel: Panel) -> Tuple[float, float]:
    """Set the axis; returns its ends."""
    points = [point for line in panel.lines.values() for point in line]
    shown = [p.value for p in points] + [mark for mark, _ in chart.marks]
    shown += list(chart.band or ()) + ([chart.limit] if chart.limit is not None else [])
    bars = [b for p in points for b in (p.low, p.high) if math.isfinite(b)]
    if chart.logarithmic:
        positive = [value for value in shown + bars if value > 0] or [1.0]
        low = max(min(positive), max(positive) / 1e7) / 1.4
        high = max(positive) * 1.4
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(
            LogLocator(subs=(1, 2, 5) if high / low < 300 else (1,), numticks=20)
        )
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        least, most = min(shown), max(shown)
        # A bar may be longer than all else: it is cut off.
        room = 0.6 * (most - least) or 0.1 * abs(most) or 0.1
        low = max(min([*bars, least]), least - room)
        high = min(max([*bars, most]), most + room)
        low = 0.0 if chart.band is None else low - 0.05 * (high - low)
        high += 0.06 * (high - low)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    axes.set_ylim(low, high)
    axes.set_ylabel(chart.label)
    axes.grid(axis="y", **GRID)
    axes.set_axisbelow(True)
    return low, high


def _mark(axes: Any, value: float, name: str) -> None:
    axes.axhline(value, zorder=1, **LIMIT)
    axes.annotate(
        name,
        (0.02, value),
        (0, 3),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        size=7,
        color="#555555",
    )


def _line(
    axes: Any,
    line: Sequence[Point],
    style: Mapping[str, Any],
    ends: Tuple[float, float],
) -> None:
    """A line with its bars; what lies beyond the axis is shown at its end."""

    def inside(value: float) -> float:
        return min(max(value, ends[0]), ends[1])

    values = [inside(point.value) for point in line]
    axes.errorbar(
        [point.x for point in line],
        values,
        yerr=[
            [v - min(inside(p.low), v) for v, p in zip(values, line)],
            [max(inside(p.high), v) - v for v, p in zip(values, line)],
        ],
        elinewidth=0.9,
        capsize=2,
        clip_on=False,
        **style,
    )
