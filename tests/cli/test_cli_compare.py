# SPDX-License-Identifier: GPL-2.0-or-later
"""compare and make compare: samples of two sides, taken in turn."""

import fcntl
import itertools
import json
import os
import re
import resource
import shutil
import signal
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from cli import (
    ROOT,
    Bench,
    Document,
    Done,
    one_line,
    read_results,
    refused,
    sample_process,
    samples_in,
    suite,
    wait_for,
)

# Two cells that are measured in no time.
TINY = ("--workloads=pair,ring", "--cpus=1", "--flush=none", "--seconds=0.001")
LAYOUTS = 3
ORDERS = (["base", "new", "new", "base"], ["new", "base", "base", "new"])

Sample = Dict[str, Any]


def compare(bench: Bench, *words: str, budget: str = "1") -> Document:
    """The results of a comparison."""
    path = bench.folder / "compare.json"
    done = bench("compare", *TINY, "--budget", budget, *words, "--out", str(path))
    assert done.returncode == 0, done.stderr
    return read_results(path)


def blocks(document: Document) -> "Dict[Tuple[int, int], List[Sample]]":
    """The samples of each cell's blocks, in order."""
    result: Dict[Tuple[int, int], List[Sample]] = {}
    for sample in document["benchmarks"]:
        result.setdefault((sample["family_index"], sample["block"]), []).append(sample)
    return result


def test_blocks_are_taken_in_turn(bench: Bench) -> None:
    document = compare(bench, "--old=sun4u", "--new=stale-local/pools:16")
    assert [s["order"] for s in document["benchmarks"]] == list(
        range(len(document["benchmarks"]))
    )
    assert suite(document)["planned_samples"] == len(document["benchmarks"])
    found = blocks(document)
    assert len(found) >= 4
    for (cell, _), samples in found.items():
        assert [s["side"] for s in samples] in ORDERS
        assert len({s["layout"] for s in samples}) == 1
        assert len({s["seed"] for s in samples}) == 1
        first = samples[0]["order"]
        assert [s["order"] for s in samples] == list(range(first, first + 4))
        names = {s["side"]: s["name"] for s in samples}
        assert names["base"].replace("sun4u/pools:1", "?") == names["new"].replace(
            "stale-local/pools:16", "?"
        )
        assert f"{('pair', 'ring')[cell]}/" in names["base"]
    assert suite(document)["comparison"] == {
        "kind": "allocators",
        "base": {"variant": "sun4u/pools:1", "programs": [hash_of(bench.program)]},
        "new": {
            "variant": "stale-local/pools:16",
            "programs": [hash_of(bench.program)],
        },
        "layouts": 1,
        "fresh_copies": True,
        "budget_s": 1,
    }


def hash_of(program: Path) -> str:
    """FNV-1a of its content."""
    value = 0xCBF29CE484222325
    for byte in program.read_bytes():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def test_an_allocator_against_itself(bench: Bench) -> None:
    document = compare(bench, "--old=sun4u", "--new=sun4u/pools:1")
    for samples in blocks(document).values():
        assert len({s["name"] for s in samples}) == 1


def test_the_seed_decides_the_order(bench: Bench) -> None:
    def sides(*words: str) -> List[List[str]]:
        document = compare(bench, "--old=sun4u", "--new=advance", *words)
        return [
            [s["side"] for s in samples]
            for (cell, number), samples in sorted(blocks(document).items())
            if number < 6
        ]

    assert sides() == sides()
    assert sides() != sides("--seed=5")


def undecided(bench: Bench, *lines: str) -> str:
    """A command that prints these names and keeps what it was asked."""
    script = bench.folder / "ask"
    text = "\n".join(["#!/bin/sh", f'echo "$@" >>"{bench.folder}/asked"', *lines, ""])
    script.write_text(text, encoding="utf-8")
    script.chmod(0o755)
    return str(script)


@pytest.mark.slow
def test_decided_cells_are_left(bench: Bench) -> None:
    name = "ring/sun4u/pools:1/cpus:1/flush:none/occupancy:5/lock:tas/think:0"
    command = undecided(
        bench,
        "[ ! -e asked_once ] || exit 0",
        ">asked_once",
        f"echo noise; echo {name}",
    )
    document = compare(
        bench, "--old=sun4u", "--new=advance", f"--undecided={command} x", budget="2m"
    )
    count = {cell: 0 for cell in range(2)}
    for cell, _ in blocks(document):
        count[cell] += 1
    assert count[1] > 1.3 * count[0]
    assert suite(document)["complete"] is True
    asked = (bench.folder / "asked").read_text(encoding="utf-8").splitlines()
    assert asked == [f"x {bench.folder}/compare.json"] * 2


