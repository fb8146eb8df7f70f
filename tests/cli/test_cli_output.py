# SPDX-License-Identifier: GPL-2.0-or-later
"""Where output goes: progress on terminals and elsewhere, full and closed streams."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios

import pytest

from cli import PATIENCE, GOLDEN, LONG, TINY, Bench, read_results

CLEAR = "\r\x1b[K"


def on_terminal(bench: Bench, columns: int) -> str:
    """What a run writes to a terminal on stderr."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    words = [*LONG[:4], "--seconds=0.02", "--repetitions=2", "--out=p.json"]
    runner = bench.start("run", *words, stderr=slave, stdout=subprocess.DEVNULL)
    os.close(slave)
    text = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    os.close(master)
    assert runner.wait(timeout=PATIENCE) == 0
    return text.decode("utf-8")


def test_line_is_rewritten_on_a_terminal(bench: Bench) -> None:
    parts = on_terminal(bench, 200).split(CLEAR)
    assert parts[0] == ""
    steps = parts[1:-1]
    assert len(steps) == 12
    for at, step in enumerate(steps):
        found = re.fullmatch(r"\[(\d+)/12\] (.+), (\S+)", step)
        assert found and int(found[1]) == at + 1
        assert re.fullmatch("[a-z]+/[a-z0-9-]+/pools:.*/think:0", found[3])
        left = "time left unknown" if at == 0 else r"(\d+m)?\d+s left"
        assert re.fullmatch(left, found[2])
    assert re.fullmatch(r"12 of 12 samples taken in \d+ s\r\n", parts[-1])


def test_line_never_wraps(bench: Bench) -> None:
    steps = on_terminal(bench, 40).split(CLEAR)[1:-1]
    assert len(steps) == 12 and max(map(len, steps)) < 40


def test_plain_lines_elsewhere(bench: Bench) -> None:
    done = bench("run", *TINY, "--out=p.json")
    assert "\r" not in done.stderr and "\x1b" not in done.stderr
    assert "\x1b" not in done.stdout
    lines = done.stderr.splitlines()
    assert re.fullmatch(r"\[1/2\] time left unknown, pair/sun4u/\S+", lines[0])
    assert re.fullmatch(r"2 of 2 samples taken in \d+ s", lines[-1])


COMMANDS = [
    ("--help",),
    ("--version",),
    ("list",),
    ("list", "--profiles"),
    ("run", "--help"),
    ("run", "--dry-run"),
    ("run", "--benchmark_list_tests"),
    ("doctor",),
    ("replay", str(GOLDEN[0])),
    ("run", *TINY, "--out=x.json"),
    ("run", *TINY, "--out=x.json", "--benchmark_format=json"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda w: " ".join(w)[:30])
def test_full_disk_is_no_success(bench: Bench, words: "tuple[str, ...]") -> None:
    with open("/dev/full", "w", encoding="ascii") as full:
        done = bench(*words, stdout=full)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last == "iommubench: cannot write the output: No space left on device"
    if "--out=x.json" in words:
        assert len(read_results(bench.folder / "x.json")["benchmarks"]) == 2


@pytest.mark.parametrize("words", COMMANDS, ids=lambda w: " ".join(w)[:30])
def test_closed_stdout_is_no_success(bench: Bench, words: "tuple[str, ...]") -> None:
    shell = ("sh", "-c", 'exec "$0" "$@" >&-')
    done = bench(*words, prefix=shell)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("iommubench: cannot write the output: ")
    if "--out=x.json" in words:
        samples = read_results(bench.folder / "x.json")["benchmarks"]
        assert not any("error_message" in sample for sample in samples)


@pytest.mark.parametrize("closed", ["<&-", "2>&-", "<&- 2>&-"])
def test_other_closed_streams_do_no_harm(bench: Bench, closed: str) -> None:
    shell = ("sh", "-c", f'exec "$0" "$@" {closed}')
    done = bench("run", *TINY, "--out=x.json", prefix=shell)
    assert done.returncode == 0
    samples = read_results(bench.folder / "x.json")["benchmarks"]
    assert not any("error_message" in sample for sample in samples)


def test_reader_that_has_gone(bench: Bench) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = bench("run", "--help", stdout=writer)
    os.close(writer)
    assert done.returncode == -signal.SIGPIPE
