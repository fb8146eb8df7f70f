# SPDX-License-Identifier: GPL-2.0-or-later
"""``report headline``: the ridge, what is said of it, and its picture. All invented."""

import copy
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

import results_sample as invent
from comparison_files import saved
from report.__main__ import main
from report.claims.ridge import Spot, gains_of, map_of, ridge_of, verdict
from report.commands import headline
from report.claims.headline_map import apart
from report.read.load import load_run

Capture = pytest.CaptureFixture[str]
# CPUs and think time in ns: contended share, and mean wait in us.
Points = Dict[Tuple[int, int], Tuple[float, float]]
MAP: Points = {
    (8, 0): (0.5, 9),
    (8, 4000): (0.3, 2),
    (16, 0): (0.8, 104),
    (16, 4000): (0.6, 6.5),
    (32, 0): (0.9, 400),
    (32, 4000): (0.85, 200),
}


@pytest.fixture(autouse=True)
def _unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Timing samples with lock figures, as only simulated ones have them."""
    monkeypatch.setattr(headline, "load_run", lambda path: load_run(path, False))


def sweep(points: Points) -> Dict[str, Any]:
    samples: List[Dict[str, Any]] = []
    for (cpus, think), (share, wait_us) in points.items():
        name = invent.cell_name("ring", "sun4u/pools:1", cpus)
        name = name.replace("think:0", f"think:{think}")
        each = invent.sample(name, 100.0, len(samples), 0)
        each.update(acquisitions=1000000, contentions=int(share * 1000000))
        each.update(wait_ns_mean_raw=1000.0 * wait_us)
        samples.append(each)
    return invent.document(samples)


def along(cpus: int, times: Dict[str, Tuple[float, float]]) -> Dict[str, Any]:
    """A run of these variants, each so many times as fast as sun4u, seed by seed."""
    samples: List[Dict[str, Any]] = []
    for variant, each in {"sun4u/pools:1": (1.0, 1.0), **times}.items():
        for seed, factor in enumerate(each):
            name = invent.cell_name("ring", variant, cpus)
            sample = invent.sample(name, 100 * (seed + 1) / factor, len(samples), seed)
            samples.append(sample)
    return invent.document(samples)


def test_the_ridge_is_where_the_wait_is_met(tmp_path: Path) -> None:
    """Half way between 104 and 6.5 us in logarithms; no ridge where none is crossed."""
    spots = map_of(load_run(saved(tmp_path, "s.json", sweep(MAP)), False))
    (spot,) = ridge_of(spots)
    assert spot.cpus == 16 and spot.think_ns == pytest.approx(2000, rel=0.01)
    assert spot.share == pytest.approx(0.7, rel=0.01)
    assert not spot.meets_share


@pytest.mark.parametrize(
    "shares,words,not_said",
    [
        ((0.78, 0.6, 0.6), "both met with 16 CPUs by the profile", "share at none"),
        ((0.745, 0.6, 0.6), "at most 74.5 %", "both met"),
        ((0.7, 0.6, 0.9), "16 CPUs somewhere between the assumed", "as it is"),
        ((0.7, 0.6, 0.72), "and the share nowhere with it", "both met"),
        ((0.9, 0.85, 0.95), "share nowhere", "both met"),
    ],
)
def test_what_is_said_of_it(
    shares: Tuple[float, ...], words: str, not_said: str
) -> None:
    said = verdict([[Spot(16, 2000, share, 26)] for share in shares])
    assert words in said and not_said not in said


def test_a_wait_that_is_met_nowhere() -> None:
    assert verdict([[], []]).endswith("met nowhere in the sweep")


def test_gains_are_of_one_seed(tmp_path: Path) -> None:
    """sun4u's own spread over the seeds is not in them."""
    path = saved(tmp_path, "a.json", along(16, {"pooled/pools:16": (3.0, 5.0)}))
    ((variant, (gain,)),) = gains_of([load_run(path)]).items()
    assert variant == "pooled/pools:16" and gain.cpus == 16
    assert (gain.low, gain.median, gain.high) == pytest.approx((3, 4, 5), rel=0.01)


def test_the_command_and_its_picture(tmp_path: Path, capsys: Capture) -> None:
    points = copy.deepcopy(MAP)
    points[(32, 4000)] = (0.7, 12)
    path = str(saved(tmp_path, "s.json", sweep(points)))
    runs = [
        str(saved(tmp_path, f"{n}.json", along(n, {"pooled/pools:16": (n / 4, n / 3)})))
        for n in (16, 32)
    ]
    assert main(["headline", path, "--points"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "16",
        "32",
    ]
    picture = tmp_path / "map"
    words = ["headline", path, "--ends", path, path, "--along", *runs]
    assert main([*words, "--picture", str(picture)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "not known: how many CPUs the report is of" in said
    assert "what lock_stat itself cost" in said and "across the hypercall" in said
    assert "pooled/pools:16 4.67 9.33" in said
    for kind in ("svg", "png"):
        assert picture.with_suffix(f".{kind}").stat().st_size > 10000
    text = picture.with_suffix(".svg").read_text(encoding="utf-8")
    assert "pooled/16" in text and "26 us" in text


def test_what_is_no_sweep(tmp_path: Path, capsys: Capture) -> None:
    one = {key: value for key, value in MAP.items() if key[0] == 16}
    path = saved(tmp_path, "one.json", sweep(one))
    assert main(["headline", str(path)]) == 2
    assert "make sim-headline" in capsys.readouterr().err
    path = saved(tmp_path, "s.json", sweep(MAP))
    assert main(["headline", str(path), "--along", str(path)]) == 2
    assert "not all allocators with one number of CPUs" in capsys.readouterr().err


def test_names_stand_apart_within_the_axis() -> None:
    places = apart([0.99, 0.98, 0.2, 0.97], 0.05)
    assert max(places) <= 1 and places[2] == 0.2
    ordered = sorted(places)
    assert all(b - a > 0.049 for a, b in zip(ordered, ordered[1:]))
