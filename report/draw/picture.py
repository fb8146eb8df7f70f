# SPDX-License-Identifier: GPL-2.0-or-later
"""What is to be drawn: panels, lines and points, as data."""

from dataclasses import dataclass
from typing import Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from report.text.units import duration


@dataclass(frozen=True)
class Sheet:
    """What stands around every picture; the caption is a list of paragraphs."""

    title: str
    subtitle: str
    caption: List[str]


@dataclass(frozen=True)
class Point:
    """A cell's CPUs, its value, and the ends of the bar through it."""

    cpus: int
    value: float
    low: float
    high: float


# Variant -> its points by rising CPU count.
Lines = Dict[str, List[Point]]


@dataclass(frozen=True)
class Scale:
    """A panel's y axis: linear from 0, or logarithmic.

    A linear axis writes values divided by `divisor`, a logarithmic one as `text` does.
    `step` is the step of the clock the values were taken with, in their unit and 0 if
    it does not matter: a logarithmic axis marks it, and draws there what is below.
    """

    label: str
    divisor: float = 1.0
    logarithmic: bool = False
    step: float = 0.0
    text: Callable[[float], str] = duration


@dataclass(frozen=True)
class Knees:
    """Points to mark, by variant, and what stands beside a variant's name.

    `heading` stands above those texts.
    """

    heading: str
    points: Mapping[str, Point]
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Panel:
    """Lines against the CPU counts `counts`.

    `wide` bars are part of what is shown, others how sure a point is. `nothing` stands
    in a panel without lines. `span` has the least and the most value that the y axis
    shows where panels are to share it. `dodge` is the part of the room between two CPU
    counts over which lines are shifted to be told apart. `ideal` is a point: a line
    through it rises as the CPUs do.
    """

    title: str
    counts: Sequence[int]
    lines: Lines
    scale: Scale
    wide: bool = False
    nothing: str = ""
    span: Optional[Tuple[float, float]] = None
    ideal: Optional[Point] = None
    knees: Optional[Knees] = None
    dodge: float = 0.5

    def reach(self) -> Tuple[float, float]:
        """The least and the most value, bars included."""
        points = [point for line in self.lines.values() for point in line]
        return (
            min((point.low for point in points), default=1.0),
            max((point.high for point in points), default=0.0),
        )


@dataclass(frozen=True)
class Picture(Sheet):
    """Panels with lines, so many a row."""

    panels: List[Panel]
    columns: int = 2


@dataclass(frozen=True)
class Bin:
    """Holds longer than `low` ns and up to `high`: their share of all, 0 to 1.

    `flushes` is that of the holds among them in which a flush ran.
    """

    low: float
    high: float
    share: float
    flushes: float


@dataclass(frozen=True)
class Shape:
    """How long the holds of a cell were, in bins by rising time.

    `flush_holds` and `flush_time` are the shares of the holds, and of the time held,
    with a flush; `p50` and `p99` are in ns.
    """

    bins: List[Bin]
    p50: float
    p99: float
    flush_holds: float
    flush_time: float


@dataclass(frozen=True)
class Distribution(Sheet):
    """Shapes: a column a workload, under its heading, and a row a variant.

    `step_ns` is the clock's step, `flush_ns` the cost of a flush; 0 where unknown.
    """

    columns: Dict[str, Dict[str, Shape]]
    step_ns: float
    flush_ns: float
