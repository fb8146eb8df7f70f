# SPDX-License-Identifier: GPL-2.0-or-later
"""Why a cell cannot be told, and what stands beside a verdict."""

import enum
import math
from typing import List, Sequence

from report.compare.cell_names import listed
from report.compare.verdicts import Row, Verdicts
from report.stats.change import BLOCKS_MIN, LAYOUT_BLOCKS_MIN, LEVEL
from report.stats.means import MARGINS, SAMPLES_MIN
from report.stats.verdict import Verdict
from report.text.counted import counted
from report.text.percentage import signed, size, written

# A change that would double the time, or halve it: who can see no less sees nothing.
BLIND = 1.0
# With more of its samples noisy, noise is why.
NOISY = 0.5
_SHOWN = 5


class Reason(enum.Enum):
    """Why a cell cannot be told; the value is the word for it."""

    FEW = "too few samples"
    NOISY = "too noisy"
    MEAN = "cannot tell (mean)"
    SMALL = "cannot tell"


def reason_of(row: Row, margin: float) -> Reason:
    """Why this row, which cannot be told, cannot."""
    change = row.change
    if not change.enough:
        return Reason.FEW
    if change.equivalence(margin) <= (1 - LEVEL) / 2:
        few = change.mean.samples < SAMPLES_MIN
        return Reason.FEW if few else Reason.MEAN
    if change.smallest >= BLIND:
        return Reason.NOISY if row.noisy >= NOISY else Reason.FEW
    return Reason.SMALL


def verdict_text(row: Row, margin: float) -> str:
    """The verdict, or why there is none; "*" behind it where samples failed."""
    text = str(row.verdict.value)
    if row.verdict is Verdict.CANNOT_TELL:
        reason = reason_of(row, margin)
        text = str(reason.value)
        if reason is Reason.SMALL:
            text += f" <{size(row.change.smallest)}"
    return text + ("*" if any(row.failed) else "")


def nothing_told(verdicts: Verdicts) -> List[str]:
    """What comes before all else where no cell has a verdict; a sentence, or none."""
    rows = verdicts.rows
    if any(row.verdict is not Verdict.CANNOT_TELL for row in rows):
        return []
    share = verdicts.sides.noisy / len(verdicts.sides.samples)
    if share >= NOISY:
        why = f": {math.floor(100 * share)} % of the samples were noisy"
    elif all(reason_of(row, verdicts.margin) is Reason.FEW for row in rows):
        why = ": too few samples"
    else:
        why = " of any cell"
    return [f"nothing can be told{why}"]


def explained(verdicts: Verdicts) -> List[str]:
    """What the words of verdict_text mean, where they occur; a sentence each."""
    unknown = verdicts.of(Verdict.CANNOT_TELL)
    of = {
        reason: [r for r in unknown if reason_of(r, verdicts.margin) is reason]
        for reason in Reason
    }
    lines = _few(of[Reason.FEW], verdicts.margin)
    if of[Reason.NOISY]:
        lines.append("too noisy: even twice the time might not have been seen")
    if of[Reason.SMALL]:
        lines.append(
            "cannot tell <N: a change of N % or more would be seen 19 times out of 20"
        )
    return lines + apart(verdicts) + failed_beside(verdicts)


def _few(rows: Sequence[Row], margin: float) -> List[str]:
    """Too few for what."""
    lines = []
    enough = [row for row in rows if row.change.enough]
    if len(enough) < len(rows):
        lines.append(
            f"too few samples: a verdict needs {BLOCKS_MIN} blocks, and"
            f" {LAYOUT_BLOCKS_MIN} of each link order"
        )
    if any(row.change.equivalence(margin) <= (1 - LEVEL) / 2 for row in enough):
        lines.append(
            f"too few samples: fewer than {SAMPLES_MIN} of a side do not show that"
            " nothing changed: of slow ones there may be one in ten"
        )
    if any(row.change.smallest >= BLIND for row in enough):
        lines.append(
            "too few samples: of so many cells even twice the time might not have been"
            " seen"
        )
    return lines


def apart(verdicts: Verdicts) -> List[str]:
    """The cells in which figures seem to say something that the verdict does not."""
    unknown = verdicts.of(Verdict.CANNOT_TELL)
    means, without = [], []
    for row in unknown:
        reason = reason_of(row, verdicts.margin)
        if reason is Reason.MEAN:
            means.append(row)
        elif row.change.enough and not row.change.low <= 1 <= row.change.high:
            without.append(row)
    lines = []
    if means:
        lines.append(
            f"cannot tell (mean): the medians are the same within"
            f" {written(verdicts.margin)}, but the means, which a few slow samples"
            f" move, are not known to be within {written(MARGINS * verdicts.margin)}:"
            f" {_with_means(verdicts, means)}"
        )
    if without:
        names = "; ".join(listed(verdicts.names, [row.cell for row in without]))
        lines.append(
            f"an interval without 0, but no verdict: {names}: one in 20 such intervals"
            f" errs; a verdict has to hold in 99 of 100 runs of"
            f" {counted(len(verdicts.rows), 'cell')}, by a rank test too"
        )
    return lines


def _with_means(verdicts: Verdicts, rows: Sequence[Row]) -> str:
    said = [
        f"{name} {signed(row.change.mean.ratio - 1)} %"
        f" [{signed(row.change.mean.low - 1)} {signed(row.change.mean.high - 1)}]"
        for row in rows[:_SHOWN]
        for name in listed(verdicts.names, [row.cell])
    ]
    more = len(rows) - _SHOWN
    return "; ".join([*said, *([f"{more} more"] if more > 0 else [])])


def failed_beside(verdicts: Verdicts) -> List[str]:
    """Which cells lack samples of a side because these failed; a sentence, or none."""
    said = []
    for row in verdicts.rows:
        counts = [
            f"{failed} of {failed + taken} of {side}"
            for side, failed, taken in zip(("base", "new"), row.failed, row.taken)
            if failed
        ]
        if counts:
            (name,) = listed(verdicts.names, [row.cell])
            said.append(f"{name} ({row.verdict.value}): {' and '.join(counts)}")
    if not said:
        return []
    more = len(said) - _SHOWN
    shown = [*said[:_SHOWN], *([f"{counted(more, 'more cell')}"] if more > 0 else [])]
    return [f"*: failed samples: {'; '.join(shown)}: what they would have said is lost"]
