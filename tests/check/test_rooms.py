# SPDX-License-Identifier: GPL-2.0-or-later
"""rooms.py names each kind of fault in a copy of the tree, and none in the tree."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Tuple

import pytest

from cli import ROOT

CODE = ("include", "src", "bench", "harness", "report", "tests")
LONG = "int longer(void);\n" * 401
ORDER = "an include against the order"
FAULTS: Dict[str, Tuple[Dict[str, str], str]] = {
    ORDER: (
        {"harness/base/planted.c": '#include "run/spawn.h"\n'},
        'harness/base/planted.c: base includes "run/spawn.h", which is above it',
    ),
    "an include against the order in a header, indented": (
        {"harness/host/planted.h": '  #  include "cmd/help.h"\n'},
        'harness/host/planted.h: host includes "cmd/help.h", which is above it',
    ),
    "an include without its room": (
        {"harness/run/planted.c": '#include "error.h"\n'},
        'harness/run/planted.c: includes "error.h" without its room',
    ),
    "src includes the harness": (
        {"src/planted.c": '#include "run/spawn.h"\n'},
        'src/planted.c: src includes "run/spawn.h": it knows include/ alone',
    ),
    "bench includes src": (
        {"bench/planted.c": '#include "area.h"\n'},
        'bench/planted.c: bench includes "area.h": it knows include/ alone',
    ),
    "a public header includes the harness": (
        {"include/planted.h": '#include "plan/plan.h"\n'},
        'include/planted.h: include includes "plan/plan.h": it knows include/ alone',
    ),
    "a file of C without a room": (
        {"harness/planted.c": ""},
        "harness/planted.c: stands in no room",
    ),
    "a file of Python without a room": (
        {"report/planted.py": ""},
        "report/planted.py: stands in no room",
    ),
    "an unknown room of the harness": (
        {"harness/cellar/planted.c": ""},
        "harness/cellar/planted.c: cellar is no room of harness",
    ),
    "an unknown room of the report": (
        {"report/attic/planted.py": ""},
        "report/attic/planted.py: attic is no room of report",
    ),
    "a crowded folder": (
        {f"tests/fuzz/planted_{number}.c": "" for number in range(40)},
        "tests/fuzz: holds ",
    ),
    "a long file of C": (
        {"harness/base/planted.c": LONG},
        "harness/base/planted.c: has 401 lines, more than 400",
    ),
    "a long file of Python": (
        {"report/text/planted.py": "LONGER = 1\n" * 401},
        "report/text/planted.py: has 401 lines, more than 400",
    ),
    "an import against the order": (
        {"report/read/planted.py": "import report.site.cells\n"},
        "report/read/planted.py: read imports report.site.cells, which is above it",
    ),
    "a late import from above": (
        {"report/stats/planted.py": "def late():\n    from report import draw\n"},
        "report/stats/planted.py: stats imports report.draw, which is above it",
    ),
    "a relative import": (
        {"report/read/planted.py": "from . import load\n"},
        "report/read/planted.py: a relative import; write report.ROOM",
    ),
}
ALLOWED = {
    "harness/run/planted.c": '#include "base/error.h"\n#include "run/spawn.h"\n'
    '#include "lock.h"\n#include "arch_relax.h"\n#include "version.h"\n',
    "src/planted.c": '#include "lock.h"\n#include "area.h"\n',
    "include/planted.h": '#include "arch_ticks.h"\n#include "base/error.h"\n',
    "report/stats/planted.py": "import json\nfrom report.read import load\n",
    "harness/base/planted.c": LONG[: LONG.rindex("int")],
}


def rooms(tree: Path) -> "subprocess.CompletedProcess[str]":
    """What the check says of a tree, with the script that lies there."""
    return subprocess.run(
        [sys.executable, "-B", "-I", str(tree / "tests/check/rooms.py")],
        cwd="/",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Path:
    """A copy of the code."""
    for name in CODE:
        shutil.copytree(
            ROOT / name,
            tmp_path / "tree" / name,
            ignore=shutil.ignore_patterns("__pycache__", "golden", "*.json"),
        )
    return tmp_path / "tree"


def new_faults(tree: Path, files: Dict[str, str]) -> List[str]:
    """What is said once these files are there and was not before; exit 1 if any."""
    before = rooms(tree).stdout.splitlines()
    plant(tree, files)
    done = rooms(tree)
    assert done.stderr == "" and done.returncode == bool(done.stdout)
    return [line for line in done.stdout.splitlines() if line not in before]


def plant(tree: Path, files: Dict[str, str]) -> None:
    """Writes these files there."""
    for name, text in files.items():
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_text(text, encoding="utf-8")


def test_the_tree_is_in_order() -> None:
    done = rooms(ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named(tree: Path, fault: str) -> None:
    files, words = FAULTS[fault]
    (line,) = new_faults(tree, files)
    assert words in line


def test_what_is_in_order_is_not_named(tree: Path) -> None:
    assert not new_faults(tree, ALLOWED)


def test_every_fault_is_named(tree: Path) -> None:
    two = [FAULTS[name][0] for name in (ORDER, "a relative import")]
    found = new_faults(tree, {**two[0], **two[1]})
    assert sorted(line.partition(":")[0] for line in found) == [
        "harness/base/planted.c",
        "report/read/planted.py",
    ]


def test_not_a_tree(tmp_path: Path) -> None:
    script = tmp_path / "tests" / "check" / "rooms.py"
    script.parent.mkdir(parents=True)
    shutil.copy(ROOT / "tests/check/rooms.py", script)
    done = rooms(tmp_path)
    assert done.returncode == 1 and "is this the root?" in done.stdout
