# SPDX-License-Identifier: GPL-2.0-or-later
"""The changes of a store's series, and those that happened together."""

import math
from dataclasses import dataclass, replace
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt

from report.changes.detect import Found, change_points, exact_changes, seed_changes
from report.changes.what_differs import changed_facts, instrument_words
from report.changes.size import Size, size_of
from report.read.figures import figure as listed
from report.store import Points, Series, Store, StoredRun, Tree

# A change in noisy series is known to so many runs.
SLACK = 2
# A smaller change of a noisy or simulated series is none: 0.01 is 1 %.
SMALLEST = 0.01


@dataclass(frozen=True, eq=False)
class Change:
    """A series changed: `last` is its last run before, `first` its first after.

    `better` is None where that cannot be said. `score` is in standard deviations of
    noise alone, infinite in exact series. `earliest` to `latest` are the runs among
    which the change surely is: `first` alone in exact series. `tree` is what `first`
    measured and `tree_before` what `last` did: iommubench, or a kernel. Of simulated
    series `instrument` says why it may not be the code, if it may not.
    """

    series: Series
    last: StoredRun
    first: StoredRun
    size: Size
    score: float
    better: Optional[bool]
    earliest: StoredRun
    latest: StoredRun
    instrument: str = ""

    @property
    def of_kernel(self) -> bool:
        """Whether it is in the history of the kernel, not in that of iommubench."""
        return self.series.of_kernel

    @property
    def tree(self) -> Tree:
        """The first tree with the new level."""
        return self.first.tree(self.of_kernel)

    @property
    def tree_before(self) -> Tree:
        """The last tree with the old level."""
        return self.last.tree(self.of_kernel)

    @property
    def order(self) -> Tuple[int, int, bool, int, str]:
        """Where in history it is."""
        return self.first.order_of(self.of_kernel)


@dataclass(frozen=True, eq=False)
class Alert:
    """A change, and the changes of other series of the host that came with it.

    `lead` is the one of most interest (exact ones first, as they name the commit; then
    real_time, then the largest). `facts`
    are what else changed between its two runs: "compiler: gcc 12 -> gcc 13".
    """

    lead: Change
    neighbours: Tuple[Change, ...]
    facts: Tuple[str, ...]


def changes_of(
    store: Store,
    host: Optional[str] = None,
    figure: Optional[str] = None,
    dirty: bool = False,
) -> List[Change]:
    """All changes of the series (of hosts of that name, of that figure).

    Runs of trees with changes of their own are looked at with `dirty` only. A figure
    that is named is watched in any case.
    """
    series = [
        one for one in store.series(host, figure) if figure is not None or watched(one)
    ]
    result = []
    for one, points in store.points(series).items():
        chosen = np.array(
            [dirty or not run.tree(one.of_kernel).dirty for run in points.runs],
            dtype=bool,
        )
        runs = tuple(run for run, take in zip(points.runs, chosen) if take)
        result += _changes(one, _chosen(points, runs, chosen))
    return _by_instruments(store, result)


def _chosen(
    points: Points, runs: Tuple[StoredRun, ...], chosen: npt.NDArray[np.bool_]
) -> Points:
    return Points(
        runs=runs,
        median=points.median[chosen],
        low=points.low[chosen],
        high=points.high[chosen],
        confident=points.confident[chosen],
        count=points.count[chosen],
    )


def _by_instruments(store: Store, changes: Sequence[Change]) -> List[Change]:
    """The changes; what another simulator made is neither better nor worse."""
    seeded = [change for change in changes if change.series.seeded]
    ends = {run for change in seeded for run in (change.last, change.first)}
    contexts = store.contexts(list(ends))
    result = []
    for change in changes:
        if change.series.seeded:
            said = instrument_words(contexts[change.last], contexts[change.first])
            if said:
                change = replace(change, instrument=said, better=None)
        result.append(change)
    return result


def watched(series: Series) -> bool:
    """Whether changes of the series are looked for unless it is asked for by name."""
    it = listed(series.figure)
    # Nothing is too small to be told of an exact series, but twice is enough.
    return it.repeats is None if series.exact else it.watched


def changes_in(series: Series, points: Points) -> List[Change]:
    """The changes of one series; of a simulated one whichever simulator made them."""
    return _changes(series, points)


def _found(series: Series, points: Points) -> List[Found]:
    if series.seeded:
        return seed_changes(points.low, points.high, points.count)
    if series.exact:
        return exact_changes(points.median)
    return change_points(points.median)


