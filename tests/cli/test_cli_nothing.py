# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing can be measured: one line that says why, nothing written. Exit 77 where
another host could or a filter matches nothing, 2 where no host could."""

import pytest

from cli import TINY, Bench, one_line, snapshot

NOTHING = [
    ("--workloads=remote --cpus=1", "CPUs", 77),
    ("--benchmark_filter=nosuchcell", "nosuchcell", 77),
    ("--benchmark_filter=no\nsuch", "no?such", 77),
    ("--benchmark_filter=-.", "-.", 77),
    ("--allocators=stale-local/pools:16 --entries=1000", "64 entries", 2),
    ("--allocators=stale-hop/pools:16 --entries=2", "entries", 2),
    ("--allocators=pooled/pools:16 --entries=32", "entries", 2),
]


@pytest.mark.parametrize(
    ("words", "why", "status"), NOTHING, ids=[n[0] for n in NOTHING]
)
def test_nothing_to_measure(bench: Bench, words: str, why: str, status: int) -> None:
    done = bench("run", *TINY[2:], *_instead(words))
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    one_line(done.stderr, "nothing to measure", why)
    assert not snapshot(bench.folder)


def _instead(words: str) -> "list[str]":
    defaults = [] if "--allocators" in words else ["--allocators=sun4u"]
    defaults += [] if "--workloads" in words else ["--workloads=pair"]
    return [*defaults, *words.split(" ")]


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
    assert f"left out: {omitted[0]['cell']}: {omitted[0]['reason']}" in done.stdout
