# SPDX-License-Identifier: GPL-2.0-or-later
"""What to call the changes of a run."""

import enum
from typing import List, Sequence

from report.stats.change import ALARMS, LEVEL, Change
from report.stats.fdr import discoveries


class Verdict(enum.Enum):
    """What a cell's change is; the value is the word to print."""

    FASTER = "faster"
    SLOWER = "slower"
    SAME = "same"
    CANNOT_TELL = "cannot tell"


def judge(
    changes: Sequence[Change], *, margin: float, alarms: float = ALARMS
) -> List[Verdict]:
    """One verdict a cell, of all cells of a run.

    SAME: the change is within `margin` (0.01: 1 %), by two one-sided tests whose level
    is that of a 95 % interval, and the mean's interval is not far from it either (see
    Means.within), as a few slow samples move no median; this comes first, as a change
    within the margin does not matter, however sure it is. Where only the means stand
    against it, nothing can be told. FASTER, SLOWER: told by Benjamini-Hochberg, so that
    at most `alarms` of the runs in which nothing changed have such a cell.
    """
    if margin < 0:
        raise ValueError("a margin must not be negative")
    told = discoveries([change.p for change in changes], alarms)
    result = []
    for change, believed in zip(changes, told):
        if change.equivalence(margin) <= (1 - LEVEL) / 2:
            known = change.mean.within(margin)
            result.append(Verdict.SAME if known else Verdict.CANNOT_TELL)
        elif believed:
            result.append(Verdict.SLOWER if change.ratio > 1 else Verdict.FASTER)
        else:
            result.append(Verdict.CANNOT_TELL)
    return result
