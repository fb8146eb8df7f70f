# SPDX-License-Identifier: GPL-2.0-or-later
"""`sim`: figures that repeat to the bit, what they show, what is kept and refused."""

import json
import re
import shlex
from pathlib import Path
from typing import Any, Dict, Tuple

import pytest

from cli import (
    PATIENCE,
    ROOT,
    Bench,
    Document,
    Done,
    check_schema,
    children,
    fits_a_page,
    is_alive,
    parse_strictly,
    read_results,
    refused,
    samples_in,
    snapshot,
    suite,
    unwrapped,
    wait_for,
)

# Cells that take no time; lists and other options are given in addition.
TINY = ("--entries=256", "--rounds=1")
CELL = (*TINY, "--allocators=sun4u", "--workloads=ring", "--cpus=2")
Sample = Dict[str, Any]


def sim(bench: Bench, *words: str, exit_code: int = 0) -> Tuple[Done, Document]:
    """`sim` with these options and one seed, and the results it wrote."""
    path = bench.folder / "sim.json"
    done = bench("sim", "--repetitions=1", *words, "--out", str(path))
    assert done.returncode == exit_code, done.stderr
    return done, read_results(path)


def by_name(document: Document) -> Dict[str, Sample]:
    """The samples of a run without repetitions."""
    samples = {sample["name"]: sample for sample in document["benchmarks"]}
    assert len(samples) == len(document["benchmarks"])
    return samples


def benchmarks(path: Path) -> str:
    """The part of the file that holds the samples, as written."""
    text = path.read_text(encoding="utf-8")
    return text[text.index('"benchmarks"') :]


# ---- the same figures again ----


def test_repeats_to_the_byte(bench: Bench) -> None:
    words = (
        "--profile=sun4v-t5-2",
        "--allocators=sun4u,pooled,stale-hop,stale-local",
        *("--pools=16", "--workloads=ring", "--cpus=1,4,16", "--entries=1024"),
        *("--rounds=1", "--repetitions=1", "--out=sim.json"),
    )
    other = {"LC_ALL": "de_DE.UTF-8", "JUNK": "x" * 5000}
    written = set()
    for place, jobs, env in (
        ("first", "--jobs=1", None),
        ("second/deeper", "--jobs=3", other),
        ("third", "--jobs=2", {"JUNK": "x"}),
    ):
        folder = bench.folder / place
        folder.mkdir(parents=True)
        done = bench("sim", *words, jobs, cwd=folder, env=env)
        assert done.returncode == 0, done.stderr
        assert len(read_results(folder / "sim.json")["benchmarks"]) == 4 * 3
        written.add(benchmarks(folder / "sim.json"))
    assert len(written) == 1


def test_another_seed_is_another_run(bench: Bench) -> None:
    words = (*TINY, "--allocators=sun4u", "--workloads=churn", "--cpus=2")
    first = sim(bench, *words)[1]["benchmarks"]
    assert sim(bench, *words, "--seed=2")[1]["benchmarks"] != first
    assert sim(bench, *words, "--seed=1")[1]["benchmarks"] == first


def test_repetitions_have_seeds_of_their_own(bench: Bench) -> None:
    words = (*TINY, "--workloads=churn", "--cpus=2", "--allocators=sun4u,gart")
    _, document = sim(bench, *words, "--repetitions=2", "--seed=7")
    samples = document["benchmarks"]
    assert [(s["repetition_index"], s["seed"]) for s in samples] == [
        (0, 7),
        (0, 7),
        (1, 8),
        (1, 8),
    ]
    assert samples[0]["name"] == samples[2]["name"] != samples[1]["name"]
    assert samples[0]["real_time"] != samples[2]["real_time"]
    assert {s["repetitions"] for s in samples} == {2}


def test_polling_changes_nothing(bench: Bench) -> None:
    words = (*CELL, "--cpus=3,9", "--lock=tas,ticket,queued")
    parked = sim(bench, *words)[1]
    polled = sim(bench, *words, "--polling")[1]
    assert parked["benchmarks"] == polled["benchmarks"]
    assert suite(polled)["simulator"]["polling"] is True


