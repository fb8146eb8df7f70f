# SPDX-License-Identifier: GPL-2.0-or-later
"""Where lines and names go so that they can be told apart."""

import math
from typing import List, Sequence, Tuple


def dodges(lines: int, counts: Sequence[int], part: float = 0.5) -> List[float]:
    """Sideways shift of each line in octaves, so that error bars stand side by side.

    They take `part` of the room between two counts.
    """
    gaps = [math.log2(b / a) for a, b in zip(counts, counts[1:])]
    width = part * min(gaps, default=1.0)
    return [width * ((index + 0.5) / lines - 0.5) for index in range(lines)]


def readable(counts: Sequence[int], distance: float) -> List[int]:
    """The CPU counts to name: no two nearer than `distance` octaves.

    Both ends and powers of two come before others.
    """

    def importance(count: int) -> Tuple[bool, bool]:
        return count not in (counts[0], counts[-1]), count & (count - 1) != 0

    chosen: List[int] = []
    for count in sorted(counts, key=importance):
        if all(abs(math.log2(count / other)) >= distance for other in chosen):
            chosen.append(count)
    return sorted(chosen)


def spread(wanted: Sequence[float], step: float) -> List[float]:
    """Places in 0 to 1 at least `step` apart, in order, as near `wanted` as can be.

    `wanted` is rising. With more than 1 / step of them they share the room evenly.
    """
    step = min(step, 1 / max(len(wanted) - 1, 1))
    blocks: List[List[float]] = []  # places less index * step; each block becomes even
    for index, place in enumerate(wanted):
        blocks.append([place - index * step])
        while len(blocks) > 1 and _mean(blocks[-2]) > _mean(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    top = 1 - (len(wanted) - 1) * step
    even = [min(max(_mean(block), 0), top) for block in blocks for _ in block]
    return [place + index * step for index, place in enumerate(even)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
