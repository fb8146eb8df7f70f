# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests that a command imports what computes only where it computes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import List, Set

import pytest

import results_sample as invent
from comparison_files import saved, with_sides
from report.__main__ import COMMANDS
from store_sample import run_document

# Each takes longer to import than all else that printing help has to do.
HEAVY = {
    "fastjsonschema",
    "jinja2",
    "jsonschema",
    "matplotlib",
    "numpy",
    "scipy",
    "sqlalchemy",
}
PROGRAM = """
import json, sys
from report.__main__ import main
try:
    main(sys.argv[1:])
except SystemExit as error:
    assert not error.code, error.code
print(json.dumps(sorted(sys.modules)))
"""


def modules_of(*arguments: str) -> Set[str]:
    """What a fresh interpreter has imported after a command of the report."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", PROGRAM, *arguments],
        stdout=subprocess.PIPE,
        check=True,
        encoding="utf-8",
        cwd=Path(__file__).resolve().parent.parent.parent,
    )
    modules: List[str] = json.loads(done.stdout.splitlines()[-1])
    assert "report.commands" in modules
    return set(modules)


@pytest.mark.parametrize("command", ["", *(module.NAME for module in COMMANDS)])
def test_help_imports_nothing_heavy(command: str) -> None:
    """Help, and arguments that are wrong, are answered at once."""
    assert not HEAVY & modules_of(*command.split(), "--help")


def test_what_the_compare_loop_asks(tmp_path: Path) -> None:
    """`compare --undecided`, asked every 20 s, leaves SciPy's slow half out."""
    path = saved(tmp_path, "c.json", with_sides({invent.cell_name(): 0.0}))
    modules = modules_of("compare", "--undecided", str(path))
    assert "report.stats.change" in modules
    slow = {"scipy.stats", "scipy.optimize", "matplotlib", "sqlalchemy", "jinja2"}
    assert not modules & (slow | {"jsonschema", "fastjsonschema"})


def test_the_store_is_listed_without_what_it_does_not_need(tmp_path: Path) -> None:
    """`store` and `changes` read a database; nothing is drawn or computed."""
    path = tmp_path / "run.json"
    path.write_text(json.dumps(run_document()), encoding="utf-8")
    database = ("--db", str(tmp_path / "h.db"))
    for command in (("store", "add", str(path)), ("store", "list"), ("changes",)):
        modules = modules_of(*command, *database)
        assert "sqlalchemy" in modules
        assert not modules & {"scipy", "matplotlib", "jinja2", "jsonschema"}


def test_what_only_prints_imports_nothing_heavy() -> None:
    """The schema is composed, not used."""
    assert not HEAVY & modules_of("schema")