def _changes(series: Series, points: Points) -> List[Change]:
    runs, values = points.runs, points.median
    if len(values) < 2:
        return []
    found = _found(series, points)
    slack = 0 if series.exact else SLACK
    ends = [0, *(one.place for one in found), len(values)]
    result = []
    for number, one in enumerate(found):
        before, after = values[ends[number] : one.place], values[one.place :]
        size = size_of(before, after[: ends[number + 2] - one.place])
        told = series.exact and not series.seeded
        if not told and _magnitude(size) < math.log1p(SMALLEST):
            continue
        result.append(
            Change(
                series=series,
                last=runs[one.place - 1],
                first=runs[one.place],
                size=size,
                score=one.score,
                better=_better(series.figure, size),
                earliest=runs[max(one.place - slack, 0)],
                latest=runs[min(one.place + slack, len(runs) - 1)],
            )
        )
    return result


def _magnitude(size: Size) -> float:
    """The ratio as a distance from none; infinite from or to nothing."""
    if size.ratio is None:
        return math.inf if size.before != size.after else 0.0
    return abs(math.log1p(size.ratio))


def _better(figure: str, size: Size) -> Optional[bool]:
    way = listed(figure).better
    if way == 0 or size.before == size.after:
        return None
    return (size.after > size.before) == (way > 0)


def alerts_of(store: Store, changes: Sequence[Change]) -> List[Alert]:
    """The changes, those of a host that happened together as one; newest first.

    Changes of the kernel's allocators have commits of their own: they are never one
    with those of iommubench.
    """
    histories: Dict[Tuple[object, ...], List[Change]] = {}
    for change in changes:
        host = change.series.host
        key = (host.name, host.arch, host.cpu_model, change.of_kernel)
        histories.setdefault(key, []).append(change)
    groups = [group for each in histories.values() for group in together(each)]
    ends = {run for group in groups for run in (group[0].last, group[0].first)}
    contexts = store.contexts(list(ends))
    alerts = [
        Alert(
            lead=group[0],
            neighbours=tuple(group[1:]),
            facts=changed_facts(
                contexts[group[0].last], contexts[group[0].first], group[0].of_kernel
            ),
        )
        for group in groups
    ]
    return sorted(alerts, key=lambda alert: alert.lead.order, reverse=True)


def together(changes: Sequence[Change]) -> List[List[Change]]:
    """Changes of one history in groups that may have had one cause, the lead first.

    An exact change knows its commit: each commit that has some is a group, and takes
    the noisy ones that may have happened there. The others are grouped by overlap.
    """
    exact: Dict[Tuple[object, ...], List[Change]] = {}
    noisy = []
    for change in sorted(changes, key=_interest):
        if change.series.exact:
            exact.setdefault(_state(change), []).append(change)
        else:
            noisy.append(change)
    groups = list(exact.values())
    joined: List[List[Change]] = [[] for _ in groups]
    rest = []
    for change in noisy:
        near = [at for at, group in enumerate(groups) if _overlap(change, group[0])]
        if near:
            joined[min(near, key=lambda at: _away(change, groups[at][0]))].append(
                change
            )
        else:
            rest.append(change)
    with_noisy = [
        [group[0], *sorted([*group[1:], *more], key=_interest)]
        for group, more in zip(groups, joined)
    ]
    return with_noisy + _overlapping(rest)


def _overlapping(changes: Sequence[Change]) -> List[List[Change]]:
    """Changes whose runs overlap with those of the first of the group."""
    rest = sorted(changes, key=_interest)
    groups = []
    while rest:
        lead = rest[0]
        groups.append([one for one in rest if _overlap(lead, one)])
        rest = [one for one in rest if not _overlap(lead, one)]
    return groups


def _interest(change: Change) -> Tuple[bool, float, Tuple[object, ...]]:
    return (
        change.series.figure != "real_time",
        -_magnitude(change.size),
        change.series.key,
    )


def _overlap(one: Change, other: Change) -> bool:
    """Whether both may have happened at the same commit."""
    return (
        _place(one, one.earliest) <= _place(other, other.latest)
        and _place(other, other.earliest) <= _place(one, one.latest)
    ) or one is other


def _away(change: Change, exact: Change) -> Tuple[int, int]:
    """How far an exact change is from where the other most likely is."""
    one, other = change.order, exact.order
    return abs(one[0] - other[0]), abs(one[1] - other[1])


def _place(change: Change, run: StoredRun) -> Tuple[int, int]:
    """The place in the change's history of a commit, or of the run if git does not know
    that."""
    order = run.order_of(change.of_kernel)
    return order[0], order[1]


def _state(change: Change) -> Tuple[object, ...]:
    """What was measured: a commit; of trees with changes of their own, the run."""
    sha = change.tree.commit.sha
    if change.tree.dirty or sha == "unknown":
        return (sha, change.tree.dirty, *change.order)
    return (sha,)
