# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of what is answered to each claim, from runs with known answers."""

import statistics
from dataclasses import replace
from pathlib import Path
from typing import List, Sequence

import pytest

from claims_sample import MARGIN, SIM, answers, cell, data_of, only, samples
from report.claims import flush_claims, interface_claim, pool_claims, time_claims
from report.claims.answer import crossover_rows, tally
from report.claims.case import Answer, Finding
from report.claims.measure import Compared, Verdict, flush_rate
from report.claims.variants import HOP_16, LOCAL_16, PATH_4_0, PATH_4_1, POOLED_1
from report.claims.variants import POOLED_16, STALE_1, SUN4U
from report.claims.variants import against_sun4u
from report.read.cell import Cell
from report.read.run import Sample

HOLDS, FAILS, UNKNOWN = Answer.HOLDS, Answer.FAILS, Answer.UNKNOWN


def in_words(finding: Finding) -> str:
    """The answer of its only machine as it is printed."""
    return tally(finding.cases)


@pytest.mark.parametrize(
    "factor, noise, c1, c6",
    [
        (1.00, 0.01, HOLDS, FAILS),
        (1.30, 0.01, FAILS, HOLDS),
        (0.70, 0.01, HOLDS, FAILS),
        (0.95, 0.01, HOLDS, FAILS),
        # No difference can be shown, and no sameness either: noise is no answer.
        (1.00, 0.60, UNKNOWN, UNKNOWN),
        (1.05, 0.02, UNKNOWN, UNKNOWN),
    ],
)
def test_times_against_sun4u(
    tmp_path: Path, factor: float, noise: float, c1: Answer, c6: Answer
) -> None:
    """C1 and C6 of one measured cell."""
    data = data_of(
        tmp_path,
        samples(cell(SUN4U), 100, noise),
        samples(cell(POOLED_1), 100 * factor, noise),
    )
    assert only(time_claims.one_pool(data, MARGIN)).answer == c1
    assert only(time_claims.old_machines(data, MARGIN)).answer == c6


def test_few_samples_tell_nothing(tmp_path: Path) -> None:
    """Three samples are too few, however equal."""
    data = data_of(
        tmp_path,
        samples(cell(SUN4U), number=3),
        samples(cell(POOLED_1), 200, number=3),
    )
    assert only(time_claims.one_pool(data, MARGIN)).answer == UNKNOWN


def timed(where: Cell, times: Sequence[float]) -> List[Sample]:
    """Samples of a cell with these times."""
    made = samples(where, number=len(times))
    return [
        replace(sample, figures={**sample.figures, "real_time": time})
        for sample, time in zip(made, times)
    ]


@pytest.mark.parametrize("within, expected", [(0, FAILS), (2, FAILS), (3, UNKNOWN)])
def test_blocks_must_agree(tmp_path: Path, within: int, expected: Answer) -> None:
    """The median is 10 % up and hardly moves, but 3 of 15 blocks are chance: p 0.018.

    p of 2 is 0.004, below the hundredth that is asked for.
    """
    times = [100.0] * within + [110.0] * (15 - within)
    data = data_of(
        tmp_path, timed(cell(SUN4U), [100.0] * 15), timed(cell(POOLED_1), times)
    )
    assert only(time_claims.one_pool(data, MARGIN)).answer == expected


@pytest.mark.parametrize("cells, expected", [(2, FAILS), (3, UNKNOWN)])
def test_few_blocks_among_many_cells(
    tmp_path: Path, cells: int, expected: Answer
) -> None:
    """8 blocks say at most 1 : 256, which is not enough of one cell among three."""
    taken: List[Sample] = []
    for index in range(cells):
        for variant, factor in ((SUN4U, 1.0), (POOLED_1, 1.0 if index else 2.0)):
            here = cell(variant, occupancy=5 + index)
            taken += samples(here, 100 * factor, 0.01, number=8)
    finding = time_claims.one_pool(data_of(tmp_path, taken), MARGIN)
    assert answers(finding)[0] == expected
    few = "1 measured comparison has too few samples"
    assert (few in finding.remarks[0]) == (expected == UNKNOWN)


