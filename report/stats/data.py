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
    taken one right after the other, all of one layout; `value` is what was measured:
    above 0, lower is better (real_time, ns/op).
    """

    layout: int
    block: int
    value: float


@dataclass(frozen=True)
class Group:
    """The measurements of one layout of a cell.

    `base` and `new` have a row for each block, of natural logarithms. Row i of both is
    the same block if `paired`; otherwise each row is a single measurement.
    """

    base: Floats
    new: Floats
    paired: bool


def grouped(
    base: Sequence[Measurement], new: Sequence[Measurement]
) -> Tuple[List[Group], int]:
    """A group for each layout, and how many measurements are in none.

    Where the sides share blocks, blocks that lack a measurement are left out; otherwise
    layouts that one side lacks. ValueError if a value is not a positive number, or a
    block's measurements are of several layouts.
    """
    for each in (*base, *new):
        if not 0 < each.value < np.inf:
            raise ValueError(f"{each.value!r} is no measurement: must be above 0")
    if {m.block for m in base} & {m.block for m in new}:
        groups = _in_blocks(base, new)
    else:
        groups = _apart(base, new)
    kept = sum(g.base.size + g.new.size for g in groups)
    return groups, len(base) + len(new) - kept


def _in_blocks(base: Sequence[Measurement], new: Sequence[Measurement]) -> List[Group]:
    blocks: Dict[int, Tuple[List[float], List[float]]] = defaultdict(lambda: ([], []))
    layouts: Dict[int, int] = {}
    for side, measurements in enumerate((base, new)):
        for each in measurements:
            blocks[each.block][side].append(each.value)
            if layouts.setdefault(each.block, each.layout) != each.layout:
                raise ValueError(f"block {each.block} is of several layouts")
    sizes = Counter((len(b), len(n)) for b, n in blocks.values() if b and n)
    usual = max(sizes, key=lambda size: (sizes[size], size))
    rows: Dict[int, List[List[float]]] = defaultdict(list)
    for block, (ours, theirs) in blocks.items():
        if (len(ours), len(theirs)) == usual:
            rows[layouts[block]].append([*ours, *theirs])
    groups = []
    for _, values in sorted(rows.items()):
        logs = np.log(np.array(values))
        groups.append(Group(logs[:, : usual[0]], logs[:, usual[0] :], True))
    return groups


def _apart(base: Sequence[Measurement], new: Sequence[Measurement]) -> List[Group]:
    groups = []
    for layout in sorted({m.layout for m in base} & {m.layout for m in new}):
        sides = [
            np.log(np.array([[m.value] for m in side if m.layout == layout]))
            for side in (base, new)
        ]
        groups.append(Group(sides[0], sides[1], False))
    return groups
