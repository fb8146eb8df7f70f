# SPDX-License-Identifier: GPL-2.0-or-later
"""`run --counters`: what is counted, what is absent and why, and who is refused."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from cli import TINY, Bench, Document, read_results, refused, suite, unwrapped

HARDWARE = (
    "cycles instructions l1d_misses llc_misses branch_misses dtlb_misses stalls"
    " remote_misses cycles_kernel instructions_kernel"
).split()
SOFTWARE = "context_switches cpu_migrations page_faults task_clock".split()
VARIANTS = 18


def of_pass(document: Document, name: str) -> List[Dict[str, Any]]:
    """The samples of a pass."""
    return [s for s in document["benchmarks"] if s["pass"] == name]


def counters(document: Document) -> Tuple[Dict[str, Any], Dict[str, str]]:
    """The counters that are there by name, and why the others are not."""
    said = suite(document)["counters"]
    present = {each["name"]: each for each in said["present"]}
    absent = {each["name"]: each["reason"] for each in said["absent"]}
    assert not set(present) & set(absent)
    return present, absent


def check_samples(document: Document) -> None:
    """Every sample counts its group and nothing else; what is absent is nowhere."""
    groups = suite(document)["counters"]["groups"]
    _, absent = counters(document)
    samples = of_pass(document, "counters")
    assert bool(samples) == bool(groups)
    for sample in samples:
        group = groups[sample["repetition_index"] % len(groups)]
        for thread in sample["per_thread"]:
            assert sorted(thread["counters"]) == sorted(group)
        for name in group:
            total = sum(each["counters"][name] for each in sample["per_thread"])
            assert sample[name] == pytest.approx(total / sample["iterations"])
    for sample in document["benchmarks"]:
        assert not set(absent) & set(sample), "an absent counter has a figure"


def test_off_by_default(bench: Bench) -> None:
    _, document = bench.run(*TINY)
    assert "counters" not in suite(document)
    assert not of_pass(document, "counters")


def test_none_is_off(bench: Bench) -> None:
    _, document = bench.run(*TINY, "--counters", "none")
    assert "counters" not in suite(document)


def test_auto_names_everything(bench: Bench) -> None:
    done, document = bench.run(*TINY, "--counters=auto")
    present, absent = counters(document)
    assert sorted([*present, *absent]) == sorted(HARDWARE + SOFTWARE)
    check_samples(document)
    for name, reason in absent.items():
        line = next(x for x in unwrapped(done.stdout).splitlines() if name in x)
        assert line.startswith("not counted: ") and line.endswith(reason)
    for each in present.values():
        assert each["counted"] > 0 and each["calibrated_by"]
    assert not suite(document)["counters"].get("several_cpus")
    # The timing samples are those of a run without counters.
    assert len(of_pass(document, "timing")) == 2


def test_software_alone(bench: Bench) -> None:
    done, document = bench.run(*TINY, "--counters=software", "--seconds=0.1")
    present, absent = counters(document)
    assert sorted([*present, *absent]) == sorted(SOFTWARE)
    if "task_clock" not in present:
        pytest.skip(f"task_clock: {absent['task_clock']}")
    assert "cycles" not in done.stdout
    check_samples(document)
    for sample in of_pass(document, "counters"):
        for thread in sample["per_thread"]:
            counted = thread["counters"]
            wall = thread["seconds"] * 1e9
            away = thread["descheduled_ns"]
            assert counted["task_clock"] == pytest.approx(wall - away, rel=0.02)
            if "context_switches" in counted:
                assert counted["context_switches"] >= thread["involuntary_switches"] - 1


def test_perf_alone_takes_no_software(bench: Bench) -> None:
    _, document = bench.run(*TINY, "--counters=perf")
    present, absent = counters(document)
    assert sorted([*present, *absent]) == sorted(HARDWARE)
    check_samples(document)


def test_eleven_events_at_once(bench: Bench) -> None:
    events = [*HARDWARE[:8], "r1c2", "task_clock", "page_faults"]
    _, document = bench.run(*TINY, f"--events={','.join(events)}")
    present, absent = counters(document)
    assert sorted([*present, *absent]) == sorted(events)
    assert all(reason for reason in absent.values())
    check_samples(document)


def test_events_by_libpfm4(bench: Bench) -> None:
    done = bench("run", "--dry-run", "--events=PERF_COUNT_SW_PAGE_FAULTS")
    if "no libpfm4" in done.stderr:
        pytest.skip("built without libpfm4")
    names = "PERF_COUNT_SW_PAGE_FAULTS,PERF_COUNT_HW_CPU_CYCLES"
    _, document = bench.run(*TINY, f"--events={names}")
    present, absent = counters(document)
    assert sorted([*present, *absent]) == sorted(names.split(","))
    if "PERF_COUNT_SW_PAGE_FAULTS" in present:
        assert present["PERF_COUNT_SW_PAGE_FAULTS"]["source"] == "software"
    check_samples(document)


@pytest.mark.parametrize(
    "events,word",
    [
        ("NOSUCH", "'NOSUCH'"),
        ("cycles,NOSUCH", "'NOSUCH'"),
        ("zen4::NOSUCH", "NOSUCH"),
        ("nosuchpmu::CYCLES", "nosuchpmu"),
        ("", "--events"),
        ("cycles,,instructions", "empty"),
        ("r", "'r'"),
        ("r1c2:q", "r1c2:q"),
        ("r" + "f" * 30, "rfff"),
        ("x" * 400, "an item is empty or too long"),
    ],
)
def test_events_that_are_none(bench: Bench, events: str, word: str) -> None:
    refused(bench("run", *TINY, "--events", events), "--events", word)


@pytest.mark.parametrize(
    "events,says",
    [
        ("NOSUCH", "libpfm4 knows no such event of this host's PMU, skl: see"),
        ("skl::NOSUCH", "libpfm4 knows no event 'NOSUCH' of the PMU skl: see"),
        ("hsw::INST_RETIRED", "an event of the PMU hsw, but this host's PMU is skl"),
        ("INST_RETIRED:NOSUCH", "libpfm4 says: invalid event attribute: see"),
        ("nosuchpmu::X", "libpfm4 knows no PMU 'nosuchpmu': see"),
    ],
)
def test_what_libpfm4_does_not_know(bench: Bench, events: str, says: str) -> None:
    env = {"LIBPFM_FORCE_PMU": "skl"}
    words = ("run", "--dry-run", "--events")
    there = bench(*words, "skl::INST_RETIRED:ANY_P", env=env)
    if there.returncode:
        pytest.skip("no libpfm4 here that knows x86")
    refused(bench(*words, events, env=env), f"--events: '{events}': {says}")


@pytest.mark.parametrize(
    "words,expected",
    [
        (["--counters=papi"], "choose none, auto, perf, software, likwid or count"),
        (["--counters="], "--counters"),
        (["--counters=none", "--events=cycles"], "--events"),
        (["--counters=count", "--events=cycles"], "--events"),
        (["--counters=likwid", "--events=cycles"], "--events"),
        (["--counters=perf", "--likwid-group=L3"], "--likwid-group"),
        (["--likwid-group=a;reboot"], "--likwid-group"),
        (["--likwid-group="], "--likwid-group"),
    ],
)
def test_wrong_values(bench: Bench, words: List[str], expected: str) -> None:
    refused(bench("run", *TINY, *words), expected)


def test_resume_counts_on(bench: Bench) -> None:
    _, document = bench.run(*TINY, "--counters=auto")
    whole = [(s["pass"], s["repetition_index"]) for s in document["benchmarks"]]
    path = bench.folder / "run.json"
    suite(document)["complete"] = False
    del document["benchmarks"][1:]
    path.write_text(json.dumps(document), encoding="utf-8")
    done = bench("run", "--resume", str(path))
    assert done.returncode == 0, done.stderr
    again = read_results(path)
    assert sorted((s["pass"], s["repetition_index"]) for s in again["benchmarks"]) == (
        sorted(whole)
    )
    check_samples(again)


def test_resume_refuses_other_counters(bench: Bench) -> None:
    _, document = bench.run(*TINY, "--counters=auto")
    suite(document)["complete"] = False
    suite(document)["counters"]["groups"] = [["cycles"]]
    path = bench.folder / "run.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    refused(bench("run", "--resume", str(path)), "other counters")


def counted_steps(bench: Bench, *words: str) -> Dict[str, Tuple[float, ...]]:
    """What `count` says of each cell."""
    _, document = bench.run(
        "--workloads=ring",
        "--cpus=1",
        "--seconds=0.01",
        "--repetitions=1",
        "--counters=count",
        *words,
    )
    names = ("instructions", "simulated_l1d_misses", "simulated_llc_misses")
    return {
        sample["name"]: tuple(sample[name] for name in names)
        for sample in of_pass(document, "counters")
    }


def test_what_is_asked_for_by_name_is_a_column(bench: Bench) -> None:
    """Any of those that count here; none is an empty column."""
    done, document = bench.run(*TINY, "--events=page_faults,cpu_migrations")
    present, _ = counters(document)
    head = " ".join(done.stdout.splitlines())
    for name, words in (
        ("page_faults", r"page\s.*faults/op"),
        ("cpu_migrations", "migr./op"),
    ):
        assert bool(re.search(words, head)) == (name in present)
    assert max(map(len, done.stdout.splitlines()[:-1])) <= 100
    done, document = bench.run(*TINY, "--counters=software")
    present, _ = counters(document)
    assert "faults/op" not in done.stdout
    also = unwrapped(done.stdout).partition("with --wide also: ")[2].splitlines()[0]
    assert ("page faults per op" in also.split("; ")) == ("page_faults" in present)
    done, _ = bench.run(*TINY, "--counters=software", "--wide")
    assert ("faults/op" in done.stdout) == ("page_faults" in present)
    assert "with --wide" not in done.stdout


@pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is not installed")
def test_count_is_exact(bench: Bench) -> None:
    """The same twice, for each variant of the default plan."""
    first = counted_steps(bench)
    assert len(first) == VARIANTS
    assert all(instructions > 50 for instructions, _, _ in first.values())
    # pooled-padded does what pooled does, and no two others do the same.
    counts = {name: instructions for name, (instructions, _, _) in first.items()}
    padded = [name for name in counts if "/pooled-padded/" in name]
    assert len(padded) == 2
    for name in padded:
        assert counts.pop(name) == counts[name.replace("pooled-padded", "pooled")]
    assert len(set(counts.values())) == VARIANTS - 2
    assert counted_steps(bench) == first


@pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is not installed")
def test_count_sees_work(bench: Bench) -> None:
    """A map too large for the simulated cache misses it; a pair stays a pair."""
    small = counted_steps(bench, "--allocators=sun4u")
    words = ("--allocators=sun4u", "--entries=4194304", "--occupancy=25")
    large = counted_steps(bench, *words)
    assert list(large.values())[0][1] > 100 * list(small.values())[0][1]


@pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is not installed")
def test_count_on_one_cpu_only(bench: Bench) -> None:
    if (os.cpu_count() or 1) < 2:
        pytest.skip("one CPU")
    words = [word for word in TINY if not word.startswith("--cpus")]
    done, document = bench.run(*words, "--cpus=2", "--counters=count")
    assert not of_pass(document, "counters")
    assert "one thread at a time" in suite(document)["counters"]["several_cpus"]
    assert "not counted on several CPUs" in unwrapped(done.stdout)


def test_count_without_valgrind(bench: Bench) -> None:
    path = str(bench.folder / "run.json")
    words = [*TINY, "--counters=count", "--out", path]
    done = bench("run", *words, env={"PATH": "/nosuch"})
    assert done.returncode == 0, done.stderr
    present, absent = counters(read_results(Path(path)))
    assert not present
    assert "install valgrind" in absent["instructions"]
    assert "install valgrind" in unwrapped(done.stdout)


def test_likwid_missing(bench: Bench) -> None:
    path = bench.folder / "run.json"
    words = [*TINY, "--counters=likwid", "--out", str(path)]
    done = bench("run", *words, env={"PATH": "/nosuch"})
    assert done.returncode == 0, done.stderr
    _, absent = counters(read_results(path))
    assert absent["likwid:L2CACHE"].startswith("unavailable: likwid-perfctr is not in")


# In place of likwid-perfctr: says it works when it is tried, then does what $1 says.
PERFCTR = """#!/bin/sh
case "$*" in *" -m "*) ;; *) exit 0 ;; esac
{}
"""


@pytest.mark.parametrize(
    "does,reason",
    [
        ("exit 1", "unavailable: exit status 1"),
        ("exit 0", "unavailable: "),
        ("kill -9 $$", "unavailable: killed by signal 9"),
        (
            'while [ "$1" != -o ]; do shift; done; shift 2; exec "$@"',
            "counters of CPU number 0",
        ),
    ],
)
def test_likwid_never_ends_a_run(bench: Bench, does: str, reason: str) -> None:
    """The timing samples are all there, and the exit status is 0."""
    tools = bench.folder / "tools"
    tools.mkdir()
    (tools / "likwid-perfctr").write_text(PERFCTR.format(does), encoding="utf-8")
    (tools / "likwid-perfctr").chmod(0o755)
    path = bench.folder / "run.json"
    words = [*TINY, "--likwid-group=L2CACHE", "--out", str(path)]
    env = {"PATH": f"{tools}:{os.environ['PATH']}"}
    done = bench("run", *words, env=env)
    assert done.returncode == 0, done.stderr
    document = read_results(path)
    _, absent = counters(document)
    if "no liblikwid" in absent["likwid:L2CACHE"]:
        pytest.skip("no liblikwid")
    assert reason in absent["likwid:L2CACHE"]
    assert len(of_pass(document, "timing")) == 2
    assert not of_pass(document, "counters")
    assert suite(document)["complete"]


@pytest.fixture(name="everyones")
def make_everyones_folder() -> Iterator[Path]:
    """A folder that anybody may write to."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def test_unprivileged(bench: Bench, everyones: Path) -> None:
    """What is not permitted is named with the setting that would allow it."""
    nobody = ("setpriv", "--reuid=65534", "--clear-groups")
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("takes root and setpriv to become nobody")
    tried = subprocess.run(
        [*nobody, str(bench.program), "--version"], check=False, capture_output=True
    )
    if tried.returncode:
        pytest.skip(f"nobody may not execute {bench.program}")
    paranoid = Path("/proc/sys/kernel/perf_event_paranoid")
    if not paranoid.exists() or int(paranoid.read_text(encoding="ascii")) < 2:
        pytest.skip("kernel.perf_event_paranoid allows everything here")
    path = everyones / "run.json"
    words = [*TINY, "--counters=auto", "--out", str(path)]
    done = bench("run", *words, prefix=nobody, cwd=everyones)
    assert done.returncode == 0, done.stderr
    document = read_results(path)
    present, absent = counters(document)
    assert "context_switches" not in present, "it would read 0"
    assert "not permitted: kernel.perf_event_paranoid" in absent["context_switches"]
    assert "sysctl kernel.perf_event_paranoid=1" in absent["context_switches"]
    assert "sysctl kernel.perf_event_paranoid=1" in unwrapped(done.stdout)
    check_samples(document)


def test_doctor_tries_every_counter(bench: Bench) -> None:
    done = bench("doctor")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    for name in [*HARDWARE, *SOFTWARE]:
        line = next(x for x in lines if x[6:].split(" ")[0] == name)
        if line.startswith("ok"):
            assert "raised by" in line and "ns an edge" in line
        else:
            assert "absent: " in line and not line.endswith("absent: ")
    assert "--counters count" in done.stdout


def test_list_names_every_counter(bench: Bench) -> None:
    listed = bench("list").stdout
    for name in [*HARDWARE, *SOFTWARE]:
        assert f"\n  {name} " in listed
    events = bench("list", "--events")
    assert events.returncode == 0
    assert "power9" in events.stdout and "PM_LD_MISS_L1" in events.stdout