def test_audit_changes_no_other_figure(bench: Bench) -> None:
    words = (
        *("--entries=256", "--rounds=4", "--allocators=sun4u,stale-local/pools:1"),
        *("--cpus=1,5", "--occupancy=50", "--workloads=ring,churn"),
    )
    plain = by_name(sim(bench, *words)[1])
    audited = by_name(sim(bench, *words, "--audit")[1])
    assert plain.keys() == audited.keys()
    for name, sample in audited.items():
        extra = {key for key in sample if key not in plain[name]}
        assert extra >= {"stale_reuse_per_kop", "windows_censored"}
        for key in extra:
            assert re.match("stale_|window|ops_per_flush", key), key
        assert {k: v for k, v in sample.items() if k not in extra} == plain[name], name
        assert (sample["stale_reuse_per_kop"] > 0) == ("/sun4u/" in name), name


# ---- what they show ----


def at_cpus(document: Document, key: str) -> Dict[Tuple[str, ...], Dict[int, float]]:
    """A figure by number of CPUs, for each variant and lock; absent where it is."""
    found: Dict[Tuple[str, ...], Dict[int, float]] = {}
    for name, sample in by_name(document).items():
        which = re.search(
            "/([a-z0-9-]+)(?:/entries:[0-9]+)?(/pools:[0-9]+)/cpus:([0-9]+)/"
            ".*/lock:(.*?)/",
            name,
        )
        assert which, name
        if key in sample:
            variant = which[1] + which[2]
            found.setdefault((variant, which[4]), {})[int(which[3])] = sample[key]
    return found


def test_one_lock_saturates_and_many_hold_on(bench: Bench) -> None:
    _, document = sim(
        bench,
        *("--allocators=sun4u,pooled/pools:16", "--workloads=ring", "--rounds=1"),
        *("--cpus=1,4,16,64", "--entries=2048", "--think=2000"),
    )
    rate = at_cpus(document, "ops_per_second")
    one, many = rate["sun4u/pools:1", "tas"], rate["pooled/pools:16", "tas"]
    # One CPU alone: about alike. A few together still gain, many lose.
    assert 0.7 < one[1] / many[1] < 1.5
    assert one[64] < 0.7 * max(one.values())
    assert many[64] > 5 * one[64]
    assert many[64] > 8 * many[1]
    hold = at_cpus(document, "hold_ns_mean")["sun4u/pools:1", "tas"]
    wait = at_cpus(document, "wait_ns_mean")["sun4u/pools:1", "tas"]
    assert hold[64] > hold[1] and wait[64] > 10 * hold[64] and wait[64] > wait[16]


def test_locks_rank_as_theory_says(bench: Bench) -> None:
    _, document = sim(
        bench,
        *("--allocators=sun4u", "--workloads=ring", "--rounds=1", "--cpus=1,32,64"),
        *("--entries=1024", "--lock=tas,ticket,queued"),
    )
    rate = {lock: v for (_, lock), v in at_cpus(document, "ops_per_second").items()}
    # A queue costs a little more where nobody waits, and only there.
    assert rate["queued"][1] < rate["ticket"][1]
    assert rate["queued"][64] > 1.3 * rate["ticket"][64] > 1.3 * rate["tas"][64]
    # Each handover is one transfer with a queue; all waiters come with the others.
    assert rate["ticket"][64] < 0.8 * rate["ticket"][32]
    # It does not fall at all but for the second threads of its cores.
    assert rate["queued"][64] > 0.6 * rate["queued"][32]
    fair = {lock: v for (_, lock), v in at_cpus(document, "fairness").items()}
    assert fair["tas"][64] < fair["ticket"][64] and fair["tas"][64] < fair["queued"][64]
    for name, sample in by_name(document).items():
        if "/cpus:64/" in name and "/lock:tas/" not in name:
            assert sample["acq_bounces"] > 0.98 * sample["acquisitions"]


def test_flush_is_one_device(bench: Bench) -> None:
    """Its time passes once for all CPUs, however many flush at once."""
    _, document = sim(
        bench,
        *("--allocators=ppc/pools:4", "--workloads=pair", "--entries=1024"),
        *("--cpus=1,8", "--flush=spin:1000", "--rounds=1"),
    )
    for name, sample in by_name(document).items():
        assert sample["flushes_per_kop"] == 1000, name
        # Another's may be under way when the interval begins or ends.
        assert sample["ops_per_second"] < 1.03e6, name
    mean = at_cpus(document, "flush_ns_mean")["ppc/pools:4", "tas"]
    assert mean[1] == 1000
    assert 2000 < mean[8] < 8000


