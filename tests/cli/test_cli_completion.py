# SPDX-License-Identifier: GPL-2.0-or-later
"""What bash completes: the script that `options --bash` prints, run by a bash."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import List

import pytest

from cli import Bench

COMMANDS = ("list", "run", "compare", "sim", "audit", "replay", "doctor")
# As readline calls the function; $1 is the line, $2 what ends words besides blanks.
CALL = r"""
set -u
. ./completion
COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$' \t\n'$2
COMPREPLY=()
_iommubench iommubench "" ""
for word in "${COMPREPLY[@]+"${COMPREPLY[@]}"}"; do printf '%s\n' "$word"; done
"""
BASHS_OWN = "\"'><=;|&(:"


@pytest.fixture(name="shell")
def fixture_shell(bench: Bench) -> Bench:
    """A folder with the script."""
    if not shutil.which("bash"):
        pytest.skip("bash is not there")
    script = bench("options", "--bash")
    assert (script.returncode, script.stderr) == (0, "")
    (bench.folder / "completion").write_text(script.stdout, encoding="ascii")
    return bench


def completions(bench: Bench, line: str, breaks: str = BASHS_OWN) -> List[str]:
    """What would be put in place of the last word of `iommubench LINE`."""
    done = subprocess.run(
        ["bash", "--norc", "-c", CALL, "bash", f"iommubench {line}", breaks],
        cwd=bench.folder,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), line
    return done.stdout.splitlines()


def test_commands(shell: Bench) -> None:
    assert set(completions(shell, "")) == {*COMMANDS, "--help", "--version"}
    assert completions(shell, "co") == ["compare"]
    assert completions(shell, "sam") == []


@pytest.mark.parametrize("command", COMMANDS)
def test_options_are_those_of_the_help(shell: Bench, command: str) -> None:
    text = shell(command, "--help").stdout
    options = {*re.findall(r"^  (--[a-z_-]+)", text, re.M), "--help"}
    assert set(completions(shell, f"{command} --")) == options
    assert set(completions(shell, f"{command} --help --")) == options


def test_every_value_that_is_offered_is_taken(shell: Bench) -> None:
    text = shell("run", "--help").stdout
    offered = 0
    for option in re.findall(r"^  (--[a-z_]+) [A-Z]", text, re.M):
        words = [
            word
            for word in completions(shell, f"run {option} ")
            if word not in ("completion", "all") and not word.endswith(":")
        ]
        offered += len(words)
        if option in ("--allocators", "--pools", "--workloads", "--lock"):
            words = [",".join(words)]
        for word in words:
            done = shell("run", "--benchmark_list_tests", option, word)
            # Not all can be had on any host, but all are words of that option.
            assert "choose" not in done.stderr, (option, word)
            assert "unknown" not in done.stderr, (option, word)
    assert offered > 40


def test_values(shell: Bench) -> None:
    assert completions(shell, "run --lock ") == ["tas", "ticket", "queued"]
    assert completions(shell, "run --lock t") == ["tas", "ticket"]
    assert completions(shell, "run --quick --counters so") == ["software"]
    assert "psycho" in completions(shell, "run --flush ")
    assert completions(shell, "sim --profile sun4v-t5-8") == ["sun4v-t5-8"]
    assert completions(shell, "audit --free-order ") == [
        *"random fifo lifo coherent".split()
    ]
    assert completions(shell, "run --platform sun4") == ["sun4u", "sun4v"]
    assert completions(shell, "audit --draws i") == ["independent"]
    assert completions(shell, "compare --old stale-h")[0] == "stale-hop"
    # A number can be anything; the next option is not its value.
    assert completions(shell, "run --entries ") == []
    assert completions(shell, "run --occupancy ") == []


def test_lists(shell: Bench) -> None:
    assert completions(shell, "run --lock queued,ti") == ["queued,ticket"]
    assert completions(shell, "run --workloads=ring,ch", "") == [
        "--workloads=ring,churn"
    ]
    assert completions(shell, "run --workloads=ring,ch") == ["ring,churn"]
    # Bash takes what stands behind a colon for a word of its own.
    assert completions(shell, "run --allocators sun4u,ppc/pools:4") == ["4"]


def test_files(shell: Bench) -> None:
    (shell.folder / "some results.json").touch()
    (shell.folder / "side").mkdir()
    assert completions(shell, "run --resume so") == ["some results.json"]
    assert completions(shell, "run --out=so") == ["some results.json"]
    assert completions(shell, "run --benchmark_out so") == ["some results.json"]
    assert completions(shell, "replay so") == ["some results.json"]
    assert completions(shell, "compare --side ") == ["base=", "new="]
    assert completions(shell, "compare --side=base=s") == ["side"]
    assert set(completions(shell, "sim --profile ./s")) == {
        "./side",
        "./some results.json",
    }


def test_bash_knows_whose_it_is(shell: Bench) -> None:
    done = subprocess.run(
        ["bash", "--norc", "-c", ". ./completion; complete -p iommubench"],
        cwd=shell.folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert shlex.split(done.stdout) == ["complete", "-F", "_iommubench", "iommubench"]


def test_it_is_good_shell(shell: Bench) -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not there")
    done = subprocess.run(
        ["shellcheck", "-s", "bash", str(Path(shell.folder) / "completion")],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout == ""


def test_options_says_what_it_wants(bench: Bench) -> None:
    for words in ("", "--man --bash", "--zsh"):
        done = bench("options", *words.split())
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.splitlines()) == 1
