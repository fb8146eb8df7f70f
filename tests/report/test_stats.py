# SPDX-License-Identifier: GPL-2.0-or-later
"""``report.stats``: known answers."""

import math
import statistics
from typing import List, Sequence

import numpy as np
import pytest
from scipy import stats

from comparison_data import NOISY, QUIET, cell
from report.stats import usl
from report.stats.change import Change, compare_all
from report.stats.data import Group, Measurement, grouped
from report.stats.fdr import discoveries
from report.stats.layouts import Scatter, errors
from report.stats.rank import midranks, ranks, reached
from report.stats.verdict import Verdict, judge


def compare(
    base: Sequence[Measurement], new: Sequence[Measurement], *, level: float = 0.95
) -> Change:
    """The change of one cell that stands alone."""
    return compare_all([(base, new)], level=level)[0]


def apart(values: List[float], first: int) -> List[Measurement]:
    """Measurements that share no block with others."""
    return [Measurement(1, first + i, value) for i, value in enumerate(values)]


# The rank test


def of_blocks(base: List[List[float]], new: List[List[float]]) -> Group:
    return Group(np.array(base), np.array(new), True)


@pytest.mark.parametrize("seed", range(4))
def test_without_blocks_it_is_mann_whitney(seed: int) -> None:
    rng = np.random.default_rng(seed)
    base, new = rng.normal(0, 1, 37), rng.normal(0.4, 1, 52)
    if seed % 2:
        base, new = base.round(1), new.round(1)  # ties
    expected = stats.mannwhitneyu(
        new, base, method="asymptotic", use_continuity=False
    ).pvalue
    found = ranks([Group(base[:, None], new[:, None], False)])
    assert found.p == pytest.approx(expected, rel=1e-9)


def test_blocks_by_hand() -> None:
    # Ranks 1 2 | 3 4, 1 3 | 2 4, 1 4 | 2 3: new is above base in 4, 3 and 2 pairs of 4,
    # of which chance gives 2, with a variance of 5 / 3 each.
    found = ranks(
        [
            of_blocks([[1, 2], [10, 30]], [[3, 4], [20, 40]]),
            of_blocks([[-1, 5]], [[0, 1]]),
        ]
    )
    assert (found.excess, found.pairs) == (2 + 1 + 0, 12)
    assert found.variance == pytest.approx(3 * 5 / 3)
    assert found.p == pytest.approx(2 * stats.norm.sf(3 / math.sqrt(5)))


def test_nothing_to_rank() -> None:
    same = of_blocks([[1, 1]] * 5, [[1, 1]] * 5)
    assert ranks([same]).p == 1
    assert reached([same], 0.0, 2.0) == 0


def test_dealing_within_blocks_is_the_distribution() -> None:
    """p is uniform where chance dealt the sides, whatever the blocks' levels."""
    rng = np.random.default_rng(3)
    ps = []
    for _ in range(400):
        blocks = rng.exponential(1, (30, 4)) + rng.normal(0, 5, (30, 1))
        ps.append(ranks([Group(blocks[:, :2], blocks[:, 2:], True)]).p)
    # U has whole values only.
    assert stats.kstest(ps, "uniform").statistic < 0.12


def test_what_ranks_reach() -> None:
    """New moved by that much is so many deviations from chance."""
    rng = np.random.default_rng(4)
    base, new = rng.normal(0, 1, (40, 2)), rng.normal(0.3, 1, (40, 2))
    move = reached([Group(base, new, True)], 0.3, 4.0)
    either = []
    for sign in (-1, 1):
        moved = ranks([Group(base, new - 0.3 + sign * move, True)])
        either.append(sign * moved.excess / math.sqrt(moved.variance))
    assert min(either) == pytest.approx(4, abs=0.2)
    assert reached([Group(base[:2], new[:2], True)], 0.3, 4.0) == math.inf


# Many tests at once