def test_resume(bench: Bench) -> None:
    path = bench.folder / "compare.json"
    words = ("--old=sun4u", "--new=advance", "--budget=60", "--out", str(path))
    runner = bench.start("compare", *TINY, *words)
    wait_for(lambda: samples_in(path) >= 21)
    runner.kill()
    runner.communicate()
    text = path.read_bytes().replace(b'"--budget=60"', b'"--budget=2"')
    path.write_bytes(text.replace(b'"budget_s": 60', b'"budget_s": 2'))
    before = read_results(path)
    assert suite(before)["complete"] is False
    done = bench("compare", "--resume", str(path))
    assert done.returncode == 0, done.stderr
    after = read_results(path)
    count = len(before["benchmarks"])
    assert len(after["benchmarks"]) > count
    assert after["benchmarks"][:count] == before["benchmarks"]
    assert suite(after)["complete"] is True
    for samples in blocks(after).values():
        assert [s["side"] for s in samples] in ORDERS
    refused(bench("compare", "--resume", str(path)), "complete")


def test_interrupt(bench: Bench) -> None:
    path = bench.folder / "compare.json"
    words = ("--old=sun4u", "--new=advance", "--budget=60", "--out", str(path))
    runner = bench.start("compare", *TINY, *words)
    wait_for(lambda: samples_in(path) >= 5)
    runner.send_signal(signal.SIGINT)
    _, errors = runner.communicate(timeout=30)
    assert runner.returncode == 128 + signal.SIGINT
    assert f"compare --resume {path}" in errors
    document = read_results(path)
    assert suite(document)["interrupted"] is True


@pytest.mark.parametrize("torn", (2, 4, 30, 300))
def test_resume_of_a_torn_file(bench: Bench, torn: int) -> None:
    """Killed in the midst of a write: the last sample is lost, no other."""
    path = bench.folder / "compare.json"
    words = ("--old=sun4u", "--new=advance", "--budget=60", "--width=0.3", "--whole")
    runner = bench.start("compare", *TINY, *words, "--out", str(path))
    wait_for(lambda: samples_in(path) >= 5)
    runner.kill()
    runner.communicate()
    before = read_results(path)["benchmarks"]
    text = path.read_bytes().replace(b'"--budget=60"', b'"--budget=1"')
    text = text.replace(b'"budget_s": 60', b'"budget_s": 1')
    path.write_bytes(text[:-torn])
    done = bench("compare", "--resume", str(path))
    assert done.returncode == 0, done.stderr
    assert "is not whole: left out" in done.stderr
    after = read_results(path)
    kept = len(before) - 1
    assert after["benchmarks"][:kept] == before[:kept]
    assert len(after["benchmarks"]) > len(before)
    asked = suite(after)["comparison"]
    assert asked["whole"] is True and asked["width_percent"] == 0.3


def test_a_program_made_anew_meanwhile(bench: Bench) -> None:
    """What runs is what was hashed, whatever its name stands for by now."""
    for side in ("base", "new"):
        (bench.folder / side).mkdir()
        shutil.copy(bench.program, bench.folder / side / "iommubench-1")
    path = bench.folder / "compare.json"
    sides = [f"--side={s}={bench.folder / s}" for s in ("base", "new")]
    words = ("--allocators=sun4u", "--budget=2", "--out", str(path))
    runner = bench.start("compare", *TINY, *sides, *words)
    wait_for(lambda: samples_in(path) >= 4)
    for side in ("base", "new"):
        program = bench.folder / side / "iommubench-1"
        program.unlink()
        program.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
        program.chmod(0o755)
    seen = samples_in(path)
    _, errors = runner.communicate(timeout=60)
    assert runner.returncode == 0, errors
    document = read_results(path)
    assert len(document["benchmarks"]) > seen
    for side in ("base", "new"):
        assert suite(document)["comparison"][side]["programs"] == [
            hash_of(bench.program)
        ]


def test_where_no_copies_can_be_made(bench: Bench) -> None:
    """Then no sample has one, and the results say so."""
    path = bench.folder / "compare.json"
    most = bench.program.stat().st_size // 2

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    words = ("--old=sun4u", "--new=advance", "--budget=1", "--out", str(path))
    done = bench("compare", *TINY, *words, preexec_fn=limit)
    assert done.returncode == 0, done.stderr
    assert "cannot run copies" in done.stderr
    assert suite(read_results(path))["comparison"]["fresh_copies"] is False


