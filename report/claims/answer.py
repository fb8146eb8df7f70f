# SPDX-License-Identifier: GPL-2.0-or-later
"""Answers in words."""

from collections import defaultdict
from typing import Dict, List, Sequence, Tuple

from report.claims.case import NATIVE, Answer, Case, Count, count
from report.claims.case import machine_name
from report.claims.condition import conditions
from report.claims.crossing import Summary, span, summaries
from report.claims.words import said

# Without a condition so small a part of the cells is an exception.
FEW = 0.05

_DIMENSIONS = {"utilization": "utilization", "cpus": "CPUs", "flush_ns": "flush cost"}


def by_machine(cases: Sequence[Case]) -> Dict[str, List[Case]]:
    """The cases of each machine, the host's first."""
    result: Dict[str, List[Case]] = {}
    for case in sorted(cases, key=lambda case: case.where.machine != NATIVE):
        result.setdefault(case.where.machine, []).append(case)
    return result


def telling(cases: Sequence[Case]) -> Sequence[Case]:
    """The cases of the machines that can tell; all if none can."""
    told = [
        case
        for those in by_machine(cases).values()
        if count(those).answer != Answer.UNKNOWN
        for case in those
    ]
    return told or cases


def overall(cases: Sequence[Case]) -> str:
    """The answer of all machines together, and which of them had none."""
    told = telling(cases)
    text = answer(told)
    if len(told) < len(cases):
        heard = {case.where.machine for case in told}
        others = [machine_name(m) for m in by_machine(cases) if m not in heard]
        text += f"; {' and '.join(others)} cannot tell"
    return text


def answer(cases: Sequence[Case]) -> str:
    """The answer of these cases, with its condition where there is one."""
    if not cases:
        return "not measured"
    counted = count(cases)
    found = counted.answer
    if found == Answer.DEPENDS:
        return _depends(cases, counted)
    if found != Answer.UNKNOWN and counted.unknown:
        return f"{found.value} ({counted.unknown} of {counted.cases} cells cannot tell)"
    return found.value


def _depends(cases: Sequence[Case], counted: Count) -> str:
    when = conditions(cases, Answer.HOLDS)
    if when:
        return "holds when " + ", or ".join(each.words for each in when)
    decided = counted.holds + counted.fails
    few = FEW * decided
    if counted.fails <= few:
        return f"holds, except in {counted.fails} of {decided} cells"
    if counted.holds <= few:
        return f"does not hold, except in {counted.holds} of {decided} cells"
    return f"holds in {counted.holds} cells, not in {counted.fails}"


def explained(cases: Sequence[Case]) -> List[str]:
    """The conditions with how many cells they stand for."""
    result = []
    for found, verb in ((Answer.HOLDS, "Holds"), (Answer.FAILS, "Does not hold")):
        number = sum(case.answer == found for case in cases)
        for each in conditions(cases, found):
            text = (
                f"{verb} when {each.words}: {each.covered} of {number} cells where it"
            )
            text += " does" if found == Answer.HOLDS else " does not"
            if each.undecided:
                text += f"; {each.undecided} more there cannot tell"
            result.append(text + ".")
    return result


def think_rows(cases: Sequence[Case]) -> List[Sequence[str]]:
    """A row for each machine and think time: counts, and the figure's range."""
    result: List[Sequence[str]] = []
    for machine, those in by_machine(cases).items():
        for think in sorted({case.where.think_ns for case in those}):
            here = [case for case in those if case.where.think_ns == think]
            counted = count(here)
            result.append(
                (
                    machine,
                    str(think),
                    counted.answer.value,
                    str(counted.holds),
                    str(counted.fails),
                    str(counted.unknown),
                    said(min(here, key=lambda case: case.value.value).value),
                    said(max(here, key=lambda case: case.value.value).value),
                )
            )
    return result


def crossover_rows(cases: Sequence[Case], limit: float) -> List[Sequence[str]]:
    """A row for each machine, variant and dimension over which an answer changes."""
    result: List[Sequence[str]] = []
    for each in summaries(cases, limit):
        if each.changing:
            result.append(
                (
                    each.machine,
                    each.variant,
                    str(each.cpus) if each.cpus else "",
                    _DIMENSIONS[each.dimension],
                    f"{each.changing} of {each.series}",
                    _where(each),
                )
            )
    return result


def _where(summary: Summary) -> str:
    """Where the answer changes: between which neighbours, and at about what."""
    places: Dict[Tuple[Answer, float, float], List[float]] = defaultdict(list)
    for each in summary.crossings:
        key = (each.first, each.before, each.after)
        places[key] += [] if each.estimate is None else [each.estimate]
    texts = []
    for (first, before, after), about in sorted(
        places.items(), key=lambda item: item[0][1:]
    ):
        verb = "stops holding" if first == Answer.HOLDS else "starts holding"
        text = f"{verb} between {span(summary.dimension, before, after, 'and')}"
        if about:
            place = span(summary.dimension, min(about), max(about), "to")
            text += f" (at about {place})"
        texts.append(text)
    return "; ".join(texts)
