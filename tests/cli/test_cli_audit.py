# SPDX-License-Identifier: GPL-2.0-or-later
"""`audit`: what it finds, what it writes, the trace it leaves, and what it refuses."""

import re
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from cli import (
    ROOT,
    Bench,
    Document,
    Done,
    fits_a_page,
    read_results,
    refused,
    suite,
    unwrapped,
)

ALLOCATORS = "sun4u,gart,pooled,stale-hop,stale-local"
SAFE = ("gart", "stale-hop", "stale-local")
# A cell that takes no time; tests add or override by giving more.
TINY = ("--allocators=sun4u", "--free-order=random", "--occupancy=50", "--entries=256")
# Pairs a flush and percent of stale reuse of the original code at 10, 50, 80 %.
KNOWN = {
    ("random", "sun4u", 1): ((16667, 9.5), (13158, 36.3), (6098, 45.7)),
    ("fifo", "sun4u", 1): ((16667, 9.5), (16129, 49.2), (16129, 79.0)),
    ("random", "pooled", 1): ((16667, 9.5), (13158, 36.3), (6098, 45.7)),
    ("fifo", "pooled", 1): ((16667, 9.5), (16129, 49.2), (16129, 79.0)),
    ("random", "pooled", 16): ((1040, 1.1), (16.8, 6.3), (16.1, 5.4)),
    ("fifo", "pooled", 16): ((1040, 0.7), (237, 10.8), (20.6, 7.7)),
    ("random", "gart", 1): ((4.3, 0), (4.1, 0), (4.0, 0)),
    ("fifo", "gart", 1): ((10.2, 0), (2.0, 0), (1.3, 0)),
}


def audit(bench: Bench, *words: str, exit_code: int = 0) -> Tuple[Done, Document]:
    """`audit` with these options, and the results it wrote."""
    path = bench.folder / "audit.json"
    done = bench("audit", *words, "--out", str(path))
    assert done.returncode == exit_code, done.stderr
    return done, read_results(path)


def without_times(document: Document) -> List[Dict[str, Any]]:
    """The samples without what the host's speed is in."""
    times = ("real_time", "cpu_time")
    return [
        {key: value for key, value in sample.items() if key not in times}
        for sample in document["benchmarks"]
    ]


def test_table_of_the_original_code(bench: Bench) -> None:
    done, document = audit(
        bench,
        *("--allocators", ALLOCATORS, "--pools", "1,16"),
        *("--occupancy", "10,50,80", "--entries", "16384"),
        *("--free-order=random,fifo", "--draws=recorded"),
    )
    samples = {sample["name"]: sample for sample in document["benchmarks"]}
    assert len(samples) == 2 * 8 * 3
    for (order, allocator, pools), figures in KNOWN.items():
        for percent, (ops_per_flush, reuse) in zip((10, 50, 80), figures):
            sample = samples[
                f"audit/{order}/{allocator}/pools:{pools}/cpus:16/flush:spin:0"
                f"/occupancy:{percent}/lock:tas/think:0"
            ]
            assert sample["pass"] == "audit" and sample["iterations"] == 500000
            assert sample["ops_per_flush"] == pytest.approx(ops_per_flush, rel=0.05)
            assert sample["stale_reuse_per_kop"] / 10 == pytest.approx(reuse, abs=0.5)
    for name, sample in samples.items():
        if name.split("/")[2] in SAFE:
            assert sample["stale_reuse_per_kop"] == 0, name
            assert sample["stale_hits_per_kop"] == 0, name
    for allocator in SAFE:
        said = rf"^  {allocator}/pools:(1|16) +(safe: none|not seen in) "
        assert re.search(said, done.stdout, re.M)
    for allocator in ("sun4u", "pooled"):
        assert re.search(rf"^  {allocator}/pools:1 +NOT SAFE: ", done.stdout, re.M)
    fits_a_page(done.stdout)