def test_what_cannot_be_resumed(bench: Bench) -> None:
    compare(bench, "--old=sun4u", "--new=advance")
    path = bench.folder / "compare.json"
    text = path.read_text(encoding="utf-8").replace(
        '"complete": true', '"complete": false'
    )
    changes = (
        ("another cell", '"family_index":1', '"family_index":2'),
        ("no such cell", '"family_index":1', '"family_index":-1'),
        ("gap", '"repetition_index":2', '"repetition_index":3'),
        ("other programs", hash_of(bench.program), "0123456789abcdef"),
        ("other options", "--new=advance", "--new=ppc"),
    )
    for what, old, new in changes:
        assert old in text, what
        path.write_text(text.replace(old, new), encoding="utf-8")
        refused(bench("compare", "--resume", str(path)), "compare.json")
    _, plain = bench.run("--allocators=sun4u", *TINY, "--repetitions=1")
    suite(plain)["complete"] = False
    (bench.folder / "run.json").write_text(json.dumps(plain), encoding="utf-8")
    refused(bench("compare", "--resume", str(bench.folder / "run.json")))


def test_environment_and_words_have_one_length(bench: Bench, tmp_path: Path) -> None:
    """What lies below the stack would shift it, and with it its alignment."""
    path = bench.folder / "compare.json"
    words = ("--old=sun4u", "--new=stale-local/pools:16", "--budget=60")
    runner = bench.start(
        "compare", *words, "--cpus=1", "--seconds=0.3", "--out", str(path)
    )
    lengths: Dict[str, int] = {}
    while len(lengths) < 2:
        child = wait_for(lambda: sample_process(runner))
        try:
            arguments = Path(f"/proc/{child}/cmdline").read_bytes()
            environment = Path(f"/proc/{child}/environ").read_bytes()
            program = os.readlink(f"/proc/{child}/exe")
        except OSError:
            continue
        side = "base" if b"sun4u" in arguments else "new"
        if environment:
            lengths[side] = len(arguments) + len(environment)
            # A copy of its own, not the pages that the file happened to get.
            assert program.startswith("/memfd:"), program
    runner.send_signal(signal.SIGINT)
    runner.communicate(timeout=30)
    assert lengths["base"] == lengths["new"]


def test_failing_samples(bench: Bench) -> None:
    """A program that is none of ours."""
    for side in ("base", "new"):
        (bench.folder / side).mkdir()
        script = bench.folder / side / "iommubench-1"
        script.write_text("#!/bin/sh\necho broken >&2\nexit 3\n", encoding="utf-8")
        script.chmod(0o755)
    path = bench.folder / "compare.json"
    sides = [f"--side={s}={bench.folder / s}" for s in ("base", "new")]
    done = bench("compare", *TINY, *sides, "--budget=1", "--out", str(path))
    assert done.returncode == 2
    assert "no sample could be taken" in done.stderr.splitlines()[-1]
    document = read_results(path)
    assert all("broken" in s["error_message"] for s in document["benchmarks"])
    assert suite(document)["comparison"]["kind"] == "revisions"


WRONG = (
    ("", "--old"),
    ("--old sun4u", "--new"),
    ("--new sun4u", "--old"),
    ("--old nosuch --new sun4u", "nosuch"),
    ("--old pooled --new sun4u", "pooled/pools:1"),
    ("--old pooled/pools:3 --new sun4u", "pooled/pools:3"),
    ("--old sun4u --new advance --allocators ppc", "--allocators"),
    ("--old sun4u --new advance --pools 4", "--pools"),
    ("--old sun4u --new advance --budget 0", "--budget"),
    ("--old sun4u --new advance --budget=", "--budget"),
    ("--old sun4u --new advance --budget m", "--budget"),
    ("--old sun4u --new advance --budget 5d", "5d"),
    ("--old sun4u --new advance --budget -5m", "-5m"),
    ("--old sun4u --new advance --budget nan", "nan"),
    ("--old sun4u --new advance --budget 200h", "200h"),
    ("--old sun4u --new advance --budget 0.5s", "0.5s"),
    ("--old sun4u --new advance --undecided=", "--undecided"),
    ("--old sun4u --new advance --cpus 4096", "4096"),
    ("--old sun4u --new advance --width 0", "--width"),
    ("--old sun4u --new advance --width wide", "wide"),
    ("--old sun4u --new advance --width 100", "100"),
    ("--old sun4u --new advance --whole=yes", "--whole"),
    ("--old sun4u --new advance --repetitions 3", "--repetitions"),
    ("--old sun4u --new advance --locks", "--locks"),
    ("--old sun4u --new advance --for-sim both", "both"),
    ("--old sun4u --new advance --out /nonexistent/x", "/nonexistent/x"),
    ("--old sun4u --new advance --benchmark_filter nosuch", "nothing"),
    ("--old sun4u --new advance --benchmark_filter nosuch --dry-run", "nothing"),
    ("--old sun4u --new advance --benchmark_filter nosuch --for-sim new", "nothing"),
    ("--side base=.", "new="),
    ("--side base=. --side new=.", "iommubench-1"),
    ("--side base=nosuch --side new=nosuch", "nosuch"),
    ("--side old=.", "old="),
    ("--side base", "base=FOLDER"),
    ("--side base=", "--side"),
    ("--resume nosuch", "nosuch"),
    ("--resume x --old sun4u", "alone"),
)


