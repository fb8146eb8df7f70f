# SPDX-License-Identifier: GPL-2.0-or-later
"""C1, C2 and C6: what the new allocators cost against sun4u, in time."""

from collections import defaultdict
from typing import Dict, List, Mapping, Optional, Sequence

from report.claims.case import FILL, Answer, Case, Chart, Finding, Where
from report.claims.data import Data
from report.claims.measure import Compared, Verdict, figure, flush_rate, flush_time_ns
from report.claims.measure import tally
from report.claims.variants import LAZY, PATH_4_0, PATH_4_1, POOLED_1, STALE_1, SUN4U
from report.claims.variants import against_sun4u, flushing, paths, ratios, rows
from report.claims.words import percent
from report.text.units import duration

Answers = Mapping[Verdict, Answer]
NO_COST: Answers = {
    Verdict.SAME: Answer.HOLDS,
    Verdict.FASTER: Answer.HOLDS,
    Verdict.NOT_SLOWER: Answer.HOLDS,
    Verdict.SLOWER: Answer.FAILS,
    Verdict.UNKNOWN: Answer.UNKNOWN,
}
IN_THE_NOISE: Answers = {**NO_COST, Verdict.NOT_SLOWER: Answer.UNKNOWN}
REGRESSION: Answers = {
    verdict: {Answer.HOLDS: Answer.FAILS, Answer.FAILS: Answer.HOLDS}.get(
        answer, answer
    )
    for verdict, answer in NO_COST.items()
}
FIGURE = "time per op / sun4u's"


def one_pool(data: Data, margin: float) -> Finding:
    """C1: one pool, a flush when the first pass fails."""
    bare = against_sun4u(data, [POOLED_1], margin)
    found = paths(data, margin)
    return Finding(
        name="C1",
        claim="One pool that flushes when its first pass fails: no significant"
        " degradation against the old sparc code.",
        compared=f"{_PATHS}, in the same run: the time per op. {_JUDGED}"
        f" Holds where it is not more than {percent(margin)} longer.",
        needs=f"{PATH_4_1} and {PATH_4_0} (or {POOLED_1} and sun4u), with a flush that"
        " costs time",
        figure="time per op / the old one's",
        limit=1 + margin,
        cases=_cases(found or bare, NO_COST),
        charts=[
            *(
                [_over_cpus("C1-path", "The call paths, 4.1 over 4.0", found, margin)]
                if found
                else []
            ),
            _over_cpus("C1", "pooled, one pool, against sun4u", bare, margin),
        ],
        remarks=_path_and_bare(found, bare),
    )


def in_the_noise(data: Data, margin: float) -> Finding:
    """C2: an occasional additional flush."""
    found = against_sun4u(data, [POOLED_1, STALE_1], margin)
    flushes = rows(
        (t for t in data.of(SUN4U, POOLED_1, STALE_1) if flushing(t.where)), flush_rate
    )
    return Finding(
        name="C2",
        claim="An occasional additional flush might end up in the noise.",
        compared=f"{POOLED_1} and {STALE_1} (stale-1) against sun4u: time and flushes"
        " per op. Holds where the times are equivalent: two one-sided tests show the"
        f" difference to be within {percent(margin)} (or the new one is faster by"
        " more).",
        needs=f"{POOLED_1} or {STALE_1}, and sun4u, with a flush that costs time",
        figure=FIGURE,
        limit=1 + margin,
        cases=_cases(found, IN_THE_NOISE),
        charts=[
            Chart(
                name="C2-flushes",
                title="Flushes per op with one pool",
                label="flushes per op",
                rows=flushes,
                x=FILL,
                line="variant",
                panel=("machine", "cpus"),
                logarithmic=True,
            ),
            Chart(
                name="C2-flush-cost",
                title="What the new one-pool allocators cost as flushes get dearer",
                label=FIGURE,
                rows=ratios(found),
                x="flush_ns",
                line="variant",
                panel=("machine", "think_ns"),
                limit=1.0,
                band=(1 / (1 + margin), 1 + margin),
            ),
        ],
        remarks=[*_added_flushes(found), *([_tally(found)] if found else [])],
    )


def old_machines(data: Data, margin: float) -> Finding:
    """C6: what it costs a machine with one CPU."""
    bare = against_sun4u(data, LAZY, margin, _one_cpu)
    found = paths(data, margin, _one_cpu)
    return Finding(
        name="C6",
        claim="Old machines, which need no pools, get slower (why add regressions to"
        " them?).",
        compared=f"{_PATHS}, on one CPU: the time per op. {_JUDGED}"
        f" Holds where it is more than {percent(margin)} longer.",
        needs=f"{PATH_4_1} and {PATH_4_0} (or another variant and sun4u) on one CPU,"
        " with a flush that costs time",
        figure="time per op / the old one's",
        limit=1 + margin,
        cases=_cases(found or bare, REGRESSION),
        charts=[
            Chart(
                name="C6",
                title="One CPU: time per op against sun4u, and of the call paths",
                label="time per op / the old one's",
                rows=ratios([*found, *bare]),
                x="utilization",
                line="variant",
                panel=("machine", "think_ns"),
                logarithmic=True,
                limit=1.0,
                band=(1 / (1 + margin), 1 + margin),
            )
        ],
        remarks=[*_path_and_bare(found, bare), *_differences([*found, *bare])],
    )


