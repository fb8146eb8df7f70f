# SPDX-License-Identifier: GPL-2.0-or-later
"""compare: samples of two sides, taken in turn."""

import json
import os
import re
import resource
import shutil
import signal
from pathlib import Path
from typing import Dict, List

import pytest

from cli import (
    PATIENCE,
    Bench,
    Document,
    blocks,
    failed_samples,
    hash_of,
    read_results,
    refused,
    sample_process,
    samples_in,
    suite,
    wait_for,
)

# Two cells that are measured in no time.
TINY = ("--workloads=pair,ring", "--cpus=1", "--flush=none", "--seconds=0.001")
ORDERS = (["base", "new", "new", "base"], ["new", "base", "base", "new"])


def compare(bench: Bench, *words: str, rounds: int = 1) -> Document:
    """The results of a comparison in which each cell has so many blocks at least."""
    path = bench.folder / "compare.json"
    budget = 1
    while True:
        done = bench("compare", *TINY, f"--budget={budget}", *words, "--out", str(path))
        assert done.returncode == 0, done.stderr
        document = read_results(path)
        cells = [cell for cell, _ in blocks(document)]
        if min(cells.count(cell) for cell in cells) >= rounds:
            return document
        # A busy machine needs longer.
        budget *= 4


def compare_until(bench: Bench, samples: int, *words: str) -> Document:
    """The results of a comparison that is interrupted once it has so many samples."""
    path = bench.folder / "compare.json"
    # One that an earlier comparison left has so many at once.
    path.unlink(missing_ok=True)
    runner = bench.start("compare", *TINY, "--budget=1h", *words, "--out", str(path))
    wait_for(lambda: samples_in(path) >= samples)
    runner.send_signal(signal.SIGINT)
    _, errors = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 128 + signal.SIGINT, errors
    return read_results(path)


def test_blocks_are_taken_in_turn(bench: Bench) -> None:
    document = compare(bench, "--old=sun4u", "--new=stale-local/pools:16", rounds=2)
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
    assert suite(document)["comparison"].pop("budget_s") in (1, 4, 16, 64, 256)
    assert suite(document)["comparison"] == {
        "kind": "allocators",
        "base": {"variant": "sun4u/pools:1", "programs": [hash_of(bench.program)]},
        "new": {
            "variant": "stale-local/pools:16",
            "programs": [hash_of(bench.program)],
        },
        "layouts": 1,
        "fresh_copies": True,
    }


def test_too_small_a_budget_is_stretched(bench: Bench) -> None:
    """Each cell gets the blocks that a verdict needs, with a word; and no more."""
    path = bench.folder / "compare.json"
    words = ("--old=sun4u", "--new=gart", "--out", str(path))
    done = bench("compare", *TINY, "--budget=1", *words, "--seconds=0.03")
    assert done.returncode == 0, done.stderr
    told = re.findall(
        r"iommubench: a budget of 1 s is too short for verdicts on 2 cells: going on"
        r" for (\d+) more rounds?, about \d+ s\n",
        done.stderr,
    )
    assert len(told) == 1, done.stderr
    assert 1 <= int(told[0]) <= 15
    cells = [cell for cell, _ in blocks(read_results(path))]
    assert cells.count(0) == cells.count(1) == 15
    done = bench("compare", *TINY, "--budget=20", *words)
    cells = [cell for cell, _ in blocks(read_results(path))]
    if "too short" not in done.stderr:  # as on a machine that is very busy
        assert cells.count(0) >= 15 and cells.count(1) >= 15


def test_an_allocator_against_itself(bench: Bench) -> None:
    document = compare(bench, "--old=sun4u", "--new=sun4u/pools:1")
    for samples in blocks(document).values():
        assert len({s["name"] for s in samples}) == 1


def test_the_seed_decides_the_order(bench: Bench) -> None:
    def sides(*words: str) -> List[List[str]]:
        document = compare_until(bench, 2 * 7 * 4, "--old=sun4u", "--new=gart", *words)
        first = [
            [s["side"] for s in samples]
            for (_, number), samples in sorted(blocks(document).items())
            if number < 7
        ]
        assert len(first) == 2 * 7
        return first

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
    path = bench.folder / "compare.json"
    words = ("--old=sun4u", "--new=gart", f"--undecided={command} x")
    done = bench("compare", *TINY, *words, "--budget=1h", "--out", str(path))
    assert done.returncode == 0, done.stderr
    document = read_results(path)
    count = {cell: 0 for cell in range(2)}
    for cell, _ in blocks(document):
        count[cell] += 1
    assert count[1] > count[0]
    assert suite(document)["complete"] is True
    asked = (bench.folder / "asked").read_text(encoding="utf-8").splitlines()
    assert asked == [f"x {bench.folder}/compare.json"] * 2


