# SPDX-License-Identifier: GPL-2.0-or-later
"""Allocators out of a kernel tree: their history is that of the kernel."""

import csv
import io
import json
import subprocess
from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest

import results_sample as invent
from report import ReportError
from report.changes.alerts import alerts_of, changes_of
from report.read.load import run_of
from report.store import Commit, Store, digest_of, new_run, open_store
from store_sample import good, refused, report, run_document, write

PROFILE = "sim/invented/"
# What was measured on each day: the kernel's commits in another order than the suite's.
KERNELS = (3, 1, 4, 2)


def suite_sha(number: int) -> str:
    """A commit of iommubench."""
    return f"{0xABC + number:x}".ljust(40, "0")


def kernel_sha(number: int) -> str:
    """A commit of the kernel."""
    return f"{0xBEEF0000 + number:040x}"


def document(
    number: int, kernel: Optional[int], ours: float = 100, theirs: float = 100
) -> Dict[str, Any]:
    """A simulated run of sun4u and k-pooled, with a parameter of its own."""
    samples: List[Dict[str, Any]] = []
    for name, value in (
        (invent.cell_name("ring", "sun4u/pools:1", prefix=PROFILE), ours),
        (invent.cell_name("ring", "k-pooled/hop:4/pools:16", prefix=PROFILE), theirs),
    ):
        samples.append(invent.sample(name, value, len(samples)))
    found = run_document(number, commit=suite_sha(number))
    found["benchmarks"] = samples
    if kernel is not None:
        found["context"]["iommubench"]["kernel"] = {
            "version": f"6.{kernel}.0",
            "commit": kernel_sha(kernel),
            "dirty": False,
            "hash": f"{kernel:016x}",
        }
    return found


def fill(store: Store, theirs: List[float]) -> None:
    """A run a day; `theirs` is k-pooled's time by the kernel's commit, from 1."""
    for day, kernel in enumerate(KERNELS):
        content = document(day, kernel, theirs=theirs[kernel - 1])
        run = new_run(run_of(content, Path("x.json"), check=True), digest_of(content))
        store.add(
            run,
            Commit(suite_sha(day), 1000 + day, day, f"suite {day}"),
            Commit(kernel_sha(kernel), 500 + kernel, kernel, f"kernel {kernel}"),
        )


def test_series_run_over_the_commits_of_the_kernel(tmp_path: Path) -> None:
    """Those of k- allocators; others over iommubench's."""
    with open_store(str(tmp_path / "h.db"), create=True) as store:
        fill(store, [100, 200, 300, 400])
        points = store.points(store.series(figure="real_time"))
        by_kernel = {one.of_kernel: of for one, of in points.items()}
    kernels = [run.kernel for run in by_kernel[True].runs]
    assert [one.version for one in kernels if one] == [
        "6.1.0",
        "6.2.0",
        "6.3.0",
        "6.4.0",
    ]
    assert [one.commit.subject for one in kernels if one] == [
        f"kernel {number}" for number in (1, 2, 3, 4)
    ]
    assert list(by_kernel[True].median) == [100, 200, 300, 400]
    assert [run.commit.ancestors for run in by_kernel[False].runs] == [0, 1, 2, 3]


def exact(store: Store) -> None:
    """Make all series free of noise, as a simulation's are."""
    with store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE series SET exact = TRUE")


def test_a_change_names_the_kernel_s_commit(tmp_path: Path) -> None:
    """And iommubench's as a circumstance."""
    url = str(tmp_path / "h.db")
    with open_store(url, create=True) as store:
        fill(store, [100, 100, 300, 300])
        exact(store)
        (alert,) = alerts_of(store, changes_of(store, figure="real_time"))
    assert alert.lead.of_kernel
    assert alert.lead.tree.commit.sha == kernel_sha(3)
    assert alert.lead.tree_before.commit.sha == kernel_sha(2)
    assert any(fact.startswith("iommubench: abf0") for fact in alert.facts)
    text = good("changes", "--figure", "real_time", "--db", url)
    assert text.startswith(f"kernel {kernel_sha(3)[:12]} kernel 3\n")
    assert "1 changes" in text


def test_their_changes_are_not_one_with_ours(tmp_path: Path) -> None:
    """Though the commits of both may be of the same second."""
    with open_store(str(tmp_path / "h.db"), create=True) as store:
        for number in range(2):
            content = document(number, number, 100 + number, 100 + number)
            run = new_run(run_of(content, Path("x.json")), digest_of(content))
            facts = (1000 + number, number, "a subject")
            kernel = Commit(kernel_sha(number), *facts)
            store.add(run, Commit(suite_sha(number), *facts), kernel)
        exact(store)
        alerts = alerts_of(store, changes_of(store, figure="real_time"))
    assert sorted(alert.lead.of_kernel for alert in alerts) == [False, True]


