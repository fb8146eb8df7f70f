# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the words of "holds when ...": simple conditions that part the cases.

A condition bounds up to RESTRICTIONS_MAX of a cell's fields from above or below, or
picks one value of a field that has no order. No case in which the claim does not hold
may fulfil it, and as many as possible in which it does.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from report.claims.case import Answer, Case, Where, machine_name
from report.text.units import duration

RESTRICTIONS_MAX = 3
CONDITIONS_MAX = 3
# A further restriction must bring so much of what is to be covered, and so must a
# further condition.
GAIN_MIN = 0.1

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Field:
    """A field of Where: its value, and the words for what it must be.

    If it is `ordered`, `words` takes a sign and a number, else the value.
    """

    value: Callable[[Where], object]
    words: Callable[..., str]
    ordered: bool = False


@dataclass(frozen=True)
class Condition:
    """A condition in words, and how many cases fulfil it.

    `covered` are those it was made for, `undecided` those without an answer.
    """

    words: str
    covered: int
    undecided: int


def _thinking(sign: str, ns: float) -> str:
    if sign == "=" and ns == 0:
        return "there is no think time"
    return f"think time {sign} {ns:g} ns"


FIELDS: Dict[str, Field] = {
    "machine": Field(
        lambda where: where.machine, lambda name: f"machine is {machine_name(name)}"
    ),
    "allocator": Field(lambda where: where.variant, "allocator is {}".format),
    "pools": Field(lambda where: where.pools, "pools {} {:g}".format, True),
    "workload": Field(lambda where: where.workload, "workload is {}".format),
    "cpus": Field(lambda where: where.cpus, "CPUs {} {:g}".format, True),
    "utilization": Field(
        lambda where: where.utilization, "utilization {} {:g} %".format, True
    ),
    "flush": Field(
        lambda where: where.flush_ns,
        lambda sign, ns: f"flush {sign} {duration(ns)}",
        True,
    ),
    "think": Field(lambda where: where.think_ns, _thinking, True),
    "lock": Field(lambda where: where.lock, "lock is {}".format),
}


def conditions(cases: Sequence[Case], answer: Answer) -> List[Condition]:
    """Conditions under which all decided cases have that answer, best first.

    None if there is nothing to tell apart, or no simple condition does.
    """
    good = np.array([case.answer == answer for case in cases])
    unknown = np.array([case.answer == Answer.UNKNOWN for case in cases])
    bad = ~good & ~unknown
    if not good.any() or not bad.any():
        return []
    bounds = [b for name in FIELDS for b in [_bounds(name, cases)] if b]
    found: List[Condition] = []
    left = good.copy()
    while len(found) < CONDITIONS_MAX:
        best = _best(bounds, left, bad, GAIN_MIN * good.sum())
        if best is None or (best[1] & left).sum() < GAIN_MIN * good.sum():
            break
        words, mask = best
        found.append(
            Condition(words, int((mask & good).sum()), int(sum(mask & unknown)))
        )
        left &= ~mask
    return found


Bound = Tuple[str, Mask]


def _bounds(name: str, cases: Sequence[Case]) -> List[Bound]:
    """All bounds on a field that part the cases."""
    field = FIELDS[name]
    values = [field.value(case.where) for case in cases]
    if not field.ordered:
        names = sorted({str(value) for value in values})
        masks = [(field.words(n), np.array([v == n for v in values])) for n in names]
    else:
        numbers = np.array([np.nan if v is None else float(str(v)) for v in values])
        steps = sorted(set(numbers[~np.isnan(numbers)]))
        masks = [(_bound(field, steps, n, "<="), numbers <= n) for n in steps[:-1]]
        masks += [(_bound(field, steps, n, ">="), numbers >= n) for n in steps[1:]]
    return [(words, mask) for words, mask in masks if not mask.all()]


def _bound(field: Field, steps: Sequence[float], number: float, sign: str) -> str:
    """A bound in words; at the end of what was measured it is an equality."""
    alone = number == (steps[0] if sign == "<=" else steps[-1])
    return field.words("=" if alone else sign, number)


def _best(
    bounds: Sequence[Sequence[Bound]], wanted: Mask, bad: Mask, price: float
) -> Optional[Bound]:
    """The condition with most of what is wanted, less a price a restriction."""
    best: Optional[Bound] = None
    score = 0.0
    for number in range(1, RESTRICTIONS_MAX + 1):
        for fields in combinations(bounds, number):
            for words, mask in _products(fields, wanted):
                here = float((mask & wanted).sum()) - price * (number - 1)
                if here > score and not (mask & bad).any():
                    best, score = (words, mask), here
    return best


def _products(fields: Sequence[Sequence[Bound]], wanted: Mask) -> List[Bound]:
    """One bound of each field at once, where that leaves anything wanted."""
    result: List[Bound] = [("", np.ones(len(wanted), dtype=bool))]
    for field in fields:
        result = [
            (f"{words} and {more}" if words else more, mask & also)
            for words, mask in result
            for more, also in field
            if (mask & also & wanted).any()
        ]
    return result
