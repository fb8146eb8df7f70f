# SPDX-License-Identifier: GPL-2.0-or-later
"""Flush models: the cost asked for, the cost achieved, and that flushes happen."""

from typing import Any, Dict

import pytest

from cli import Bench, suite

# What each asks for, in ns. The profiles' are those that `list --profiles` shows.
REQUESTED = {
    "spin:0": 0,
    "spin:500": 500,
    "spin:5000": 5000,
    "mmio:16,150,600": 3000,
    "mmio:0,150,600": 600,
    "psycho": 3000,
}
TRIES = 4


def measure(bench: Bench, allocator: str) -> Dict[str, Any]:
    """A churn run of all the models and none."""
    words = f"--allocators {allocator} --workloads churn --cpus 1 --repetitions 1"
    flushes = [f"--flush={name}" for name in ("none", *REQUESTED)]
    _, document = bench.run(*words.split(), "--seconds=0.03", *flushes)
    return document


def off_by(asked: float, got: float) -> float:
    """How far, as a share of what was asked."""
    return abs(got - asked) / asked


def worst(document: Dict[str, Any]) -> float:
    """The largest error of a cost of 500 ns or more: calibrated, and in the samples."""
    errors = [
        off_by(REQUESTED[model["name"]], model["achieved_ns"])
        for model in suite(document)["flush_models"]
        if REQUESTED.get(model["name"], 0) >= 500
    ]
    errors += [
        off_by(asked, sample["flush_ns_mean"])
        for sample in document["benchmarks"]
        for name, asked in REQUESTED.items()
        if f"/flush:{name}/" in sample["name"] and asked >= 500
    ]
    assert len(errors) == 10
    return max(errors)


@pytest.mark.alone
def test_costs_are_achieved(bench: Bench) -> None:
    errors = []
    disturbed = 0
    for _ in range(TRIES):
        # Other load on the machine only ever makes it worse.
        document = measure(bench, "stale-local/pools:1")
        errors.append(worst(document))
        if errors[-1] < 0.25:
            return
        if any(sample["noisy"] for sample in document["benchmarks"]):
            disturbed += 1
    if disturbed == TRIES:
        pytest.skip(f"other load disturbs the flushes each time: off by {errors}")
    pytest.fail(f"off by more than a quarter each time: {errors}")


@pytest.mark.parametrize("allocator", ["sun4u", "stale-local/pools:1", "gart"])
def test_requested_and_flushes(bench: Bench, allocator: str) -> None:
    document = measure(bench, allocator)
    models = {m["name"]: m for m in suite(document)["flush_models"]}
    none = models.pop("none")
    assert none["requested_ns"] is None and none["achieved_ns"] is None
    assert {n: m["requested_ns"] for n, m in models.items()} == REQUESTED
    for sample in document["benchmarks"]:
        if "/flush:none/" in sample["name"]:
            assert sample["flushes_per_kop"] == 0
            assert "flush_ns_mean" not in sample
        else:
            assert sample["flushes_per_kop"] > 0
            # Flushes that take no time are only counted.
            timed = "/flush:spin:0/" not in sample["name"]
            assert (sample.get("flush_ns_mean", 0) > 0) == timed


def test_strict_flushes_once_a_free(bench: Bench) -> None:
    _, document = bench.run(
        *"--allocators ppc --workloads ring --cpus 1 --flush spin:0".split(),
        *"--seconds 0.02 --repetitions 2".split(),
    )
    for sample in document["benchmarks"]:
        assert sample["flushes_per_kop"] == pytest.approx(1000, rel=0.01)


def test_hypercalls_are_of_those_that_make_them(bench: Bench) -> None:
    done, document = bench.run(
        *"--allocators sun4u,dma4u-4.1,dma4v-4.0,dma4v-4.1 --workloads ring".split(),
        *"--cpus 1 --flush hcall:5000 --seconds 0.02 --repetitions 2".split(),
    )
    for sample in document["benchmarks"]:
        made = "/dma4v-" in sample["name"]
        assert sample["flushes_per_kop"] == pytest.approx(2000 * made, rel=0.01)
        assert ("flush_ns_mean" in sample) == made
        # Two a pair, and nothing makes a pair shorter.
        assert (sample["real_time"] > 0.9 * 10000) == made or not made
    assert "flush hcall:5000: 5000 ns asked for (assumed), " in done.stdout
    assert "flushes of dma4v-4.0 and dma4v-4.1: hypercalls" in done.stdout


def test_table_says_both_costs(bench: Bench) -> None:
    words = "--allocators sun4u --workloads churn --cpus 1 --seconds 0.01"
    done, document = bench.run(*words.split(), "--flush=psycho", "--flush=none")
    model = suite(document)["flush_models"][0]
    told = f"3000 ns asked for, {model['achieved_ns']:.0f} ns achieved"
    assert f"flush psycho: {told}" in done.stdout
    assert "flush none:" not in done.stdout