_PATHS = (
    f"{PATH_4_1} against {PATH_4_0}: what a driver's map and unmap cost, locks and all"
)
_JUDGED = (
    "Where no run has these, the bare allocators are judged: they tell what the"
    " allocator's part is."
)


def _one_cpu(where: Where) -> bool:
    return where.cpus == 1 and flushing(where)


def _path_and_bare(found: Sequence[Compared], bare: Sequence[Compared]) -> List[str]:
    """What was judged, and what is only beside it."""
    remarks = []
    if found:
        remarks.append(f"The call paths. {_tally(found)}")
    if bare:
        beside = ", beside" if found else ", as no run has the call paths"
        remarks.append(f"The bare allocators{beside}. {_tally(bare)}")
    return remarks


def _cases(found: Sequence[Compared], answers: Answers) -> List[Case]:
    return [
        Case(each.new.where, each.ratio, answers[each.verdict], _times(each))
        for each in found
    ]


def _times(each: Compared) -> str:
    times = [figure(side, "real_time") for side in (each.new, each.base)]
    return " against ".join(f"{t.value:.4g} ns" for t in times if t)


def _over_cpus(
    name: str, title: str, found: Sequence[Compared], margin: float
) -> Chart:
    return Chart(
        name=name,
        title=title,
        label=FIGURE,
        rows=ratios(found),
        x="cpus",
        line="utilization",
        panel=("machine", "think_ns"),
        limit=1.0,
        band=(1 / (1 + margin), 1 + margin),
    )


def _tally(found: Sequence[Compared]) -> str:
    counts = [f"{n} {verdict.value}" for verdict, n in tally(found).items() if n]
    text = f"Of {len(found)} comparisons: {'; '.join(counts)}."
    unknown = [
        each.smallest
        for each in found
        if each.verdict == Verdict.UNKNOWN and each.smallest is not None
    ]
    if unknown:
        least, most = percent(min(unknown)), percent(max(unknown))
        span = least if least == most else f"{least} to {most}"
        text += (
            f" Where a measured comparison cannot tell, a change of {span} would nearly"
            " always have been shown to be beyond the margin."
        )
    few = sum(
        each.verdict == Verdict.UNKNOWN
        and each.smallest is None
        and not each.new.simulated
        for each in found
    )
    if few:
        have = "comparison has" if few == 1 else "comparisons have"
        text += f" {few} measured {have} too few samples to show any change."
    return text


def _added_flushes(found: Sequence[Compared]) -> List[str]:
    """What the flushes that came on top take, by variant and flush cost."""
    most: Dict[str, Dict[float, float]] = defaultdict(dict)
    for each in found:
        where = each.new.where
        share = _added_share(each)
        if where.flush_ns is not None and share is not None:
            known = most[where.variant].get(where.flush_ns, share)
            most[where.variant][where.flush_ns] = max(share, known)
    return [
        f"{variant}: its additional flushes take, of sun4u's time per op, at most "
        + ", ".join(
            f"{percent(max(0.0, share))} where a flush takes {duration(cost)}"
            for cost, share in sorted(shares.items())
        )
        + ". Whatever an op takes beyond that is not due to flushes."
        for variant, shares in sorted(most.items())
    ]


def _added_share(each: Compared) -> Optional[float]:
    """The additional flushes' time, over base's time per op and CPU.

    With one lock a flush stops every CPU, so it counts once for each.
    """
    time = figure(each.base, "real_time")
    if time is None or not time.value > 0:
        return None
    more = flush_rate(each.new).value - flush_rate(each.base).value
    return more * flush_time_ns(each.new) * each.new.where.cpus / time.value


def _differences(found: Sequence[Compared]) -> List[str]:
    """By machine and variant, without think time: by how many ns an op is longer."""
    more: Dict[str, List[float]] = defaultdict(list)
    for each in found:
        times = [figure(side, "real_time") for side in (each.new, each.base)]
        if each.new.where.think_ns == 0 and times[0] and times[1]:
            name = f"{each.new.where.machine}, {each.new.where.variant}"
            more[name].append(times[0].value - times[1].value)
    return [
        f"{name}: {_range(values)} ns/op without think time, in {len(values)}"
        f" cell{'' if len(values) == 1 else 's'}."
        for name, values in sorted(more.items())
    ]


def _range(values: Sequence[float]) -> str:
    ends = [f"{float(f'{x:.3g}'):+g}" for x in (min(values), max(values))]
    return " to ".join(dict.fromkeys(ends))