@pytest.mark.parametrize("words, named", WRONG, ids=[w for w, _ in WRONG])
def test_wrong_usage(bench: Bench, words: str, named: str) -> None:
    refused(bench("compare", *words.split()), named)


def test_time_units(bench: Bench) -> None:
    for text in ("90", "90s", "1.5m", "0.1h", "1"):
        done = bench(
            "compare", "--old=sun4u", "--new=ppc", f"--budget={text}", "--dry-run"
        )
        assert done.returncode == 0, done.stderr


def test_all_workloads_that_suit(bench: Bench) -> None:
    done = bench("compare", "--old=sun4u", "--new=ppc", "--cpus=1", "--dry-run")
    cells = [line.split("/")[0] for line in done.stdout.splitlines() if "->" in line]
    assert cells == ["ring", "pair", "churn", "sg", "full"]
    assert "left out: remote/" in done.stdout


def test_options_for_the_simulator(bench: Bench) -> None:
    words = ("--old=sun4u", "--new=stale-1", "--cpus=1,2", "--workloads=ring")
    if len(os.sched_getaffinity(0)) < 2:
        words = ("--old=sun4u", "--new=stale-1", "--cpus=1", "--workloads=ring")
    for side, variant in (("base", "sun4u"), ("new", "stale-local")):
        done = bench(
            "compare", *words, "--flush=spin:5", "--seconds=0.1", f"--for-sim={side}"
        )
        lines = done.stdout.splitlines()
        cpus = "1,2,4,16,64" if "2" in words[2] else "1,4,16,64"
        assert f"--cpus={cpus}" in lines
        assert f"--allocators={variant}/pools:1" in lines
        assert "--workloads=ring" in lines and "--flush=spin:5" in lines
        assert not [line for line in lines if "seconds" in line or "old" in line]
        plan = bench("sim", *lines, "--dry-run")
        assert plan.returncode == 0, plan.stderr


def for_sim(bench: Bench, *words: str) -> List[str]:
    """What sim is told, and the cells that it would simulate."""
    done = bench("compare", "--workloads=ring,pair", *words, "--for-sim=base")
    assert done.returncode == 0, done.stderr
    plan = bench("sim", *done.stdout.splitlines(), "--dry-run")
    assert plan.returncode == 0, plan.stderr
    cells = [line for line in plan.stdout.splitlines() if line.startswith("sim/")]
    return [*done.stdout.splitlines(), *cells]


@pytest.mark.parametrize(
    "word", ("ring/.*think:0$", "-pair", "^ring/.*/cpus:1/", "flush:mmio:16.150")
)
def test_the_filter_holds_for_the_simulator(bench: Bench, word: str) -> None:
    """But for the CPU counts, which are the simulator's own."""
    lines = for_sim(bench, "--old=sun4u", "--new=advance", f"--benchmark_filter={word}")
    cells = [line for line in lines if line.startswith("sim/")]
    workloads = {cell.split("/")[2] for cell in cells}
    assert workloads == ({"ring", "pair"} if "flush" in word else {"ring"})
    cpus = {int(cell.split("cpus:")[1].split("/")[0]) for cell in cells}
    assert cpus >= {1, 4, 16, 64}


@pytest.mark.parametrize("host", ("pack:1 core:6 pu:1", "pack:4 core:64 pu:2"))
def test_the_simulator_takes_no_host_ladder(bench: Bench, host: str) -> None:
    """It has a machine of its own, and more than 64 CPUs take it long."""
    words = ("--old=sun4u", "--new=advance", "--dry-run")
    env = {"HWLOC_SYNTHETIC": host}
    done = bench("compare", *words[:2], "--for-sim=new", env=env)
    if done.returncode:
        pytest.skip(f"no such host can be made up here: {done.stderr}")
    lines = [line for line in done.stdout.splitlines() if line.startswith("--cpus=")]
    expected = "1,2,4,6,16,64" if "core:6 " in host else "1,2,4,8,16,32,64"
    assert lines == [f"--cpus={expected}"]


