# SPDX-License-Identifier: GPL-2.0-or-later
"""Puts the site in its place: all of it or, where something fails, nothing."""

import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Optional, Type

from report import ReportError

# Only a folder that has this file, or an empty one, is ever replaced.
MARK = ".iommubench-dashboard"


class Folder:
    """A new folder beside `target` that takes its place when the `with` block ends."""

    def __init__(self, target: Path) -> None:
        self.target = target.absolute()
        self.new = self.target.with_name(f".{self.target.name}.new{os.getpid()}")
        self.old = self.target.with_name(f".{self.target.name}.old{os.getpid()}")

    def __enter__(self) -> "Folder":
        self._check_target()
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self.new.mkdir()
            (self.new / MARK).write_text("made by `report dashboard`\n")
        except OSError as error:
            raise self._failed(error) from None
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if kind is None:
            try:
                self._replace()
                return
            except OSError as failure:
                error = failure
        shutil.rmtree(self.new, ignore_errors=True)
        if isinstance(error, OSError):
            raise self._failed(error) from None

    def write(self, name: str, text: str) -> None:
        """Write a file of the site; its folder is made."""
        path = self.new / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def copy(self, source: Path, name: str) -> None:
        """Copy a file, or a folder with all that is in it, into the site."""
        path = self.new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, path)
        else:
            shutil.copyfile(source, path)

    def _check_target(self) -> None:
        if not os.path.lexists(self.target):
            return
        ours = (self.target / MARK).is_file()
        if self.target.is_symlink() or not self.target.is_dir():
            ours = False
        elif not ours:
            ours = not any(self.target.iterdir())
        if not ours:
            raise ReportError(
                f"{self.target}: exists and is not a dashboard, so it is not replaced;"
                " choose another place with --out"
            )

    def _replace(self) -> None:
        there = os.path.lexists(self.target)
        if there:
            self.target.rename(self.old)
        try:
            self.new.rename(self.target)
        except OSError:
            if there:
                self.old.rename(self.target)
            raise
        shutil.rmtree(self.old, ignore_errors=True)

    def _failed(self, error: OSError) -> ReportError:
        return ReportError(
            f"{self.target}: cannot be written: {error.strerror or error};"
            " choose another place with --out"
        )