def test_benjamini_hochberg_by_hand() -> None:
    # The example of their paper of 1995: of 15 p values four are believed at 5 %.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    assert discoveries(p, 0.05) == [True] * 4 + [False] * 11
    assert discoveries(p[::-1], 0.05) == [False] * 11 + [True] * 4
    assert discoveries([], 0.05) == []
    assert discoveries([0.05], 0.05) == [True]
    # The last that is low enough takes along those before it.
    assert discoveries([0.04, 0.05], 0.05) == [True, True]


# Layouts


def test_many_cells_say_what_layouts_do() -> None:
    rng = np.random.default_rng(5)
    for deviation in (0.005, 0.02, 0.05):
        draws = rng.normal(0, deviation, (60, 3))
        cells = [Scatter(3, float(d.var(ddof=1)), 1e-8, 1e-8 / 3) for d in draws]
        found = np.median([error.distance(0.025) for error in errors(cells)])
        # 60 x 2 degrees of freedom: nearly as if it were known.
        known = 1.96 * deviation / math.sqrt(3)
        assert 0.8 * known < found < 1.5 * known


def test_one_cell_is_students_t() -> None:
    """Alone with three layouts, two degrees of freedom: far more careful than 1.96."""
    (error,) = errors([Scatter(3, 0.02**2, 1e-8, 1e-8 / 3)])
    scale = 0.02 / math.sqrt(3)
    assert 3 < error.distance(0.025) / scale < 6
    assert stats.t.isf(0.025, 2) == pytest.approx(4.3, abs=0.01)


def test_few_degrees_of_freedom() -> None:
    """Of the noise; what layouts do is no worse known by it."""
    (error,) = errors([Scatter(1, 0.0, 4e-6, 4e-6, 5.0)])
    assert error.beyond(0.004) == pytest.approx(stats.t.sf(2, 5))
    assert error.distance(0.001) == pytest.approx(0.002 * stats.t.isf(0.001, 5))
    few, many = (
        errors([Scatter(3, 0.02**2, 1e-8, 1e-8 / 3, df)])[0] for df in (5.0, 1e9)
    )
    assert few.distance(0.025) == pytest.approx(many.distance(0.025), rel=0.01)


def test_without_layout_effects_nothing_is_added() -> None:
    rng = np.random.default_rng(6)
    noise = 0.002**2
    draws = rng.normal(0, 0.002, (40, 3))
    cells = [Scatter(3, float(d.var(ddof=1)), noise, noise / 3) for d in draws]
    known = 1.96 * 0.002 / math.sqrt(3)
    widest = max(error.distance(0.025) for error in errors(cells))
    assert known <= widest < 1.6 * known


def test_one_layout_is_its_blocks_alone() -> None:
    (error,) = errors([Scatter(1, 0.0, 4e-6, 4e-6)])
    assert error.beyond(0.002) == pytest.approx(stats.norm.sf(1))
    assert error.distance(0.025) == pytest.approx(1.95996 * 0.002, rel=1e-4)


# Changes


def test_a_change_is_followed_exactly() -> None:
    """Twice new is twice the ratio: the estimate is not drawn to 1."""
    rng = np.random.default_rng(8)
    base, new = cell(rng, NOISY, 40)
    once = compare(base, new)
    for factor in (1.03, 0.5, 7.0):
        times = [Measurement(m.layout, m.block, factor * m.value) for m in new]
        change = compare(base, times)
        assert change.ratio == pytest.approx(factor * once.ratio)
        assert change.low == pytest.approx(factor * once.low)
        assert change.high == pytest.approx(factor * once.high)


def test_sides_exchanged() -> None:
    rng = np.random.default_rng(9)
    base, new = cell(rng, NOISY, 40, 0.02)
    one, other = compare(base, new), compare(new, base)
    assert other.ratio == pytest.approx(1 / one.ratio)
    assert other.low == pytest.approx(1 / one.high, rel=0.002)
    assert other.p == pytest.approx(one.p, rel=0.5)
    assert other.equivalence(0.03) == pytest.approx(one.equivalence(0.03), rel=0.5)


