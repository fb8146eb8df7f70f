# SPDX-License-Identifier: GPL-2.0-or-later
"""A run that is killed or interrupted leaves a valid file, which can be completed."""

import os
import pty
import re
import shlex
import signal
import subprocess
from itertools import product
from pathlib import Path

import pytest

from cli import (
    PATIENCE,
    LONG,
    LONG_SAMPLES,
    TINY,
    Bench,
    is_alive,
    read_results,
    sample_process,
    samples_in,
    suite,
    wait_for,
    which_samples,
)

ENOUGH = 3


def start_and_wait(bench: Bench, path: Path) -> "tuple[subprocess.Popen[str], int]":
    """A run in the middle of a sample that will not end by itself, and its process."""
    runner = bench.start("run", *LONG, "--out", str(path))
    wait_for(lambda: samples_in(path) >= ENOUGH)
    sample: int = wait_for(lambda: sample_process(runner))
    os.kill(sample, signal.SIGSTOP)
    return runner, sample


def complete(bench: Bench, path: Path) -> None:
    """Resumes it and looks whether each sample is there once, the first untouched."""
    before = read_results(path)
    assert ENOUGH <= len(before["benchmarks"]) < LONG_SAMPLES
    assert suite(before)["complete"] is False
    assert suite(before)["planned_samples"] == LONG_SAMPLES
    done = bench("run", "--resume", str(path))
    assert done.returncode == 0, done.stderr
    after = read_results(path)
    count = len(before["benchmarks"])
    assert after["benchmarks"][:count] == before["benchmarks"]
    cells = {name for name, _ in which_samples(after)}
    assert len(cells) == LONG_SAMPLES // 2
    assert which_samples(after) == sorted(product(cells, range(2)))
    assert suite(after)["complete"] is True
    assert suite(after).get("interrupted", False) is False
    assert f"{LONG_SAMPLES} samples" in done.stdout
    assert f"{LONG_SAMPLES - count} of {LONG_SAMPLES} samples taken" in done.stderr


def test_killed_runner(bench: Bench) -> None:
    path = bench.folder / "k.json"
    runner, sample = start_and_wait(bench, path)
    runner.kill()
    runner.communicate()
    assert runner.returncode == -signal.SIGKILL
    wait_for(lambda: not is_alive(sample))
    complete(bench, path)


def test_no_sample_survives_a_killed_runner(bench: Bench) -> None:
    # Not one that is stopped: the kernel ends such an orphan anyway.
    runner = bench.start("run", *TINY, "--seconds=30", "--out=k.json")
    sample = wait_for(lambda: sample_process(runner))
    runner.kill()
    runner.communicate()
    wait_for(lambda: not is_alive(sample))
    assert read_results(bench.folder / "k.json")["benchmarks"] == []


def check_interrupted(bench: Bench, path: Path, returncode: int, stderr: str) -> None:
    """The exit status, and a message that names the command to go on with."""
    assert returncode == 130, (returncode, stderr)
    message = [line for line in stderr.splitlines() if "interrupted" in line]
    assert len(message) == 1 and message[0].startswith("iommubench: ")
    # To be copied: a shell takes it for one word.
    command = message[0].partition("go on with: ")[2]
    assert shlex.split(command) == ["iommubench", "run", "--resume", str(path)]
    document = read_results(path)
    assert suite(document)["interrupted"] is True
    taken = re.search(r"(\d+) of 12 samples taken", stderr)
    assert taken and int(taken[1]) == len(document["benchmarks"])
    complete(bench, path)


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: str(n.name)
)
def test_signal_to_the_runner_alone(bench: Bench, number: signal.Signals) -> None:
    path = bench.folder / "it's a run.json"
    runner, sample = start_and_wait(bench, path)
    runner.send_signal(number)
    stdout, stderr = runner.communicate(timeout=PATIENCE)
    assert not is_alive(sample)
    assert f"results: {path}" in stdout
    check_interrupted(bench, path, runner.returncode, stderr)


def test_ctrl_c_on_a_terminal(bench: Bench) -> None:
    path = bench.folder / "t.json"
    keyboard, terminal = pty.openpty()
    errors = bench.folder / "stderr"
    # The terminal becomes the one that controls the new session.
    script = 'exec 3<>"$0"; exec "$@" <&3 3<&-'
    with errors.open("w", encoding="utf-8") as stderr:
        runner = subprocess.Popen(
            ["/bin/sh", "-c", script, os.ttyname(terminal), str(bench.program)]
            + ["run", *LONG, "--out", str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
        )
    try:
        wait_for(lambda: samples_in(path) >= ENOUGH)
        sample = wait_for(lambda: sample_process(runner))
        os.write(keyboard, b"\x03")
        runner.wait(timeout=PATIENCE)
    finally:
        runner.kill()
        os.close(keyboard)
        os.close(terminal)
    assert not is_alive(sample)
    text = errors.read_text(encoding="utf-8")
    check_interrupted(bench, path, runner.returncode, text)


def test_interrupted_twice(bench: Bench) -> None:
    path = bench.folder / "i.json"
    runner, _ = start_and_wait(bench, path)
    runner.send_signal(signal.SIGINT)
    runner.communicate(timeout=PATIENCE)
    count = samples_in(path)
    runner = bench.start("run", "--resume", str(path))
    wait_for(lambda: samples_in(path) > count)
    wait_for(lambda: sample_process(runner))
    runner.send_signal(signal.SIGINT)
    runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 130
    complete(bench, path)


def test_ignored_signals_stay_ignored(bench: Bench) -> None:
    path = bench.folder / "n.json"

    def as_nohup() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    runner = bench.start("run", *LONG, "--out", str(path), preexec_fn=as_nohup)
    wait_for(lambda: samples_in(path) >= ENOUGH)
    runner.send_signal(signal.SIGHUP)
    _, stderr = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 0, stderr
    assert len(read_results(path)["benchmarks"]) == LONG_SAMPLES


def test_a_parent_that_ignores_its_children(bench: Bench) -> None:
    def ignore() -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)

    done = bench("run", *TINY, "--out=c.json", preexec_fn=ignore, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