# ---- what make compare builds


def build(program: Path, *words: str) -> Path:
    """Make, into the folder where the program was built."""
    folder = os.path.relpath(program.parent, ROOT)
    done = subprocess.run(
        ["make", "-s", "-o", f"{folder}/gen/version.h", f"B={folder}", *words],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return Path(folder)


@pytest.fixture(name="sides", scope="module")
def _sides(program: Path) -> Iterator[Tuple[Path, Path]]:
    """Folders with the programs of this tree, and of one whose pooled.c does more."""
    folders = []
    for side in ("test-base", "test-new"):
        folder = program.parent / "compare" / side
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copytree(ROOT / "src", folder / "src")
        if side == "test-new":
            pooled = folder / "src" / "pooled.c"
            text = pooled.read_text(encoding="utf-8")
            head = "static void pooled_free(struct iommu_map *map"
            more = (
                "static volatile unsigned long more[99];\n"
                "static __attribute__((noinline)) void work_more(unsigned long n)\n"
                "{\n\tfor (unsigned long i = 0; i < 200; i++)\n"
                "\t\tmore[(n + i) % 99] += i;\n}\n"
            )
            assert text.count(head) == 1
            text = text.replace(head, more + head)
            text = text.replace("pools_clear(", "work_more(entry);\n\tpools_clear(", 1)
            pooled.write_text(text, encoding="utf-8")
        build(program, f"SIDE={os.path.relpath(folder, ROOT)}", "side")
        folders.append(folder)
    yield folders[0], folders[1]
    for folder in folders:
        shutil.rmtree(folder)


def functions(program: Path) -> Dict[str, int]:
    """Where in its page each function begins."""
    text = subprocess.run(
        ["nm", str(program)], capture_output=True, encoding="utf-8", check=True
    ).stdout
    found = re.findall(r"^([0-9a-f]+) [tT] ([a-z]\w+)$", text, re.M)
    return {name: int(address, 16) % 4096 for address, name in found}


def test_a_change_moves_nobody_else(sides: Tuple[Path, Path]) -> None:
    places = []
    for layout in range(1, LAYOUTS + 1):
        base, new = (functions(side / f"iommubench-{layout}") for side in sides)
        assert "work_more" in new and "work_more" not in base
        moved = [
            name
            for name in base.keys() & new.keys()
            if base[name] != new[name] and "pooled" not in name
        ]
        # What the C library adds lies behind what is drawn.
        assert not set(moved) - {
            "deregister_tm_clones",
            "register_tm_clones",
            "frame_dummy",
        }
        assert {"sun4u_alloc", "ring_step", "executor_run"} <= base.keys()
        places.append(base)
    for name in ("sun4u_alloc", "pooled_alloc", "ring_step", "executor_run"):
        assert len({place[name] for place in places}) == LAYOUTS, name


def test_more_work_is_seen_where_it_is(bench: Bench, sides: Tuple[Path, Path]) -> None:
    document = compare(
        bench,
        "--allocators=sun4u,pooled/pools:1",
        "--workloads=pair",
        f"--side=base={sides[0]}",
        f"--side=new={sides[1]}",
        budget="4",
    )
    comparison = suite(document)["comparison"]
    assert comparison["kind"] == "revisions"
    assert comparison["layouts"] == LAYOUTS
    for layout in range(LAYOUTS):
        assert (
            comparison["base"]["programs"][layout]
            != comparison["new"]["programs"][layout]
        )
    assert len(set(comparison["base"]["programs"])) == LAYOUTS
    count: Dict[Tuple[str, int], int] = {}
    times: Dict[Tuple[str, str], List[float]] = {}
    for sample in document["benchmarks"]:
        key = (sample["side"], sample["layout"])
        count[key] = count.get(key, 0) + 1
        allocator = sample["name"].split("/")[1]
        times.setdefault((allocator, sample["side"]), []).append(sample["cpu_time"])
    assert sorted(count) == list(itertools.product(("base", "new"), range(1, 4)))
    for layout in range(1, LAYOUTS + 1):
        assert count[("base", layout)] == count[("new", layout)]
    median = {key: statistics.median(values) for key, values in times.items()}
    assert median[("pooled", "new")] > 3 * median[("pooled", "base")]
    assert 0.5 < median[("sun4u", "new")] / median[("sun4u", "base")] < 2


# ---- make compare


def make_compare(
    program: Path, *words: str, script: str = "compare", **settings: str
) -> Done:
    """harness/jobs/compare.sh or patch.sh, as make calls it."""
    wanted = {"OLD", "NEW", "BASE", "BUDGET", "WIDTH", "OUT", "WHOLE", "SIMULATE"}
    env = {k: v for k, v in os.environ.items() if k not in wanted}
    env.update(settings, B=os.path.relpath(program.parent, ROOT))
    return subprocess.run(
        [f"harness/jobs/{script}.sh", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@pytest.fixture(name="repository")
def _repository() -> None:
    """Skips the test where there is no history to compare with."""
    done = subprocess.run(
        ["git", "rev-parse", "--verify", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("not a git repository: there are no revisions")


BAD_SETTINGS: Tuple[Tuple[Dict[str, str], str], ...] = (
    ({}, "compare: what?"),
    ({"OLD": "sun4u"}, "compare: NEW is missing"),
    ({"NEW": "sun4u"}, "compare: what?"),
    ({"OLD": "sun4u", "NEW": "ppc", "BASE": "HEAD"}, "compare: OLD and BASE"),
    ({"BASE": "nosuch"}, "compare: BASE: 'nosuch'"),
    ({"BASE": "--all"}, "compare: BASE: '--all'"),
    ({"BASE": "HEAD", "NEW": "no such"}, "compare: NEW: 'no such'"),
    ({"BASE": "HEAD", "BUDGET": "soon"}, "iommubench: --budget: 'soon'"),
    ({"OLD": "sun4u", "NEW": "nosuch"}, "iommubench: --new: no allocator 'nosuch'"),
)


@pytest.mark.parametrize("settings, line", BAD_SETTINGS)
def test_wrong_settings(
    program: Path, repository: None, settings: Dict[str, str], line: str
) -> None:
    done = make_compare(program, **settings)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith(line), done.stderr
    assert done.stderr.count("\n") == 1


def test_wrong_words(program: Path) -> None:
    done = make_compare(program, "--locks", OLD="sun4u", NEW="ppc")
    assert done.returncode == 2
    one_line(done.stderr, "--locks")


def test_a_revision_with_itself(
    program: Path, repository: None, tmp_path: Path
) -> None:
    out = tmp_path / "made" / "aa.json"
    done = make_compare(
        program, *TINY, BASE="HEAD", NEW="HEAD", BUDGET="1", SIMULATE="no", OUT=str(out)
    )
    assert done.returncode == 0, done.stderr
    assert "src/ is the same on both sides" in done.stdout
    assert str(out) in done.stdout
    comparison = suite(read_results(out))["comparison"]
    for side in ("base", "new"):
        assert comparison[side]["revision"] == "HEAD"
        assert re.fullmatch("[0-9a-f]{40,64}", comparison[side]["commit"])
        assert comparison[side]["what"] in ("sources", "tree")
        assert comparison[side]["subject"] and comparison[side]["dirty"] is False
    assert comparison["base"]["programs"] == comparison["new"]["programs"]


def test_allocators_and_their_simulation(program: Path, tmp_path: Path) -> None:
    out = tmp_path / "old-new.json"
    done = make_compare(
        program, *TINY, OLD="sun4u", NEW="pooled-1", BUDGET="1", OUT=str(out)
    )
    assert done.returncode == 0, done.stderr
    document = read_results(out)
    assert suite(document)["comparison"]["layouts"] == LAYOUTS
    files = re.search(r"^simulated: (\S+) (\S+)$", done.stdout, re.M)
    assert files, done.stdout
    for path, allocator in zip(files.groups(), ("sun4u", "pooled")):
        simulated = read_results(ROOT / path)
        names = [s["name"] for s in simulated["benchmarks"]]
        assert names and all(f"/{allocator}/pools:1/" in name for name in names)
        assert {name.split("cpus:")[1].split("/")[0] for name in names} == set(
            "1 4 16 64".split()
        )


def test_a_dry_run_builds_nothing(program: Path) -> None:
    for words in (("--dry-run",), ("--help",), ("--for-sim=new",)):
        before = sorted((program.parent / "compare").rglob("*.o"))
        done = make_compare(program, *TINY, *words, OLD="sun4u", NEW="ppc", WIDTH="1%")
        assert (done.returncode, done.stderr) == (0, "")
        assert "cpus:1" in done.stdout or "--" in done.stdout
        assert sorted((program.parent / "compare").rglob("*.o")) == before
    done = make_compare(program, "--benchmark_filter=nosuch", OLD="sun4u", NEW="ppc")
    assert done.returncode == 2
    one_line(done.stderr, "nothing to compare")


def test_two_at_a_time_are_refused(program: Path) -> None:
    place = program.parent / "compare"
    place.mkdir(exist_ok=True)
    with open(place / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = make_compare(program, OLD="sun4u", NEW="ppc")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "another comparison works" in done.stderr


@pytest.fixture(name="no_report")
def _no_report(tmp_path: Path) -> str:
    """A Python that lacks what the report needs."""
    script = tmp_path / "python"
    text = "#!/bin/sh\necho 'ModuleNotFoundError: no numpy' >&2\nexit 1\n"
    script.write_text(text, encoding="utf-8")
    script.chmod(0o755)
    return str(script)


def test_without_a_verdict(program: Path, tmp_path: Path, no_report: str) -> None:
    done = make_compare(
        program,
        *TINY,
        OLD="sun4u",
        NEW="advance",
        BUDGET="1",
        SIMULATE="no",
        OUT=str(tmp_path / "x.json"),
        PYTHON=no_report,
        WIDTH="0.3 %",
    )
    assert done.returncode == 0
    first = done.stderr.splitlines()[0]
    assert "no verdict" in first and "no numpy" in first and "make deps" in first
    assert "not judged: " in done.stdout
    comparison = suite(read_results(tmp_path / "x.json"))["comparison"]
    assert comparison["width_percent"] == 0.3 and "whole" not in comparison
    done = make_compare(
        program, script="patch", OLD="sun4u", NEW="ppc", PYTHON=no_report
    )
    assert done.returncode == 2 and done.stdout == ""
    assert "no numpy" in done.stderr and done.stderr.count("\n") == 1


def test_what_cannot_be_simulated_leaves_no_files(
    program: Path, tmp_path: Path
) -> None:
    place = program.parent / "compare"
    words = {"OLD": "sun4u", "NEW": "ppc", "BUDGET": "1", "OUT": str(tmp_path / "x")}
    assert make_compare(program, *TINY, SIMULATE="no", **words).returncode == 0
    simulator = place / "worktree" / "iommubench-sim"
    simulator.write_text("#!/bin/sh\necho broken >&2\nexit 3\n", encoding="utf-8")
    simulator.chmod(0o755)
    later = time.time() + 3600
    os.utime(simulator, (later, later))
    for side in ("base", "new"):
        (place / f"sim-{side}.json").write_text("of yesterday", encoding="utf-8")
    try:
        done = make_compare(program, *TINY, **words)
    finally:
        simulator.unlink()
    assert done.returncode == 0, done.stderr
    assert "not simulated: base: broken" in done.stdout
    assert not list(place.glob("sim-*.json"))


def test_interrupted_it_judges_what_there_is(program: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    env = {**os.environ, "B": os.path.relpath(program.parent, ROOT), "OUT": str(out)}
    env.update(OLD="sun4u", NEW="ppc", BUDGET="5m", SIMULATE="no")
    with subprocess.Popen(
        ["harness/jobs/compare.sh", *TINY],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as runner:
        wait_for(lambda: samples_in(out) >= 80, 300)
        # As a terminal's Ctrl-C, to all of them.
        os.killpg(runner.pid, signal.SIGINT)
        text, errors = runner.communicate(timeout=120)
    assert runner.returncode == 130, errors
    assert re.search(r"^ring +1 ", text, re.M), text
    assert "failed" not in text.replace(" 0 failed", ""), text
    assert f"interrupted: go on with: {env['B']}/iommubench compare --resume" in text


def test_dependencies_of_other_trees_are_not_read(program: Path) -> None:
    folder = program.parent / "compare" / "x" / "tree" / "build"
    folder.mkdir(parents=True)
    try:
        (folder / "x.d").write_text("$(error a file of another tree)\n", "utf-8")
        build(program, "help")
    finally:
        shutil.rmtree(folder.parent.parent)


def test_nothing_is_compiled_before_its_packages_are_there(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "-npq", f"B={tmp_path}/b", "deps", "all"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    rules = dict(re.findall(rf"^{tmp_path}/b/(\S+): (.*)$", done.stdout, re.M))
    late = {name for name, needs in rules.items() if "deps" in needs.split("|")[-1]}
    compiled = {name for name in rules if name.endswith(".o") and "%" not in name}
    compiled -= {"sim/checked.o", "stat/unrecorded.o"}
    wanted = {f"{at}/pooled.o" for at in ("stat/unrecorded", "sim/src", "sim/checked")}
    assert wanted | {"sim/kernels/native.o", "plain/src/pooled.o"} <= late
    tests = {name for name in compiled if "/tests/" in name}
    assert not compiled - tests - late


def test_a_file_that_is_gone_or_older_is_seen(program: Path) -> None:
    """The side of the work tree: what it was made of is not what there is now."""
    place = program.parent / "compare" / "worktree"
    words = ("OLD", "sun4u"), ("NEW", "ppc"), ("BUDGET", "1"), ("SIMULATE", "no")
    settings = dict(words, OUT=str(place.parent / "gone.json"))
    assert make_compare(program, *TINY, **settings).returncode == 0
    fresh = hash_of(place / "iommubench-1")
    later = time.time() + 3600
    extra = place / "src" / "extra.c"
    extra.write_text("int extra(void);\nint extra(void) { return 1; }\n", "utf-8")
    build(program, f"SIDE={os.path.relpath(place, ROOT)}", "side")
    assert hash_of(place / "iommubench-1") != fresh
    os.utime(place / "iommubench-1", (later, later))
    assert make_compare(program, *TINY, **settings).returncode == 0
    assert not extra.exists()
    assert hash_of(place / "iommubench-1") == fresh


def git(env: Dict[str, str], *words: str, text: str = "") -> str:
    """What git says in this repository."""
    done = subprocess.run(
        ["git", *words],
        cwd=ROOT,
        env={**os.environ, **env},
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture(name="slower_pooled")
def _slower_pooled(
    program: Path, repository: None, tmp_path: Path
) -> Iterator[Tuple[str, Dict[str, str]]]:
    """A commit whose pooled.c does more, and the environment in which git knows it."""
    objects = ROOT / git({}, "rev-parse", "--git-path", "objects")
    (tmp_path / "objects").mkdir()
    reads = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": str(tmp_path / "objects")}
    writes = {
        "GIT_OBJECT_DIRECTORY": str(tmp_path / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(objects),
        "GIT_INDEX_FILE": str(tmp_path / "index"),
    }
    for who in ("AUTHOR", "COMMITTER"):
        writes.update({f"GIT_{who}_NAME": "x", f"GIT_{who}_EMAIL": "x@example.org"})
        writes[f"GIT_{who}_DATE"] = "2020-01-01T00:00:00Z"
    source = git({}, "show", "HEAD:src/pooled.c") + "\n"
    line = "\tpools_clear("
    assert source.count(line) == 1
    more = '\tfor (int i = 0; i < 12; i++)\n\t\t__asm__ volatile("");\n'
    blob = git(
        writes, "hash-object", "-w", "--stdin", text=source.replace(line, more + line)
    )
    git(writes, "read-tree", "HEAD")
    git(writes, "update-index", "--cacheinfo", f"100644,{blob},src/pooled.c")
    tree = git(writes, "write-tree")
    commit = git(writes, "commit-tree", tree, "-p", "HEAD", "-m", "pooled: do more")
    yield commit, reads
    shutil.rmtree(program.parent / "compare" / commit[:16], ignore_errors=True)


@pytest.mark.slow
def test_a_slower_allocator_is_found_and_no_other(
    program: Path, tmp_path: Path, slower_pooled: Tuple[str, Dict[str, str]]
) -> None:
    """From two revisions to the verdict; simulated, it is exact."""
    commit, env = slower_pooled
    done = make_compare(
        program,
        *TINY[1:],
        "--workloads=ring",
        "--entries=1024",
        "--allocators=sun4u,pooled",
        BASE="HEAD",
        NEW=commit,
        BUDGET="2",
        OUT=str(tmp_path / "x.json"),
        **env,
    )
    assert done.returncode == 0, done.stderr
    simulated = done.stdout[done.stdout.index("\nsimulated: ") :]
    files = re.search(r"^simulated: (\S+) (\S+)$", simulated, re.M)
    assert files, done.stdout
    times: List[Dict[str, float]] = []
    for path in files.groups():
        samples = read_results(ROOT / path)["benchmarks"]
        times.append({s["name"]: s["real_time"] for s in samples})
    assert times[0].keys() == times[1].keys()
    pooled = [name for name in times[0] if "/pooled/" in name]
    # 1 and 16 pools, four CPU counts.
    assert len(pooled) == 2 * 4
    for name in times[0]:
        if "/pooled/" not in name:
            assert times[1][name] == times[0][name], name
        elif "cpus:1/" in name:
            assert 1.05 < times[1][name] / times[0][name] < 1.3, name
    assert (
        f"{len(pooled)} of {len(times[0])} simulated cells differ; the others are "
        "identical, to the last figure" in simulated
    )
