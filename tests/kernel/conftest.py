# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of kernel trees share."""

import os
from pathlib import Path

import pytest

from cli import ROOT
from trees import Maker


@pytest.fixture(name="maker")
def _maker(program: Path, tmp_path: Path) -> Maker:
    """make, in the folder of the program under test."""
    build = program.parent
    # Names in a makefile have no blanks: as it is called here.
    inside = build.is_relative_to(ROOT) if hasattr(build, "is_relative_to") else False
    (tmp_path / "out").mkdir()
    return Maker(
        Path(os.path.relpath(build, ROOT)) if inside else build, tmp_path / "out"
    )