def test_resume(bench: Bench) -> None:
    path = bench.folder / "compare.json"
    words = ("--old=sun4u", "--new=gart", "--budget=1h", "--out", str(path))
    runner = bench.start("compare", *TINY, *words)
    wait_for(lambda: samples_in(path) >= 21)
    runner.kill()
    runner.communicate()
    text = path.read_bytes().replace(b'"--budget=1h"', b'"--budget=2"')
    path.write_bytes(text.replace(b'"budget_s": 3600', b'"budget_s": 2'))
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
    words = ("--old=sun4u", "--new=gart", "--budget=1h", "--out", str(path))
    runner = bench.start("compare", *TINY, *words)
    wait_for(lambda: samples_in(path) >= 5)
    runner.send_signal(signal.SIGINT)
    _, errors = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 128 + signal.SIGINT
    assert f"compare --resume {path}" in errors
    document = read_results(path)
    assert suite(document)["interrupted"] is True


@pytest.mark.parametrize("torn", (2, 4, 30, 300))
def test_resume_of_a_torn_file(bench: Bench, torn: int) -> None:
    """Killed in the midst of a write: the last sample is lost, no other."""
    path = bench.folder / "compare.json"
    words = ("--old=sun4u", "--new=gart", "--budget=1h", "--width=0.3", "--whole")
    runner = bench.start("compare", *TINY, *words, "--out", str(path))
    wait_for(lambda: samples_in(path) >= 5)
    runner.kill()
    runner.communicate()
    before = read_results(path)["benchmarks"]
    text = path.read_bytes().replace(b'"--budget=1h"', b'"--budget=1"')
    text = text.replace(b'"budget_s": 3600', b'"budget_s": 1')
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
    words = ("--allocators=sun4u", "--budget=1h", "--out", str(path))
    runner = bench.start("compare", *TINY, *sides, *words)
    wait_for(lambda: samples_in(path) >= 4)
    for side in ("base", "new"):
        program = bench.folder / side / "iommubench-1"
        program.unlink()
        program.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
        program.chmod(0o755)
    seen = samples_in(path)
    # One may have been on its way, the next was not.
    wait_for(lambda: samples_in(path) > seen + 1)
    runner.send_signal(signal.SIGINT)
    runner.communicate(timeout=PATIENCE)
    document = read_results(path)
    assert not failed_samples(document)
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

    words = ("--old=sun4u", "--new=gart", "--budget=1", "--out", str(path))
    done = bench("compare", *TINY, *words, preexec_fn=limit)
    assert done.returncode == 0, done.stderr
    assert "cannot run copies" in done.stderr
    assert suite(read_results(path))["comparison"]["fresh_copies"] is False


def test_what_cannot_be_resumed(bench: Bench) -> None:
    compare(bench, "--old=sun4u", "--new=gart", rounds=2)
    path = bench.folder / "compare.json"
    text = path.read_text(encoding="utf-8").replace(
        '"complete": true', '"complete": false'
    )
    changes = (
        ("another cell", '"family_index":1', '"family_index":2'),
        ("no such cell", '"family_index":1', '"family_index":-1'),
        ("gap", '"repetition_index":2', '"repetition_index":3'),
        ("other cell's name", '"name":"pair/', '"name":"ring/'),
        ("other sides", '"side":"base"', '"side":"new"'),
        ("other programs", hash_of(bench.program), "0123456789abcdef"),
        ("other options", "--new=gart", "--new=ppc"),
    )
    for what, old, new in changes:
        assert old in text, what
        path.write_text(text.replace(old, new), encoding="utf-8")
        refused(bench("compare", "--resume", str(path)), "compare.json")
    for sample in (0, -1):
        broken = json.loads(text)
        broken["benchmarks"][sample] = {}
        path.write_text(json.dumps(broken), encoding="utf-8")
        refused(bench("compare", "--resume", str(path)), "compare.json", "its sample")
    _, plain = bench.run("--allocators=sun4u", *TINY, "--repetitions=1")
    suite(plain)["complete"] = False
    (bench.folder / "run.json").write_text(json.dumps(plain), encoding="utf-8")
    refused(bench("compare", "--resume", str(bench.folder / "run.json")))