def test_the_change_that_would_have_been_told(tmp_path: Path) -> None:
    """It is beyond the margin, and told nearly always; a little less is not."""
    noise = 0.02

    def judged(place: int, factor: float) -> Compared:
        where = [cell(v, occupancy=place) for v in (SUN4U, POOLED_1)]
        times = [samples(where[0], 100, noise), samples(where[1], 100 * factor, noise)]
        (found,) = against_sun4u(data_of(tmp_path, *times), [POOLED_1], MARGIN)
        return found

    places = range(1, 41)
    found = [judged(place, 1.05).smallest for place in places]
    smallest = statistics.median(each for each in found if each is not None)
    assert smallest > MARGIN

    def told(change: float) -> int:
        verdicts = [judged(place, 1 + change).verdict for place in places]
        return verdicts.count(Verdict.SLOWER)

    assert told(smallest) >= 35
    assert told(MARGIN + (smallest - MARGIN) / 3) <= 20
    text = time_claims.one_pool(
        data_of(
            tmp_path,
            samples(cell(SUN4U), 100, noise),
            samples(cell(POOLED_1), 105, noise),
        ),
        MARGIN,
    ).remarks[0]
    assert "would nearly" in text


def test_a_wider_margin_decides(tmp_path: Path) -> None:
    """What is slower by 8 % is no degradation at a margin of 10 %."""
    data = data_of(
        tmp_path,
        samples(cell(SUN4U), 100, 0.005),
        samples(cell(POOLED_1), 108, 0.005),
    )
    assert only(time_claims.one_pool(data, 0.05)).answer == FAILS
    assert only(time_claims.one_pool(data, 0.10)).answer == HOLDS


def test_simulated_seeds_must_agree(tmp_path: Path) -> None:
    """One seed says slower, the other not."""
    base, new = samples(cell(SUN4U, SIM)), samples(cell(POOLED_1, SIM))
    new[1] = replace(new[1], figures={**new[1].figures, "real_time": 120.0})
    case = only(time_claims.one_pool(data_of(tmp_path, base, new), MARGIN))
    assert case.answer == UNKNOWN
    assert case.value.low < 1.0 < 1.2 < case.value.high


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_one_seed_tells_nothing(tmp_path: Path, factor: float) -> None:
    """Nobody knows what another would say."""
    taken = samples(cell(SUN4U, SIM), 100, seeds=1)
    taken += samples(cell(POOLED_1, SIM), 100 * factor, seeds=1)
    case = only(time_claims.one_pool(data_of(tmp_path, taken), MARGIN))
    assert case.answer == UNKNOWN


def test_crossover_over_cpus(tmp_path: Path) -> None:
    """pooled is slower from 8 CPUs on: the condition and the place are found."""
    taken: List[Sample] = []
    for cpus, factor in ((1, 1.0), (2, 1.01), (4, 1.02), (8, 1.2), (16, 1.4)):
        taken += samples(cell(SUN4U, SIM, cpus), 100)
        taken += samples(cell(POOLED_1, SIM, cpus), 100 * factor)
    finding = time_claims.one_pool(data_of(tmp_path, taken), MARGIN)
    assert in_words(finding) == "fails in 2, holds in 3 of 5 cells"
    (row,) = crossover_rows(finding.cases, finding.limit)
    assert row[:5] == (SIM, POOLED_1, "", "CPUs", "1 of 1")
    assert row[5] == "stops holding between 4 and 8 CPUs (at about 4.5 CPUs)"


def test_flushes_that_cost_nothing_are_not_compared(tmp_path: Path) -> None:
    """C1 is about a flush."""
    data = data_of(
        tmp_path,
        *(
            samples(cell(variant, flush=flush))
            for variant in (SUN4U, POOLED_1)
            for flush in ("none", "spin:0")
        ),
    )
    assert not time_claims.one_pool(data, MARGIN).cases


def test_regression_with_many_pools_only(tmp_path: Path) -> None:
    """C6 holds for 16 pools, and says so."""
    taken = samples(cell(SUN4U, SIM), 100)
    for variant, factor in ((POOLED_1, 1.0), (STALE_1, 1.02), (POOLED_16, 2.0)):
        taken += samples(cell(variant, SIM), 100 * factor)
    finding = time_claims.old_machines(data_of(tmp_path, taken), MARGIN)
    assert in_words(finding) == "fails in 2, holds in 1 of 3 cells"
    assert f"{SIM}, {POOLED_16}: +100 ns/op" in finding.remarks[2]


@pytest.mark.parametrize("factor, c1, c6", [(1.0, HOLDS, FAILS), (1.76, FAILS, HOLDS)])
def test_the_call_paths_decide(
    tmp_path: Path, factor: float, c1: Answer, c6: Answer
) -> None:
    """C1 and C6 are judged on them where they were run; the bare ones stand beside."""
    taken = samples(cell(PATH_4_0), 100, 0.01) + samples(
        cell(PATH_4_1), 100 * factor, 0.01
    )
    # What the bare allocators would say is the other way round.
    bare = samples(cell(SUN4U), 100, 0.01) + samples(cell(POOLED_1), 176 / factor, 0.01)
    data = data_of(tmp_path, taken, bare)
    for finding, expected in (
        (time_claims.one_pool(data, MARGIN), c1),
        (time_claims.old_machines(data, MARGIN), c6),
    ):
        case = only(finding)
        assert case.answer == expected and case.where.variant == PATH_4_1
        assert finding.remarks[0].startswith("The call paths. Of 1 comparisons")
        assert finding.remarks[1].startswith("The bare allocators, beside. Of 1")


