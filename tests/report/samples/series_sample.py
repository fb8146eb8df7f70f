# SPDX-License-Identifier: GPL-2.0-or-later
"""Series for the tests of change points, with noise as measured; planted steps.

The noise is that of medians of 10 samples on a 2-CPU virtual machine with neighbours:
on one CPU a central spread of 1 % and in 10 to 15 % of the runs a spike to 1.1 to 1.6
times; on two CPUs 3 to 5 %, sometimes with two levels.
"""

from typing import Callable, List, Tuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Noise = Callable[[np.random.Generator, int], Floats]
Steps = List[Tuple[int, float]]

SIZES = (0.03, 0.05, 0.08, 0.12, 0.20)


def one_cpu(random: np.random.Generator, count: int) -> Floats:
    """Around 1, with spikes."""
    values: Floats = np.exp(random.normal(0, 0.01, count))
    spikes = random.random(count) < random.uniform(0.10, 0.15)
    values[spikes] *= random.uniform(1.1, 1.6, int(spikes.sum()))
    return values


def two_cpus(random: np.random.Generator, count: int) -> Floats:
    """Around 1, wide."""
    values: Floats = np.exp(random.normal(0, random.uniform(0.03, 0.05), count))
    return values


def two_levels(random: np.random.Generator, count: int) -> Floats:
    """As two_cpus, and in a part of the runs on another level."""
    values = two_cpus(random, count)
    values[random.random(count) < 0.3] *= 1.12
    return values


def with_steps(
    random: np.random.Generator, values: Floats, apart: int = 60
) -> Tuple[Floats, Steps]:
    """The values with a step of each of SIZES, up or down, anywhere well apart."""
    slots = np.arange(1, len(values) // apart)
    places = np.sort(random.choice(slots, len(SIZES), replace=False)) * apart
    places += random.integers(-apart // 6, apart // 6 + 1, len(SIZES))
    sizes = random.permutation(SIZES) * random.choice([-1, 1], len(SIZES))
    result = values.copy()
    for place, size in zip(places, sizes):
        result[place:] *= 1 + size
    return result, [(int(p), float(s)) for p, s in zip(places, sizes)]