def test_environment_and_words_have_one_length(bench: Bench, tmp_path: Path) -> None:
    """What lies below the stack would shift it, and with it its alignment."""
    path = bench.folder / "compare.json"
    words = ("--old=sun4u", "--new=stale-local/pools:16", "--budget=1h")
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
    runner.communicate(timeout=PATIENCE)
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
    ("--old sun4u --new gart --allocators ppc", "--allocators"),
    ("--old sun4u --new gart --pools 4", "--pools"),
    ("--old sun4u --new gart --budget 0", "--budget"),
    ("--old sun4u --new gart --budget=", "--budget"),
    ("--old sun4u --new gart --budget m", "--budget"),
    ("--old sun4u --new gart --budget 5d", "5d"),
    ("--old sun4u --new gart --budget -5m", "-5m"),
    ("--old sun4u --new gart --budget nan", "nan"),
    ("--old sun4u --new gart --budget 200h", "200h"),
    ("--old sun4u --new gart --budget 0.5s", "0.5s"),
    ("--old sun4u --new gart --undecided=", "--undecided"),
    ("--old sun4u --new gart --cpus 4096", "4096"),
    ("--old sun4u --new gart --width 0", "--width"),
    ("--old sun4u --new gart --width wide", "wide"),
    ("--old sun4u --new gart --width 100", "100"),
    ("--old sun4u --new gart --whole=yes", "--whole"),
    ("--old sun4u --new gart --repetitions 3", "--repetitions"),
    ("--old sun4u --new gart --locks", "--locks"),
    ("--old sun4u --new gart --for-sim both", "both"),
    ("--old sun4u --new gart --out /nonexistent/x", "/nonexistent/x"),
    ("--old sun4u --new gart --benchmark_filter nosuch --for-sim new", "no cell"),
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
            "compare", "--old=sun4u", "--new=gart", f"--budget={text}", "--dry-run"
        )
        assert done.returncode == 0, done.stderr


def test_one_cell(bench: Bench) -> None:
    words = ("--old=sun4u", "--new=pooled/pools:1", "--cpus=1", "--workloads=ring")
    done = bench("compare", *words, "--dry-run")
    assert done.stdout.splitlines()[-1] == "1 cell, blocks of 4 samples, 1 layout"


def test_all_workloads_that_suit(bench: Bench) -> None:
    done = bench("compare", "--old=sun4u", "--new=gart", "--cpus=1", "--dry-run")
    cells = [line.split("/")[0] for line in done.stdout.splitlines() if "->" in line]
    assert cells == ["ring", "pair", "churn", "sg", "coherent", "full"]
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
        # The same seeds on both sides, as many as it takes to tell.
        assert "--repetitions=8" in lines and "--rounds=1" in lines
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
    lines = for_sim(bench, "--old=sun4u", "--new=gart", f"--benchmark_filter={word}")
    cells = [line for line in lines if line.startswith("sim/")]
    workloads = {cell.split("/")[2] for cell in cells}
    assert workloads == ({"ring", "pair"} if "flush" in word else {"ring"})
    cpus = {int(cell.split("cpus:")[1].split("/")[0]) for cell in cells}
    assert cpus >= {1, 4, 16, 64}


@pytest.mark.parametrize("host", ("pack:1 core:6 pu:1", "pack:4 core:64 pu:2"))
def test_the_simulator_takes_no_host_ladder(bench: Bench, host: str) -> None:
    """It has a machine of its own, and more than 64 CPUs take it long."""
    words = ("--old=sun4u", "--new=gart", "--dry-run")
    env = {"HWLOC_SYNTHETIC": host}
    done = bench("compare", *words[:2], "--for-sim=new", env=env)
    if done.returncode:
        pytest.skip(f"no such host can be made up here: {done.stderr}")
    lines = [line for line in done.stdout.splitlines() if line.startswith("--cpus=")]
    expected = "1,2,4,6,16,64" if "core:6 " in host else "1,2,4,8,16,32,64"
    assert lines == [f"--cpus={expected}"]
