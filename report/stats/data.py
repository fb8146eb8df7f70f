# SPDX-License-Identifier: GPL-2.0-or-later
"""What is compared: measurements of two sides, and how they belong together."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Dict, List, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measurement:
    """One sample of one side of one cell.

    `layout` is the link order of the side's program, `block` the measurements that were
    taken one right after the other, `value` what was measured: above 0, lower is better
    (real_time, ns a pair and CPU).
    """

    layout: int
    block: int
    value: float


@dataclass(frozen=True)
class Group:
    """Blocks whose measurements are of the same layouts.

    `base` and `new` have a row for each block, of natural logarithms less the block's
    level. Row i of both is the same block if `paired`; otherwise rows are single
    measurements. `base_layouts` and `new_layouts` are what a row is of.
    """

    base: Floats
    new: Floats
    base_layouts: Tuple[int, ...]
    new_layouts: Tuple[int, ...]
    paired: bool


Shape = Tuple[Tuple[int, ...], Tuple[int, ...]]


def grouped(
    base: Sequence[Measurement], new: Sequence[Measurement]
) -> Tuple[List[Group], int]:
    """The groups of a cell, and how many measurements are in none.

    Where the sides share blocks, each block is taken relative to its own level, the
    median of its measurements: what drifts from block to block is gone. Blocks that
    lack a measurement are left out. Where no block has both sides, a layout's
    measurements are a group. ValueError if a value is not a positive number.
    """
    for each in (*base, *new):
        if not 0 < each.value < np.inf:
            raise ValueError(f"{each.value!r} is no measurement: must be above 0")
    if {m.block for m in base} & {m.block for m in new}:
        return _in_blocks(base, new)
    return _apart(base, new)


def _in_blocks(
    base: Sequence[Measurement], new: Sequence[Measurement]
) -> Tuple[List[Group], int]:
    blocks: Dict[int, Tuple[List[Measurement], List[Measurement]]] = defaultdict(
        lambda: ([], [])
    )
    for side, measurements in enumerate((base, new)):
        for each in measurements:
            blocks[each.block][side].append(each)
    sizes = Counter((len(b), len(n)) for b, n in blocks.values() if b and n)
    usual = max(sizes, key=lambda size: (sizes[size], size))
    rows: Dict[Shape, List[List[float]]] = defaultdict(list)
    kept = 0
    for ours, theirs in blocks.values():
        if (len(ours), len(theirs)) == usual:
            layouts = (
                tuple(sorted(m.layout for m in ours)),
                tuple(sorted(m.layout for m in theirs)),
            )
            rows[layouts].append([m.value for m in (*ours, *theirs)])
            kept += sum(usual)
    groups = []
    for (base_layouts, new_layouts), values in sorted(rows.items()):
        logs = np.log(np.array(values))
        logs -= np.median(logs, axis=1, keepdims=True)
        groups.append(
            Group(
                logs[:, : usual[0]],
                logs[:, usual[0] :],
                base_layouts,
                new_layouts,
                True,
            )
        )
    return groups, len(base) + len(new) - kept


def _apart(
    base: Sequence[Measurement], new: Sequence[Measurement]
) -> Tuple[List[Group], int]:
    common = sorted({m.layout for m in base} & {m.layout for m in new})
    groups = []
    kept = 0
    for layout in common:
        sides = [
            np.log(np.array([[m.value] for m in side if m.layout == layout]))
            for side in (base, new)
        ]
        level = np.median(np.concatenate(sides))
        groups.append(
            Group(sides[0] - level, sides[1] - level, (layout,), (layout,), False)
        )
        kept += sum(len(side) for side in sides)
    return groups, len(base) + len(new) - kept
