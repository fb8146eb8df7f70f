# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the passes that record locks measured the same as the pass that does not.

Recording takes time, and what it takes is taken under locks. So the ops of the passes
"contention" and "locks" are held against those of "timing": where they differ by more
than `MOST`, the figures of locks are of something else, and nothing is told of them.
"""

import statistics
from collections import defaultdict
from typing import Dict, Iterable, List, Sequence, Tuple

from report.read.cell import Cell
from report.read.run import Sample

PASSES = ("contention", "locks")

#: As harness/output/lock_passes.h has it.
MOST = 0.2


def changes(samples: Iterable[Sample]) -> Dict[Tuple[Cell, str], float]:
    """By how much an op of each cell took longer in each pass than in "timing".

    Of the passes' medians, as a share: 0.05 is 5 % longer. Without samples of both
    there is nothing to tell.
    """
    times: Dict[Tuple[Cell, str], List[float]] = defaultdict(list)
    for sample in samples:
        if not sample.failed and sample.pass_name in ("timing", *PASSES):
            times[sample.cell, sample.pass_name].append(sample.figures["real_time"])
    return {
        (cell, name): statistics.median(values)
        / statistics.median(times[cell, "timing"])
        - 1
        for (cell, name), values in times.items()
        if name != "timing" and (cell, "timing") in times
    }


def distorted(samples: Iterable[Sample]) -> Dict[Cell, float]:
    """Cells of whose locks nothing is to be told, with the change that is furthest."""
    found: Dict[Cell, float] = {}
    for (cell, _), change in changes(samples).items():
        if abs(change) > MOST and abs(change) > abs(found.get(cell, 0.0)):
            found[cell] = change
    return found


def told(samples: Sequence[Sample]) -> List[Sample]:
    """The samples, without those of locks that were distorted."""
    left_out = distorted(samples)
    return [s for s in samples if s.pass_name not in PASSES or s.cell not in left_out]


def remark(samples: Sequence[Sample]) -> List[str]:
    """A sentence on the cells that are left out, if there are any."""
    left_out = distorted(samples)
    if not left_out:
        return []
    cell, change = max(left_out.items(), key=lambda each: abs(each[1]))
    number = len(left_out)
    return [
        f"no figures of locks of {number} cell{'' if number == 1 else 's'}, whose ops"
        f" took more than {100 * MOST:.0f} % longer or shorter while locks were"
        " recorded"
        f" ({100 * change:+.0f} % in {cell})"
    ]
