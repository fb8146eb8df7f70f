# SPDX-License-Identifier: GPL-2.0-or-later
"""The pinning order on machines that hwloc's makers recorded /sys and /proc of.

Among them are POWER with SMT, cgroup CPU sets, offline CPUs, NUMA nodes without memory
and holes in the numbering. `make topology-check` fetches them.
"""

import os
import re
import tarfile
from pathlib import Path
from typing import Dict, List

import pytest

from cli import Bench

FOLDER = Path(os.environ.get("RECORDED_TOPOLOGIES", "/nonexistent"))
# Recorded is what lstopo shows without options.
RECORDED = [
    tar
    for tar in sorted(FOLDER.glob("*.tar.bz2"))
    if FOLDER.joinpath(tar.name.replace(".tar.bz2", ".output")).exists()
    and not FOLDER.joinpath(tar.name.replace(".tar.bz2", ".options")).exists()
]

if not RECORDED:
    pytest.skip(
        "needs hwloc's recorded machines: make topology-check", allow_module_level=True
    )


def expected_order(output: str) -> List[int]:
    """From what lstopo printed: the first thread of each core, then the second ..."""
    cores: List[List[int]] = []
    core_depth = -1
    for line in output.splitlines():
        depth = len(line) - len(line.lstrip())
        if re.match(r" *Core L#", line):
            cores.append([])
            core_depth = depth
        found = re.match(r" *PU L#\d+ \(P#(\d+)\)", line)
        if found and 0 <= core_depth < depth:
            cores[-1].append(int(found[1]))
        elif found:
            cores.append([int(found[1])])
        if depth < core_depth:
            core_depth = -1
    most = max(len(core) for core in cores)
    return [core[i] for i in range(most) for core in cores if i < len(core)]


def recorded_env(folder: Path) -> Dict[str, str]:
    """Has hwloc read the recording, as its own tests do."""
    return {
        "HWLOC_FSROOT": str(folder),
        "HWLOC_COMPONENTS": "linux,stop",
        "HWLOC_DEBUG_SORT_CHILDREN": "1",
    }


@pytest.mark.parametrize("tar", RECORDED, ids=[tar.name for tar in RECORDED])
def test_recorded(bench: Bench, tar: Path) -> None:
    where = bench.folder / "machine"
    with tarfile.open(tar) as archive:
        archive.extractall(where)
    (root,) = where.iterdir()
    env = recorded_env(root)
    options = ("run", "--dry-run", "--allocators=sun4u", "--workloads=pair")
    done = bench(*options, "--cpus=all", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    order = re.search(r"CPUs in pinning order:((?: \d+)+)$", done.stdout, re.M)
    assert order
    output = FOLDER / tar.name.replace(".tar.bz2", ".output")
    expected = expected_order(output.read_text(encoding="utf-8"))
    assert [int(cpu) for cpu in order[1].split()] == expected
    ladder = [int(n) for n in re.findall(r"/cpus:(\d+)/", done.stdout)]
    assert ladder[0] == 1 and ladder[-1] == len(expected)
