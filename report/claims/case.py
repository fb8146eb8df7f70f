# SPDX-License-Identifier: GPL-2.0-or-later
"""A claim's answer in one cell, and what it takes together."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Dict, Optional, Sequence, Tuple

NATIVE = "this host"
# A chart's axis that is measured: how full the pools are that the CPUs are served from.
FILL = "local_pool_utilization"


def machine_name(machine: str) -> str:
    """What a machine is called, so that no simulated one is taken for a real one."""
    return machine if machine == NATIVE else f"simulated {machine}"


class Answer(Enum):
    """Whether a claim holds, in one case."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True)
class Where:
    """What a cell name says; `machine` is NATIVE or a simulated machine's profile.

    `utilization` is in percent, `think_ns` and `flush_ns` in ns; `flush_ns` is what the
    flush model asks for, None without a flush or if that is not known.
    """

    machine: str
    workload: str
    variant: str
    cpus: int
    utilization: float
    flush: str
    flush_ns: Optional[float]
    think_ns: int
    lock: str

    @property
    def pools(self) -> int:
        """The number of pools of the variant."""
        return int(self.variant.partition("/pools:")[2])

    @property
    def fill(self) -> float:
        """How full the pools are that the CPUs are served from, in percent."""
        return min(100.0, self.utilization * self.pools / min(self.cpus, self.pools))


@dataclass(frozen=True)
class Value:
    """A figure and the ends of its interval.

    A 95 % interval; that of a simulated cell is over seeds.
    """

    value: float
    low: float
    high: float

    def over(self, base: "Value") -> "Value":
        """The quotient; its interval is the widest that both allow."""
        return Value(
            _quotient(self.value, base.value),
            _quotient(self.low, base.high),
            _quotient(self.high, base.low),
        )


def _quotient(part: float, whole: float) -> float:
    if whole > 0:
        return part / whole
    return float("inf") if part > 0 else 1.0


@dataclass(frozen=True)
class Row:
    """A figure of a cell, for pictures; `fill` is its FILL, None if not known."""

    where: Where
    value: Value
    fill: Optional[float] = None


@dataclass(frozen=True)
class Case:
    """A claim's answer in one cell, with the figure that it was judged by.

    `why` is what else speaks for it, in words.
    """

    where: Where
    value: Value
    answer: Answer
    why: str = ""


@dataclass(frozen=True)
class Count:
    """How many cases came out how."""

    holds: int
    fails: int
    unknown: int

    @property
    def cases(self) -> int:
        """All of them."""
        return self.holds + self.fails + self.unknown


def count(cases: Sequence[Case]) -> Count:
    """How many of these cases came out how."""
    answers = [case.answer for case in cases]
    return Count(
        answers.count(Answer.HOLDS),
        answers.count(Answer.FAILS),
        answers.count(Answer.UNKNOWN),
    )


def at_most(value: Value, limit: float) -> Answer:
    """Whether a figure is at most a limit, if its interval tells."""
    if value.high <= limit:
        return Answer.HOLDS
    return Answer.FAILS if value.low > limit else Answer.UNKNOWN


def more_than(value: Value, limit: float) -> Answer:
    """Whether a figure is more than a limit, if its interval tells."""
    if value.low > limit:
        return Answer.HOLDS
    return Answer.FAILS if value.high <= limit else Answer.UNKNOWN


@dataclass(frozen=True)
class Chart:
    """What a picture shows: a figure against one of Where's fields, or FILL.

    `line` and `panel` name the fields that tell lines and panels apart. `limit` is the
    value at which the answer changes, `band` the two between which nothing is said to
    have changed. `marks` are values from elsewhere, with their names; `fits` are
    points of curves that were fitted to the lines.
    """

    name: str
    title: str
    label: str
    rows: Sequence[Row]
    x: str
    line: str
    panel: Sequence[str]
    logarithmic: bool = False
    limit: Optional[float] = None
    band: Optional[Tuple[float, float]] = None
    marks: Sequence[Tuple[float, str]] = ()
    fits: Sequence[Row] = ()


def around_one(margin: float) -> Dict[str, Any]:
    """A Chart's limit and band where it shows ratios that are the same within it."""
    return {"limit": 1.0, "band": (1 / (1 + margin), 1 + margin)}


@dataclass(frozen=True)
class BreakEven:
    """Where the time of `where`'s variant over that of `base` passes the margin.

    `where` is of the first of the `places`, in ns of the dimension, which is one of
    Where's fields. Above `value` the change is within the margin; if it is `rising`,
    below. The value is 0 if that place lies before the first, inf if it lies beyond the
    last. Its interval is of 95 %, that of a simulated machine from seed to seed.
    """

    where: Where
    base: str
    dimension: str
    places: Tuple[float, ...]
    rising: bool
    value: Value


@dataclass(frozen=True)
class Beside:
    """A figure that nothing is judged by, told beside those that are."""

    figure: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Finding:
    """A claim with its cases.

    `claim` is what was said, in our words; `compared` what was, and when that counts as
    holding; `needs` is what must have been measured for that. `figure` names the figure
    that is judged and `limit` is the value at which the answer changes. `remarks` are
    sentences computed from the same data.
    """

    name: str
    claim: str
    compared: str
    needs: str
    figure: str
    limit: float
    cases: Sequence[Case]
    charts: Sequence[Chart] = ()
    remarks: Sequence[str] = ()
    constructed: str = ""
    beside: Sequence[Beside] = ()
    breaks: Sequence[BreakEven] = ()
