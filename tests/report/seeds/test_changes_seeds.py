# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes of simulated series: what seeds do, what an instrument, what code."""

import json
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pytest

from cli import ROOT
from report.changes.alerts import Alert, Change, alerts_of, changes_of
from report.changes.detect import seed_changes
from report.commands.changes import change_text
from report.read.load import run_of
from report.store import Commit, Store, digest_of, new_run, open_store

Document = Dict[str, Any]
DEMO = sorted((ROOT / "results" / "demo").glob("*-sim.json"))[0]
RECORDED = Path(__file__).parent.parent / "samples" / "seeds.json"
FACTORS = [1.0, 1.01, 0.99, 1.02, 0.98, 1.005, 0.995, 1.0]


def simulated(number: int, factor: float = 1.0, seeds: int = 8) -> Document:
    """A run of a commit, whose times are those of a real one, with seeds of our own."""
    document: Document = json.loads(DEMO.read_text(encoding="utf-8"))
    ours = document["context"]["iommubench"]
    ours.update(commit=f"{number:040x}", dirty=False, repetitions=seeds)
    ours["simulator"]["sources"] = "0123456789abcdef"
    cells = {sample["name"]: sample for sample in document["benchmarks"]}
    document["benchmarks"] = []
    for seed in range(seeds):
        for sample in cells.values():
            time = sample["real_time"] * FACTORS[seed % len(FACTORS)] * factor
            document["benchmarks"].append(
                {
                    **sample,
                    "seed": 1 + seed,
                    "repetition_index": seed,
                    "real_time": time,
                }
            )
    return document


def added(store: Store, documents: List[Document]) -> List[Change]:
    """The changes of their real_time, one cell's."""
    for number, document in enumerate(documents):
        run = new_run(run_of(document, Path("x.json")), digest_of(document))
        sha = document["context"]["iommubench"]["commit"]
        store.add(run, Commit(sha, 1000 + number, number, f"change {number}"))
    return changes_of(store, figure="real_time")


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Any:
    with open_store(str(tmp_path / "h.db"), create=True) as store:
        yield store


def test_code_is_better_or_worse(store: Store) -> None:
    runs = [simulated(0), simulated(1), simulated(2, 1.2), simulated(3, 1.2)]
    changes = added(store, [*runs, simulated(4)])
    assert {change.first.commit.sha[-1] for change in changes} == {"2", "4"}
    for change in changes:
        worse = change.first.commit.sha[-1] == "2"
        assert change.better is not worse and change.instrument == ""
        assert change_text(change).endswith(", worse" if worse else ", better")
    alerts: List[Alert] = alerts_of(store, changes)
    assert len(alerts) == 2 and not any(alert.facts for alert in alerts)


def test_what_seeds_do_is_no_change(store: Store) -> None:
    """The whole range moves by as much as seeds do, and by next to nothing."""
    factors = (1.0, 1.03, 1.0, 1.0000085, 0.98)
    assert added(store, [simulated(i, f) for i, f in enumerate(factors)]) == []


def test_what_is_surely_next_to_nothing_is_no_change(store: Store) -> None:
    runs = []
    for number, factor in enumerate((1.0, 1.005, 1.0)):
        runs.append(simulated(number, factor))
        for sample in runs[-1]["benchmarks"]:
            sample["real_time"] = 100 * factor + 0.001 * sample["seed"]
    assert added(store, runs) == []


@pytest.mark.parametrize("seeds", [1, 7])
def test_of_few_seeds_nothing_is_told(store: Store, seeds: int) -> None:
    assert added(store, [simulated(0, 1, seeds), simulated(1, 1.5, seeds)]) == []


def other_sources(ours: Document) -> None:
    ours["simulator"]["sources"] = "fedcba9876543210"


def other_machine(ours: Document) -> None:
    ours["simulator"]["machine"]["line_busy_ps"]["value"] += 1


def untold(ours: Document) -> None:
    del ours["simulator"]["sources"]


@pytest.mark.parametrize(
    "change, words",
    [
        (other_sources, "the instrument changed"),
        (other_machine, "the instrument changed"),
        (untold, "the instrument may have changed"),
    ],
)
def test_the_instrument_is_neither_better_nor_worse(
    store: Store, change: Any, words: str
) -> None:
    second = simulated(1, 1.5)
    change(second["context"]["iommubench"])
    changes = added(store, [simulated(0), second])
    assert changes
    for one in changes:
        assert one.better is None and one.instrument == words
        assert change_text(one).endswith(f", {words}")
    (alert,) = alerts_of(store, changes)
    assert any("simulat" in fact for fact in alert.facts)


def test_another_source_of_a_figure_is_no_other_machine(store: Store) -> None:
    """Who says it is a comment."""
    second = simulated(1, 1.5)
    machine = second["context"]["iommubench"]["simulator"]["machine"]
    machine["line_busy_ps"]["source"] = "measured, after all"
    changes = added(store, [simulated(0), second])
    assert changes and all(one.instrument == "" for one in changes)


def test_recorded_seeds_raise_no_alerts() -> None:
    """Each run having other seeds of the same simulator; docs/store.md has the rate."""
    cells = json.loads(RECORDED.read_text(encoding="utf-8"))
    rng = np.random.default_rng(5)
    wrong = steps = 0
    for values in cells.values():
        runs = np.array([rng.choice(values, 8, replace=False) for _ in range(2000)])
        count = np.full(len(runs), 8)
        low, high = runs.min(axis=1), runs.max(axis=1)
        wrong += len(seed_changes(low, high, count))
        steps += len(runs) - 1
    assert wrong <= 0.001 * steps


def test_ranges_that_touch_do_not_differ() -> None:
    low, high = np.array([1.0, 2.0, 2.5]), np.array([2.0, 2.4, 3.0])
    count = np.array([8, 8, 8])
    assert [one.place for one in seed_changes(low, high, count)] == [2]
    assert seed_changes(low, high, np.array([8, 8, 7])) == []
    assert seed_changes(low[:1], high[:1], count[:1]) == []
