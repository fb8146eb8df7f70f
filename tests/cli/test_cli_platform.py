# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines that existed: blocks of the table, what is hypothetical, what is assumed."""

import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from cli import Bench
from report.read.load import load_run

FEW = "--workloads=ring --cpus=1 --seconds=0.005 --repetitions=1".split()


def blocks(text: str) -> Dict[str, Tuple[str, List[str], List[str]]]:
    """By platform: the line above it, its variants, and those below the rule."""
    found: Dict[str, Tuple[str, List[str], List[str]]] = {}
    heading, name, below = "", "", False
    for line in text.splitlines():
        if " entries" in line and ": " in line and not line.startswith(" "):
            heading, name = line, line.split(":")[0]
        elif line.startswith(f"{name}   ring") and name:
            # One with two kinds of flush has two lists of rows.
            found.setdefault(name, (heading, [], []))
            below = False
        elif line.startswith("  -- hypothetical"):
            assert line.split(" --")[1].endswith(f"did not run on {name}")
            below = True
        elif "/pools:" in line and line.startswith("  ") and name in found:
            (found[name][2] if below else found[name][1]).append(line.split()[0])
        elif line.startswith("op: "):
            break
    return found


def run(bench: Bench, *words: str) -> Tuple[str, Dict[str, Any], Path]:
    """What a run printed, its context, and its file."""
    path = bench.folder / "run.json"
    path.unlink(missing_ok=True)
    done = bench("run", *FEW, *words, f"--out={path}")
    assert done.returncode == 0, done.stderr
    ours = json.loads(path.read_text(encoding="utf-8"))["context"]["iommubench"]
    return done.stdout, ours, path


def test_the_two_of_the_mail(bench: Bench) -> None:
    """A block each, whose rows share entries and flush."""
    text, ours, path = run(bench)
    found = blocks(text)
    assert list(found) == ["sun4u", "sun4v"]
    heading, ran, below = found["sun4u"]
    assert heading.startswith("sun4u: 8192 entries; flush mmio:16,150,600, assumed: ")
    assert {"sun4u/pools:1", "pooled/pools:1"} <= set(ran)
    assert not set(ran) & set(below)
    assert {"pooled/pools:16", "stale-hop/pools:16", "pooled-padded/pools:16"} <= set(
        below
    )
    heading, ran, below = found["sun4v"]
    assert heading.startswith("sun4v: 262144 entries; flush none")
    assert "none, assumed" not in heading
    assert {"sun4u/pools:1", "pooled/pools:1", "pooled/pools:16"} <= set(ran)
    assert "pooled/pools:16" not in below and "stale-hop/pools:16" in below
    for block in found.values():
        assert not {"gart/pools:1", "ppc/pools:4", "s390/pools:1"} & {
            *block[1],
            *block[2],
        }
    assert "mmio:16,150,600: 3000 ns asked for (assumed)" in text
    assert [each["name"] for each in ours["platforms"]] == ["sun4u", "sun4v"]
    sizes = {sample.cell.size for sample in load_run(path).samples}
    assert sizes == {8192, 262144}


def test_all_of_them(bench: Bench) -> None:
    """Each allocator that ran somewhere has a row above the rule there."""
    text, ours, _ = run(bench, "--platform=all")
    found = blocks(text)
    assert list(found) == ["sun4u", "sun4v", "ppc", "gart", "s390"]
    assert found["ppc"][1:] == (["ppc/pools:4"], [])
    assert found["gart"][1] == ["gart/pools:1"]
    assert found["s390"][1] == ["s390/pools:1"]
    for name in ("ppc", "gart", "s390"):
        heading = text[text.index(f"\n{name}: ") :].split("\n\n")[0]
        assert "assumed" in heading and "mmio:16,150,600" not in heading
    models = {each["name"] for each in ours["flush_models"]}
    assert {"mmio:16,150,600", "none", "mmio:1,150,0"} <= models


def test_what_is_given_holds(bench: Bench) -> None:
    """Then nothing is said of a platform that is not given, nor of what is not its."""
    text, ours, path = run(
        bench, "--allocators=sun4u", "--entries=1024", "--flush=spin:7"
    )
    assert ours["platforms"] == [] and ours["entries"] == 1024
    assert "hypothetical" not in text and "assumed" not in text
    assert "\nring   1024 entries   flush spin:7 " in text
    assert {str(s.cell).split("/")[2] for s in load_run(path).samples} == {
        "entries:1024"
    }
    text, ours, _ = run(bench, "--platform=gart", "--allocators=gart", "--flush=spin:7")
    assert "\ngart: 16384 entries; flush spin:7\n" in text
    assert "hypothetical" not in text and "assumed" not in text


def test_allocators_are_at_home(bench: Bench) -> None:
    """Psycho's flush is not for powerpc."""
    text, ours, _ = run(bench, "--allocators=sun4u,ppc/pools:4")
    assert blocks(text)["sun4u"][1] == ["sun4u/pools:1"]
    assert blocks(text)["ppc"][1] == ["ppc/pools:4"]
    assert "hypothetical" not in text
    assert {each["name"] for each in ours["flush_models"]} == {
        "mmio:16,150,600",
        "mmio:1,150,0",
    }


@pytest.mark.parametrize(
    "words,says",
    (
        ("--platform=sparc", "no platform 'sparc': choose from sun4u, sun4v"),
        ("--platform=sun4v,s390 --flush=none", "nothing tells"),
        ("--platform=ppc --allocators=sun4u", "all at once"),
        ("--platform=sun4u --allocators=ppc", "at each free"),
    ),
)
def test_what_cannot_be(bench: Bench, words: str, says: str) -> None:
    """One line that says why."""
    done = bench("run", *FEW, *words.split())
    assert done.returncode == 2 and says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_simulated(bench: Bench) -> None:
    """Names and table tell the platform as in a run."""
    words = "--platform=gart --workloads=ring --cpus=4 --rounds=1 --out=s.json".split()
    done = bench("sim", *words, "--benchmark_filter=gart|stale-hop")
    assert done.returncode == 0, done.stderr
    assert "\ngart: 16384 entries; flush mmio:1,500,500, assumed: " in done.stdout
    assert done.stdout.index("gart/pools:1") < done.stdout.index("did not run on gart")
    done = bench("sim", "--dry-run", "--workloads=ring", "--cpus=1")
    assert "entries:" not in done.stdout and "gart/pools" not in done.stdout


def test_audited(bench: Bench) -> None:
    """Flushes cost an audit nothing; entries and allocators are the platform's."""
    words = "--platform=sun4u,gart --operations=2000 --free-order=random".split()
    done = bench("audit", *words, "--utilization=50", "--out=a.json")
    names = {
        sample["name"]
        for sample in json.loads((bench.folder / "a.json").read_text())["benchmarks"]
    }
    assert done.returncode == 0, done.stderr
    assert any(name.startswith("audit/random/sun4u/entries:8192/") for name in names)
    assert any(name.startswith("audit/random/gart/pools:1/") for name in names)
    assert all("/flush:spin:0/" in name for name in names)


def test_listed(bench: Bench) -> None:
    """Each figure with its source."""
    text = bench("list", "--platforms").stdout
    assert "entries        262144" in text and "arch/sparc/kernel/pci_sun4v.c" in text
    assert text.count("assumed: ") >= 5
    assert "sun4v" in bench("list").stdout
