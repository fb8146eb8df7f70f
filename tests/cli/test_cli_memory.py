# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory: the runner and a sample stay below 64 MiB."""

import re
import time
from pathlib import Path

from cli import Bench, read_results, sample_process

LIMIT_KIB = 64 * 1024


def peak_kib(pid: int) -> int:
    """The most memory it has had so far; 0 once it has ended."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB$", text, re.M)
    return int(found[1]) if found else 0


def test_default_plan(bench: Bench) -> None:
    # As many samples as by default, each shorter.
    runner = bench.start("run", "--seconds=0.004", "--out=m.json")
    runner_kib, sample_kib = 0, 0
    while runner.poll() is None:
        runner_kib = max(runner_kib, peak_kib(runner.pid))
        sample = sample_process(runner)
        if sample:
            sample_kib = max(sample_kib, peak_kib(sample))
        time.sleep(0.002)
    _, stderr = runner.communicate()
    count = len(read_results(bench.folder / "m.json")["benchmarks"])
    assert runner.returncode in (0, 1), stderr
    assert count >= 160
    assert 1024 < runner_kib < LIMIT_KIB, runner_kib
    assert 1024 < sample_kib < LIMIT_KIB, sample_kib
