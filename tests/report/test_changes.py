# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of change points: what is planted is found where it is, noise is not."""

import time
from pathlib import Path
from typing import Dict, List, Optional

import numpy as np
import pytest

import series_sample as planted
from cli import ROOT
from report.changes.alerts import Alert, Change, alerts_of, changes_of, together
from report.changes.detect import change_points, exact_changes
from report.changes.what_differs import facts_of
from report.changes.size import Size, size_of
from report.read.figures import figure
from report.read.load import run_of
from report.store import (
    Commit,
    Host,
    Series,
    Store,
    StoredRun,
    digest_of,
    new_run,
    open_store,
)
from store_sample import good, refused, report, run_document

HOST = Host("h", "sparc64", "Invented CPU")


def places_of(values: planted.Floats) -> List[int]:
    """Where changes are found."""
    return [one.place for one in change_points(values)]


def nearest(places: List[int], place: int) -> int:
    """How far the nearest is."""
    return min((abs(one - place) for one in places), default=10**6)


# Noisy series


def test_the_bar() -> None:
    """1000 runs on one CPU with five steps of 3 to 20 %, a hundred times.

    Every step of 5 % and more is found. A spike or two next to a step look like the
    level on its other side, which no method can tell: a few are more than two runs off.
    """
    off, false = 0, 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        values, steps = planted.with_steps(random, planted.one_cpu(random, 1000))
        places = places_of(values)
        for place, size in steps:
            if abs(size) >= 0.05:
                assert nearest(places, place) <= 5, (seed, place, size, places)
                off += nearest(places, place) > 2
        planted_places = [place for place, _ in steps]
        false += sum(nearest(planted_places, place) > 10 for place in places)
    assert off <= 400 * 0.02, f"{off} of 400 were more than 2 runs off"
    # 100 x 1000 daily runs are 274 series-years.
    assert false <= 3


def test_two_cpus() -> None:
    """Steps of twice the noise and more are found, within two runs mostly."""
    missed = off = count = 0
    for seed in range(100):
        random = np.random.default_rng(seed)
        values, steps = planted.with_steps(random, planted.two_cpus(random, 1000))
        places = places_of(values)
        large = [place for place, size in steps if abs(size) >= 0.1]
        count += len(large)
        missed += sum(nearest(places, place) > 10 for place in large)
        off += sum(nearest(places, place) > 2 for place in large)
    assert (missed, count) == (0, 200)
    assert off <= 10


@pytest.mark.parametrize(
    "noise", [planted.one_cpu, planted.two_cpus, planted.two_levels]
)
def test_noise_is_no_change(noise: planted.Noise) -> None:
    """At most one false alert a series-year; here 274 of them with 10 at most."""
    false = sum(
        len(places_of(noise(np.random.default_rng(seed), 1000))) for seed in range(100)
    )
    assert false <= 10


def test_day_by_day() -> None:
    """Nor does one show up on any day of a year, and vanish later."""
    values = planted.one_cpu(np.random.default_rng(1), 365)
    assert not any(places_of(values[:day]) for day in range(2, 365, 3))


def test_a_step_shows_soon() -> None:
    random = np.random.default_rng(3)
    values = planted.one_cpu(random, 260)
    values[200:] *= 1.05
    assert nearest(places_of(values[:216]), 200) <= 2


def test_spikes_are_no_steps() -> None:
    values = np.exp(np.random.default_rng(5).normal(0, 0.01, 300))
    values[[50, 51, 52, 53, 120, 200]] *= 5
    assert places_of(values) == []


def test_scale_and_sign_do_not_matter() -> None:
    random = np.random.default_rng(9)
    values, _ = planted.with_steps(random, planted.one_cpu(random, 500), apart=70)
    places = places_of(values)
    assert places
    assert places_of(values * 1e9) == places == places_of(values * 1e-9)
    assert places_of(values - 1) == places
    assert places_of(-values) == places


@pytest.mark.parametrize(
    "values",
    [
        [],
        [1.0],
        [1.0, 2.0],
        [1.0] * 500,
        [0.0] * 100 + [1.0] + [0.0] * 100,
        list(range(20)),
    ],
)
def test_too_little_to_tell(values: List[float]) -> None:
    assert places_of(np.array(values, dtype=np.float64)) == []


def test_few_different_values() -> None:
    """Counts: most values are equal, on either side."""
    values = np.array([3.0, 3.0, 3.0, 4.0] * 20 + [7.0, 7.0, 7.0, 6.0] * 20)
    assert places_of(values) == [80]
    assert places_of(np.array([1.0] * 40 + [2.0] * 40)) == [40]


