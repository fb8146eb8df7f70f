# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws a Chart: panels of lines against CPUs, occupancy or flush cost."""

import math
from dataclasses import dataclass, fields, replace
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator
from matplotlib.ticker import NullLocator

from report.claims.case import NATIVE, Chart, Row, Where
from report.draw.panels import drawn, names
from report.draw.placing import readable
from report.draw.styles import in_order
from report.draw.sheet import GRID, add_axes, lay_out, render, settings
from report.draw.picture import Page
from report.text.units import duration

PLOT_WIDTH, PLOT_HEIGHT = 3.3, 2.3
LEFT, RIGHT, TOP, BOTTOM = 0.85, 1.75, 0.4, 0.6
NAME_STEP = 0.17
COLUMNS = 2
DODGE = 0.012  # of the width of a panel, from line to line
BAND: Dict[str, Any] = {"color": "#009E73", "alpha": 0.13, "linewidth": 0}
LIMIT: Dict[str, Any] = {"color": "#555555", "linewidth": 0.8, "linestyle": (0, (4, 2))}
# Lines of rising numbers: from light to dark.
_SHADES = ("#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7", "#0072B2", "#000000")
_MARKERS = ("o", "s", "^", "v", "D", "P", "X")
_TITLES = {"occupancy": "occupancy, %", "cpus": "CPUs", "flush_ns": "flush cost"}


@dataclass(frozen=True)
class Point:
    """A point of a line, and the ends of the bar through it."""

    x: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Panel:
    """One of a chart's panels; `rest` is what all its points share besides."""

    title: str
    rest: str
    lines: Mapping[str, Sequence[Point]]
    fits: Mapping[str, Sequence[Point]]

    @property
    def places(self) -> int:
        """How many places on the x axis have a point."""
        return len({point.x for line in self.lines.values() for point in line})


def panels(chart: Chart) -> List[Panel]:
    """All panels of a chart."""
    groups: Dict[Tuple[object, ...], List[Row]] = {}
    for row in chart.rows:
        if _x(row.where, chart.x) is not None and math.isfinite(row.value.value):
            groups.setdefault(_key(row.where, chart.panel), []).append(row)
    result = []
    for key in sorted(groups, key=_panel_order):
        rows, rest = _commonest(groups[key], chart)
        fits = [row for row in chart.fits if _key(row.where, chart.panel) == key]
        result.append(
            Panel(
                title=", ".join(map(_said, chart.panel, key)),
                rest=rest,
                lines=_lines(rows, chart),
                fits=_lines(fits, chart),
            )
        )
    return result


def draw(chart: Chart, foot: Sequence[str]) -> Tuple[Figure, Page]:
    """The figure of a chart with this text below, and its page, for `as_svg`."""
    every = panels(chart)
    shown = [panel for panel in every if panel.places > 1] or every
    if len(shown) < len(every):
        foot = [
            *foot,
            f"{len(every) - len(shown)} panels with one place on the x axis are"
            " left out; claims.csv has their points.",
        ]
    rests = {panel.rest for panel in shown}
    subtitle = rests.pop() if len(rests) == 1 else ""
    page = Page(
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
        drawing, base = lay_out(page, width, rows * row_height)
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
    return drawing, page


def as_svg(chart: Chart, foot: Sequence[str]) -> bytes:
    """A chart with that text below, as an SVG file's content."""
    drawing, page = draw(chart, foot)
    return render(drawing, "svg", page)


def _key(where: Where, names_: Sequence[str]) -> Tuple[object, ...]:
    return tuple(getattr(where, name) for name in names_)


def _panel_order(key: Tuple[object, ...]) -> Tuple[Tuple[bool, bool, object], ...]:
    """The host first, then by name and number."""
    return tuple((each != NATIVE, isinstance(each, str), each) for each in key)


def _x(where: Where, field: str) -> Optional[float]:
    value = getattr(where, field)
    return None if value is None else float(value)


def _said(field: str, value: object) -> str:
    """A field's value in words."""
    text = f"{value:g}" if isinstance(value, (int, float)) else str(value)
    if field == "machine":
        return text if value == NATIVE else f"simulated {text}"
    if field == "cpus":
        return f"{text} CPU" + "s" * (value != 1)
    return {
        "think_ns": f"think time {text} ns",
        "occupancy": f"{text} % full",
        "flush": f"flush {text}",
        "lock": f"lock {text}",
    }.get(field, text)


def _commonest(rows: Sequence[Row], chart: Chart) -> Tuple[List[Row], str]:
    """The rows that share all that the panel does not show, and that in words.

    Of several such groups the one with the most rows; of equals that of ring.
    """
    shown = {chart.x, chart.line, *chart.panel}
    if "flush_ns" in shown:
        shown.add("flush")
    rest = [
        f.name for f in fields(Where) if f.name not in shown and f.name != "flush_ns"
    ]
    if chart.line == "cpus" or chart.x == "cpus":
        rest = [name for name in rest if name != "cpus"]
    groups: Dict[Tuple[object, ...], List[Row]] = {}
    for row in rows:
        groups.setdefault(_key(row.where, rest), []).append(row)
    key = max(groups, key=lambda each: (len(groups[each]), "ring" in each))
    words = [_said(name, value) for name, value in zip(rest, key)]
    return groups[key], ", ".join(words)


def _lines(rows: Sequence[Row], chart: Chart) -> Dict[str, List[Point]]:
    lines: Dict[object, List[Point]] = {}
    for row in rows:
        x = _x(row.where, chart.x)
        assert x is not None
        v = row.value
        point = Point(x, v.value, v.low, v.high)
        lines.setdefault(getattr(row.where, chart.line), []).append(point)
    ordered = sorted(lines, key=_line_order)
    return {
        _said(chart.line, key): sorted(lines[key], key=lambda point: point.x)
        for key in ordered
    }


def _line_order(key: object) -> Tuple[object, ...]:
    return in_order(key) if isinstance(key, str) else (key,)


def _style(line: str, names_: Sequence[str]) -> Dict[str, Any]:
    """The look of a variant, or of a number among the panel's numbers."""
    if "/pools:" in line:
        return drawn(line)
    place = list(names_).index(line)
    return {
        **drawn("sun4u/pools:1"),
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
    else:
        axes.set_xlim(min(0, xs[0]), 100)
        named = xs
    axes.xaxis.set_major_locator(FixedLocator(list(xs)))
    axes.xaxis.set_minor_locator(NullLocator())
    texts = [duration(x) if field == "flush_ns" else f"{x:g}" for x in xs]
    axes.set_xticklabels([t if x in named else "" for t, x in zip(texts, xs)])
    axes.set_xlabel(_TITLES[field])


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