def test_without_call_paths_the_bare_allocators_are_judged(tmp_path: Path) -> None:
    """And that is said."""
    data = data_of(tmp_path, samples(cell(SUN4U)), samples(cell(POOLED_1)))
    finding = time_claims.one_pool(data, MARGIN)
    assert only(finding).where.variant == POOLED_1
    assert "as no run has the call paths" in finding.remarks[0]
    assert [chart.name for chart in finding.charts] == ["C1", "C1-think"]
    # One of the two is no comparison.
    data = data_of(tmp_path, samples(cell(PATH_4_1)))
    assert not time_claims.one_pool(data, MARGIN).cases


def hopping(remote: float, hop: int, local: int, cpus: int = 2) -> List[Sample]:
    """stale-hop and stale-local, of 1000 acquisitions so many contended."""
    locks = {"acquisitions": 1000.0, "wait_ns_mean_raw": 500.0}
    return [
        *samples(
            cell(HOP_16, cpus=cpus),
            fallback_pool_share=remote,
            contentions=hop,
            **locks,
        ),
        *samples(cell(LOCAL_16, cpus=cpus), contentions=local, **locks),
    ]


@pytest.mark.parametrize(
    "remote, hop, local, expected",
    [
        (0.50, 100, 10, HOLDS),
        (0.05, 100, 10, FAILS),  # own pools serve nearly all
        (0.50, 10, 100, FAILS),  # no more contention
        (0.50, 10, 10, FAILS),
        (0.50, 0, 0, FAILS),
    ],
)
def test_fallback_pools(
    tmp_path: Path, remote: float, hop: int, local: int, expected: Answer
) -> None:
    """C3 needs remote allocations and contention by them."""
    data = data_of(tmp_path, hopping(remote, hop, local))
    assert only(pool_claims.fallback_pools(data, MARGIN)).answer == expected


def test_contention_that_overlaps_is_not_told(tmp_path: Path) -> None:
    """stale-hop's median is lower, but that of 4 samples each shows nothing."""
    taken = hopping(0.5, 10, 11)
    for index, sample in enumerate(taken):
        if sample.pass_name == "locks":
            more = sample.figures["contentions"] + 5 * (index % 2)
            figures = {**sample.figures, "contentions": more}
            taken[index] = replace(sample, figures=figures)
    case = only(pool_claims.fallback_pools(data_of(tmp_path, taken), MARGIN))
    assert case.answer == UNKNOWN


def test_fallback_pools_without_what_it_needs(tmp_path: Path) -> None:
    """One CPU, or no lock statistics."""
    alone = data_of(tmp_path, hopping(0.9, 100, 10, cpus=1))
    assert not pool_claims.fallback_pools(alone, MARGIN).cases
    timing = [s for s in hopping(0.9, 100, 10) if s.pass_name == "timing"]
    case = only(pool_claims.fallback_pools(data_of(tmp_path, timing), MARGIN))
    assert (case.answer, case.why) == (UNKNOWN, "no lock statistics")


@pytest.mark.parametrize(
    "sun4u, local, expected", [(1, 10, HOLDS), (10, 1, FAILS), (1, 1, FAILS)]
)
def test_flushing_more_often(
    tmp_path: Path, sun4u: float, local: float, expected: Answer
) -> None:
    """C4 is the ratio of flush rates."""
    data = data_of(
        tmp_path,
        samples(cell(SUN4U), flushes_per_kop=sun4u),
        samples(cell(LOCAL_16), flushes_per_kop=local),
        samples(cell(HOP_16), flushes_per_kop=sun4u),
    )
    finding = flush_claims.more_often(data, MARGIN)
    assert only(finding).answer == expected
    assert only(finding).value.value == pytest.approx(local / sun4u)
    assert f"in {int(local > sun4u)} of 1 cells" in finding.remarks[-1]
    assert (
        finding.remarks[0] == f"this host: {local / sun4u:g} times as often as sun4u."
    )


def test_no_flush_seen_is_not_never(tmp_path: Path) -> None:
    """Without a flush in 15 intervals there may still be three in as many more."""
    data = data_of(
        tmp_path,
        samples(cell(SUN4U), flushes_per_kop=0),
        samples(cell(LOCAL_16), flushes_per_kop=0.001),
    )
    (sun4u,) = data.of(SUN4U)
    assert flush_rate(sun4u).high == pytest.approx(3 / 1.5e6)
    # 1.5 flushes seen against at most 3: nothing is told.
    assert only(flush_claims.more_often(data, MARGIN)).answer != HOLDS