def test_a_hundred_series_are_quick() -> None:
    """The bar is about a minute; a tenth of the series in well under that."""
    begin = time.process_time()
    for seed in range(10):
        random = np.random.default_rng(seed)
        change_points(planted.with_steps(random, planted.one_cpu(random, 1000))[0])
    assert time.process_time() - begin < 6


def test_exact_series() -> None:
    values = np.array([5.0, 5.0, 5.0 + 1e-12, 5.0 + 1e-12, 5.0, 4.0])
    assert [one.place for one in exact_changes(values)] == [2, 4, 5]
    assert exact_changes(np.array([5.0])) == []


# Sizes


def test_size_covers_the_truth() -> None:
    covered = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        before, after = planted.one_cpu(random, 60), 1.08 * planted.one_cpu(random, 25)
        size = size_of(before, after)
        assert size.ratio and size.low and size.high
        assert size.low <= size.ratio <= size.high
        covered += size.low <= 0.08 <= size.high
    assert covered >= 0.9 * 200


def test_size_of_one_value_and_of_none() -> None:
    size = size_of(np.array([2.0]), np.array([3.0]))
    assert size.ratio is not None and abs(size.ratio - 0.5) < 1e-12
    assert (size.low, size.high) == (size.ratio, size.ratio)
    for pair in ((0.0, 1.0), (1.0, 0.0), (-1.0, 1.0)):
        assert size_of(np.array(pair[:1]), np.array(pair[1:])).ratio is None


def test_size_where_some_values_are_zero() -> None:
    """The medians tell, without an interval; only a median of 0 has no ratio."""
    before = np.array([0.0, 10.0, 10.0])
    size = size_of(before, np.array([20.0, 20.0, 0.0]))
    assert (size.ratio, size.low, size.high) == (1.0, None, None)
    assert size_of(before, np.array([0.0, 0.0, 5.0])).ratio is None


def test_ends_of_the_size_are_those_of_the_rank_test() -> None:
    """For 10 and 10 values the tables' critical value of U is 23.

    So the 24th ratio from either end is the last that the test does not refuse.
    """
    random = np.random.default_rng(8)
    before, after = np.exp(random.normal(0, 1, (2, 10)))
    ratios = np.sort(np.divide.outer(after, before), axis=None)
    size = size_of(before, after)
    assert size.low is not None and size.high is not None
    assert size.low + 1 == pytest.approx(ratios[23])
    assert size.high + 1 == pytest.approx(ratios[-24])
    few = size_of(before[:3], after[:3])
    ratios = np.divide.outer(after[:3], before[:3])
    assert few.low is not None and few.high is not None
    assert few.low + 1 == pytest.approx(ratios.min())
    assert few.high + 1 == pytest.approx(ratios.max())


# Directions


def test_directions() -> None:
    """What nobody knows is neither better nor worse."""
    for way, names in (
        (1, "fairness ops_per_second ops_per_flush"),
        (-1, "real_time hold_flush_ns_p50 wait_ns_mean_raw"),
        (0, "accesses hold_ns_total other_ns_p50 likwid:NEW"),
    ):
        assert {figure(name).better for name in names.split()} == {way}
    assert figure("").better == 0


# Groups


def change_at(
    number: int, figure: str = "real_time", exact: bool = False, ratio: float = 0.1
) -> Change:
    """A change at that commit; a noisy one may be two off."""
    series = Series(0, HOST, "c", "timing", figure, "", exact)
    slack = 0 if exact else 2
    size = Size(100, 100 * (1 + ratio), ratio, None, None)
    last, first, earliest, latest = (
        run_at(number + at) for at in (-1, 0, -slack, slack)
    )
    return Change(series, last, first, size, 9.0, False, earliest, latest)


def run_at(number: int) -> StoredRun:
    """The run of a commit."""
    commit = Commit(f"{number:040x}", 1000 + number, number, "")
    counts = (1, 0, 0)
    return StoredRun(
        number, f"{number}", HOST, commit, False, 0, "sim", "", True, *counts, ""
    )


def groups_of(*changes: Change) -> List[List[int]]:
    """The places of the changes that are told together, the lead's first."""
    places = {id(one): at for at, one in enumerate(changes)}
    return [[places[id(one)] for one in group] for group in together(changes)]


def test_an_exact_change_names_the_commit() -> None:
    """Noisy ones come with it, however large; two exact ones are two commits."""
    noisy = change_at(20, ratio=0.5)
    one, two = change_at(19, "accesses", True), change_at(21, "accesses", True)
    assert groups_of(noisy, two) == [[1, 0]]
    # The one is as far as the other: the first of most interest has it.
    found = groups_of(noisy, one, two)
    assert sorted(len(group) for group in found) == [1, 2]
    assert all(group[0] != 0 for group in found)
    # It is where it is most likely.
    at = change_at(20, "cycles", True)
    assert sorted(groups_of(noisy, one, two, at)) == [[1], [2], [3, 0]]
    far = change_at(23, "accesses", True)
    assert sorted(groups_of(noisy, far)) == [[0], [1]]


