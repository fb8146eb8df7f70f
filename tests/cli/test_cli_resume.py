# SPDX-License-Identifier: GPL-2.0-or-later
"""`run --resume` of files that are not to be resumed, or that hold a failed sample."""

import json
import resource
import signal
from pathlib import Path
from typing import Any, Callable, Dict

import pytest

from cli import (
    TINY,
    Bench,
    Document,
    one_line,
    read_results,
    refused,
    snapshot,
    suite,
)

Change = Callable[[Document], Any]


@pytest.fixture(name="unfinished")
def _unfinished(bench: Bench) -> Path:
    """A file that lacks its last sample."""
    _, document = bench.run(*TINY)
    document["benchmarks"].pop()
    suite(document)["complete"] = False
    path = bench.folder / "run.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def edit(path: Path, change: Change) -> None:
    """Changes a file."""
    document = json.loads(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(json.dumps(document), encoding="utf-8")


def test_the_fixture_can_be_resumed(bench: Bench, unfinished: Path) -> None:
    done = bench("run", "--resume", str(unfinished))
    assert done.returncode == 0, done.stderr
    document = read_results(unfinished)
    assert [s["repetition_index"] for s in document["benchmarks"]] == [0, 1]
    assert suite(document)["complete"] is True


def _drop(*names: Any) -> Change:
    def change(document: Document) -> None:
        for name in names[:-1]:
            document = document[name]
        del document[names[-1]]

    return change


def _set(value: Any, *names: Any) -> Change:
    def change(document: Document) -> None:
        for name in names[:-1]:
            document = document[name]
        document[names[-1]] = value

    return change


OURS = ("context", "iommubench")
CHANGES: Dict[str, Change] = {
    "complete": _set(True, *OURS, "complete"),
    "other host": _set("elsewhere", *OURS, "host", "name"),
    "no host": _drop(*OURS, "host"),
    "other commit": _set("0123456789abcdef", *OURS, "commit"),
    "other compiler": _set("tcc 0.1", *OURS, "compiler"),
    "other flags": _set("-O0", *OURS, "cflags"),
    "other format": _set(999, *OURS, "format"),
    "format is text": _set("1", *OURS, "format"),
    "foreign": _drop(*OURS),
    "no benchmarks": _drop("benchmarks"),
    "benchmarks is no list": _set({}, "benchmarks"),
    "other plan": _set(3, *OURS, "planned_samples"),
    "unknown option": _set(["--nosuch=1"], *OURS, "arguments"),
    "stray word": _set(["stray"], *OURS, "arguments"),
    "too many CPUs": _set(["--cpus=999"], *OURS, "arguments"),
    "no arguments": _set([], *OURS, "arguments"),
    "an argument is no text": _set(["--quick", 1], *OURS, "arguments"),
    "arguments are no list": _set({}, *OURS, "arguments"),
    "an empty sample": _set({}, "benchmarks", 0),
    "a sample without a name": _drop("benchmarks", 0, "name"),
    "a sample without its number": _drop("benchmarks", 0, "repetition_index"),
    "a sample that is none": _set([], "benchmarks", 0),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_changed_files_are_refused(
    bench: Bench, unfinished: Path, change: Change
) -> None:
    edit(unfinished, change)
    before = snapshot(bench.folder)
    refused(bench("run", "--resume", "run.json"))
    assert snapshot(bench.folder) == before


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "17", '{"benchmarks": []}', "\0\0", '{"a": 1, "a": 2}'],
)
def test_what_is_no_results_file(bench: Bench, text: str) -> None:
    (bench.folder / "x.json").write_text(text, encoding="ascii")
    before = snapshot(bench.folder)
    refused(bench("run", "--resume", "x.json"), "x.json")
    assert snapshot(bench.folder) == before


def test_truncated_file(bench: Bench, unfinished: Path) -> None:
    text = unfinished.read_bytes()
    for length in (1, 100, len(text) // 2, len(text) - 1):
        unfinished.write_bytes(text[:length])
        refused(bench("run", "--resume", "run.json"), "run.json")
        assert unfinished.read_bytes() == text[:length]


def test_missing_file_and_folder(bench: Bench) -> None:
    refused(bench("run", "--resume", "nosuch.json"), "nosuch.json")
    refused(bench("run", "--resume", "."))
    assert not snapshot(bench.folder)


@pytest.mark.parametrize("more", ["--quick", "--cpus=1", "--out=y.json", "--dry-run"])
def test_other_options_beside_it(bench: Bench, unfinished: Path, more: str) -> None:
    before = snapshot(bench.folder)
    refused(bench("run", "--resume", str(unfinished), more), "--resume")
    refused(bench("run", more, f"--resume={unfinished}"), "--resume")
    assert snapshot(bench.folder) == before


def no_room() -> None:
    """Files get no longer than 100 bytes, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


def test_no_room_for_results(bench: Bench, unfinished: Path) -> None:
    """Nothing is lost, and what to do suits the command."""
    (bench.folder / "run.json~").write_text("older", encoding="ascii")
    before = snapshot(bench.folder)
    done = bench("run", *TINY, "--out=run.json", preexec_fn=no_room)
    assert done.returncode == 2
    one_line(done.stderr.splitlines(keepends=True)[-1], "run.json", "with --out")
    done = bench("run", "--resume", str(unfinished), preexec_fn=no_room)
    assert done.returncode == 2
    last = done.stderr.splitlines(keepends=True)[-1]
    one_line(last, "run.json", "mend that and resume it again")
    assert "--out" not in last
    assert snapshot(bench.folder) == before


def test_an_earlier_failure_is_not_forgotten(bench: Bench, unfinished: Path) -> None:
    def fail(document: Document) -> None:
        sample = document["benchmarks"][0]
        kept = "name run_name run_type repetitions repetition_index threads time_unit"
        kept += " family_index per_family_instance_index pass order seed"
        document["benchmarks"][0] = {
            **{key: sample[key] for key in kept.split()},
            **{"iterations": 0, "real_time": 0.0, "cpu_time": 0.0},
            **{"error_occurred": True, "error_message": "made up"},
        }

    edit(unfinished, fail)
    done = bench("run", "--resume", str(unfinished))
    assert done.returncode == 1
    assert "1 of 2 samples failed" in done.stderr
    assert len(read_results(unfinished)["benchmarks"]) == 2