def test_hypercalls_are_their_callers(bench: Bench) -> None:
    """Two an op, each the time of its CPU; allocators that make none have no flush."""
    done, document = sim(
        bench,
        *("--allocators=dma4v-4.1,pooled-1", "--workloads=ring", "--entries=8192"),
        *("--cpus=1,8", "--flush=hcall:1000", "--rounds=1"),
    )
    for name, sample in by_name(document).items():
        made = "/dma4v-4.1/" in name
        assert sample["flushes_per_kop"] == pytest.approx(2000 * made, rel=1e-3), name
        assert sample.get("flush_ns_mean") == (1000 if made else None), name
        # A serial device would have made it 8 times as long.
        assert not made or 2000 < sample["real_time"] < 3000, name
    assert "flushes of dma4v-4.1: hypercalls" in done.stdout


def test_every_workload_on_every_variant(bench: Bench) -> None:
    words = ("--smoke", "--entries=1024", "--cpus=1,3", "--profile=x86-epyc")
    done, document = sim(bench, *words)
    assert "0 failed" in done.stdout
    samples = document["benchmarks"]
    # remote needs two CPUs.
    assert len(samples) == 14 * (2 * 7 - 1)
    for sample in samples:
        assert sample["ops_per_second"] > 0 and sample["basic_blocks"] > 0


