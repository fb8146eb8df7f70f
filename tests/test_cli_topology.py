# SPDX-License-Identifier: GPL-2.0-or-later
"""Which CPUs are used, and in which order."""

import os
import re
import shutil

import pytest

from cli import TINY, Bench, one_line, read_results, snapshot

# 2 packages, 2 NUMA nodes each, 4 cores each, 2 threads a core.
SYNTHETIC = {"HWLOC_SYNTHETIC": "pack:2 numa:2 l3:1 core:4 pu:2"}


def pinning_order(text: str) -> "list[int]":
    """The CPUs that a plan names."""
    found = re.search(r"CPUs in pinning order:((?: \d+)+)$", text, re.M)
    assert found
    return [int(cpu) for cpu in found[1].split()]


def test_cores_come_before_siblings(bench: Bench) -> None:
    done = bench("run", "--dry-run", env=SYNTHETIC)
    assert (done.returncode, done.stderr) == (0, "")
    assert pinning_order(done.stdout) == [*range(0, 32, 2), *range(1, 32, 2)]


def test_ladder_of_a_large_host(bench: Bench) -> None:
    words = ("--allocators=sun4u", "--workloads=pair", "--benchmark_list_tests")
    done = bench("run", *words, env=SYNTHETIC)
    assert re.findall(r"/cpus:(\d+)/", done.stdout) == "1 2 4 8 16 32".split()
    odd = {"HWLOC_SYNTHETIC": "pack:1 core:6 pu:1"}
    done = bench("run", *words, "--cpus=all", env=odd)
    assert re.findall(r"/cpus:(\d+)/", done.stdout) == "1 2 4 6".split()


def test_foreign_topology_is_not_measured(bench: Bench) -> None:
    done = bench("run", *TINY, "--out=x.json", env=SYNTHETIC)
    assert done.returncode in (2, 77)
    assert done.stdout == ""
    one_line(done.stderr, "HWLOC")
    assert not snapshot(bench.folder)


def test_doctor_says_that_a_topology_is_foreign(bench: Bench) -> None:
    done = bench("doctor", env=SYNTHETIC)
    assert done.returncode == 0
    assert re.search(r"^WARN +topology .*\n +fix: unset HWLOC_", done.stdout, re.M)


def test_nonsense_topology(bench: Bench) -> None:
    for value in ("nonsense", "pack:0", "pu:99999999999"):
        done = bench("run", "--dry-run", env={"HWLOC_SYNTHETIC": value})
        # hwloc may fall back to the real machine.
        assert done.returncode in (0, 2) and "Traceback" not in done.stderr


@pytest.mark.usefixtures("two_cpus")
def test_taskset_to_one_cpu(bench: Bench) -> None:
    if not shutil.which("taskset"):
        pytest.skip("needs taskset")
    for cpu in sorted(os.sched_getaffinity(0))[:2]:
        only = ("taskset", "-c", str(cpu))
        plan = bench("run", "--dry-run", prefix=only)
        assert pinning_order(plan.stdout) == [cpu]
        assert set(re.findall(r"/cpus:(\d+)/", plan.stdout)) == {"1"}
        assert "taskset" in plan.stdout
        two = bench("run", "--dry-run", "--cpus=2", prefix=only)
        assert two.returncode == 2
        one_line(two.stderr, "--cpus", "2")
        assert bench("run", *TINY, "--out=x.json", prefix=only).returncode == 0
        samples = read_results(bench.folder / "x.json")["benchmarks"]
        assert {t["os_cpu"] for s in samples for t in s["per_thread"]} == {cpu}


def test_dry_run_writes_nothing(bench: Bench) -> None:
    done = bench("run", "--dry-run", "--out=x.json")
    assert done.returncode == 0
    assert not snapshot(bench.folder)
    names = re.findall(r"^\S+/think:0$", done.stdout, re.M)
    assert f"{len(names)} cells, {10 * len(names)} samples" in done.stdout