def test_repeats_for_a_seed(bench: Bench) -> None:
    words = (
        "--allocators=pooled/pools:16",
        "--operations=20000",
        "--free-order=random",
    )
    first = without_times(audit(bench, *words)[1])
    assert without_times(audit(bench, *words)[1]) == first
    assert [sample["seed"] for sample in first] == list(range(15, 23)) * 3
    assert [sample["repetition_index"] for sample in first] == list(range(8)) * 3
    assert without_times(audit(bench, *words, "--seed=16")[1]) != first
    for draws in ("recorded", "owned"):
        other = audit(bench, *words, f"--draws={draws}", "--repetitions=8")[1]
        assert without_times(other) != first
        assert suite(other)["audit"]["draws"] == draws


def verdict(done: Done) -> str:
    """The verdict on the one allocator, in a line."""
    return " ".join(done.stdout.split("\n\n")[-1].split("\nresults: ")[0].split())


def test_too_little_is_not_called_safe(bench: Bench) -> None:
    for operations, says in (
        (1, "no answer: in one cell no entry was handed out a second"),
        (9000, "no answer: in one cell no entry was handed out a second"),
        (30000, "3 are needed: raise --operations"),
    ):
        words = ("--allocators=stale-1", "--free-order=random", "--repetitions=2")
        done, _ = audit(bench, *words, f"--operations={operations}")
        assert says in verdict(done) and " safe" not in verdict(done)
    done, _ = audit(bench, "--allocators=sun4u", "--operations=1000")
    assert "safe" not in verdict(done)
    done, _ = audit(bench, "--allocators=sun4u", "--operations=1", "--free-order=lifo")
    assert "safe" not in verdict(done)


@pytest.mark.usefixtures("two_cpus")
def test_what_is_safe_is_told_with_its_evidence(bench: Bench) -> None:
    """The figures of the sentence are those of the file."""
    words = ("--allocators=gart", "--entries=1024", "--operations=20000")
    done, document = audit(bench, *words, "--repetitions=3")
    cells: Dict[str, int] = {}
    for sample in document["benchmarks"]:
        cells[sample["name"]] = cells.get(sample["name"], 0) + sample["reuses"]
    assert len(cells) == 9
    (two,) = suite(document)["audit"]["together"]
    assert two["variant"] == "gart/pools:1" and two["stale_reuse"] == 0
    said = re.fullmatch(
        r"gart/pools:1 safe: none of (\d+) reuses was stale \(95 % confidence: under"
        r" 1 in (\d+), in each cell\), and (\d+) frees began during another thread's"
        r" flush",
        verdict(done),
    )
    if two["overlapped_frees"] < 100:  # as where another program has a CPU to itself
        assert "too little of two CPUs at once" in verdict(done)
        return
    assert said, verdict(done)
    assert [int(number) for number in said.groups()] == [
        sum(cells.values()),
        min(cells.values()) // 3,
        two["overlapped_frees"],
    ]


@pytest.mark.usefixtures("two_cpus")
def test_two_threads_find_what_one_does_not(bench: Bench) -> None:
    """ppc clears its bits before it flushes, outside of its lock."""
    words = ("--allocators=ppc", "--operations=5000", "--repetitions=1")
    done, _ = audit(bench, *words, "--free-order=random")
    assert " safe: " not in verdict(done)


def test_more_cpu_numbers_than_the_host_has(bench: Bench) -> None:
    _, document = audit(bench, *TINY, "--cpus=4096,1", "--repetitions=1")
    cpus = [re.findall(r"/cpus:(\d+)/", s["name"]) for s in document["benchmarks"]]
    assert cpus == [["4096"], ["1"]]
    assert [s["threads"] for s in document["benchmarks"]] == [1, 1]


