# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the page's five sentences: each with data for which it must not be said."""

from pathlib import Path
from typing import Dict, List, Optional, Sequence

import pytest

from claims_sample import MARGIN, SIM, cell, data_of, samples
from report.claims.document import markdown
from report.claims.findings import findings
from report.claims.page import build
from report.claims.sentences import HERRENSCHMIDT, MILLER, OLD, VARADHAN, sentences
from report.claims.variants import LOCAL_16, PATH_4_0, PATH_4_1, POOLED_1, POOLED_16
from report.claims.variants import STALE_1, SUN4U
from report.read.run import Sample


def told(directory: Path, taken: List[Sample]) -> Dict[str, List[str]]:
    """What is said of these data, by whom it is said to."""
    result: Dict[str, List[str]] = {}
    for to, text in sentences(findings(data_of(directory, taken), MARGIN), MARGIN):
        result.setdefault(to, []).append(text)
    return result


def one(directory: Path, taken: List[Sample], to: str, about: str) -> Optional[str]:
    """The sentence that has this in it, if it is said."""
    found = [text for text in told(directory, taken).get(to, []) if about in text]
    assert len(found) <= 1
    return found[0] if found else None


def paths(
    factors: Sequence[float], noise: float = 0.01, profile: Optional[str] = None
) -> List[Sample]:
    """The call paths with these factors, without flushes that differ."""
    taken: List[Sample] = []
    for place, factor in enumerate(factors):
        for variant, times in ((PATH_4_0, 1.0), (PATH_4_1, factor)):
            here = cell(variant, profile, occupancy=5 + place)
            taken += samples(here, 100 * times, noise)
    return taken


@pytest.mark.parametrize(
    "factors, noise, said",
    [
        ((1.3, 1.4), 0.0, "is not free: sparc's map and unmap take more than 5 %"),
        ((1.3, 1.4), 0.0, "in all 2 cells (at most 40 %, on this host)."),
        (
            (1.3, 1.0),
            0.0,
            "in 1 of 2 cells (at most 30 %, on this host), and not in 1.",
        ),
        ((1.0, 0.9), 0.0, "is no degradation that can be seen: sparc's map and unmap"),
        ((1.0, 0.9), 0.0, "at most 5 % longer than before in all 2 cells."),
        ((1.0, 1.3), 0.6, ""),
    ],
)
def test_one_pool(
    tmp_path: Path, factors: Sequence[float], noise: float, said: str
) -> None:
    """It turns round with the times, and noise gets none."""
    text = one(tmp_path, paths(factors, noise), HERRENSCHMIDT, "One pool that flushes")
    assert (said in text) if text else not said


def test_undecided_cells_are_told(tmp_path: Path) -> None:
    """A cell that cannot tell is no cell that holds."""
    taken = paths((1.0, 1.0, 1.0)) + [
        sample
        for variant in (PATH_4_0, PATH_4_1)
        for sample in samples(cell(variant, occupancy=90), 100, 0.6)
    ]
    text = one(tmp_path, taken, HERRENSCHMIDT, "One pool that flushes")
    assert text and text.endswith("in 3 of 4 cells (1 cannot tell).")


def test_without_call_paths_it_does_not_speak_of_them(tmp_path: Path) -> None:
    """The bare allocators are no driver's map and unmap."""
    taken = samples(cell(SUN4U), 100) + samples(cell(POOLED_1), 130)
    text = one(tmp_path, taken, HERRENSCHMIDT, "One pool that flushes")
    assert text and "the bare map and unmap take" in text and "sparc" not in text


def flushing(rate: float, time: float = 1000, stale: float = 0.0) -> List[Sample]:
    """One pool that flushes so often, against one flush in 1000 ops of 1 us."""
    taken = samples(cell(SUN4U, SIM), 1000, flushes_per_kop=1.0)
    taken += samples(cell(POOLED_1, SIM), time, flushes_per_kop=rate)
    if stale:
        taken += samples(cell(STALE_1, SIM), 1000, flushes_per_kop=stale)
    return taken


@pytest.mark.parametrize(
    "taken, said",
    [
        (flushing(1.5, 1300), "does end up in the noise: it takes at most 0.15 % of"),
        (flushing(1.5, 1300), "all else that an op takes changes by +29.9 %."),
        (flushing(1.01), "it takes less than 0.01 % of sun4u's time"),
        (flushing(1.5, stale=41.0), "those of a stale bitmap take at most 12 % of"),
        (flushing(41.0), "is not in the noise: it takes more than 5 % of the time in"),
        (flushing(41.0), "in the only cell, and at most 12 %"),
        (samples(cell(SUN4U, SIM)) + samples(cell(POOLED_1, SIM), seeds=1), ""),
        ([*samples(cell(SUN4U, SIM)), *samples(cell(STALE_1, SIM))], ""),
    ],
)
def test_the_additional_flush(tmp_path: Path, taken: List[Sample], said: str) -> None:
    """Its share decides, and not the time; a single seed tells nothing."""
    text = one(tmp_path, taken, HERRENSCHMIDT, "The additional flush")
    assert (said in text) if text else not said


def old(
    more_ns: float, thinks: Sequence[int] = (0,), profile: Optional[str] = OLD
) -> List[Sample]:
    """The call paths on an old machine, 1 us and so much more."""
    taken: List[Sample] = []
    for think in thinks:
        for variant, more in ((PATH_4_0, 0.0), (PATH_4_1, more_ns)):
            taken += samples(cell(variant, profile, think=think), 1000 + more + think)
    return taken


