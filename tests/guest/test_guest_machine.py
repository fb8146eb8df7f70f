# SPDX-License-Identifier: GPL-2.0-or-later
"""How guest-check reads a guest's console: what is damaged or missing must fail."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parent


def load(name: str) -> ModuleType:
    """One of guest-check's own files, which are no package."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


machine = load("machine")
guest_check = load("guest_check")

DATA = b'{"a": 1}\n'


def console(data: bytes = DATA, size: int = len(DATA)) -> bytes:
    """What init.c prints of a run with one file."""
    digest = machine.fnv1a(DATA)
    return (
        b"[    0.1] a word of the kernel's\r\n@@ begin 0 /x y\r\n@@ end 0 3\r\n"
        + b"@@ file a.json %d %08x\r\n" % (size, digest)
        + data.replace(b"\n", b"\r\n")
        + b"\r\n@@ done a.json\r\n@@ finished\r\n"
    )


def test_whole() -> None:
    outcome = machine.understand(console())
    assert outcome.files == {"a.json": DATA.decode()}
    assert outcome.status == [3]


def test_known_hash() -> None:
    # Of the reference: http://www.isthe.com/chongo/tech/comp/fnv/
    assert machine.fnv1a(b"foobar") == 0xBF9CF968


@pytest.mark.parametrize(
    "text, why",
    [
        (console(DATA.replace(b"1", b"2")), "damaged"),
        (console(size=5), "damaged"),
        (console().replace(b"@@ finished", b""), "end"),
        (console().replace(b"@@ end 0 3", b"@@ error: cannot mount /out"), "mount"),
        (b"", "end"),
    ],
)
def test_damage(text: bytes, why: str) -> None:
    with pytest.raises(machine.Failed, match=why):
        machine.understand(text)


def test_archive() -> None:
    """cpio itself is not everywhere: sizes and names, as the format has them."""
    archive = machine.cpio({"init": b"12345"})
    heads = re.findall(rb"070701([0-9A-F]{104})(init|TRAILER!!!)\0", archive)
    assert [name for _, name in heads] == [b"init", b"TRAILER!!!"]
    assert [int(head[48:56], 16) for head, _ in heads] == [5, 0]
    assert archive.count(b"12345") == 1 and len(archive) % 4 == 0


@pytest.mark.parametrize("cpus, ladder", [(1, [1]), (4, [1, 2, 4]), (6, [1, 2, 4, 6])])
def test_ladder(cpus: int, ladder: "list[int]") -> None:
    assert guest_check.ladder_of(cpus) == ladder


def counted(instructions: "float | None") -> "dict[str, object]":
    """Results of which only the calibration is there."""
    entry = {"name": "instructions", "counted": instructions, "expected": 500000}
    present = [entry] if instructions is not None else []
    return {"context": {"iommubench": {"counters": {"present": present}}}}


def test_calibration() -> None:
    guest_check.check_calibration(counted(505000), 0.02)
    for wrong in (515000, 0, None):
        with pytest.raises(machine.Failed, match="of"):
            guest_check.check_calibration(counted(wrong), 0.02)
