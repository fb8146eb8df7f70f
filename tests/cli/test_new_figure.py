# SPDX-License-Identifier: GPL-2.0-or-later
"""A new figure is an entry in results/figures.json and the line that measures it: then
program, schema, table, pictures, store and pages have it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, NamedTuple

import pytest

from cli import ROOT

ENTRY = {
    "name": "trial_kops",
    "title": "trial throughput",
    "unit": "kops/s",
    "passes": ["timing", "sim"],
    "better": "more",
    "history": "page",
    "watched": False,
    "heads": ["trial", "kops/s"],
    "table": "default",
    "column": 2,
    "meaning": "Thousands of ops a second, for a trial.",
}
LINE = '\tput(arg, "trial_kops", r->ops_per_second / 1000);\n'
CELLS = ("--workloads=ring", "--allocators=sun4u", "--cpus=1", "--entries=1024")
RUN = (*CELLS, "--repetitions=2", "--seconds=0.01", "--flush=spin:0")


class Trial(NamedTuple):
    """A copy of the sources with one more figure, and a run of its program."""

    folder: Path
    printed: str
    document: Dict[str, Any]

    def report(self, *words: str) -> str:
        """What a command of the copy's report prints."""
        return _call(self.folder, sys.executable, "-B", "-m", "report", *words)


def _call(folder: Path, *words: str) -> str:
    # Nothing of a make that this runs under.
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    env.update(PYTHONPATH=str(folder), GIT_CONFIG_GLOBAL="/dev/null")
    done = subprocess.run(
        words, cwd=folder, env=env, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


def _copy_sources(folder: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True
    )
    if listed.returncode:
        pytest.skip(f"{ROOT} is no git repository")
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith("results/demo/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def _add_the_figure(folder: Path) -> None:
    path = folder / "results" / "figures.json"
    listed = json.loads(path.read_text(encoding="utf-8"))
    listed["figures"].append(ENTRY)
    path.write_text(json.dumps(listed, indent=1), encoding="utf-8")
    path = folder / "harness" / "measure" / "timing_figures.c"
    head, body, rest = path.read_text(encoding="utf-8").partition(")\n{\n")
    path.write_text(head + body + LINE + rest, encoding="utf-8")


@pytest.fixture(scope="module", name="trial")
def _trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    folder = tmp_path_factory.mktemp("trial")
    _copy_sources(folder)
    _add_the_figure(folder)
    author = ("-c", "user.name=A", "-c", "user.email=a@b.c")
    _call(folder, "git", "init", "-q")
    _call(folder, "git", "add", "-A")
    _call(folder, "git", *author, "commit", "-qm", "a figure more")
    _call(folder, "make", "-s", "B=build", "build/iommubench")
    printed = _call(folder, "build/iommubench", "run", *RUN, "--out=run.json")
    text = (folder / "run.json").read_text(encoding="utf-8")
    return Trial(folder, printed, json.loads(text))


def test_it_is_in_the_results(trial: Trial) -> None:
    samples = trial.document["benchmarks"]
    assert len(samples) == 2
    for sample in samples:
        rate = sample["ops_per_second"]
        assert sample["trial_kops"] == pytest.approx(rate / 1000)


def test_the_table_has_a_column_of_it(trial: Trial) -> None:
    lines = trial.printed.splitlines()
    first, second = next(
        lines[i : i + 2] for i, line in enumerate(lines) if "allocator" in line
    )
    assert first.split()[:4] == ["allocator", "CPUs", "Mops/s", "trial"]
    assert second.split()[0] == "kops/s"
    row = lines[lines.index(second) + 1].split()
    assert row[0] == "sun4u/pools:1"
    assert float(row[3]) == pytest.approx(1000 * float(row[2]), rel=0.01)


def test_the_schema_knows_it(trial: Trial) -> None:
    words = "import json, report.read.schema as s; print(json.dumps(s.schema()))"
    schema = json.loads(_call(trial.folder, sys.executable, "-B", "-c", words))
    rule = schema["definitions"]["sample"]["properties"]["trial_kops"]
    assert ENTRY["meaning"] in rule["description"] and rule["type"] == "number"


def test_it_can_be_drawn(trial: Trial) -> None:
    words = ("run.json", "--figure=trial_kops", "--format=svg", "--out-dir=drawn")
    names = trial.report("plot", *words).split()
    assert len(names) == 1 and "trial_kops" in names[0]
    assert "trial throughput" in (trial.folder / names[0]).read_text(encoding="utf-8")


def test_the_store_and_the_site_have_it(trial: Trial) -> None:
    trial.report("store", "add", "--db=history.db", "run.json")
    words = ("--db=history.db", "--format=csv", "--figure=trial_kops")
    stored = trial.report("store", "export", *words)
    assert stored.count("trial_kops") == 1, stored
    uplot = trial.folder / "uplot"
    (uplot / "dist").mkdir(parents=True)
    for name in ("dist/uPlot.iife.min.js", "dist/uPlot.min.css", "LICENSE"):
        (uplot / name).write_text("/* in place of uPlot */", encoding="utf-8")
    trial.report("dashboard", "--db=history.db", "--out=site", f"--uplot={uplot}")
    pages = [
        path.read_text(encoding="utf-8")
        for path in trial.folder.glob("site/**/*")
        if path.suffix in (".html", ".js")
    ]
    assert any("trial throughput" in page for page in pages)
    assert any("trial_kops" in page for page in pages)