def test_blocks_take_drift_out() -> None:
    """A machine that gets slower all the time by far more than the change."""
    rng = np.random.default_rng(10)
    base, new = cell(rng, QUIET, 60, 0.03, layouts=1)
    drifting = [
        [Measurement(1, m.block, m.value * 1.05**m.block) for m in side]
        for side in (base, new)
    ]
    plain, drifted = compare(base, new), compare(*drifting)
    assert drifted.ratio == pytest.approx(plain.ratio)
    assert drifted.high - drifted.low == pytest.approx(plain.high - plain.low)
    # The same without blocks in common.
    unpaired = [Measurement(1, 10**6 + m.block, m.value) for m in drifting[1]]
    assert compare(drifting[0], unpaired).width > 50 * plain.width


def test_files_without_blocks_in_common() -> None:
    rng = np.random.default_rng(11)
    base = [float(x) for x in 50 * rng.lognormal(0, 0.01, 40)]
    new = [float(x) for x in 55 * rng.lognormal(0, 0.01, 41)]
    change = compare(apart(base, 0), apart(new, 1000))
    assert change.ratio == pytest.approx(np.median(new) / np.median(base))
    assert change.base == statistics.median(base)
    assert change.new == statistics.median(new)
    assert change.low < change.ratio < change.high
    assert change.blocks == 40 and change.left_out == 0


def test_the_interval_of_medians_is_the_known_one() -> None:
    """A normal sample's median has a standard error of 1.2533 sigma / sqrt(n)."""
    rng = np.random.default_rng(12)
    n, sigma = 2000, 0.01
    base, new = np.exp(rng.normal(0, sigma, (2, n)))
    change = compare(apart(list(base), 0), apart(list(new), n))
    known = 1.96 * 1.2533 * sigma * math.sqrt(2 / n)
    assert change.width == pytest.approx(known, rel=0.15)


def test_too_few_say_nothing() -> None:
    few = [Measurement(1, i, 10.0 + i) for i in range(5)]
    twice = [Measurement(1, i, 20.0 + i) for i in range(5)]
    change = compare(few, twice)
    assert (change.low, change.high, change.p) == (0, math.inf, 1)
    assert change.smallest == change.width == math.inf
    assert judge([change], margin=0.5) == [Verdict.CANNOT_TELL]


@pytest.mark.parametrize(
    "layouts,blocks,enough",
    [(1, 5, False), (1, 6, True), (3, 14, False), (3, 15, True), (2, 9, False)],
)
def test_each_layout_needs_blocks(layouts: int, blocks: int, enough: bool) -> None:
    change = compare(*cell(np.random.default_rng(2), QUIET, blocks, layouts=layouts))
    assert (change.blocks, change.layouts) == (blocks, layouts)
    assert change.enough is enough
    assert (change.high < math.inf) is enough and (change.width < math.inf) is enough


def test_few_blocks_of_paired_ratios_are_students_t() -> None:
    """One ratio a block: a median of 6, whose variance resampling makes too small."""
    rng = np.random.default_rng(18)
    shares = []
    for _ in range(40):
        base, new = np.exp(rng.normal(0, 0.01, (2, 6)))
        sides = [[Measurement(1, i, v) for i, v in enumerate(s)] for s in (base, new)]
        drawn = np.log(new / base)[rng.integers(6, size=(4000, 6))]
        deviation = np.median(drawn, axis=1).std()
        width = math.log1p(compare(*sides).width)
        shares.append(width / (stats.t.isf(0.025, 5) * deviation))
    assert np.median(shares) == pytest.approx(math.sqrt(6 / 5), rel=0.05)


def test_values_that_are_all_alike() -> None:
    base = [Measurement(1, i, 10.0) for i in range(29)]
    change = compare(base, base)
    assert (change.ratio, change.p) == (1, 1)
    assert judge([change], margin=0.01) == [Verdict.SAME]
    # A slow one in ten would not be among so few in one of 20 cases.
    few = compare(base[:-1], base[:-1])
    assert judge([few], margin=0.01) == [Verdict.CANNOT_TELL]


