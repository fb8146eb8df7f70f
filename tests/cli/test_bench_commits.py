# SPDX-License-Identifier: GPL-2.0-or-later
"""bench-commits.sh, in a repository whose programs measure nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

from cli import PATIENCE, ROOT, wait_for
from store_sample import good, run_document

SCRIPT = str(ROOT / "harness" / "jobs" / "bench-commits.sh")
# Says in its results which commit it was built from, as the real one does.
PROGRAM = """#!/bin/sh
words=$*
while [ $# -gt 1 ]; do
    [ "$1" != --out ] || out=$2
    shift
done
[ -z "${WORDS-}" ] || echo "$words" >>"$WORDS"
sed "s/COMMIT/$(git rev-parse HEAD)/" template.json >"$out"
"""
MAKEFILE = "all:\n\t@mkdir -p build\n\t@cp program build/iommubench\n"
BROKEN = "all:\n\t@echo it is broken >&2; false\n"
SLOW = "all:\n\t@touch {mark}; while [ -e {hold} ]; do sleep 0.1; done\n" + MAKEFILE[5:]
OTHER = PROGRAM.replace("rev-parse HEAD", "rev-parse HEAD~1")
NO_SIM = '#!/bin/sh\n[ "$1" != sim ] || { echo no such command >&2; exit 2; }\n'


class Repository:
    """A repository in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "-q")
        (folder / ".gitignore").write_text(
            "/build/\n/results/\n/harness\n/tests\n", encoding="utf-8"
        )
        document = run_document(commit="COMMIT")
        document["context"]["iommubench"]["commit"] = "COMMIT"
        (folder / "template.json").write_text(json.dumps(document), encoding="utf-8")

    def git(self, *words: str) -> str:
        """What git prints."""
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        return subprocess.run(
            ["git", *identity, *words],
            cwd=self.folder,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout.strip()

    def commit(
        self, subject: str, makefile: str = MAKEFILE, program: str = PROGRAM
    ) -> str:
        """A commit with these files; its hash."""
        (self.folder / "Makefile").write_text(makefile, encoding="utf-8")
        (self.folder / "program").write_text(program, encoding="utf-8")
        (self.folder / "program").chmod(0o755)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject)
        return self.git("rev-parse", "HEAD")

    def start(self, *words: str, **settings: str) -> "subprocess.Popen[str]":
        """The script, in this repository."""
        env: Dict[str, str] = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHON": sys.executable,
            "RESULTS": "results/commits",
            "NATIVE_OPTIONS": "",
            **settings,
        }
        return subprocess.Popen(
            [SCRIPT, *words],
            cwd=self.folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """The same, to its end."""
        process = self.start(*words, **settings)
        said = process.communicate(timeout=PATIENCE)[0]
        return subprocess.CompletedProcess(words, process.returncode, said)

    def results(self) -> List[str]:
        """The names of the results files."""
        return sorted(
            path.name for path in (self.folder / "results/commits").glob("*.json")
        )

    def listed(self) -> str:
        """What the store has."""
        return good("store", "list", "--db", str(self.folder / "results/history.db"))


@pytest.fixture(name="repository")
def _repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def test_a_range(repository: Repository) -> None:
    """What does not build or run is left out and named, the rest measured once."""
    first = repository.commit("first")
    old = repository.commit("old", program=NO_SIM + PROGRAM)
    broken = repository.commit("broken", makefile=BROKEN)
    last = repository.commit("last")
    done = repository.run("build", "HEAD", NATIVE_OPTIONS="--quick")
    assert done.returncode == 1, done
    assert "broken\nbench-commits:   does not build, left out: make" in done.stdout
    assert "sim does not run, left out: no such command" in done.stdout
    assert "2 measured, 0 were there, 2 left out" in done.stdout
    assert repository.results() == sorted(
        [f"{first}-native.json", f"{first}-sim.json", f"{old}-native.json"]
        + [f"{last}-native.json", f"{last}-sim.json"]
    )
    # The same content natively and simulated, of programs that measure nothing.
    listed = repository.listed()
    assert (
        listed.count("\n") == 3
        and f"{last[:12]} last" in listed
        and broken[:12] not in listed
    )
    assert repository.git("worktree", "list").count("\n") == 0

    again = repository.run("build", "HEAD", NATIVE_OPTIONS="--quick")
    assert "0 measured, 2 were there, 2 left out" in again.stdout, again
    fine = repository.run("build", "HEAD~2..HEAD", "^HEAD~1")
    assert fine.returncode == 0 and "1 were there, 0 left out" in fine.stdout, fine


def test_killed_and_started_again(repository: Repository, tmp_path: Path) -> None:
    mark, hold = tmp_path / "mark", tmp_path / "hold"
    repository.commit("first")
    repository.commit("slow", makefile=SLOW.format(mark=mark, hold=hold))
    repository.commit("last")
    hold.touch()
    process = repository.start("build", "HEAD")
    wait_for(mark.exists)
    process.terminate()
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert len(repository.results()) == 1
    assert repository.git("worktree", "list").count("\n") == 0
    hold.unlink()
    done = repository.run("build", "HEAD")
    assert done.returncode == 0, done
    assert "2 measured, 1 were there, 0 left out" in done.stdout
    assert repository.listed().count("\n") == 3


def test_killed_without_warning(repository: Repository, tmp_path: Path) -> None:
    """SIGKILL leaves its worktree and half a file; the next start clears up."""
    mark, hold = tmp_path / "mark", tmp_path / "hold"
    repository.commit("slow", makefile=SLOW.format(mark=mark, hold=hold))
    hold.touch()
    process = repository.start("build", "HEAD")
    wait_for(mark.exists)
    process.kill()
    process.wait(timeout=PATIENCE)
    # What it had started goes on, and nothing is measured beside it.
    refused(repository.run("build", "HEAD"), "what a killed one left running")
    (repository.folder / "build/bench-commits/part-x-sim.json").write_text("{", "utf-8")
    hold.unlink()
    done: List[Any] = []

    def runs() -> bool:
        done[:] = [repository.run("build", "HEAD")]
        return bool(done[0].returncode != 2)

    wait_for(runs)
    assert done[0].returncode == 0 and "1 measured" in done[0].stdout, done
    assert not list((repository.folder / "build/bench-commits").glob("part-*"))


def test_results_of_another_commit(repository: Repository) -> None:
    """They are not filed under this one."""
    first = repository.commit("first")
    repository.commit("says the other", program=OTHER)
    done = repository.run("build", "HEAD")
    assert done.returncode == 1, done
    assert f"left out: the results say that they are of commit {first}" in done.stdout
    assert repository.results() == [f"{first}-sim.json"]


def test_through_make(repository: Repository, tmp_path: Path) -> None:
    """The variables of its command line are none that the Makefile has already."""
    sha = repository.commit("first")
    for name in ("harness", "tests"):
        (repository.folder / name).symlink_to(ROOT / name)
    words = tmp_path / "words"
    make = subprocess.run(
        ["make", "-f", str(ROOT / "Makefile"), "bench-commits", "RANGE=HEAD"]
        + ["NATIVE_OPTIONS=--cpus 1", "SIM_OPTIONS=--cpus 1,4 --rounds 2"]
        + ["RESULTS=results/nightly", f"PYTHON={sys.executable}"],
        cwd=repository.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "WORDS": str(words)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert make.returncode == 0, make.stdout
    said = words.read_text(encoding="utf-8").splitlines()
    assert [line.partition(" --out")[0] for line in said] == [
        "run --cpus 1",
        "sim --cpus 1,4 --rounds 2",
    ]
    found = sorted(p.name for p in (repository.folder / "results/nightly").iterdir())
    assert found == [f"{sha}-native.json", f"{sha}-sim.json"]


def test_two_at_once(repository: Repository, tmp_path: Path) -> None:
    mark, hold = tmp_path / "mark", tmp_path / "hold"
    repository.commit("slow", makefile=SLOW.format(mark=mark, hold=hold))
    hold.touch()
    process = repository.start("build", "HEAD")
    wait_for(mark.exists)
    refused(repository.run("build", "HEAD"), "another bench-commits")
    process.terminate()
    process.communicate(timeout=PATIENCE)


def test_wrong_usage(repository: Repository) -> None:
    repository.commit("first")
    refused(repository.run("build"), "give make bench-commits RANGE=a..b")
    refused(repository.run("build", "HEAD..HEAD"), "no commits in the range")
    done = repository.run("build", "nothing..HEAD")
    assert done.returncode == 2 and "git knows no range" in done.stdout, done
    assert not (repository.folder / "results").exists()


def test_a_store_that_cannot_be_written(repository: Repository) -> None:
    """No measurement is lost."""
    repository.commit("first")
    done = repository.run("build", "HEAD", DB="/dev/null/history.db")
    assert done.returncode == 2 and "name another in --db" in done.stdout, done
    assert len(repository.results()) == 1
    assert repository.run("build", "HEAD").returncode == 0
    assert repository.listed().count("\n") == 1


def refused(done: Any, words: str) -> None:
    """Fails unless it said so in one line and ended with 2."""
    assert done.returncode == 2 and words in done.stdout, done
    assert done.stdout.count("\n") == 1, done.stdout
