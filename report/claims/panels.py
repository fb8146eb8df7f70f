# SPDX-License-Identifier: GPL-2.0-or-later
"""The panels of a Chart: which points stand in which, on which lines."""

import math
from dataclasses import dataclass, fields
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from report.claims.case import FILL, NATIVE, Chart, Row, Where
from report.draw.styles import in_order


# Of the think times so many have a panel of their own.
THINKS_SHOWN = (0, 1000)


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
        """At how many places on the x axis the longest line has points."""
        return max(len({point.x for point in line}) for line in self.lines.values())


def panels(chart: Chart) -> List[Panel]:
    """All panels of a chart."""
    groups: Dict[Tuple[object, ...], List[Row]] = {}
    for row in chart.rows:
        if _x(row, chart.x) is None or not math.isfinite(row.value.value):
            continue
        if chart.x == "think_ns" or row.where.think_ns in THINKS_SHOWN:
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


def _key(where: Where, names_: Sequence[str]) -> Tuple[object, ...]:
    return tuple(getattr(where, name) for name in names_)


def _panel_order(key: Tuple[object, ...]) -> Tuple[Tuple[bool, bool, object], ...]:
    """The host first, then by name and number."""
    return tuple((each != NATIVE, isinstance(each, str), each) for each in key)


def _x(row: Row, field: str) -> Optional[float]:
    value = row.fill if field == FILL else getattr(row.where, field)
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
        "utilization": f"utilization {text} %",
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
    if FILL in shown:
        shown.add("utilization")
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
        x = _x(row, chart.x)
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
