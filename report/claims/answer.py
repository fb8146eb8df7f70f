# SPDX-License-Identifier: GPL-2.0-or-later
"""Answers in words."""

from collections import defaultdict
from typing import Dict, List, Sequence, Tuple

from report.claims.case import NATIVE, Answer, Case, Count, Finding, count
from report.claims.case import machine_name
from report.claims.condition import CHANCE, conditions
from report.claims.crossing import Summary, span, summaries
from report.claims.words import said

# So few cells that fail, or hold, are named one by one.
NAMED_MOST = 3

_DIMENSIONS = {
    "fill": "local-pool utilization",
    "cpus": "CPUs",
    "flush_ns": "flush cost",
}


def by_machine(cases: Sequence[Case]) -> Dict[str, List[Case]]:
    """The cases of each machine, those first of which the most part fails."""
    result: Dict[str, List[Case]] = {}
    for case in cases:
        result.setdefault(case.where.machine, []).append(case)
    return dict(sorted(result.items(), key=_failing_first))


def _failing_first(item: Tuple[str, List[Case]]) -> Tuple[object, ...]:
    machine, cases = item
    counted = count(cases)
    return (
        -counted.fails / counted.cases,
        counted.holds / counted.cases,
        machine != NATIVE,
        machine,
    )


def tally(cases: Sequence[Case]) -> str:
    """In how many of these cells the claim fails, holds, and cannot be told."""
    counted = count(cases)
    texts = [
        f"{answer.value} in {number}"
        for answer, number in _numbers(counted)
        if number > 0
    ]
    cells = "cell" if counted.cases == 1 else "cells"
    if len(texts) == 1:
        whole = "the only" if counted.cases == 1 else f"all {counted.cases}"
        return f"{next(a.value for a, n in _numbers(counted) if n)} in {whole} {cells}"
    return f"{', '.join(texts)} of {counted.cases} {cells}"


def _numbers(counted: Count) -> Sequence[Tuple[Answer, int]]:
    return (
        (Answer.FAILS, counted.fails),
        (Answer.HOLDS, counted.holds),
        (Answer.UNKNOWN, counted.unknown),
    )


def answers(finding: Finding) -> List[str]:
    """A claim's answer: a tally for each machine, failures first."""
    if not finding.cases:
        return ["not measured"]
    texts = [
        f"{machine_name(machine)}: {tally(cases)}"
        for machine, cases in by_machine(finding.cases).items()
    ]
    if finding.constructed and all(c.answer == Answer.HOLDS for c in finding.cases):
        return [f"true by construction: {finding.constructed}", *texts]
    return texts


def explained(cases: Sequence[Case], machines: int) -> List[str]:
    """More of one machine's tally: what parts its cells, or which are few.

    `machines` is how many are looked at for one claim.
    """
    result = []
    for each in conditions(cases, CHANCE / machines):
        verb = _VERBS[each.answer]
        result.append(
            f"{verb} when {each.words}: in {each.covered} of the {each.inside} cells"
            f" there, and in {each.whole} of all {len(cases)}."
        )
    for answer in (Answer.FAILS, Answer.HOLDS):
        those = [case for case in cases if case.answer == answer]
        if 0 < len(those) <= NAMED_MOST and len(those) < len(cases):
            names = "; ".join(cell_name(case) for case in those)
            result.append(f"{_VERBS[answer]} in: {names}.")
    return result


_VERBS = {Answer.FAILS: "Fails", Answer.HOLDS: "Holds"}


def cell_name(case: Case) -> str:
    """A cell in words, but for its machine."""
    where = case.where
    return (
        f"{where.variant}, {where.workload}, {where.cpus}"
        f" CPU{'' if where.cpus == 1 else 's'}, utilization {where.utilization:g} %,"
        f" flush {where.flush}, think time {where.think_ns} ns"
    )


def cell_rows(cases: Sequence[Case]) -> List[Sequence[str]]:
    """A row for each machine, CPU count and think time, failures first.

    Each has its tally, and the range of the figure.
    """
    result: List[Sequence[str]] = []
    for machine, those in by_machine(cases).items():
        groups: Dict[Tuple[int, int], List[Case]] = defaultdict(list)
        for case in those:
            groups[case.where.cpus, case.where.think_ns].append(case)
        for (cpus, think), here in sorted(
            groups.items(), key=lambda item: (-count(item[1]).fails, item[0])
        ):
            counted = count(here)
            row = [machine, str(cpus), str(think)]
            row += [str(counted.fails), str(counted.holds), str(counted.unknown)]
            for end in (min, max):
                row.append(said(end(here, key=lambda case: case.value.value).value))
            result.append(row)
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
