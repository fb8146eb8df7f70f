# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a series changes its level: pure, deterministic, of numbers alone.

Seeded binary segmentation (Kovacs, Buhlmann, Li, Munk: Seeded binary segmentation,
Biometrika 110, 2023) looks at intervals of all lengths; the narrowest that shows a
change wins (Baranowski, Chen, Fryzlewicz: Narrowest-over-threshold detection, JRSS B
81, 2019). A split of an interval is judged by the ranks of its values (Wilcoxon, Mann
and Whitney; Pettitt: A non-parametric approach to the change-point problem, Appl.
Statist. 28, 1979): the noise of the series itself is the measure, whatever its
distribution, and a spike has one rank, however high it is.
"""

from typing import List, NamedTuple, Sequence, Tuple

import numpy as np
import numpy.typing as npt

from report.stats.seeds import SEEDS_MIN

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# In standard deviations of the rank sum. docs/store.md says how often noise alone
# reaches it, and how many runs after a step it takes to show.
THRESHOLD = 4.0
# The shortest interval of which a split can reach that: 3 x 11 x 11 / 23 = 3.97^2.
_SHORTEST = 23
# From one length of interval to the next.
_DECAY = 2**-0.5
# How often places are refined: each that moves changes its neighbours' bounds.
_ROUNDS = 3
_CLIP = 3


class Found(NamedTuple):
    """A change of level.

    `place` is the index of the first value of the new level, `score` says how sure the
    change is, in standard deviations; of exact series it is infinite.
    """

    place: int
    score: float


def exact_changes(values: Floats) -> List[Found]:
    """Changes of a series without noise: every value that differs from the last."""
    return [Found(int(i) + 1, np.inf) for i in np.flatnonzero(np.diff(values))]


def seed_changes(low: Floats, high: Floats, count: Integers) -> List[Found]:
    """Changes of a simulated series, by the ranges over its seeds.

    All seeds of a run lie beyond all of the one before it, and both have SEEDS_MIN. Of
    the ways to share out 16 values of one kind among two runs, two do that: 1 in 6435.
    """
    enough = np.minimum(count[:-1], count[1:]) >= SEEDS_MIN
    apart = (low[1:] > high[:-1]) | (high[1:] < low[:-1])
    return [Found(int(i) + 1, np.inf) for i in np.flatnonzero(enough & apart)]


def change_points(values: Floats, threshold: float = THRESHOLD) -> List[Found]:
    """Changes of level of a noisy series, by index."""
    values = np.asarray(values, dtype=np.float64)
    found: List[int] = []
    candidates = sorted(
        (end - start, start, end, split)
        for start, end, split, score in _scan(values)
        if score >= threshold
    )
    for _, start, end, split in candidates:
        if not any(start < other < end for other in found):
            found.append(split)
    held = _settle(values, sorted(found), threshold)
    # What stood in the wrong place may have hidden others.
    while True:
        more = _between(values, [one.place for one in held], threshold)
        again = _settle(values, more, threshold)
        if len(again) <= len(held):
            return held
        held = again


def _between(values: Floats, places: List[int], threshold: float) -> List[int]:
    """The places, and between two of them the best split where it is good enough."""
    result = list(places)
    for start, end in zip([0, *places], [*places, len(values)]):
        if end - start >= 2:
            scores = _scores(values[np.newaxis, start:end])[0]
            if scores.max() >= threshold:
                result.append(start + int(np.argmax(scores)) + 1)
    return sorted(result)


def _scan(values: Floats) -> List[Tuple[int, int, int, float]]:
    """(start, end, best split, its score) of each seeded interval."""
    result = []
    for length, starts in _intervals(len(values)):
        windows = np.lib.stride_tricks.sliding_window_view(values, length)[starts]
        scores = _scores(windows)
        best = np.argmax(scores, axis=1)
        top = scores[np.arange(len(starts)), best]
        for start, at, score in zip(starts, best, top):
            result.append((start, start + length, start + int(at) + 1, float(score)))
    return result


def _intervals(count: int) -> List[Tuple[int, List[int]]]:
    """Lengths and the starts of intervals so long, which overlap by half and more."""
    result = []
    length = float(count)
    while length >= min(_SHORTEST, count) and length >= 2:
        size = round(length)
        number = 1 if size == count else 2 * -(-count // size) + 1
        starts = np.unique(np.linspace(0, count - size, number).round().astype(int))
        result.append((size, [int(start) for start in starts]))
        length *= _DECAY
    return result


def _scores(windows: Floats) -> Floats:
    """Of each row: how far the ranks before each split are from chance."""
    # Late: loading SciPy takes longer than to find no changes in exact series.
    from scipy.stats import rankdata

    count = windows.shape[1]
    ranks = rankdata(windows, axis=1)
    ranks -= (count + 1) / 2
    sums = np.cumsum(ranks, axis=1)[:, :-1]
    first = np.arange(1, count)
    # The variance if no two values were equal. Where many are, the true one is smaller,
    # but then a sum is nothing like normal: one spike among zeros would be a change.
    variance = first * (count - first) * (count + 1) / 12
    scores: Floats = np.abs(sums) / np.sqrt(variance)
    return scores


def _settle(values: Floats, found: Sequence[int], threshold: float) -> List[Found]:
    """Each at its best place between its neighbours; those that do not hold dropped."""
    places = list(found)
    while True:
        for _ in range(_ROUNDS):
            for number, place in enumerate(places):
                start, end = _neighbours(values, places, number)
                places[number] = start + _place(values[start:end], place - start)
        held = []
        for number, place in enumerate(places):
            start, end = _neighbours(values, places, number)
            scores = _scores(values[np.newaxis, start:end])[0]
            held.append(Found(place, float(scores[place - start - 1])))
        weak = [number for number, one in enumerate(held) if one.score < threshold]
        if not weak:
            return held
        places.pop(min(weak, key=lambda number: held[number].score))


def _neighbours(values: Floats, places: Sequence[int], number: int) -> Tuple[int, int]:
    start = places[number - 1] if number else 0
    end = places[number + 1] if number + 1 < len(places) else len(values)
    return start, end


def _place(values: Floats, split: int) -> int:
    """The best place of a split that is about right.

    That with the least squares around both medians, where no value counts for more than
    one _CLIP deviations away (Fearnhead, Rigaill: Changepoint detection in the presence
    of outliers, JASA 114, 2019).
    """
    levels = np.median(values[:split]), np.median(values[split:])
    away = np.concatenate([values[:split] - levels[0], values[split:] - levels[1]])
    deviation = 1.4826 * np.median(np.abs(away))
    if deviation == 0 or levels[0] == levels[1]:
        return split
    before, after = (
        np.minimum(((values - level) / deviation) ** 2, _CLIP**2) for level in levels
    )
    # What each value costs more on the left than on the right.
    return int(np.argmin(np.cumsum(before - after)[:-1])) + 1
