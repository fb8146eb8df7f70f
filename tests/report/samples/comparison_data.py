# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes measurements of two sides as a noisy machine would give them. All invented."""

from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from report.stats.data import Measurement

Floats = NDArray[np.float64]
Sides = Tuple[List[Measurement], List[Measurement]]


@dataclass(frozen=True)
class Machine:
    """What disturbs the measurements; deviations are of the logarithm.

    `burst` is the probability that a block begins or ends a time of disturbance, in
    which samples take 1.2 to 1.7 times as long. With `modes` above 1 the machine is
    that much slower for many blocks at a time. `layout` is what layouts do; those of
    both sides are the same programs if `alike`.
    """

    core: float = 0.01
    noisy: float = 0.15
    modes: float = 1.0
    drift: float = 0.05
    layout: float = 0.0
    alike: bool = False


QUIET = Machine(noisy=0.0, drift=0.0)
NOISY = Machine()
TWO_CPUS = Machine(core=0.03, noisy=0.3, modes=1.5)


def _disturbances(machine: Machine, blocks: int, rng: np.random.Generator) -> Floats:
    """The factor of each sample of each block: (blocks, 4)."""
    share = machine.noisy
    # Half of it in blocks that are noisy throughout most of their samples.
    bursts = rng.random(blocks) < share / 1.5
    chance = np.where(bursts, 0.75, share / 2)[:, None]
    hit = rng.random((blocks, 4)) < chance
    return np.where(hit, rng.uniform(1.2, 1.7, (blocks, 4)), 1.0)


def _levels(machine: Machine, blocks: int, rng: np.random.Generator) -> Floats:
    """What all of a block's samples share."""
    phase = rng.random() * 6.28
    slow = machine.drift * np.sin(phase + 4 * np.arange(blocks) / max(blocks, 1))
    mode = np.cumsum(rng.random(blocks) < 0.05) % 2
    levels: Floats = slow + mode * np.log(machine.modes)
    return levels


def cell(
    rng: np.random.Generator,
    machine: Machine = NOISY,
    blocks: int = 60,
    change: float = 0.0,
    layouts: int = 3,
    shifts: Optional[Sequence[Floats]] = None,
) -> Sides:
    """Both sides' measurements, two a side and block; new takes 1 + change as long.

    `shifts` are the layouts' effects of each side; drawn if not given.
    """
    if shifts is None:
        base = rng.normal(0, machine.layout, layouts)
        new = base if machine.alike else rng.normal(0, machine.layout, layouts)
        shifts = (base, new)
    of = np.arange(blocks) % layouts
    logs = rng.normal(0, machine.core, (blocks, 4))
    logs += np.log(_disturbances(machine, blocks, rng))
    logs += _levels(machine, blocks, rng)[:, None]
    logs[:, :2] += shifts[0][of, None]
    logs[:, 2:] += shifts[1][of, None] + np.log1p(change)
    values = 50 * np.exp(logs)
    sides: Sides = ([], [])
    for side in (0, 1):
        for block in range(blocks):
            for value in values[block, 2 * side : 2 * side + 2]:
                sides[side].append(Measurement(int(of[block]) + 1, block, float(value)))
    return sides