def test_blocks_that_lack_a_measurement_are_left_out() -> None:
    rng = np.random.default_rng(13)
    base, new = cell(rng, QUIET, 20, layouts=1)
    change = compare(base[:-1], new)
    assert (change.blocks, change.left_out) == (19, 3)
    groups, left_out = grouped(base, [m for m in new if m.block < 15])
    assert len(groups[0].base) == 15 and left_out == 10


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_what_is_no_measurement(value: float) -> None:
    good = [Measurement(1, i, 1.0) for i in range(8)]
    with pytest.raises(ValueError, match="no measurement"):
        compare(good, [*good[:-1], Measurement(1, 7, value)])


def test_what_cannot_be_compared() -> None:
    good = [Measurement(1, i, 1.0) for i in range(8)]
    with pytest.raises(ValueError, match="a side has no measurements"):
        compare(good, [])
    with pytest.raises(ValueError, match="no layout in common"):
        compare(good, [Measurement(2, 100 + i, 1.0) for i in range(8)])
    with pytest.raises(ValueError, match="block 3 is of several layouts"):
        compare(good, [Measurement(1 + (i == 3), i, 1.0) for i in range(8)])
    with pytest.raises(ValueError, match="level and alarms"):
        compare(good, good, level=95)
    with pytest.raises(ValueError, match="margin"):
        judge([], margin=-0.01)


def test_repeatable() -> None:
    cells = [cell(np.random.default_rng(i), NOISY, 20) for i in range(3)]
    one, other = compare_all(cells), compare_all(cells)
    assert [c.low for c in one] == [c.low for c in other]
    assert [c.low for c in one] != [c.low for c in compare_all(cells, seed=2)]


# Equivalence and verdicts


def test_equivalence_is_the_interval_within_the_margin() -> None:
    rng = np.random.default_rng(14)
    change = compare(*cell(rng, QUIET, 60, 0.005))
    edge = max(change.high - 1, 1 / change.low - 1)
    assert change.equivalence(edge) == pytest.approx(0.025, abs=0.001)
    assert change.equivalence(2 * edge) < 0.005
    # A change at the margin itself is as likely outside.
    assert change.equivalence(abs(change.ratio - 1)) == pytest.approx(0.5)
    assert change.equivalence(0.0001) > 0.5
    assert compare(*cell(rng, QUIET, 60)).equivalence(0.02) < 0.002


def test_verdicts() -> None:
    rng = np.random.default_rng(15)
    changes = compare_all(
        [
            cell(rng, QUIET, 60, 0.05),
            cell(rng, QUIET, 60, -0.05),
            cell(rng, QUIET, 60),
            cell(rng, NOISY, 6),
        ]
    )
    verdicts = judge(changes, margin=0.01)
    assert verdicts == [
        Verdict.SLOWER,
        Verdict.FASTER,
        Verdict.SAME,
        Verdict.CANNOT_TELL,
    ]
    # However sure, a change within the margin is none.
    assert judge(changes, margin=0.1)[:3] == [Verdict.SAME] * 3


def test_the_smallest_change_is_told() -> None:
    """A change of `smallest` is told nearly always, one of a third of it seldom."""
    rng = np.random.default_rng(16)
    smallest = float(np.median([_one(rng, 0.0).smallest for _ in range(20)]))

    def told(amount: float) -> int:
        changes = [_one(rng, amount) for _ in range(60)]
        return sum(Verdict.SLOWER in judge([c], margin=0.0001) for c in changes)

    assert told(smallest) >= 54
    assert told(smallest / 3) <= 30


def _one(rng: np.random.Generator, amount: float) -> Change:
    return compare(*cell(rng, NOISY, 30, amount, layouts=1))


# The Universal Scalability Law

COUNTS = [1, 2, 4, 8, 16, 32, 64]


