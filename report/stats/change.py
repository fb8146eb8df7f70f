# SPDX-License-Identifier: GPL-2.0-or-later
"""By how much one side differs from the other, cell by cell."""

import math
from dataclasses import dataclass, field
from typing import List, Sequence, Tuple

import numpy as np

from report.stats.bootstrap import Estimate, estimate, log_ratio
from report.stats.data import Group, Measurement, grouped
from report.stats.layouts import Error, Scatter, errors
from report.stats.means import Means, means
from report.stats.rank import ranks, reached

LEVEL = 0.95
POWER = 0.95
ALARMS = 0.01
# Fewer blocks (or measurements a side, without blocks) say nothing: in all, and of a
# layout, as nobody knows how far a median of fewer is off.
BLOCKS_MIN = 6
LAYOUT_BLOCKS_MIN = 5

Sides = Tuple[Sequence[Measurement], Sequence[Measurement]]


@dataclass(frozen=True)
class Change:
    """What a cell's measurements say of new against base.

    `ratio` is the median ratio of new to base, within blocks where there are blocks,
    from `low` to `high` at the level asked for; above 1 is slower. `p` is of the
    hypothesis that nothing changed, two-sided: the larger of the rank test's and of
    that which knows of layouts. `smallest` is the smallest relative change (0.03: 3 %)
    that these data would have told, among as many cells, with a probability of POWER.
    `width` is half the interval's width, relative, as far as more blocks would narrow
    it; layouts' part is not in it. `base` and `new` are plain medians; `mean` is what
    the median does not see. Without `enough` measurements the interval is (0, inf),
    p 1.
    """

    ratio: float
    low: float
    high: float
    p: float
    smallest: float
    width: float
    base: float
    new: float
    blocks: int
    layouts: int
    left_out: int
    enough: bool
    mean: Means
    error: Error = field(repr=False)

    def equivalence(self, margin: float) -> float:
        """p of two one-sided tests that the ratio is beyond 1 + margin, either way.

        Small: the change is within the margin. 1 + margin and 1 / (1 + margin) are the
        ends, so that it does not matter which side is called base.
        """
        if not self.enough:
            return 1.0
        room = math.log1p(margin) - abs(math.log(self.ratio))
        inside = self.error.beyond(abs(room))
        return inside if room >= 0 else 1 - inside


def compare_all(
    cells: Sequence[Sides],
    *,
    level: float = LEVEL,
    alarms: float = ALARMS,
    seed: int = 1,
) -> List[Change]:
    """The changes of all cells of a run, each (base, new), in this order.

    What layouts do is learnt from all of them, so do not mix runs. `alarms` is the
    probability of a false alarm in the whole run that `smallest` is for. ValueError if
    a cell lacks a side or has values that are no measurements.
    """
    if not 0 < level < 1 or not 0 < alarms < 1:
        raise ValueError("level and alarms must lie between 0 and 1")
    rng = np.random.default_rng(seed)
    groups = [_groups(base, new) for base, new in cells]
    estimates = [
        estimate(found, rng) if _enough(found) else _nothing(found)
        for found, _ in groups
    ]
    known = [e.scatter for e in estimates]
    return [
        _change(sides, found, each, error, (level, alarms / len(cells)))
        for sides, found, each, error in zip(cells, groups, estimates, errors(known))
    ]


def _groups(
    base: Sequence[Measurement], new: Sequence[Measurement]
) -> Tuple[List[Group], int]:
    if not base or not new:
        raise ValueError("a side has no measurements")
    found, left_out = grouped(base, new)
    if not found:
        raise ValueError("the sides have no layout in common")
    return found, left_out


def _blocks(groups: Sequence[Group]) -> int:
    """Blocks, or measurements of the side that has fewer."""
    return min(sum(len(g.base) for g in groups), sum(len(g.new) for g in groups))


def _enough(groups: Sequence[Group]) -> bool:
    fewest = min(min(len(g.base), len(g.new)) for g in groups)
    return fewest >= LAYOUT_BLOCKS_MIN and _blocks(groups) >= BLOCKS_MIN


def _nothing(groups: Sequence[Group]) -> Estimate:
    """All that too few measurements give."""
    return Estimate(log_ratio(groups), Scatter(1, 0.0, 0.0, 0.0))


def _change(
    sides: Sides,
    groups: Tuple[List[Group], int],
    found: Estimate,
    error: Error,
    chances: Tuple[float, float],
) -> Change:
    level, alarm = chances
    enough = _enough(groups[0])
    distance = error.distance((1 - level) / 2)
    within = found.scatter.error.distance((1 - level) / 2)
    p = max(ranks(groups[0]).p, 2 * error.beyond(abs(found.log_ratio)))
    sure = _smallest(groups[0], found, error, alarm)
    return Change(
        ratio=math.exp(found.log_ratio),
        low=math.exp(found.log_ratio - distance) if enough else 0.0,
        high=math.exp(found.log_ratio + distance) if enough else math.inf,
        p=min(p, 1.0) if enough else 1.0,
        smallest=math.expm1(sure) if enough else math.inf,
        width=math.expm1(within) if enough else math.inf,
        base=float(np.median([m.value for m in sides[0]])),
        new=float(np.median([m.value for m in sides[1]])),
        blocks=_blocks(groups[0]),
        layouts=len(groups[0]),
        left_out=groups[1],
        enough=enough,
        mean=means(groups[0], level),
        error=error,
    )


def _smallest(
    groups: Sequence[Group], found: Estimate, error: Error, alarm: float
) -> float:
    """The change (of the logarithm) that both tests tell nearly always.

    A test tells what is beyond the reach of chance; nearly always, if it is beyond by
    what the measured change may err.
    """
    # Late here and elsewhere: loading SciPy takes longer than most commands.
    from scipy.special import ndtri

    by_layouts = error.distance(alarm / 2) + error.distance(1 - POWER)
    beyond_chance = -float(ndtri(alarm / 2) + ndtri(1 - POWER))
    return max(by_layouts, reached(groups, found.log_ratio, beyond_chance))