def test_exact_changes_of_a_commit_are_one_alert() -> None:
    large, time_ = change_at(5, "accesses", True, 9.0), change_at(5, exact=True)
    noisy, other = change_at(4), change_at(40)
    assert groups_of(large, noisy, time_, other) == [[2, 1, 0], [3]]
    assert groups_of(noisy, change_at(6, "fairness")) == [[0, 1]]


# Alerts


def fill(
    store: Store, values: planted.Floats, host: str = "h", compiler_at: int = 10**6
) -> None:
    """A store with a run a commit; the second cell moves with the first."""
    for number, value in enumerate(values):
        document = run_document(number, host=host, repetitions=1)
        for sample in document["benchmarks"]:
            sample["real_time"] = float(value) * (3 if "gart" in sample["name"] else 1)
        if number >= compiler_at:
            document["context"]["iommubench"]["compiler"] = "gcc 99"
        sha = document["context"]["iommubench"]["commit"]
        run = new_run(run_of(document, Path("x.json")), digest_of(document))
        store.add(run, Commit(sha, 1000 + number, number, f"change {number}"))


def alerts_in(store: Store, host: Optional[str] = None) -> List[Alert]:
    """All alerts of a host."""
    return alerts_of(store, changes_of(store, host))


def test_an_alert_names_commit_size_and_neighbours(tmp_path: Path) -> None:
    path = str(tmp_path / "h.db")
    random = np.random.default_rng(4)
    values = 100 * np.exp(random.normal(0, 0.01, 80))
    values[40:] *= 1.1
    with open_store(path, create=True) as store:
        fill(store, values, compiler_at=40)
        fill(store, 100 * np.exp(random.normal(0, 0.01, 80)), host="quiet")
        (alert,) = alerts_in(store)
        assert alerts_in(store, "quiet") == []
    lead = alert.lead
    assert lead.first.commit.subject == "change 40"
    assert lead.last.commit.subject == "change 39"
    assert lead.series.figure == "real_time" and lead.better is False
    assert lead.size.low is not None and lead.size.high is not None
    assert lead.size.low <= 0.1 <= lead.size.high
    assert [one.series.cell for one in alert.neighbours] != [lead.series.cell]
    assert len(alert.neighbours) == 1
    assert alert.facts == ("compiler: gcc 0.0 -> gcc 99",)
    said = good("changes", "--db", path)
    assert "change 40" in said and "worse" in said and "gcc 99" in said
    assert said.endswith("1 changes, 2 series and places\n")
    assert "0 changes" in good("changes", "--db", path, "--figure", "fairness")


def test_dirty_runs_do_not_count(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "h.db"), create=True) as store:
        for number in range(60):
            document = run_document(number, pair_ns=100 if number < 30 else 130)
            document["context"]["iommubench"]["dirty"] = number >= 30
            run = new_run(run_of(document, Path("x.json")), digest_of(document))
            store.add(run, Commit("unknown"))
        assert changes_of(store) == []
        assert len(changes_of(store, dirty=True)) == 2


def test_changes_of_the_demonstration(tmp_path: Path) -> None:
    """Of this repository's own history, really simulated."""
    path = str(tmp_path / "h.db")
    good("store", "add", str(ROOT / "results" / "demo"), "--db", path)
    with open_store(path) as store:
        points = store.points(store.series(figure="real_time"))
        differing = sum(int(np.sum(np.diff(of.median) != 0)) for of in points.values())
        changes = changes_of(store, figure="real_time")
        assert differing > len(changes)
        for change in changes:
            assert abs(change.size.ratio or 0) >= 0.01
            assert change.earliest is change.first is change.latest
            # It is the history of the simulator itself, which did not tell its sources.
            assert change.better is None and change.instrument
        commits: Dict[str, int] = {}
        for alert in alerts_in(store):
            sha = alert.lead.first.commit.sha
            commits[sha] = commits.get(sha, 0) + 1
            firsts = {one.first.commit.sha for one in alert.neighbours}
            assert firsts <= {sha}
        assert set(commits.values()) <= {1}


def test_facts() -> None:
    facts = facts_of(run_document()["context"])
    assert facts["kernel"] == "0.0.0-invented" and facts["clocksource"] == "unknown"


def test_command_line(tmp_path: Path) -> None:
    refused(report("changes", "--db", str(tmp_path / "none.db")), "store add")
    refused(report("changes", "--host"), "--help")