@pytest.mark.parametrize("profile, cpus", [("power8", "5,20"), ("sun4u-e450", "3")])
def test_numbers_of_cpus_that_are_no_power_of_two(
    bench: Bench, profile: str, cpus: str
) -> None:
    words = ("--profile", profile, "--cpus", cpus, "--jobs=1", "--allocators=sun4u")
    done = bench(
        "sim",
        *(*TINY, *words, "--workloads=ring", "--repetitions=1", "--out=p.json"),
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    threads = [
        s["threads"] for s in read_results(bench.folder / "p.json")["benchmarks"]
    ]
    assert threads == [int(n) for n in cpus.split(",")]


# ---- what is written ----


def test_names_and_figures(bench: Bench) -> None:
    words = ("--profile=power8", "--think=10", "--flush=none", "--lock=queued")
    done, document = sim(bench, *CELL, *words)
    (sample,) = document["benchmarks"]
    assert sample["name"] == (
        "sim/power8/ring/sun4u/entries:256/pools:1/cpus:2/flush:none/occupancy:5"
        "/lock:queued/think:10"
    )
    assert (sample["pass"], sample["threads"], sample["time_unit"]) == ("sim", 2, "ns")
    assert sample["acquisitions"] >= 2 * 256
    assert "flush_ns_mean" not in sample and "stale_reuse_per_kop" not in sample
    assert [cpu["cpu"] for cpu in sample["per_thread"]] == [0, 1]
    assert sum(cpu["ops"] for cpu in sample["per_thread"]) == sample["iterations"]
    (lock,) = sample["locks"]
    assert lock["acquisitions"] == sample["acquisitions"]
    # Time of a CPU, of all its pairs, and in cycles of its clock.
    seconds = [cpu["seconds"] for cpu in sample["per_thread"]]
    assert sample["real_time"] == pytest.approx(
        sum(seconds) / sample["iterations"] * 1e9, rel=0.02
    )
    simulator = suite(document)["simulator"]
    assert sample["cycles"] == pytest.approx(
        sample["cpu_time"] * simulator["machine"]["clock_mhz"]["value"] / 1000
    )
    assert simulator["profile"] == "power8" and simulator["audit"] is False
    assert simulator["machine"]["cpus"]["value"] == 160
    assert all(figure["source"] for figure in simulator["machine"].values())
    assert simulator["sim_accesses_per_second"] > 0
    assert suite(document)["complete"] is True
    assert sample["name"] not in done.stdout
    assert "simulated on power8" in done.stdout


@pytest.mark.parametrize("profile", ["sun4u-e450", "sun4v-t5-2", "x86-epyc"])
def test_what_is_printed_fits_a_page(bench: Bench, profile: str) -> None:
    done, document = sim(bench, *CELL, "--profile", profile)
    fits_a_page(done.stdout)
    summary = suite(document)["simulator"]["summary"]
    assert f"simulated on {profile}: {summary}\n" in unwrapped(done.stdout)


def test_seconds_are_virtual(bench: Bench) -> None:
    words = [word for word in CELL if not word.startswith("--rounds")]
    _, document = sim(bench, *words, "--seconds=0.0005")
    seconds = [cpu["seconds"] for cpu in document["benchmarks"][0]["per_thread"]]
    # From a CPU's first step that begins after the first CPU's.
    assert 0.0005 <= max(seconds) < 0.0006 and 0.0004 < min(seconds)


def test_a_profile_of_ones_own(bench: Bench) -> None:
    text = (ROOT / "harness/profiles/power8").read_text(encoding="utf-8")
    own = bench.folder / "my machine"
    own.write_text(text.replace("cpus = 160 ", "cpus = 80 "), encoding="utf-8")
    _, document = sim(bench, *CELL, "--profile=./my machine")
    assert document["benchmarks"][0]["name"].startswith("sim/my_machine/ring/")
    assert suite(document)["simulator"]["machine"]["cpus"]["value"] == 80
    refused(bench("sim", *TINY, "--profile=./my machine", "--cpus=81"), "81", "80")


def test_google_benchmark_flags(bench: Bench) -> None:
    words = (*TINY, "--allocators=sun4u,gart", "--workloads=ring", "--cpus=1,2")
    done = bench("sim", *words, "--benchmark_list_tests")
    assert done.returncode == 0 and not snapshot(bench.folder)
    names = done.stdout.splitlines()
    assert len(names) == 4 and all(n.startswith("sim/sun4v-t5-2/ring/") for n in names)
    flag = "--benchmark_filter=gart.*cpus:2"
    _, document = sim(bench, *words, flag)
    assert [s["name"] for s in document["benchmarks"]] == [names[3]]
    done = bench("sim", *words, flag, "--benchmark_format=json", "--out=x.json")
    assert done.returncode == 0, done.stderr
    printed = parse_strictly(done.stdout)
    check_schema(printed)
    assert printed == read_results(bench.folder / "x.json")


def test_dry_run(bench: Bench) -> None:
    words = ("--allocators=sun4u", "--workloads=ring,remote", "--cpus=1")
    done = bench("sim", *TINY, *words, "--dry-run")
    assert done.returncode == 0
    assert re.fullmatch("sim/.*\nleft out: sim/.*/remote/.*\n", done.stdout)
    assert not snapshot(bench.folder)


def test_an_old_file_is_kept(bench: Bench) -> None:
    sim(bench, *CELL)
    before = (bench.folder / "sim.json").read_bytes()
    sim(bench, *CELL, "--think=1")
    assert (bench.folder / "sim.json~").read_bytes() == before


def test_killed(bench: Bench) -> None:
    """What is done is in the file, and no process goes on."""
    path = bench.folder / "k.json"
    words = ("--allocators=sun4u", "--workloads=churn,ring", "--cpus=1,200")
    more = "--jobs=1 --rounds=200 --repetitions=1 --out=k.json".split()
    runner = bench.start("sim", *words, *more)
    wait_for(lambda: samples_in(path) >= 1)
    cell = wait_for(lambda: children(runner.pid))
    runner.kill()
    runner.communicate()
    wait_for(lambda: not any(is_alive(pid) for pid in cell), 2)
    document = read_results(path)
    assert len(document["benchmarks"]) == 1
    assert suite(document)["complete"] is False
    assert suite(document)["planned_samples"] == 4


# ---- exploring ----


def test_explore(bench: Bench) -> None:
    words = ("--explore=4", "--rounds=1", "--entries=512", "--seed=9")
    done = bench("sim", *words, "--allocators=gart,stale-local/pools:1,sun4u")
    assert done.returncode == 0, done.stderr
    assert "4 schedules a cell, seeds 9 to 12" in done.stdout
    for allocator in ("gart", "stale-local"):
        assert re.search(rf"^  {allocator} .* 4 +0 +0  clean$", done.stdout, re.M)
    assert re.search("^  sun4u .* stale reuse, as is known of it$", done.stdout, re.M)
    again = re.search("again: iommubench (sim .*)$", done.stdout, re.M)
    assert again
    done = bench(*again[1].split())
    assert done.returncode == 0, done.stderr
    assert re.match(r"1 schedule a cell, seed \d+, checked", done.stdout)
    assert re.search("^  sun4u .* 1 +1 +0  stale reuse", done.stdout, re.M)
    assert not snapshot(bench.folder)


def test_explore_says_how_again_on_a_profile_of_ones_own(bench: Bench) -> None:
    text = (ROOT / "harness/profiles/power8").read_text(encoding="utf-8")
    (bench.folder / "my machine's").write_text(text, encoding="utf-8")
    words = ("--profile=./my machine's", "--allocators=sun4u", "--explore=2")
    done = bench("sim", *words, "--entries=512")
    assert done.returncode == 0, done.stderr
    again = re.search("again: iommubench (sim .*)$", done.stdout, re.M)
    assert again
    assert "--profile './my machine'\\''s'" in again[1]
    done = bench(*shlex.split(again[1]))
    assert done.returncode == 0, done.stderr
    assert re.search("^  sun4u .* 1 +1 +0  stale reuse", done.stdout, re.M)


def test_explore_asks_for_all_there_is(bench: Bench) -> None:
    """Merged frees, alignment and masks too, of every allocator: no violation."""
    words = ("--explore=2", "--rounds=1", "--entries=1024", "--cpus=1,4")
    done = bench("sim", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(re.findall(r"^  \S+ +\d+ +\d+  (\S+)", done.stdout, re.M)) == {
        *("churn", "sg", "coherent")
    }
    assert "no schedule shows a violation" in done.stdout
    for promise in ("not declared", "though it promises none"):
        assert promise not in done.stdout


# ---- help, and what is refused ----


def test_help(bench: Bench) -> None:
    done = bench("sim", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: iommubench sim")
    options = re.findall(r"^  (--[a-z_-]+)", done.stdout, re.M)
    assert len(set(options)) == len(options)
    assert set(options) >= {
        *"--profile --rounds --seconds --audit --jobs --polling --explore".split(),
        *"--allocators --pools --workloads --cpus --flush --utilization --lock".split(),
        *"--think --repetitions --seed --out --benchmark_filter".split(),
    }
    assert {"--resume", "--lock-sample"}.isdisjoint(options)
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert "iommubench sim" in bench("--help").stdout


def test_profiles_are_listed_with_their_figures(bench: Bench) -> None:
    text = bench("list", "--profiles").stdout
    for profile in ("sun4u-e450", "sun4v-t5-2", "power8", "x86-epyc"):
        part = re.search(rf"^  {profile}: .*\n((?:    .*\n)+)", text, re.M)
        assert part, profile
        assert re.search(r"^    transfer_ps +\d+  \S", part[1], re.M), profile


WRONG = [
    ("--profile nosuch", "no profile 'nosuch'"),
    ("--profile=", "--profile"),
    ("--profile", "--profile"),
    ("--profile vt-d", "describes no machine"),
    ("--profile sun4u-e450 --cpus 8", "4 CPUs that sun4u-e450 has"),
    ("--cpus 257", "256"),
    ("--cpus 1025", "1025"),
    ("--cpus 0", "--cpus"),
    ("--rounds 0", "--rounds"),
    ("--rounds -1", "--rounds"),
    ("--rounds 1.5", "--rounds"),
    ("--rounds 1000001", "--rounds"),
    ("--rounds", "--rounds"),
    ("--seconds 0", "--seconds"),
    ("--seconds 1e-7", "--seconds"),
    ("--seconds nan", "--seconds"),
    ("--seconds inf", "--seconds"),
    ("--seconds=", "--seconds"),
    ("--explore 0", "--explore"),
    ("--explore -1", "--explore"),
    ("--explore 1e3", "--explore"),
    ("--explore 1000001", "--explore"),
    ("--explore 2 --out x.json", "--out has no effect with --explore"),
    ("--wide --explore 2", "--wide has no effect with --explore"),
    ("--draw-locks --explore 2", "--draw-locks has no effect with --explore"),
    ("--jobs 0", "--jobs"),
    ("--jobs x", "--jobs"),
    ("--audit=1", "--audit"),
    ("--polling=yes", "--polling"),
    ("--resume x.json", "iommubench sim --help"),
    ("--lock-sample=4", "--lock-sample is gone"),
    ("--details-fd=1", "iommubench sim --help"),
    ("--iotlb=16", "iommubench sim --help"),
    ("stray", "iommubench sim --help"),
    ("--benchmark_format=csv", "csv"),
    ("--benchmark_perf_counters=cycles", "Google Benchmark"),
    ("--allocators nosuch", "nosuch"),
    ("--entries 1", "--entries"),
    ("--out=", "--out"),
    ("--out /nonexistent/x", "/nonexistent/x"),
    ("--out .", "regular file"),
]


@pytest.mark.parametrize(("words", "says"), WRONG, ids=[w for w, _ in WRONG])
def test_wrong_options(bench: Bench, words: str, says: str) -> None:
    refused(bench("sim", *words.split(" ")), says)
    assert not snapshot(bench.folder)


def _power8(without: str = "", instead: str = "") -> bytes:
    lines = (ROOT / "harness/profiles/power8").read_bytes().splitlines(keepends=True)
    kept = [li for li in lines if not without or not li.startswith(without.encode())]
    return b"".join(kept) + instead.encode()


PROFILES = {
    "empty": (b"", "describes no machine"),
    "binary": (bytes(range(256)) * 4, "is not a profile"),
    "zeros": (bytes(100), "is not a profile"),
    "large": (b"# a comment\n" * 10000, "is not a profile"),
    "latin1": ("summary = größer\n".encode("latin-1"), "describes no machine"),
    "json": (b'{"cpus": 4}\n', "json:1"),
    "missing": (_power8("store_buffer "), "store_buffer"),
    "unsourced": (_power8("l2_ps ", "l2_ps = 5\n"), "l2_ps has no source"),
    "twice": (_power8("", "l2_ps = 5 | me\n"), "l2_ps is given twice"),
    "unknown": (_power8("", "l4_ps = 5 | me\n"), "l4_ps"),
    "zero": (_power8("cpus ", "cpus = 0 | me\n"), "cpus must be a number"),
    "many": (_power8("cpus ", "cpus = 2048 | me\n"), "cpus must be a number"),
    "odd": (_power8("cpus ", "cpus = 159 | me\n"), "cpus must be a multiple"),
    "text": (
        _power8("relax_ps ", "relax_ps = slow | me\n"),
        "relax_ps must be a number",
    ),
}


@pytest.mark.parametrize("name", PROFILES)
def test_bad_profiles(bench: Bench, name: str) -> None:
    content, says = PROFILES[name]
    (bench.folder / name).write_bytes(content)
    before = snapshot(bench.folder)
    refused(bench("sim", *TINY, "--profile", f"./{name}"), says)
    assert snapshot(bench.folder) == before


@pytest.mark.parametrize("place", ["./folder", "./none", "/", "/proc/self/mem"])
def test_profiles_that_are_no_files(bench: Bench, place: str) -> None:
    (bench.folder / "folder").mkdir()
    refused(bench("sim", *TINY, "--profile", place), place)


@pytest.mark.parametrize("nasty", ["a\nb", "./a\x1b[31mb", "a\tb"], ids=repr)
def test_control_characters(bench: Bench, nasty: str) -> None:
    refused(bench("sim", *TINY, "--profile", nasty))
    (bench.folder / "a\x1b[31mb").write_bytes(b"nonsense\n")
    refused(bench("sim", *TINY, "--profile", "./a\x1b[31mb"))


def test_not_by_hand(bench: Bench) -> None:
    """The program that `sim` starts says so when it is started itself."""
    program = bench.program.with_name(bench.program.name + "-sim")
    done = Bench(program, bench.folder)()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and "iommubench sim" in done.stderr


def test_schema_knows_the_figures(bench: Bench) -> None:
    """A figure of the audit, or of locks, that is missing is no valid sample."""
    _, document = sim(bench, *CELL, "--audit")
    for key in ("invalidations", "basic_blocks", "acquisitions"):
        broken = json.loads(json.dumps(document))
        del broken["benchmarks"][0][key]
        with pytest.raises(AssertionError):
            check_schema(broken)
