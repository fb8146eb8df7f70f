# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing can be measured: one line that says why, nothing written. Exit 77 where
another host could, 2 where no host could."""

import os

import pytest

from cli import (
    TINY,
    Bench,
    fits_a_page,
    one_line,
    refused,
    snapshot,
    unwrapped,
)

NOTHING = [
    ("--workloads=remote --cpus=1", "CPUs"),
    ("--allocators=stale-local/pools:16 --entries=1000", "64 entries"),
    ("--allocators=stale-hop/pools:16 --entries=2", "entries"),
    ("--allocators=pooled/pools:16 --entries=32", "entries"),
]


@pytest.mark.parametrize(("words", "why"), NOTHING, ids=[n[0] for n in NOTHING])
def test_nothing_to_measure(bench: Bench, words: str, why: str) -> None:
    refused(bench("run", *TINY[2:], *_instead(words)), "nothing to measure", why)
    assert not snapshot(bench.folder)


def _instead(words: str) -> "list[str]":
    defaults = [] if "--allocators" in words else ["--allocators=sun4u"]
    defaults += [] if "--workloads" in words else ["--workloads=pair"]
    return [*defaults, *words.split(" ")]


@pytest.mark.parametrize(("words", "status"), [("", 77), ("--cpus=1", 2)])
def test_a_host_with_too_few_cpus(bench: Bench, words: str, status: int) -> None:
    """Another could, but not with what is asked for."""
    only = ("taskset", "-c", str(min(os.sched_getaffinity(0))))
    remote = ("--workloads=remote", "--allocators=sun4u", *words.split())
    for command, verb in (("run", "measure"), ("compare", "compare")):
        sides = ("--old=sun4u", "--new=pooled/pools:1")
        rest = remote if command == "run" else (*sides, remote[0], *remote[2:])
        done = bench(command, *rest, prefix=only)
        assert (done.returncode, done.stdout) == (status, ""), done.stderr
        one_line(done.stderr, f"nothing to {verb}", "the workload needs more CPUs")
    # A machine that is simulated is no host.
    done = bench("sim", *remote, "--cpus=1")
    refused(done, "nothing to simulate", "the workload needs more CPUs")
    assert not snapshot(bench.folder)


def test_a_geometry_that_no_cpus_would_help(bench: Bench) -> None:
    """A cell that lacks CPUs as well is wrong for what they would not mend."""
    only = ("taskset", "-c", str(min(os.sched_getaffinity(0))))
    # Of several reasons that one is told.
    for allocators in ("stale-hop/pools:16", "sun4u,stale-hop/pools:16"):
        words = ("--workloads=remote", f"--allocators={allocators}", "--entries=2")
        done = bench("run", *words, prefix=only)
        refused(done, "nothing to measure", "stale-hop/", "fewer than 64 entries")


COMMANDS = (
    "run",
    "run --dry-run",
    "run --benchmark_list_tests",
    "sim",
    "sim --dry-run",
    "sim --explore=1",
    "audit",
    "compare --old=sun4u --new=pooled/pools:1",
    "compare --old=sun4u --new=pooled/pools:1 --dry-run",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_filter_that_matches_nothing(bench: Bench, command: str) -> None:
    words = [*command.split(), "--cpus=1"]
    for text, shown in (("nosuch", "nosuch"), ("no\nsuch", "no?such"), ("-.", "-.")):
        done = bench(*words, f"--benchmark_filter={text}")
        refused(done, f"--benchmark_filter: no cell matches '{shown}'", "/sun4u/")
    assert not snapshot(bench.folder)


def test_a_filter_that_leaves_one_side(bench: Bench) -> None:
    words = ("--old=sun4u", "--new=pooled/pools:1", "--benchmark_filter=sun4u")
    done = bench("compare", *words)
    refused(done, "nothing to compare: ring/sun4u/", "no counterpart", "_filter")


@pytest.mark.usefixtures("two_cpus")
def test_pools_that_share_words(bench: Bench) -> None:
    words = "--allocators=pooled/pools:16 --workloads=pair --entries=1600".split()
    done = bench("run", *words, "--cpus=2", "--flush=none")
    assert (done.returncode, done.stdout) == (2, "")
    one_line(done.stderr, "share", "64 entries")


@pytest.mark.usefixtures("two_cpus")
def test_a_part_that_cannot_be_measured_is_left_out(bench: Bench) -> None:
    done, document = bench.run(
        *"--allocators=pooled/pools:16 --workloads=pair --entries=1600".split(),
        *"--cpus=1,2 --flush=none --seconds=0.01 --repetitions=1".split(),
    )
    assert [s["threads"] for s in document["benchmarks"]] == [1]
    omitted = document["context"]["iommubench"]["omitted"]
    assert len(omitted) == 1 and "/cpus:2/" in omitted[0]["cell"]
    told = f"left out: {omitted[0]['cell']}: {omitted[0]['reason']}\n"
    assert told in unwrapped(done.stdout)
    fits_a_page(done.stdout)
