# SPDX-License-Identifier: GPL-2.0-or-later
"""C1 and C6: what the new allocators cost against sun4u, in time."""

from collections import defaultdict
from typing import Dict, List, Mapping, Sequence

from report.claims.break_even import FLUSH, THINK, break_evens
from report.claims.case import FILL, Answer, Beside, Case, Chart, Finding, Where
from report.claims.case import around_one
from report.claims.data import Data
from report.claims.measure import Compared, Verdict, figure
from report.claims.measure import tally
from report.claims.variants import LAZY, PATH_4_0, PATH_4_1, POOLED_1, STALE_1, SUN4U
from report.claims.variants import against_sun4u, flushing, paths, ratios
from report.claims.words import percent

Answers = Mapping[Verdict, Answer]
NO_COST: Answers = {
    Verdict.SAME: Answer.HOLDS,
    Verdict.FASTER: Answer.HOLDS,
    Verdict.NOT_SLOWER: Answer.HOLDS,
    Verdict.SLOWER: Answer.FAILS,
    Verdict.UNKNOWN: Answer.UNKNOWN,
}
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
            _over_think(found or bare, margin),
        ],
        remarks=_path_and_bare(found, bare),
        beside=_beside(found, bare),
        breaks=[
            each
            for dimension in (THINK, FLUSH)
            for each in break_evens(data, _COMPARISONS, margin, dimension)
        ],
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
                x=FILL,
                line="variant",
                panel=("machine", "think_ns"),
                logarithmic=True,
                **around_one(margin),
            )
        ],
        remarks=[*_path_and_bare(found, bare), *_differences([*found, *bare])],
        beside=_beside(found, bare),
    )


_COMPARISONS = ((PATH_4_1, PATH_4_0), (POOLED_1, SUN4U), (STALE_1, SUN4U))
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
        remarks.append(f"The call paths. {tallied(found)}")
    if bare:
        beside = ", beside" if found else ", as no run has the call paths"
        remarks.append(f"The bare allocators{beside}. {tallied(bare)}")
    return remarks


def _beside(found: Sequence[Compared], bare: Sequence[Compared]) -> List[Beside]:
    """The bare allocators, where the call paths are judged."""
    return [Beside(FIGURE, ratios(bare))] if found and bare else []


def _cases(found: Sequence[Compared], answers: Answers) -> List[Case]:
    return [
        Case(each.new.where, each.ratio, answers[each.verdict], _times(each))
        for each in found
    ]


def _times(each: Compared) -> str:
    times = [figure(side, "real_time") for side in (each.new, each.base)]
    return " against ".join(f"{float(f'{t.value:.5g}'):.12g} ns" for t in times if t)


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
        **around_one(margin),
    )


def _over_think(found: Sequence[Compared], margin: float) -> Chart:
    return Chart(
        name="C1-think",
        title="What think time leaves of it",
        label="time per op / the old one's",
        rows=ratios(found),
        x="think_ns",
        line="cpus",
        panel=("machine", "utilization"),
        **around_one(margin),
    )


def tallied(found: Sequence[Compared]) -> str:
    """How many comparisons came out how, and what would have been told."""
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
