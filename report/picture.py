# SPDX-License-Identifier: GPL-2.0-or-later
"""What there is to draw, before any drawing."""

from dataclasses import dataclass
from typing import Dict, List, Sequence


@dataclass(frozen=True)
class Page:
    """What every figure has around it; the caption is a list of paragraphs."""

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

    Values are divided by `divisor` where they are written. `step` is the step of the
    clock the values were taken with, in their unit and 0 if it does not matter: a
    logarithmic axis marks it, and draws there what is below.
    """

    label: str
    divisor: float = 1.0
    logarithmic: bool = False
    step: float = 0.0


@dataclass(frozen=True)
class Panel:
    """Lines against the CPU counts `counts`.

    `wide` bars are part of what is shown, others how sure a point is. `nothing` stands
    in a panel without lines.
    """

    title: str
    counts: Sequence[int]
    lines: Lines
    scale: Scale
    wide: bool = False
    nothing: str = ""


@dataclass(frozen=True)
class Picture(Page):
    """Panels with lines, two a row."""

    panels: List[Panel]


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
class Distribution(Page):
    """Shapes: a column a workload, under its heading, and a row a variant.

    `step_ns` is the clock's step, `flush_ns` the cost of a flush; 0 where unknown.
    """

    columns: Dict[str, Dict[str, Shape]]
    step_ns: float
    flush_ns: float
