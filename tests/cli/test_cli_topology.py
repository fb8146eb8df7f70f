# SPDX-License-Identifier: GPL-2.0-or-later
"""Which CPUs are used, and in which order."""

import os
import platform
import re
import shutil
import subprocess
import time
from typing import Optional

import pytest

from cli import ROOT, TINY, Bench, one_line, read_results, snapshot, suite

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


def test_smt8(bench: Bench) -> None:
    power = {"HWLOC_SYNTHETIC": "pack:2 core:4 pu:8"}
    done = bench("run", "--dry-run", "--allocators=sun4u", env=power)
    threads = [core + thread for thread in range(8) for core in range(0, 64, 8)]
    assert pinning_order(done.stdout) == threads


def test_more_than_1024_cpus(bench: Bench) -> None:
    large = {"HWLOC_SYNTHETIC": "pack:8 numa:2 core:16 pu:8"}
    done = bench("run", "--dry-run", "--allocators=sun4u", env=large)
    assert (done.returncode, done.stderr) == (0, "")
    order = pinning_order(done.stdout)
    assert order[:256] == [*range(0, 2048, 8)]
    assert sorted(order) == [*range(2048)]
    assert "/cpus:2048/" in done.stdout


def test_numa_nodes_without_memory(bench: Bench) -> None:
    bare = {"HWLOC_SYNTHETIC": "pack:2 [numa(memory=0)] core:2 pu:1"}
    done = bench("run", "--dry-run", "--allocators=sun4u", env=bare)
    assert (done.returncode, done.stderr) == (0, "")
    assert pinning_order(done.stdout) == [0, 1, 2, 3]


# CPUs 6 and 7 are offline; the cgroup has no 3.
XML = """<?xml version="1.0" encoding="UTF-8"?>
<topology version="2.0">
  <object type="Machine" os_index="0" cpuset="0x3f" complete_cpuset="0xff"
      allowed_cpuset="0x37" nodeset="0x1" complete_nodeset="0x1" allowed_nodeset="0x1">
    <object type="NUMANode" os_index="0" cpuset="0x3f" complete_cpuset="0xff"
        nodeset="0x1" complete_nodeset="0x1" local_memory="1073741824"/>
CORES  </object>
</topology>
"""


def xml_object(kind: str, index: int, cpus: int, inner: str = "") -> str:
    """A core or CPU, as hwloc writes it."""
    sets = f'cpuset="{cpus:#x}" complete_cpuset="{cpus:#x}"'
    nodes = 'nodeset="0x1" complete_nodeset="0x1"'
    return f'<object type="{kind}" os_index="{index}" {sets} {nodes}>{inner}</object>\n'


def test_offline_cpus_and_cgroup(bench: Bench) -> None:
    cores = ""
    for core in range(3):
        threads = (2 * core, 2 * core + 1)
        inner = "".join(xml_object("PU", cpu, 1 << cpu) for cpu in threads)
        cores += xml_object("Core", core, 3 << 2 * core, inner)
    path = bench.folder / "machine.xml"
    path.write_text(XML.replace("CORES", cores), encoding="ascii")
    options = ("run", "--dry-run", "--allocators=sun4u", "--workloads=pair")
    done = bench(*options, env={"HWLOC_XMLFILE": str(path)})
    assert pinning_order(done.stdout) == [0, 2, 4, 1, 5]
    assert re.findall(r"/cpus:(\d+)/", done.stdout) == ["1", "2", "4", "5"]
    assert re.search(r"has 3 CPUs more.*taskset, cgroup, offline", done.stdout)


# What a sparc64 kernel says: no `processor` lines, no megahertz.
SPARC_CPUINFO = """cpu\t\t: UltraSparc T5 (Niagara5)
fpu\t\t: UltraSparc T5 integrated FPU
type\t\t: sun4v
ncpus probed\t: 2
ncpus active\t: 2
D$ parity tl1\t: 0
I$ parity tl1\t: 0
Cpu0ClkTck\t: 00000000d693a400
Cpu1ClkTck\t: 00000000d693a400
MMU Type\t: Hypervisor (sun4v)
State:
CPU0:\t\tonline
CPU1:\t\tonline
"""


