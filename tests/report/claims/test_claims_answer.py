# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the words of an answer: tallies, and conditions that are not chance."""

import random
from dataclasses import replace
from typing import Callable, List

import pytest

from report.claims.answer import answers, cell_rows, explained, tally
from report.claims.case import NATIVE, Answer, Case, Finding, Value, Where
from report.claims.condition import conditions

HOLDS, FAILS, UNKNOWN = Answer.HOLDS, Answer.FAILS, Answer.UNKNOWN
OLD, NEW = "sun4u-e450", "sun4v-t5-2"


def cells(
    told: Callable[[Where], Answer], machine: str = NATIVE, variant: str = "pooled"
) -> List[Case]:
    """Answers by what tells them, of 2 x 3 x 3 x 2 cells."""
    result = []
    for workload in ("ring", "churn"):
        for cpus in (1, 2, 4):
            for utilization in (5.0, 50.0, 90.0):
                for think in (0, 1000):
                    where = Where(
                        machine,
                        workload,
                        f"{variant}/pools:1",
                        cpus,
                        utilization,
                        "mmio:16,150,600",
                        3000.0,
                        think,
                        "tas",
                    )
                    case = Case(where, Value(1.0, 0.9, 1.1), told(where))
                    result.append(case)
    return result


def finding(cases: List[Case], constructed: str = "") -> Finding:
    """A claim that has them."""
    return Finding(
        "C1", "it is so", "x", "y", "z", 1.05, cases, constructed=constructed
    )


def thinking(where: Where) -> Answer:
    """A claim that holds where there is think time."""
    return HOLDS if where.think_ns else FAILS


def test_machines_that_fail_come_first() -> None:
    """The only old machine, on which all cells fail, is named before the host."""
    cases = cells(thinking) + cells(lambda _: HOLDS, NEW) + cells(lambda _: FAILS, OLD)
    assert answers(finding(cases)) == [
        f"simulated {OLD}: fails in all 36 cells",
        f"{NATIVE}: fails in 18, holds in 18 of 36 cells",
        f"simulated {NEW}: holds in all 36 cells",
    ]
    assert [row[0] for row in cell_rows(cases)][:6] == [OLD] * 6
    # Within a machine, too.
    native = [row for row in cell_rows(cases) if row[0] == NATIVE]
    assert [row[2] for row in native] == ["0", "0", "0", "1000", "1000", "1000"]
    assert native[0][3:6] == ["6", "0", "0"]


def test_cells_that_cannot_tell_are_counted() -> None:
    """They are not left out of the tally, and a single cell is called one."""
    cases = cells(lambda w: UNKNOWN if w.cpus == 4 else HOLDS)
    assert tally(cases) == "holds in 24, cannot tell in 12 of 36 cells"
    assert tally(cells(lambda _: UNKNOWN)) == "cannot tell in all 36 cells"
    assert tally(cases[:1]) == "holds in the only cell"
    assert answers(finding([])) == ["not measured"]


def test_true_by_construction() -> None:
    """Said of what cannot well fail, and not if it does or is left open."""
    for told in HOLDS, FAILS, UNKNOWN:
        first = answers(finding(cells(lambda _: told), "so built"))[0]
        assert first.startswith("true by construction: so built") == (told == HOLDS)
    assert answers(finding([], "so built")) == ["not measured"]


def test_what_parts_the_cells_is_told() -> None:
    """Both ways, with how many cells that is."""
    assert explained(cells(thinking), 3) == [
        "Fails when there is no think time: in 18 of the 18 cells there, and in 18 of"
        " all 36.",
        "Holds when think time = 1 \u00b5s: in 18 of the 18 cells there, and in 18 of"
        " all 36.",
    ]
    both = cells(lambda w: FAILS if w.think_ns == 0 and w.cpus > 1 else HOLDS)
    assert explained(both, 3)[0].startswith(
        "Fails when CPUs >= 2 and there is no think time: in 12 of the 12 cells"
    )
    assert not conditions(cells(lambda _: HOLDS))
    assert not conditions([])


@pytest.mark.parametrize("undecided, told", [(0, True), (1, True), (3, False)])
def test_undecided_cells_count_against_a_condition(undecided: int, told: bool) -> None:
    """Of 18 cells with think time so many cannot tell: a tenth is too many."""
    cases = cells(thinking)
    places = [i for i, case in enumerate(cases) if case.where.think_ns][:undecided]
    for place in places:
        cases[place] = replace(cases[place], answer=UNKNOWN)
    found = [each for each in conditions(cases) if each.answer == HOLDS]
    assert any(each.words == "think time = 1 \u00b5s" for each in found) == told
    for each in found:
        assert each.covered <= each.inside
    if told:
        assert (found[0].covered, found[0].inside) == (18 - undecided, 18)


def test_six_cells_say_nothing() -> None:
    """Three that hold and three that cannot tell are no rule."""
    cases = cells(lambda w: HOLDS if w.cpus == 2 else UNKNOWN)
    few = [case for case in cases if case.where.cpus <= 2][::4]
    assert {case.answer for case in few} == {HOLDS, UNKNOWN}
    assert not conditions(few)


@pytest.mark.parametrize("parts", [(0.5, 0.5, 0.0), (0.2, 0.7, 0.1), (0.3, 0.3, 0.4)])
def test_shuffled_answers_have_no_condition(parts: "tuple[float, ...]") -> None:
    """Of 300 shuffles over three machines at most one in twenty gets a sentence."""
    draw = random.Random(7)
    cases = cells(lambda _: HOLDS) + cells(lambda _: HOLDS, variant="stale-local")
    count = 0
    for _ in range(100):
        told = draw.choices((HOLDS, FAILS, UNKNOWN), parts, k=3 * len(cases))
        for machine in range(3):
            mine = told[machine::3]
            shuffled = [replace(c, answer=a) for c, a in zip(cases, mine)]
            sentences = explained(shuffled, 3)
            count += any(" when " in sentence for sentence in sentences)
    assert count <= 0.05 * 300


def test_few_cells_are_named() -> None:
    """What is no rule but an exception."""
    cases = cells(lambda _: HOLDS)
    cases[5] = replace(cases[5], answer=FAILS)
    assert explained(cases, 3) == [
        "Fails in: pooled/pools:1, ring, 1 CPU, utilization 90 %, flush"
        " mmio:16,150,600, think time 1000 ns."
    ]
    assert not explained(cells(lambda _: FAILS), 3)