def law_of(counts: List[int], sigma: float, kappa: float) -> List[float]:
    return [1e6 * n / (1 + sigma * (n - 1) + kappa * n * (n - 1)) for n in counts]


@pytest.mark.parametrize(
    "sigma,kappa", [(0.05, 0.001), (0.0, 0.0), (0.3, 0.0), (0.0, 0.02), (2.0, 0.1)]
)
def test_a_law_is_found_again(sigma: float, kappa: float) -> None:
    law = usl.fit(COUNTS, law_of(COUNTS, sigma, kappa))
    assert law.sigma.value == pytest.approx(sigma, abs=1e-9)
    assert law.kappa.value == pytest.approx(kappa, abs=1e-9)
    assert law.lambda_.value == pytest.approx(1e6)
    assert law.residual < 1e-9
    assert law.throughput(16) == pytest.approx(law_of([16], sigma, kappa)[0])
    for each in (law.sigma, law.kappa, law.lambda_):
        assert each.low <= each.value <= each.high


def test_the_peak() -> None:
    law = usl.fit(COUNTS, law_of(COUNTS, 0.04, 0.0006))
    assert law.peak == pytest.approx(math.sqrt(0.96 / 0.0006))
    assert usl.fit(COUNTS, law_of(COUNTS, 0.04, 0)).peak == math.inf


def test_intervals_of_a_law_cover_it() -> None:
    rng = np.random.default_rng(17)
    true = law_of(COUNTS, 0.05, 0.001)
    covered = 0
    for i in range(20):
        cpus = [n for n in COUNTS for _ in range(15)]
        values = [x * rng.lognormal(0, 0.03) for x in true for _ in range(15)]
        law = usl.fit(cpus, values, seed=i)
        covered += law.sigma.low <= 0.05 <= law.sigma.high
        assert law.sigma.high - law.sigma.low < 0.1
    assert covered >= 16


def test_equal_seeds_hide_no_misfit() -> None:
    """Two samples a count that agree, of a law that is off by several percent."""
    rng = np.random.default_rng(18)
    covered = 0
    for i in range(20):
        off = [x * rng.lognormal(0, 0.05) for x in law_of(COUNTS, 0.3, 0.01)]
        values = [x * seed for x in off for seed in (1.0, 1.0001)]
        law = usl.fit([n for n in COUNTS for _ in range(2)], values, seed=i)
        covered += law.sigma.low <= 0.3 <= law.sigma.high
        assert law.residual < 0.2
    assert covered >= 16


def test_a_law_hit_by_chance_keeps_its_noise() -> None:
    """Medians that lie on the law exactly, of samples that scatter by a tenth."""
    spread = (0.9, 0.95, 1.0, 1.05, 1.1)
    values = [x * s for x in law_of(COUNTS, 0.3, 0.01) for s in spread]
    law = usl.fit([n for n in COUNTS for _ in spread], values)
    assert law.residual < 1e-9
    assert law.sigma.high - law.sigma.low > 0.02


def test_what_is_no_law_has_a_residual() -> None:
    law = usl.fit([1, 2, 4, 8, 16], [1.0, 2.0, 0.3, 6.0, 0.5])
    assert law.residual > 0.5


def test_what_cannot_be_fitted() -> None:
    with pytest.raises(ValueError, match="needs 4 CPU counts, got 3"):
        usl.fit([1, 2, 4, 4], [1, 2, 3, 3])
    with pytest.raises(ValueError, match="no throughput"):
        usl.fit([1, 2, 4, 8], [1, 2, 0, 3])
    with pytest.raises(ValueError, match="as many"):
        usl.fit([1, 2, 4, 8], [1, 2, 3])


def test_midranks_are_scipys() -> None:
    """Ties and all."""
    rng = np.random.default_rng(3)
    for width in (1, 2, 7, 40):
        rows = rng.integers(0, 6, size=(9, width)).astype(float)
        assert (midranks(rows) == stats.rankdata(rows, axis=1)).all()
