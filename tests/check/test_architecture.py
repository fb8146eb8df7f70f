# SPDX-License-Identifier: GPL-2.0-or-later
"""What docs/ARCHITECTURE.md says is so: its rooms, its files and its arrows."""

import re
from pathlib import Path
from typing import List, Tuple

import pytest

import rooms

ROOT = rooms.ROOT
TEXT = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
# What shows that one process starts another or reads what it writes: words in a file.
EVIDENCE = {
    ("run/spawn", "cmd/cmd_sample"): ("harness/run/spawn.c", '"sample"'),
    ("measure/sample_json", "run/sample_output"): (
        "harness/run/sample_output.c",
        "out->details",
    ),
    ("output/results", "report/read"): ("report/read/schema.py", "schema.json"),
    ("run/stop_rule", "report/compare"): (
        "harness/jobs/compare.sh",
        "report compare",
    ),
}

Arrow = Tuple[str, str, str]


def arrows() -> List[Arrow]:
    """The picture's: from, kind, to."""
    found: List[Arrow] = []
    for line in TEXT.splitlines():
        if line.startswith("        "):
            words = re.findall(r"[a-z]+/[a-z_]+|-->|==>", line)
            for i in range(0, len(words) - 2, 2):
                if words[i + 1] in ("-->", "==>"):
                    found.append((words[i], words[i + 1], words[i + 2]))
    return found


def files_of(name: str) -> List[Path]:
    """The sources behind a name of the picture."""
    top, rest = name.split("/")
    if top == "report":
        return sorted((ROOT / "report" / rest).glob("*.py"))
    folder = ROOT / top if top == "include" else ROOT / "harness" / top
    return [
        path for path in (folder / f"{rest}.c", folder / f"{rest}.h") if path.exists()
    ]


def uses(name: str, other: str) -> bool:
    """Whether a source of the one includes or imports the other."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in files_of(name))
    if name.startswith("report/"):
        module = other.replace("/", ".")
        return bool(
            re.search(rf"^\s*(?:from|import) {re.escape(module)}\b", text, re.M)
        )
    header = other.split("/")[1] if other.startswith("include/") else other
    return bool(re.search(rf'^#include "{re.escape(header)}\.h"', text, re.M))


def test_the_picture_has_arrows() -> None:
    assert len(arrows()) > 25
    assert {kind for _, kind, _ in arrows()} == {"-->", "==>"}


@pytest.mark.parametrize("arrow", arrows(), ids=" ".join)
def test_arrow(arrow: Arrow) -> None:
    """It is in the code."""
    start, kind, end = arrow
    assert files_of(start) and files_of(end)
    if kind == "-->":
        assert uses(start, end)
    else:
        path, words = EVIDENCE[start, end]
        assert words in (ROOT / path).read_text(encoding="utf-8")


def test_an_arrow_that_is_not_there() -> None:
    assert not uses("plan/plan", "run/session")
    assert not uses("report/read", "report/site")
    assert files_of("run/no_such_file") == []


@pytest.mark.parametrize("top", ["harness", "report"])
def test_rooms(top: str) -> None:
    """They are those of rooms.py, in its order, and each is there."""
    order = rooms.HARNESS if top == "harness" else rooms.REPORT
    section = TEXT.split(f"## The rooms of {top}/")[1].split("\n## ")[0]
    listed = re.findall(r"^- \*\*([a-z]+)\*\*: \S", section, re.M)
    there = [room for room in order if (ROOT / top / room).is_dir()]
    assert there == order
    assert listed == there


def test_files() -> None:
    """Each file or folder that is named exists; NAME stands for any."""
    text = re.sub(
        r"^        .*$", "", TEXT, flags=re.M
    )  # the picture has names of its own
    tops = "harness|report|include|src|bench|tests|results|docs"
    names = re.findall(rf"(?<![\w/])(?:{tops})/[\w./*]*\w", text)
    assert len(set(names)) > 20
    for name in sorted(set(names)):
        assert list(ROOT.glob(name.replace("NAME", "*"))), name