def test_shape_of_the_iotlb(bench: Bench) -> None:
    _, small = audit(bench, *TINY, "--profile=psycho", "--repetitions=1")
    described = suite(small)["audit"]
    assert described["profile"] == "psycho" and described["iotlb_tags"] == 16
    _, large = audit(bench, *TINY, "--iotlb=1024,8,fifo", "--repetitions=1")
    described = suite(large)["audit"]
    assert "profile" not in described
    assert (described["iotlb_ways"], described["iotlb_replacement"]) == (8, "fifo")
    hits = [d["benchmarks"][0]["stale_hits_per_kop"] for d in (small, large)]
    reuse = [d["benchmarks"][0]["stale_reuse_per_kop"] for d in (small, large)]
    assert hits[1] > hits[0] and reuse[1] == reuse[0]


def test_coherent_is_audited_by_default(bench: Bench) -> None:
    words = ("--allocators=gart,pooled/pools:16", "--entries=2048", "--operations=5000")
    _, document = audit(bench, *words, "--occupancy=10")
    samples = {s["name"].split("/")[1:3][0] for s in document["benchmarks"]}
    assert samples == {"random", "fifo", "coherent"}
    for sample in document["benchmarks"]:
        assert sample["iterations"] == 5000 and "error_message" not in sample


def test_trace_of_coherent_requests(bench: Bench) -> None:
    words = ("--allocators=pooled-1", "--free-order=coherent", "--trace-out=t.trace")
    audit(bench, *words, "--entries=2048", "--operations=50000")
    header = (bench.folder / "t.trace").read_text(encoding="ascii").splitlines()[0]
    # 262144, where the table begins, and its lower half.
    assert f" mask={262144 + 1024 - 1:#x} " in header
    operations = read_trace(bench.folder / "t.trace")
    assert any(" n=16 align=4 " in operation for operation in operations)
    replay = bench("replay", "t.trace")
    assert replay.stdout == f"{len(operations)} operations, 0 mismatches\n"


def test_free_orders_and_filter(bench: Bench) -> None:
    _, document = audit(
        bench,
        *TINY[:1],
        *("--free-order=random,fifo,lifo", "--entries=256", "--operations=1000"),
        *("--benchmark_filter", "^audit/(fifo|lifo).*occupancy:[58]0"),
    )
    names = {re.sub("/cpus.*/occ", "/occ", s["name"]) for s in document["benchmarks"]}
    assert names == {
        f"audit/{order}/sun4u/entries:256/pools:1/occupancy:{percent}/lock:tas/think:0"
        for order in ("fifo", "lifo")
        for percent in (50, 80)
    }


@pytest.mark.usefixtures("two_cpus")
def test_threads(bench: Bench) -> None:
    words = ("--threads=2", "--operations=50000", "--entries=2048", "--occupancy=50")
    allocators = "--allocators=sun4u," + ",".join(SAFE)
    _, document = audit(bench, allocators, *words, "--repetitions=1")
    for sample in document["benchmarks"]:
        assert sample["threads"] == 2
        stale = sample["stale_reuse_per_kop"]
        assert (stale > 0) == ("/sun4u/" in sample["name"]), sample["name"]
    assert suite(document)["audit"]["threads"] == 2


def read_trace(path: Path) -> List[str]:
    """The operations of a trace."""
    lines = path.read_text(encoding="ascii").splitlines()
    assert lines[0].startswith("# allocator=")
    return lines[1:]


@pytest.mark.parametrize("allocator", ["sun4u", "pooled-1", "pooled/pools:16"])
def test_shrunk_trace(bench: Bench, allocator: str) -> None:
    words = ("--allocators", allocator, "--trace-out", "t.trace", "--shrink")
    done, _ = audit(bench, *words, "--operations=50000")
    assert re.search(
        r"^trace: t.trace: \d+ operations .* audit/random/",
        unwrapped(done.stdout),
        re.M,
    )
    fits_a_page(done.stdout)
    operations = read_trace(bench.folder / "t.trace")
    assert 0 < len(operations) <= 12
    assert [n for n, o in enumerate(operations) if "#" in o] == [len(operations) - 1]
    assert " # stale reuse: " in operations[-1]
    replay = bench("replay", "t.trace")
    assert replay.stdout == f"{len(operations)} operations, 0 mismatches\n"
    assert replay.returncode == 0