def test_it_has_to_be_known_which_kernel(tmp_path: Path) -> None:
    """A results file that does not say is refused."""
    path = write(tmp_path / "run.json", document(0, None))
    db = str(tmp_path / "h.db")
    refused(report("store", "add", str(path), "--db", db), "k-pooled", "kernel")
    bad = document(0, 1)
    bad["context"]["iommubench"]["kernel"]["commit"] = "v6.1"
    with pytest.raises(ReportError, match="kernel.commit"):
        run_of(bad, Path("x.json"))
    kernel = run_of(document(0, 2), Path("x.json")).kernel
    assert kernel is not None and kernel.version == "6.2.0"


def test_git_tells_of_the_kernel_too(tmp_path: Path) -> None:
    """At once, or when a file is added again; `list` and `export` say it."""
    tree = tmp_path / "linux"
    for words in (
        ["init", "-q", str(tree)],
        *(
            ["-C", str(tree), "-c", "user.name=n", "-c", "user.email=e", *rest]
            for rest in (["commit", "-q", "--allow-empty", "-m", "iommu: faster"],)
        ),
    ):
        subprocess.run(["git", *words], check=True)
    head = subprocess.check_output(
        ["git", "-C", str(tree), "rev-parse", "HEAD"], text=True
    ).strip()
    content = document(0, 1)
    content["context"]["iommubench"]["kernel"].update(commit=head, dirty=True)
    path = write(tmp_path / "run.json", content)
    db = str(tmp_path / "h.db")
    good("store", "add", str(path), "--db", db)
    assert f"kernel 6.1.0 {head[:12]}+\n" in good("store", "list", "--db", db)
    said = good("store", "add", str(path), "--db", db, "--kernel-repo", str(tree))
    assert "1 already there" in said
    assert f"{head[:12]}+ iommu: faster\n" in good("store", "list", "--db", db)
    text = good("store", "export", "--format", "csv", "--db", db)
    rows = {row["allocator"]: row for row in csv.DictReader(io.StringIO(text))}
    theirs, ours = rows["k-pooled"], rows["sun4u"]
    assert (theirs["commit"], theirs["kernel"], theirs["dirty"]) == (head, "6.1.0", "1")
    assert (theirs["parameters"], theirs["pools"]) == ("hop:4", "16")
    assert (ours["commit"], ours["kernel"], ours["dirty"]) == (suite_sha(0), "", "0")
    assert theirs["iommubench"] == ours["iommubench"] == suite_sha(0)


def test_pages_of_a_kernel_s_history(tmp_path: Path) -> None:
    """Its series have the kernel's commits at their axis, in the kernel's order."""
    pytest.importorskip("jinja2", reason="no jinja2: make deps installs it")
    from report.site import Archive, make_site
    from report.site.history import host_id, series_id
    from site_sample import fake_uplot

    out = tmp_path / "out"
    with open_store(str(tmp_path / "h.db"), create=True) as store:
        fill(store, [100, 100, 300, 300])
        exact(store)
        alerts = alerts_of(store, changes_of(store, figure="real_time"))
        archive = Archive(store, alerts)
        make_site(archive, out, fake_uplot(tmp_path / "uplot"))
    (host,) = archive.hosts
    (theirs,) = [
        one for one in archive.series if one.of_kernel and one.figure == "real_time"
    ]
    runs = data_of(out, "host", host_id(host, of_kernel=True))
    assert runs["subjects"] == [f"kernel {number}" for number in (1, 2, 3, 4)]
    assert len({each["iommubench"] for each in runs["environments"]}) == 4
    points = data_of(out, "series", series_id(theirs))
    assert (points["at"], points["median"]) == ([0, 1, 2, 3], [100, 100, 300, 300])
    assert [change["at"] for change in points["changes"]] == [2]
    page = (out / f"series/{series_id(theirs)}.html").read_text(encoding="utf-8")
    assert kernel_sha(3)[:12] in page and host_id(host, of_kernel=True) in page
    assert "k-pooled/hop:4/pools:16" in page
    first = (out / "index.html").read_text(encoding="utf-8")
    assert "kernel <code>" + kernel_sha(3)[:12] in first


def data_of(out: Path, kind: str, identity: str) -> Dict[str, Any]:
    """What a data file of the site holds."""
    text = (out / f"data/{kind}-{identity}.js").read_text(encoding="utf-8")
    content: Dict[str, Any] = json.loads(text[text.index("{") : text.rindex(")")])
    return content