def with_cpuinfo(bench: Bench, text: str) -> "tuple[str, ...]":
    """A prefix under which /proc/cpuinfo is another; skips where that is forbidden."""
    path = bench.folder / "cpuinfo"
    path.write_text(text, encoding="ascii")
    inside = f'mount --bind "{path}" /proc/cpuinfo && exec "$@"'
    prefix = "unshare --user --map-root-user --mount sh -c".split()
    words = (*prefix, inside, "sh")
    if subprocess.run([*words, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs a mount namespace of its own (unprivileged user namespaces)")
    return words


def test_cpuinfo_without_processor_lines(bench: Bench) -> None:
    prefix = with_cpuinfo(bench, SPARC_CPUINFO)
    took = []
    for name, words in (("x.json", ()), ("y.json", prefix)):
        tries = []
        # Other load can make one slow, hardly every one.
        for _ in range(3):
            begin = time.monotonic()
            done = bench("run", *TINY, "--repetitions=10", "--out", name, prefix=words)
            tries.append(time.monotonic() - begin)
            assert done.returncode == 0, done.stderr
        took.append(min(tries))
    here, there = (read_results(bench.folder / name) for name in ("x.json", "y.json"))
    assert suite(there)["host"]["cpu_model"] == "UltraSparc T5 (Niagara5)"
    assert suite(there)["host"]["cpu_revision"] == "type sun4v"
    assert there["context"]["mhz_per_cpu"] == 3600
    assert there["context"]["num_cpus"] == here["context"]["num_cpus"]
    # Google Benchmark would sleep a second in each sample to find the clock rate out.
    assert took[1] < took[0] + 5


X86 = "cpu family\t: 6\nmodel\t\t: 85\nmodel name\t: A CPU\nstepping\t: 7\n"
POWER = "cpu\t\t: POWER9\nclock\t\t: 3800.000000MHz\nrevision\t: 2.2 (pvr 004e 1202)\n"
ARM = (
    "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\n"
    "CPU part\t: 0xd0c\nCPU revision\t: 1\n"
)


@pytest.mark.parametrize(
    "text,revision",
    [
        (
            f"{X86}microcode\t: 0x5003\n",
            "family 6, model 85, stepping 7, microcode 0x5003",
        ),
        # A guest that is shown no microcode.
        (X86, "family 6, model 85, stepping 7"),
        (POWER, "revision 2.2 (pvr 004e 1202)"),
        (ARM, "implementer 0x41, architecture 8, variant 0x3, part 0xd0c, revision 1"),
        ("processor\t: 0\nmodel name\t: A CPU\n", None),
    ],
)
def test_what_tells_cpus_of_a_model_apart(
    bench: Bench, text: str, revision: Optional[str]
) -> None:
    """What the kernel shows of it, and nothing that it does not."""
    prefix = with_cpuinfo(bench, text)
    done = bench("run", *TINY, "--out=x.json", prefix=prefix)
    assert done.returncode == 0, done.stderr
    host = suite(read_results(bench.folder / "x.json"))["host"]
    assert host.get("cpu_revision") == revision


def test_32_bits_are_refused() -> None:
    """Where long has 32 bits the bitmaps would be others: not to be built."""
    if platform.machine() != "x86_64":
        pytest.skip("needs a compiler that knows -m32")
    words = ["gcc", "-m32", "-ffreestanding", "-fsyntax-only", "-D_GNU_SOURCE"]
    includes = [f"-I{ROOT}/{path}" for path in ("include", "harness/host/arch/generic")]
    source = [*includes, "-x", "c", str(ROOT / "include" / "bits.h")]
    done = subprocess.run([*words, *source], capture_output=True, check=False)
    assert done.returncode == 1 and b"64-bit" in done.stderr


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


@pytest.mark.parametrize("kib", [520192, 98304, 36864, 7, 1])
def test_caches_that_no_ways_divide(bench: Bench, kib: int) -> None:
    """A guest's last level may be all of its host's added up, in no power of two."""
    host = f"pack:1 l3:1(size={kib * 1024}) l2:2(size=1048576) l1d:1(size=32768)"
    env = {"HWLOC_SYNTHETIC": f"{host} core:1 pu:1", "HWLOC_THISSYSTEM": "1"}
    simulator = Bench(bench.program.with_name("iommubench-sim"), bench.folder)
    done = simulator("calibrate", env=env)
    assert done.returncode == 0, done.stderr
    told = dict(re.findall(r"^(llc_\w+) = (\d+ \| .*)", done.stdout, re.M))
    size, ways = (int(told[name].split()[0]) for name in ("llc_kib", "llc_ways"))
    sets = size * 1024 // 64 // ways
    assert size <= kib and ways <= 64 and sets & (sets - 1) == 0
    assert sets * ways * 64 == size * 1024
    assert (size != kib) == (f"hwloc: {kib} KiB, which no" in told["llc_kib"])
    assert (size != kib) == ("assumed" in told["llc_ways"])
