# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the words of "holds when ...": simple conditions that part the cases.

A condition bounds up to RESTRICTIONS_MAX of a cell's fields from above or below, or
picks one value of a field that has no order. At least PURE of the cells in it have its
answer: those that have the other one, and those that have none, count alike against
it. It is only told if hardly any shuffle of the answers has one as good.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Callable, Dict, List, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from report.claims.case import Answer, Case, Where
from report.text.units import duration

RESTRICTIONS_MAX = 2
PURE = 0.9
# A further restriction must bring so much of what is to be covered.
PRICE = 0.1
# A condition that is chance is told of at most so many claims.
CHANCE = 0.01
SHUFFLES = 999

Mask = NDArray[np.bool_]
Numbers = NDArray[np.float32]
Bound = Tuple[str, Mask]


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
    """A condition in words: `answer` have `covered` of the `inside` cells in it.

    `whole` is how many of all cells have that answer.
    """

    words: str
    answer: Answer
    covered: int
    inside: int
    whole: int


def _thinking(sign: str, ns: float) -> str:
    if sign == "=" and ns == 0:
        return "there is no think time"
    return f"think time {sign} {duration(ns)}"


FIELDS: Dict[str, Field] = {
    "allocator": Field(lambda where: where.variant, "allocator is {}".format),
    "pools": Field(lambda where: where.pools, "pools {} {:g}".format, True),
    "workload": Field(lambda where: where.workload, "workload is {}".format),
    "cpus": Field(lambda where: where.cpus, "CPUs {} {:g}".format, True),
    "fill": Field(
        lambda where: where.fill, "local-pool utilization {} {:g} %".format, True
    ),
    "flush": Field(
        lambda where: where.flush_ns,
        lambda sign, ns: f"flush {sign} {duration(ns)}",
        True,
    ),
    "think": Field(lambda where: where.think_ns, _thinking, True),
    "lock": Field(lambda where: where.lock, "lock is {}".format),
}


def conditions(cases: Sequence[Case], chance: float = CHANCE) -> List[Condition]:
    """The best condition of failing and of holding, if it is more than chance.

    With a probability of at most `chance` there is one at all if the answers have
    nothing to do with the cells.
    """
    wanted = {
        answer: np.array([case.answer == answer for case in cases])
        for answer in (Answer.FAILS, Answer.HOLDS)
    }
    if not any(0 < good.sum() < len(cases) for good in wanted.values()):
        return []
    bounds = _every(cases)
    if not bounds:
        return []
    masks = np.array([mask for _, mask in bounds], dtype=np.float32)
    prices = np.array([PRICE * words.count(" and ") for words, _ in bounds])
    order = np.random.default_rng(1)
    drawn = np.array([order.permutation(len(cases)) for _ in range(SHUFFLES)])
    best = np.max(
        [_scores(masks, prices, good[drawn].T).max(axis=0) for good in wanted.values()],
        axis=0,
    )
    found = []
    for answer, good in wanted.items():
        scores = _scores(masks, prices, good[:, None])[:, 0]
        place = int(scores.argmax())
        as_good = int((best >= scores[place]).sum())
        if scores[place] > 0 and (1 + as_good) / (1 + SHUFFLES) <= chance:
            words, mask = bounds[place]
            inside = int(mask.sum())
            covered = int((mask & good).sum())
            found.append(Condition(words, answer, covered, inside, int(good.sum())))
    return found


def _scores(masks: Numbers, prices: NDArray[np.float64], good: Mask) -> Numbers:
    """Of each condition with each column of `good`: what it is worth, 1 at most.

    It is how many cells more it has than chance would give it, of those that it could
    have; below 0 if it is not pure.
    """
    inside = masks.sum(axis=1, keepdims=True)
    share = good.mean(axis=0)
    hits = masks @ good.astype(np.float32)
    most = np.maximum(good.sum(axis=0) * (1 - share), 1e-9)
    worth = (hits - share * inside) / most - prices[:, None]
    return np.where(hits >= PURE * inside, worth, -1.0).astype(np.float32)


def _every(cases: Sequence[Case]) -> List[Bound]:
    """All conditions that part the cases; of those that mean the same, the shortest."""
    fields = [_bounds(name, cases) for name in FIELDS]
    found: Dict[bytes, Bound] = {}
    for number in range(1, RESTRICTIONS_MAX + 1):
        for some in combinations([field for field in fields if field], number):
            for words, mask in _products(some, len(cases)):
                if mask.any():
                    found.setdefault(mask.tobytes(), (words, mask))
    return list(found.values())


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


def _products(fields: Sequence[Sequence[Bound]], cases: int) -> List[Bound]:
    """One bound of each field at once."""
    result: List[Bound] = [("", np.ones(cases, dtype=bool))]
    for field in fields:
        result = [
            (f"{words} and {more}" if words else more, mask & also)
            for words, mask in result
            for more, also in field
        ]
    return result
