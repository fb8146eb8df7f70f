# SPDX-License-Identifier: GPL-2.0-or-later
"""Results from before a lock and an allocator got the names of today."""

from pathlib import Path
from typing import Any, Dict, Iterator, Set

import pytest

from report.read import old_names
from report.read.load import load_run, run_of
from results_sample import document, samples

LOCK = "report: the lock 'mcs' is read as 'queued', its name today"
ALLOCATOR = "report: the allocator 'advance' is read as 'gart', its name today"
PATH = Path("old.json")
REFERENCE = Path(__file__).parents[2] / "results" / "reference" / "kvm-epyc-2cpu"


@pytest.fixture(autouse=True)
def _nothing_said_yet() -> Iterator[None]:
    old_names._say.cache_clear()  # pylint: disable=protected-access
    yield


def with_names(allocator: str, lock: str) -> Dict[str, Any]:
    """The sample document, as written when gart and queued were called so."""
    old = document(samples())
    ours = old["context"]["iommubench"]
    for sample in old["benchmarks"]:
        name = sample["name"].replace("/gart/", f"/{allocator}/")
        sample["name"] = sample["run_name"] = name.replace(
            "/lock:tas/", f"/lock:{lock}/"
        )
    name = (
        f"remote/{allocator}/pools:1/cpus:1/flush:none/occupancy:5/lock:{lock}/think:0"
    )
    ours["omitted"] = [{"cell": name, "reason": "remote needs two CPUs"}]
    return old


def names(content: Dict[str, Any]) -> Set[str]:
    """The cells of a document as they are read, with those left out."""
    run = run_of(content, PATH)
    return {str(sample.cell) for sample in run.samples} | set(run.omitted)


def test_old_names_are_read_as_todays(capsys: pytest.CaptureFixture[str]) -> None:
    today = names(with_names("gart", "queued"))
    assert capsys.readouterr().err == ""
    assert any("/gart/" in name for name in today)
    assert names(with_names("advance", "mcs")) == today
    assert names(with_names("advance", "mcs")) == today
    lines = capsys.readouterr().err.splitlines()
    assert sorted(line.split(";")[0] for line in lines) == sorted([ALLOCATOR, LOCK])


def test_only_what_was_read_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    names(with_names("gart", "mcs"))
    assert capsys.readouterr().err.splitlines() == [LOCK]
    names(with_names("advance", "tas"))
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(ALLOCATOR)


@pytest.mark.parametrize(
    "name",
    [
        "ring/k-advance/pools:1/cpus:1/flush:none/occupancy:5/lock:tas/think:0",
        "ring/advanced/pools:1/cpus:1/flush:none/occupancy:5/lock:mcs-2/think:0",
        "advance/sun4u/pools:1/cpus:1/flush:none/occupancy:5/lock:tas/think:0",
    ],
)
def test_other_names_stay(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    content = document(samples()[:1])
    content["benchmarks"][0].update(name=name, run_name=name)
    assert name in names(content)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("prefix", ["sim/power8/", "audit/"])
def test_simulated_and_audited(prefix: str) -> None:
    rest = "cpus:1/flush:none/occupancy:5/lock:%s/think:0"
    name = f"{prefix}ring/advance/pools:1/{rest % 'mcs'}"
    old = {"context": {"iommubench": {}}, "benchmarks": [{"name": name}]}
    (sample,) = old_names.renewed(old)["benchmarks"]
    assert sample["name"] == f"{prefix}ring/gart/pools:1/{rest % 'queued'}"


def test_sides_of_a_comparison() -> None:
    sides = {"base": {"variant": "advance/pools:1"}, "new": {"variant": "ppc/pools:1"}}
    ours: Dict[str, Any] = {"comparison": {"kind": "allocators", **sides}}
    old = {"context": {"iommubench": ours}, "benchmarks": []}
    new = old_names.renewed(old)["context"]["iommubench"]["comparison"]
    assert new["base"]["variant"] == "gart/pools:1"
    assert new["new"]["variant"] == "ppc/pools:1"


@pytest.mark.parametrize("wrong", [7, None, [7], [{"name": 7}], {"name": "x"}])
def test_what_is_no_results_file_is_left_to_the_schema(wrong: Any) -> None:
    for part in ("benchmarks", "omitted"):
        ours = {"omitted": wrong, "comparison": wrong} if part == "omitted" else {}
        content = {"context": {"iommubench": ours}, "benchmarks": []}
        content["benchmarks"] = wrong if part == "benchmarks" else []
        assert old_names.renewed(content) == content


def test_format_1_too(capsys: pytest.CaptureFixture[str]) -> None:
    """A reference run of format 1 has cells of both names."""
    run = load_run(REFERENCE / "default.json")
    assert run.context["iommubench"]["format"] == 2
    assert {"gart"} <= {s.cell.allocator for s in run.samples}
    assert "advance" not in {s.cell.allocator for s in run.samples}
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(ALLOCATOR)
