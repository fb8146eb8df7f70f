# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of what is said of flushes: their share of the time, and what they protect."""

from dataclasses import replace
from pathlib import Path
from typing import List, Optional

import pytest

from claims_sample import MARGIN, SIM, answers, cell, data_of, only, samples
from report.claims import flush_claims, noise_claim
from report.claims.answer import crossover_rows
from report.claims.case import Answer
from report.claims.variants import LOCAL_16, POOLED_1, STALE_1, SUN4U
from report.read.run import Sample

HOLDS, FAILS, UNKNOWN = Answer.HOLDS, Answer.FAILS, Answer.UNKNOWN


@pytest.mark.parametrize("profile", [None, SIM])
@pytest.mark.parametrize(
    "time, rate, expected, share, rest",
    [
        # One flush of 3 us more in 1000 ops of 1 us: 0.3 %. All else is code.
        (1300.0, 2.0, HOLDS, 0.003, 0.297),
        (1003.0, 2.0, HOLDS, 0.003, 0.0),
        # Twenty more are 6 %, however fast the rest.
        (900.0, 21.0, FAILS, 0.06, -0.16),
        (1000.0, 1.0, HOLDS, 0.0, 0.0),
        (1000.0, 0.5, HOLDS, -0.0015, 0.0015),
    ],
)
def test_the_flushes_share_is_judged_and_not_the_time(
    tmp_path: Path,
    profile: Optional[str],
    time: float,
    rate: float,
    expected: Answer,
    share: float,
    rest: float,
) -> None:
    """C2 speaks of the additional flush; what the code takes stands beside."""
    data = data_of(
        tmp_path,
        samples(cell(SUN4U, profile), 1000, flushes_per_kop=1.0),
        samples(cell(POOLED_1, profile), time, flushes_per_kop=rate),
    )
    finding = noise_claim.in_the_noise(data, MARGIN)
    case = only(finding)
    assert case.answer == expected
    assert case.value.value == pytest.approx(share, abs=1e-6)
    (beside,) = finding.beside
    assert beside.rows[0].value.value == pytest.approx(rest, abs=1e-3)
    shown = max(0.0, share)
    assert f"take at most {100 * shown:.3g} % of sun4u's time" in finding.remarks[0]


def test_a_flush_counts_for_every_cpu_that_it_stops(tmp_path: Path) -> None:
    """With 4 CPUs behind one lock the same flush takes four times the share."""
    shares = []
    for cpus in (1, 4):
        data = data_of(
            tmp_path,
            samples(cell(SUN4U, SIM, cpus), 1000, flushes_per_kop=1.0),
            samples(cell(POOLED_1, SIM, cpus), 1000, flushes_per_kop=2.0),
        )
        shares.append(only(noise_claim.in_the_noise(data, MARGIN)).value.value)
    assert shares[1] == pytest.approx(4 * shares[0])


def test_seeds_that_disagree_about_flushes(tmp_path: Path) -> None:
    """Nothing is told of a share that is here 0 and there 12 %."""
    new = samples(cell(POOLED_1, SIM), 1000, flushes_per_kop=1.0)
    for index in (0, 1):
        figures = {**new[index].figures, "flushes_per_kop": 41.0}
        new[index] = replace(new[index], figures=figures)
    base = samples(cell(SUN4U, SIM), 1000, flushes_per_kop=1.0)
    case = only(noise_claim.in_the_noise(data_of(tmp_path, base, new), MARGIN))
    assert case.answer == UNKNOWN


def test_where_flushes_become_too_dear(tmp_path: Path) -> None:
    """One flush more a 1000 ops of 100 ns: of 10 us it is a tenth of the time."""
    taken: List[Sample] = []
    for flush, cost in (("spin:100", 1e2), ("spin:3000", 3e3), ("spin:10000", 1e4)):
        taken += samples(cell(SUN4U, SIM, flush=flush), 100, flushes_per_kop=1)
        here = cell(STALE_1, SIM, flush=flush)
        taken += samples(here, 150, flushes_per_kop=2, flush_ns_mean=cost)
    finding = noise_claim.in_the_noise(data_of(tmp_path, taken), MARGIN)
    assert answers(finding) == [HOLDS, HOLDS, FAILS]
    (row,) = crossover_rows(finding.cases, finding.limit)
    assert row[3] == "flush cost"
    assert row[5].startswith(
        "stops holding between 3 \u00b5s and 10 \u00b5s (at about 5"
    )
    assert "at most 10 % of sun4u's time" in finding.remarks[0]


@pytest.mark.parametrize(
    "sun4u, local, said",
    [
        (44.2, 0.0, "up to 44.2 of 1000 allocations; stale-local/pools:16 does so in"),
        (44.2, 3.0, "does so in up to 3."),
        (0.0, 0.0, ""),
        (None, 0.0, ""),
        (44.2, None, ""),
    ],
)
def test_sun4u_is_rare_because_it_is_unsafe(
    tmp_path: Path, sun4u: Optional[float], local: Optional[float], said: str
) -> None:
    """That is said where it was looked at and seen, and not where it was not."""
    taken: List[Sample] = []
    for variant, rate, reuse in ((SUN4U, 0.1, sun4u), (LOCAL_16, 100.0, local)):
        figures = {"flushes_per_kop": rate}
        if reuse is not None:
            figures["stale_reuse_per_kop"] = reuse
        taken += samples(cell(variant, SIM), **figures)
    finding = flush_claims.more_often(data_of(tmp_path, taken), MARGIN)
    assert finding.remarks[0] == f"{SIM}: 1000 times as often as sun4u."
    remarks = [text for text in finding.remarks if "not safe" in text]
    assert len(remarks) == bool(said)
    if said:
        assert said in remarks[0]
        assert ("in none" in remarks[0]) == (local == 0.0)


def test_noise_is_not_taken_for_code(tmp_path: Path) -> None:
    """The share is told of times that cannot be; what else they take is not."""
    data = data_of(
        tmp_path,
        samples(cell(SUN4U), 1000, 0.8, flushes_per_kop=1.0),
        samples(cell(POOLED_1), 1000, 0.8, flushes_per_kop=2.0),
    )
    finding = noise_claim.in_the_noise(data, MARGIN)
    assert only(finding).answer == HOLDS
    assert not finding.beside[0].rows
    assert finding.remarks[0].endswith("of sun4u's time.")
