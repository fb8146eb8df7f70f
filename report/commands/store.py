# SPDX-License-Identifier: GPL-2.0-or-later
"""``store``: puts runs into the store, lists them, and checks it against the files."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, List

from report import ReportError
from report.commands import export
from report.commands.db_option import add_db, printable

if TYPE_CHECKING:
    from report.store import Kernel, Store, StoredRun
    from report.store.files import ResultsFile

NAME = "store"
HELP = "keep runs of many commits and hosts: add, list, verify, remove, upgrade, export"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    actions = parser.add_subparsers(metavar="ACTION", required=True, dest="action")

    def action(name: str, what: str) -> argparse.ArgumentParser:
        sub: argparse.ArgumentParser = actions.add_parser(
            name, help=what, description=what
        )
        add_db(sub)
        return sub

    add = action("add", "put runs in, each whole or not at all, and once")
    add.add_argument(
        "paths",
        metavar="RUN.json|DIR",
        type=Path,
        nargs="+",
        help="results files, or folders of them",
    )
    add.add_argument(
        "--repo",
        metavar="DIR",
        type=Path,
        help="the git repository that knows the commits (default: this one)",
    )
    add.add_argument(
        "--kernel-repo",
        metavar="DIR",
        type=Path,
        help="the git repository that knows the commits of kernel trees",
    )
    action("list", "one line a run, oldest first")
    verify = action("verify", "check the store against the files; 1 if they differ")
    verify.add_argument(
        "paths",
        metavar="RUN.json|DIR",
        type=Path,
        nargs="*",
        help="the files (default: where each was when it was added)",
    )
    remove = action("remove", "take a run out; its file stays")
    remove.add_argument("digest", metavar="DIGEST", help="as `list` shows it")
    action("upgrade", "bring a store of an older version up to date")
    export.add_arguments(
        actions.add_parser("export", help=export.HELP, description=export.HELP)
    )


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 done, 1 the files differ, 2 some file was refused."""
    return _ACTIONS[args.action](args)


# The store's modules are imported late: other commands need no database.


def _add(args: argparse.Namespace) -> int:
    from report.store import open_store

    counts: Dict[str, int] = {}
    refused: List[str] = []
    with open_store(args.db, create=True) as store:
        try:
            _add_all(store, args, counts, refused)
        finally:
            # Where the database fails, what was added before is in it all the same.
            words = [f"{number} {how}" for how, number in counts.items()]
            if refused:
                words.append(f"{len(refused)} refused")
            print(f"{store.url}: {', '.join(words) or 'nothing added'}")
            for line in refused:
                print(f"report: {line}", file=sys.stderr)
    if not counts and not refused:
        raise ReportError(
            f"{args.paths[0]}: no results files in or below it; give files that"
            " `iommubench run --out` wrote"
        )
    return 2 if refused else 0


def _add_all(
    store: "Store",
    args: argparse.Namespace,
    counts: Dict[str, int],
    refused: List[str],
) -> None:
    """Put in what can be; fills in how many became what, and why some were refused."""
    from report.store.files import read_all

    known = {one.digest: one for one in store.runs()}
    for file in read_all(args.paths, refused.append):
        if file.is_comparison:
            how = "passed over, as they compare two sides"
        else:
            try:
                how = _add_one(store, known, file, args)
            except FileRefused as error:
                refused.append(str(error))
                continue
        counts[how] = counts.get(how, 0) + 1


class FileRefused(ReportError):
    """A file that is not taken, while the store is well."""


def _add_one(
    store: "Store",
    known: Dict[str, "StoredRun"],
    file: "ResultsFile",
    args: argparse.Namespace,
) -> str:
    """Put a file's run in; says what became of it."""
    from report.store import Added, new_run
    from report.store.git import ROOT, commit_of

    repository = args.repo or ROOT
    there = known.get(file.digest)
    if there:
        # Git may know by now what it did not know then.
        if there.commit.time is None:
            store.learn(commit_of(there.commit.sha, repository))
        if args.kernel_repo and there.kernel and there.kernel.commit.time is None:
            store.learn(commit_of(there.kernel.commit.sha, args.kernel_repo))
        return Added.KNOWN.value
    try:
        new = new_run(file.run(), file.digest)
    except ReportError as error:
        raise FileRefused(str(error)) from None
    kernel = None
    if args.kernel_repo and new.kernel_commit:
        kernel = commit_of(new.kernel_commit, args.kernel_repo)
    return store.add(new, commit_of(new.commit, repository), kernel).value


def _list(args: argparse.Namespace) -> int:
    from report.store import open_store

    with open_store(args.db) as store:
        for one in store.runs():
            marks = ("+" if one.dirty else "") + ("" if one.complete else " unfinished")
            bad = f" {one.failed} failed" if one.failed else ""
            bad += f" {one.noisy} noisy" if one.noisy else ""
            kernel = _kernel_words(one.kernel) if one.kernel else ""
            print(
                f"{one.digest[:12]} {one.when:%Y-%m-%d %H:%M}"
                f" {printable(one.host.name):12} {one.kind:6}"
                f" {one.samples:5} samples{bad}  {one.commit.short}{marks}"
                f" {printable(one.commit.subject or '')}".rstrip() + kernel
            )
    return 0


def _kernel_words(kernel: "Kernel") -> str:
    return (
        f"  kernel {printable(kernel.version)} {kernel.commit.short}"
        + ("+" if kernel.dirty else "")
        + f" {printable(kernel.commit.subject or '')}".rstrip()
    )


def _verify(args: argparse.Namespace) -> int:
    from report.store import open_store
    from report.store.files import verify

    with open_store(args.db) as store:
        count = len(store.runs())
        differences = list(verify(store, args.paths))
    for line in differences:
        print(printable(line))
    print(f"{count} runs in the store, {len(differences)} differences from the files")
    return 1 if differences else 0


def _remove(args: argparse.Namespace) -> int:
    from report.store import open_store

    with open_store(args.db) as store:
        found = store.run(args.digest)
        store.remove(found)
    print(f"removed {found.digest[:12]}, once {printable(found.path)}")
    return 0


def _upgrade(args: argparse.Namespace) -> int:
    from report.store import open_store, tables

    with open_store(args.db, upgrade=True) as store:
        print(f"{store.url}: version {tables.VERSION}")
    return 0


_ACTIONS: Dict[str, Callable[[argparse.Namespace], int]] = {
    "add": _add,
    "list": _list,
    "verify": _verify,
    "remove": _remove,
    "upgrade": _upgrade,
    "export": export.run,
}
