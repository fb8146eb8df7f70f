# SPDX-License-Identifier: GPL-2.0-or-later
"""How tests are run: run-tests.sh, and surroundings that are always the same."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import List

from cli import PATIENCE, ROOT, Done

RUN_TESTS = str(ROOT / "tests/check/run-tests.sh")
# Two lines, between which another program would like to write.
SAYS = "#!/bin/sh\necho ${0##*/} begins\nsleep 0.2\necho ${0##*/} ends >&2\nexit %d\n"


def programs(folder: Path, *names: str, status: int = 0) -> List[str]:
    """Test programs that end with that status."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(SAYS % status, encoding="utf-8")
        (folder / name).chmod(0o755)
    return [str(folder / name) for name in names]


def run_tests(*words: str) -> Done:
    """run-tests.sh, four at a time."""
    return subprocess.run(
        [RUN_TESTS, *words],
        env={**os.environ, "JOBS": "4"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def test_what_a_program_prints_stays_together(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    alone = programs(folder, "test-plain-locks", "test-gbench")
    others = programs(folder, *(f"test-{n}" for n in "abcdefgh"))
    done = run_tests(*alone, *others)
    assert done.returncode == 0, done.stdout
    *lines, last = done.stdout.splitlines()
    assert last == "10 test programs passed"
    order = [line[3:] for line in lines if line.startswith("== ")]
    assert sorted(order[:-2]) == sorted(others) and order[-2:] == alone
    for number, path in enumerate(order):
        name = Path(path).name
        expected = [f"== {path}", f"{name} begins", f"{name} ends"]
        assert lines[3 * number : 3 * number + 3] == expected


def test_failed_programs_are_named(tmp_path: Path) -> None:
    bad = programs(tmp_path, "test-x", "test-stat-locks", status=3)
    good = programs(tmp_path, "test-y", "test-z")
    killed = tmp_path / "test-killed"
    killed.write_text("#!/bin/sh\nkill -SEGV $$\n", encoding="utf-8")
    killed.chmod(0o755)
    done = run_tests(*bad, str(killed), str(tmp_path / "test-absent"), *good)
    assert done.returncode == 1
    last = done.stdout.splitlines()[-1]
    assert last.startswith("FAILED: ")
    names = {Path(word).name for word in last.split()[1:]}
    assert names == {"test-x", "test-stat-locks", "test-killed", "test-absent"}
    assert "test-y ends" in done.stdout and "test-z ends" in done.stdout


def test_children_find_standard_surroundings() -> None:
    """No signal ignored or blocked but those that Python ignores, umask 022."""
    status = subprocess.run(
        ["cat", "/proc/self/status"], capture_output=True, encoding="utf-8", check=True
    ).stdout
    facts = dict(line.split(":\t", 1) for line in status.splitlines())
    assert int(facts["SigBlk"], 16) == 0
    # The C library keeps signals 32 and 33 to itself: nobody can reset them.
    assert int(facts["SigIgn"], 16) & ~(3 << 31) == 0
    assert int(facts["Umask"], 8) == 0o022


def test_whatever_started_the_tests() -> None:
    def odd() -> None:
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGUSR1, signal.SIGTERM))
        os.umask(0o077)

    test = f"{Path(__file__)}::test_children_find_standard_surroundings"
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
        cwd=ROOT,
        preexec_fn=odd,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout
