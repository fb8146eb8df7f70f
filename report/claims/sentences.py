# SPDX-License-Identifier: GPL-2.0-or-later
"""The five sentences that could have been sent in 2015, from what was found.

Each is withheld where the cells that it speaks of cannot tell, and says the opposite
where they do. Every number in them is that of a line of claims.csv, or of several.
"""

import math
from dataclasses import replace
from typing import Callable, List, Mapping, Optional, Sequence, Tuple

from report.claims.case import Answer, BreakEven, Case, Count, Finding, count
from report.claims.case import machine_name
from report.claims.variants import PATH_4_1, POOLED_1, STALE_1
from report.claims.words import at_most_percent, number, percent, signed
from report.text.units import duration

HERRENSCHMIDT = "Benjamin Herrenschmidt"
MILLER = "David Miller"
VARADHAN = "Sowmini Varadhan"
# The machine that stands for those of which was asked why they should get slower.
OLD = "sun4u-e450"
# What CPUs do together is told with so much between two maps, if that was taken: with
# nothing else to do any lock is a heap of CPUs.
THINK_NS = 1000

Named = Mapping[str, Finding]
Sentence = Tuple[str, str]


def sentences(findings: Sequence[Finding], margin: float) -> List[Sentence]:
    """To whom, and what."""
    named = {finding.name: finding for finding in findings}
    result = []
    for to, write in _SENTENCES:
        text = write(named, margin)
        if text:
            result.append((to, text[0].upper() + text[1:]))
    return result


def _one_pool(named: Named, margin: float) -> Optional[str]:
    cases = named["C1"].cases
    counted = count(cases)
    if not counted.holds + counted.fails:
        return None
    paths = all(case.where.variant == PATH_4_1 for case in cases)
    what = "sparc's map and unmap take" if paths else "the bare map and unmap take"
    room = percent(margin)
    if not counted.fails:
        return (
            "one pool that flushes when its first pass fails is no degradation that can"
            f" be seen: {what} at most {room} longer than before in"
            f" {_of(counted.holds, counted)}{_open(counted)}."
        )
    worst = max(_with(cases, Answer.FAILS), key=lambda case: case.value.value)
    text = (
        f"one pool that flushes when its first pass fails is not free: {what} more than"
        f" {room} longer than before in {_of(counted.fails, counted)} (at most"
        f" {percent(worst.value.value - 1)}, on {machine_name(worst.where.machine)})"
    )
    if counted.holds:
        text += f", and not in {counted.holds}"
    return f"{text}{_open(counted)}."


def _noise(named: Named, margin: float) -> Optional[str]:
    finding = named["C2"]
    cases = _of_variant(finding.cases, POOLED_1)
    counted = count(cases)
    if not counted.holds + counted.fails:
        return None
    most, room = _most(cases), percent(margin)
    if counted.fails:
        always = "not always" if counted.holds else "not"
        text = (
            f"the additional flush of one pool is {always} in the noise: it takes more"
            f" than {room} of the time in {_of(counted.fails, counted)}, and {most}"
            f"{_open(counted)}"
        )
    else:
        text = (
            "the additional flush of one pool does end up in the noise: it takes"
            f" {most} of sun4u's time, and no more than {room} in"
            f" {_of(counted.holds, counted)}{_open(counted)}"
        )
    rests = [
        row.value.value
        for beside in finding.beside
        for row in beside.rows
        if row.where.variant == POOLED_1
    ]
    if rests:
        text += f"; all else that an op takes changes by {_between(rests, signed)}"
    stale = _of_variant(finding.cases, STALE_1)
    if any(case.answer != Answer.UNKNOWN for case in stale):
        text += f"; those of a stale bitmap take {_most(stale)} of sun4u's time"
    return f"{text}."


def _of_variant(cases: Sequence[Case], variant: str) -> List[Case]:
    return [case for case in cases if case.where.variant == variant]


def _most(cases: Sequence[Case]) -> str:
    """The upper end of the interval of the cell that has most, of those that tell."""
    ends = [case.value.high for case in cases if case.answer != Answer.UNKNOWN]
    return at_most_percent(max(ends))


def _old_machines(named: Named, margin: float) -> Optional[str]:
    cases = [
        case
        for case in named["C6"].cases
        if case.where.machine == OLD and case.where.think_ns == 0
    ]
    counted = count(cases)
    if not counted.holds + counted.fails:
        return None
    place = f"on a {machine_name(OLD)} with one CPU in use and nothing else to do"
    room = percent(margin)
    if not counted.holds:
        return (
            f"old machines do not get slower: {place} a map and unmap take at most"
            f" {room} longer than before in {_of(counted.fails, counted)}"
            f"{_open(counted)}."
        )
    changes = [case.value.value - 1 for case in _with(cases, Answer.HOLDS)]
    text = (
        f"old machines do get slower: {place} a map and unmap take"
        f" {_between(changes, percent)} longer than before in"
        f" {_of(counted.holds, counted)}{_open(counted)}"
    )
    variants = {case.where.variant for case in cases}
    return f"{text}{_hidden(named['C1'].breaks, variants, room)}."