def test_trace_as_it_happened(bench: Bench) -> None:
    audit(bench, *TINY, "--trace-out", "t.trace")
    operations = read_trace(bench.folder / "t.trace")
    assert len(operations) > 128
    replay = bench("replay", "t.trace")
    assert replay.stdout == f"{len(operations)} operations, 0 mismatches\n"
    # Nothing of what happened before is lost, and the old file is kept.
    audit(bench, *TINY, "--trace-out", "t.trace", "--seed=7")
    assert read_trace(bench.folder / "t.trace~") == operations


def test_no_trace_of_what_is_safe(bench: Bench) -> None:
    words = (*TINY[1:], "--allocators=gart", "--operations=5000")
    done, _ = audit(bench, *words, "--trace-out", "t.trace", "--shrink")
    assert "trace: no cell has a stale reuse: t.trace is not written\n" in done.stdout
    assert not (bench.folder / "t.trace").exists()


def test_trace_in_the_document(bench: Bench) -> None:
    """docs/safety.md shows what the program writes."""
    page = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
    words = ("--allocators", "sun4u", "--trace-out", "t.trace", "--shrink")
    audit(bench, *words, "--operations=50000")
    for operation in read_trace(bench.folder / "t.trace"):
        assert f"    {operation}\n" in page


@pytest.mark.parametrize(
    "words, says",
    [
        (["--free-order=last"], "choose from random, fifo, lifo, coherent"),
        (["--free-order="], "--free-order"),
        (["--operations=0"], "--operations"),
        (["--operations=1e6"], "--operations"),
        (["--threads=0"], "--threads"),
        (["--threads=4096"], "CPUs this process may use"),
        (["--cpus=all"], "--cpus"),
        (["--profile=nonesuch"], "no profile 'nonesuch'"),
        (["--profile=vt-d"], "does not describe its IOTLB"),
        (["--iotlb=0"], "--iotlb"),
        (["--profile=psycho", "--iotlb=16"], "--iotlb cannot be given with --profile"),
        (["--iotlb=16,5"], "multiple of the ways"),
        (["--iotlb=16,4,plru"], "--iotlb"),
        (["--iotlb=16,4,lru,"], "--iotlb"),
        (["--iotlb=99999999999999999999"], "--iotlb"),
        (["--draws=good"], "recorded, independent or owned"),
        (["--shrink"], "--trace-out"),
        (["--trace-out"], "needs a value"),
        (["--trace-out="], "file name"),
        (["--trace-out=t", "--threads=2"], "--threads 1"),
        (["--shrink=1", "--trace-out=t"], "takes no value"),
        (["--workloads=ring"], "iommubench audit --help"),
        (["--flush=none"], "iommubench audit --help"),
        (["--benchmark_format=json"], "iommubench audit --help"),
        (["ring"], "iommubench audit --help"),
        (["--out=/nonexistent/f.json"], "/nonexistent"),
        (["--allocators=sun5"], "choose from"),
    ],
)
def test_bad_options(bench: Bench, words: List[str], says: str) -> None:
    refused(bench("audit", *words), says)
    assert not list(bench.folder.rglob("*.trace"))


def test_nothing_to_audit(bench: Bench) -> None:
    done = bench("audit", "--allocators=stale-hop/pools:16", "--entries=64")
    assert done.returncode == 2 and "fewer than 64 entries" in done.stderr


def test_trace_that_cannot_be_written(bench: Bench) -> None:
    done = bench("audit", *TINY, "--out=f.json", "--trace-out=/nonexistent/t")
    assert done.returncode == 2
    assert "cannot write '/nonexistent/t': No such file" in done.stderr.splitlines()[-1]
