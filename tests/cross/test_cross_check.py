# SPDX-License-Identifier: GPL-2.0-or-later
"""What cross-check makes of results: a figure that differs must fail, and be named."""

import importlib.util
import sys
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parent / "cross_check.py"
SPEC = importlib.util.spec_from_file_location("cross_check", FILE)
assert SPEC and SPEC.loader
cross_check = importlib.util.module_from_spec(SPEC)
sys.modules["cross_check"] = cross_check
SPEC.loader.exec_module(cross_check)

NAME = "sim/sun4v-t5-2/ring/sun4u/pools:1/cpus:8/flush:psycho/occupancy:5/lock:tas"


def test_virtual_times() -> None:
    document = {"benchmarks": [{"name": NAME, "real_time": 5446.25}]}
    assert cross_check.virtual_times(document) == {"sun4u/pools:1/cpus:8": 5446.25}


def test_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archs = [cross_check.Arch(name, tmp_path) for name in ("sparc64", "ppc64")]
    archs[0].simulated = {"a/cpus:1": 90.06}
    cross_check.print_simulated(archs, {"a/cpus:1": 93.6})
    head, row = capsys.readouterr().out.splitlines()
    # ppc64 has not run: it has no column.
    assert head.split()[-2:] == ["here", "sparc64"]
    assert row.split() == ["a/cpus:1", "93.6", "90.1"]


def test_times_are_no_figures() -> None:
    sample = {"name": NAME, "real_time": 1.5, "cpu_time": 1.5, "flushes": 7}
    (kept,) = cross_check.figures({"benchmarks": [sample]})
    assert kept == {"name": NAME, "flushes": 7}


def test_a_failed_test_stays_failed(tmp_path: Path) -> None:
    arch = cross_check.Arch("sparc64", tmp_path)
    job = cross_check.Job(arch, "tests", str)
    cross_check.note(job, "3", "")
    cross_check.note(job, "4", "")
    assert arch.cells["tests"] == "7"
    cross_check.note(job, "", "broken")
    cross_check.note(job, "5", "")
    assert arch.cells["tests"] == "FAILED" and arch.troubles == ["broken"]