def _hidden(breaks: Sequence[BreakEven], variants: "set[str]", room: str) -> str:
    """What think time hides of it, if that was looked for."""
    found = [
        each
        for each in breaks
        if each.dimension == "think_ns"
        and each.where.machine == OLD
        and each.where.cpus == 1
        and each.where.variant in variants
    ]
    if not found:
        return ""
    most = max(found[0].places)
    if all(math.isinf(each.value.low) for each in found):
        return f", and with {duration(most)} between two maps still more than {room}"
    if any(math.isinf(each.value.high) for each in found):
        return ""
    ends = [(each.value.low, each.value.high) for each in found]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    return (
        f", and less than {room} only where a driver spends more than"
        f" {_between([each.value.value for each in found], duration)}"
        f" [{duration(low)} .. {duration(high)}] between two maps"
    )


def _more_flushes(named: Named, _margin: float) -> Optional[str]:
    often, enough = named["C4"].cases, named["C5"].cases
    counted = count(enough)
    if not often or count(often).unknown == len(often):
        return None
    if not counted.holds + counted.fails:
        return None
    more = count(often)
    times = [case.value.value for case in _with(often, Answer.HOLDS)]
    what = (
        f"is to flush {_between(times, number)} times as often as"
        f" sun4u{_in(more.holds, more)}"
        if more.holds
        else f"is not to flush more often than sun4u{_open(more)}"
    )
    text = (
        f"to flush each pool before the next is tried {what}, and still less than once"
        f" in ten maps in {_of(counted.holds, counted)}"
    )
    holding = [case.where.fill for case in _with(enough, Answer.HOLDS)]
    failing = [case.where.fill for case in _with(enough, Answer.FAILS)]
    if holding and failing and max(holding) < min(failing):
        rates = [case.value.value for case in _with(enough, Answer.FAILS)]
        text += (
            f", which is as long as the CPUs' own pools are no more than"
            f" {number(max(holding))} % full; from {number(min(failing))} % on it is up"
            f" to {number(max(rates))} a map"
        )
    return f"{text}{_open(counted)}."


def _one_lock(named: Named, _margin: float) -> Optional[str]:
    finding = named["C7"]
    thinks = {case.where.think_ns for case in finding.cases} & {0, THINK_NS}
    if not thinks:
        return None
    think = max(thinks)
    busy = [case for case in finding.cases if case.where.think_ns == think]
    most = max(case.where.cpus for case in busy)
    here = [case for case in busy if case.where.cpus == most]
    cases = [case for case in here if case.answer != Answer.UNKNOWN]
    counted = count(cases)
    machines = " and ".join(
        dict.fromkeys(machine_name(case.where.machine) for case in cases)
    )
    if not cases or (counted.holds and counted.fails):
        return None
    verb = "does not scale" if counted.holds else "scales as far as was tried"
    between = f" with {duration(think)} between two maps" if think else ""
    text = (
        f"one lock {verb}: through it, on {machines}, {most} CPUs together do"
        f" {_between([case.value.value * most for case in cases], number)} times what"
        f" one does{between}"
    )
    same = {replace(case.where, variant="") for case in cases}
    pools = [
        row.value.value * most
        for beside in finding.beside
        for row in beside.rows
        if replace(row.where, variant="") in same
    ]
    if pools:
        text += f"; with 16 pools they do {_between(pools, number)} times that of one"
    return f"{text}."


_SENTENCES: Sequence[Tuple[str, Callable[[Named, float], Optional[str]]]] = (
    (HERRENSCHMIDT, _one_pool),
    (HERRENSCHMIDT, _noise),
    (MILLER, _old_machines),
    (HERRENSCHMIDT, _more_flushes),
    (VARADHAN, _one_lock),
)
# So many stand on the page if the data tell.
SENTENCES = len(_SENTENCES)


def _with(cases: Sequence[Case], answer: Answer) -> List[Case]:
    return [case for case in cases if case.answer == answer]


def _in(part: int, counted: Count) -> str:
    """How many of all, unless it is all."""
    return "" if part == counted.cases else f" (more in {_of(part, counted)})"


def _of(part: int, counted: Count) -> str:
    if not part:
        return f"none of {counted.cases} cells"
    if part == counted.cases:
        return f"all {part} cells" if part > 1 else "the only cell"
    return f"{part} of {counted.cases} cells"


def _open(counted: Count) -> str:
    if not counted.unknown:
        return ""
    return f" ({counted.unknown} cannot tell)"


def _between(values: Sequence[float], words: Callable[[float], str]) -> str:
    ends = dict.fromkeys(words(each) for each in (min(values), max(values)))
    return " to ".join(ends)
