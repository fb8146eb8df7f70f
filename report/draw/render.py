# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws a sheet of either kind, picture or distribution."""

from matplotlib.figure import Figure

from report.draw import distribution, panels
from report.draw.sheet import render, settings
from report.draw.picture import Distribution, Sheet, Picture

__all__ = ["draw", "render"]


def draw(sheet: Sheet) -> Figure:
    """The drawing of a picture or distribution."""
    with settings():
        if isinstance(sheet, Distribution):
            return distribution.draw(sheet)
        assert isinstance(sheet, Picture)
        return panels.draw(sheet)
