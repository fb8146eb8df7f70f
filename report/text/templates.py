# SPDX-License-Identifier: GPL-2.0-or-later
"""Jinja2's templates, set up alike for every page that the report writes."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from report import ReportError

if TYPE_CHECKING:
    from jinja2 import Environment


def require_jinja2(what: str) -> None:
    """ReportError if Jinja2, which `what` needs, is not installed."""
    if find_spec("jinja2") is None:
        raise ReportError(
            f"{what} needs Jinja2: `make deps` installs it"
            " (Debian: apt install python3-jinja2)"
        )


def environment(folder: Path) -> "Environment":
    """The templates in a folder: what they are given is escaped, and must be there."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