@pytest.mark.parametrize(
    "places, where",
    [
        # Halfway between both logarithms.
        ((10, 24, 25), "stops holding between 96 and 100 % (at about 98 %)"),
        # What lies between is not known.
        ((5, 10, 25), "stops holding between 40 and 100 %"),
    ],
)
def test_where_flushes_become_too_many(
    tmp_path: Path, places: Sequence[int], where: str
) -> None:
    """C5 is of stale-local, and stops where its local pools are full."""
    taken: List[Sample] = []
    for occupancy, rate in zip(places, (1.0, 50.0, 200.0)):
        here = cell(LOCAL_16, SIM, cpus=4, occupancy=occupancy)
        taken += samples(here, flushes_per_kop=rate)
        taken += samples(replace(here, allocator="pooled"), flushes_per_kop=900)
    finding = flush_claims.once_a_map(data_of(tmp_path, taken), MARGIN)
    assert answers(finding) == [HOLDS, HOLDS, FAILS]
    assert in_words(finding) == "fails in 1, holds in 2 of 3 cells"
    (row,) = crossover_rows(finding.cases, finding.limit)
    assert row == (SIM, LOCAL_16, "4", "local-pool utilization", "1 of 1", where)


def test_one_lock(tmp_path: Path) -> None:
    """C7: efficiency falls below a half at 4 CPUs; the locks are quoted."""
    taken: List[Sample] = []
    for cpus, time in ((1, 100), (2, 110), (4, 500), (8, 2000)):
        waits = {"acquisitions": 100.0, "contentions": 10.0 * cpus}
        waits["wait_ns_mean_raw"] = 4000.0
        taken += samples(cell(SUN4U, SIM, cpus), time, **waits)
        taken += samples(
            cell(POOLED_16, SIM, cpus), 100, **{**waits, "contentions": 0.0}
        )
    finding = pool_claims.one_lock(data_of(tmp_path, taken), MARGIN)
    assert answers(finding) == [FAILS, HOLDS, HOLDS]
    assert finding.cases[1].value.value == pytest.approx(0.2)
    assert in_words(finding) == "fails in 1, holds in 2 of 3 cells"
    (remark,) = finding.remarks
    assert "at 8 CPUs" in remark
    assert f"{SUN4U}: 80 % contended, 4 \u00b5s wait" in remark
    assert f"{POOLED_16}: 0 % contended" in remark


def test_one_lock_on_one_cpu(tmp_path: Path) -> None:
    """C7 has nothing to say there."""
    assert not pool_claims.one_lock(data_of(tmp_path, samples(cell(SUN4U))), 0.05).cases


def test_null_flush(tmp_path: Path) -> None:
    """C8: both ways work; what a call costs is told apart."""
    data = data_of(
        tmp_path,
        samples(cell(SUN4U, flush="none"), 100, 0.001, flushes_per_kop=0),
        samples(cell(SUN4U, flush="spin:0"), 120, 0.001),
    )
    finding = interface_claim.null_flush(data, MARGIN)
    assert only(finding).answer == HOLDS
    assert "1 slower by more than the margin" in finding.remarks[1]


@pytest.mark.parametrize(
    "without, counted, expected, why",
    [
        ({"flushes_per_kop": 0.1}, {}, FAILS, "flushes were counted with NULL"),
        ({"alloc_failures": 1}, {}, FAILS, "15 allocations failed"),
        ({}, {"flushes_per_kop": 0}, UNKNOWN, "the intervals were too short"),
    ],
)
def test_null_flush_that_does_not_work(
    tmp_path: Path,
    without: "dict[str, float]",
    counted: "dict[str, float]",
    expected: Answer,
    why: str,
) -> None:
    """C8 can fail, and be left open."""
    data = data_of(
        tmp_path,
        samples(cell(SUN4U, flush="none"), **{"flushes_per_kop": 0.0, **without}),
        samples(cell(SUN4U, flush="spin:0"), **counted),
    )
    case = only(interface_claim.null_flush(data, MARGIN))
    assert case.answer == expected
    assert case.why.startswith(why)


def test_null_flush_that_crashes(tmp_path: Path) -> None:
    """All samples with NULL failed: the claim fails, and is not left out."""
    crashed = [
        replace(sample, figures={}, error="killed by signal 11")
        for sample in samples(cell(SUN4U, flush="none"))
    ]
    data = data_of(tmp_path, crashed, samples(cell(SUN4U, flush="spin:0")))
    case = only(interface_claim.null_flush(data, MARGIN))
    assert (case.answer, case.why) == (FAILS, "15 samples failed")