@pytest.mark.parametrize(
    "taken, said, not_said",
    [
        (old(400), "do get slower: on a simulated sun4u-e450", "between two maps"),
        (old(400), "take 40 % longer than before in the only cell.", ""),
        (
            old(400, (0, 1000, 10000)),
            "only where a driver spends more than 7 \u00b5s [7 \u00b5s .. 7 \u00b5s]",
            "still",
        ),
        (
            old(400, (0, 1000, 5000)),
            "and with 5 \u00b5s between two maps still more than 5 %.",
            "only where",
        ),
        (old(0), "Old machines do not get slower: on a", "do get"),
        (old(-400), "Old machines do not get slower: on a", "do get"),
        # Of another machine nothing is said here.
        (old(400, profile=SIM), "", ""),
        (old(400, profile=None), "", ""),
        # At the margin, and seeds on both sides.
        (paths((1.05,), 0.03, OLD), "", ""),
    ],
)
def test_old_machines(
    tmp_path: Path, taken: List[Sample], said: str, not_said: str
) -> None:
    """With the think time that hides it, if that was looked for."""
    text = one(tmp_path, taken, MILLER, "")
    assert (text is not None) == bool(said)
    if text:
        assert said in text
        assert not not_said or not_said not in text


def filling(rates: Sequence[float], base: float = 0.1) -> List[Sample]:
    """stale-local on 4 CPUs, whose local pools are 20, 96 and 100 % full."""
    taken: List[Sample] = []
    for occupancy, rate in zip((5, 24, 50), rates):
        for variant, flushes in ((SUN4U, base), (LOCAL_16, rate)):
            here = cell(variant, SIM, cpus=4, occupancy=occupancy)
            taken += samples(here, flushes_per_kop=flushes)
    return taken


@pytest.mark.parametrize(
    "rates, said, not_said",
    [
        ((10, 50, 990), "100 to 9900 times as often as sun4u", ""),
        ((10, 50, 990), "less than once in ten maps in 2 of 3 cells, which is", ""),
        ((10, 50, 990), "no more than 96 % full; from 100 % on it is up to 0.99", ""),
        ((10, 50, 60), "less than once in ten maps in all 3 cells.", "full"),
        # What fails is not where the pools are full.
        ((10, 990, 50), "in 2 of 3 cells.", "full"),
        ((700, 800, 990), "in none of 3 cells.", "full"),
    ],
)
def test_more_flushes(
    tmp_path: Path, rates: Sequence[float], said: str, not_said: str
) -> None:
    """The pools are named only if they part the cells."""
    text = one(tmp_path, filling(rates), HERRENSCHMIDT, "To flush each pool")
    assert text and said in text
    assert not not_said or not_said not in text


def test_no_more_flushes(tmp_path: Path) -> None:
    """Where it does not flush more often that is not said."""
    text = one(tmp_path, filling((0.1, 0.1, 0.1)), HERRENSCHMIDT, "To flush each pool")
    assert text and "is not to flush more often than sun4u" in text
    alone = samples(cell(LOCAL_16, SIM), flushes_per_kop=10)
    assert not one(tmp_path, alone, HERRENSCHMIDT, "To flush each pool")


def scaling(
    time_ns: float, pools_ns: Optional[float] = None, noise: float = 0.0, think: int = 0
) -> List[Sample]:
    """One CPU that takes 100 ns an op, and 8 that take so long each."""
    taken = samples(cell(SUN4U, SIM, think=think), 100)
    taken += samples(cell(SUN4U, SIM, cpus=8, think=think), time_ns, noise)
    if pools_ns:
        here = cell(POOLED_16, SIM, cpus=8, think=think)
        taken += samples(here, pools_ns)
    return taken


@pytest.mark.parametrize(
    "taken, said",
    [
        (scaling(1600), "does not scale: through it, on simulated sun4v-t5-2, 8 CPUs"),
        (scaling(1600), "8 CPUs together do 0.5 times what one does."),
        (scaling(1600, 100), "; with 16 pools they do 8 times that of one."),
        (scaling(110), "One lock scales as far as was tried: through it, on"),
        (scaling(1600) + scaling(400, think=1000), "do 2 times what one does with 1"),
        # Not on one CPU, with a think time that is not said, or with noise.
        (samples(cell(SUN4U, SIM)), ""),
        (scaling(1600, think=500), ""),
        (scaling(200, noise=1.0), ""),
    ],
)
def test_one_lock(tmp_path: Path, taken: List[Sample], said: str) -> None:
    """What all CPUs do, of what one does."""
    text = one(tmp_path, taken, VARADHAN, "")
    assert (said in text) if text else not said


def test_the_page_opens_with_them(tmp_path: Path) -> None:
    """All five, in their order; those that the data do not give are counted."""
    every = [*old(400), *filling((10, 50, 990)), *flushing(1.5), *scaling(1600)]
    every = list({(s.cell, s.pass_name, s.order): s for s in every}.values())
    data = data_of(tmp_path, every)
    found = findings(data, MARGIN)
    lines = markdown(build(data, found, [], MARGIN)).splitlines()
    opening = [line for line in lines[1:20] if line.startswith("**To ")]
    names = [HERRENSCHMIDT, HERRENSCHMIDT, MILLER, HERRENSCHMIDT, VARADHAN]
    assert [line.split(":**")[0] for line in opening] == [f"**To {n}" for n in names]
    assert lines[2] == opening[0]
    data = data_of(tmp_path, old(400))
    text = markdown(build(data, findings(data, MARGIN), [], MARGIN))
    assert "3 of the 5 sentences that stand here if the data tell are withheld" in text
