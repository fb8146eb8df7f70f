# SPDX-License-Identifier: GPL-2.0-or-later
"""Results files for the tests of the store, and its commands. All invented."""

import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, Dict, List, Optional

import results_sample as invent
from cli import ROOT
from report.__main__ import main

Document = Dict[str, Any]
Done = subprocess.CompletedProcess[str]


def run_document(
    number: int = 0,
    host: str = "invented-host",
    pair_ns: float = 100.0,
    commit: Optional[str] = None,
    repetitions: int = 6,
    cells: int = 2,
) -> Document:
    """A small run of `cells` cells; `number` tells runs apart."""
    samples: List[Dict[str, Any]] = []
    for repetition in range(repetitions):
        for variant in invent.ALL_EIGHT[:cells]:
            name = invent.cell_name("ring", variant)
            value = pair_ns * (1 + 0.001 * repetition)
            samples.append(invent.sample(name, value, len(samples), repetition))
    document = invent.document(samples)
    document["context"]["date"] = (
        f"2015-04-{1 + number // 1440 % 28:02}T"
        f"{number // 60 % 24:02}:{number % 60:02}:00+00:00"
    )
    ours = document["context"]["iommubench"]
    ours["host"]["name"] = host
    ours["commit"] = commit or f"{number:040x}"
    return document


def write(path: Path, document: Document, **rest: Any) -> Path:
    """The document as a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, **rest), encoding="utf-8")
    return path


def command(*words: str) -> List[str]:
    """The words that start the report."""
    return [sys.executable, "-B", "-m", "report", *words]


def report(*words: str, prefix: Optional[List[str]] = None) -> Done:
    """The report, as a user runs it; in this process unless there is a prefix."""
    if prefix:
        return subprocess.run(
            [*prefix, *command(*words)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=300,
        )
    with redirect_stdout(StringIO()) as said, redirect_stderr(StringIO()) as errors:
        try:
            status = main(words)
        except SystemExit as ended:
            status = int(ended.code or 0)
    return Done(list(words), status, said.getvalue(), errors.getvalue())


def good(*words: str) -> str:
    """What it prints; it must succeed and say nothing else."""
    done = report(*words)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def refused(done: Done, *words: str) -> None:
    """Fails unless it refused: exit 2, one line that has these words."""
    assert done.returncode == 2, done
    assert done.stderr.startswith(("report: ", "python3 -m report")), done.stderr
    assert done.stderr.count("\n") == 1 and len(done.stderr) < 600, done.stderr
    for word in words:
        assert word in done.stderr, (word, done.stderr)
