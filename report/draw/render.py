# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws whatever kind of page there is."""

from matplotlib.figure import Figure

from report.draw import distribution, panels
from report.draw.sheet import render, settings
from report.draw.picture import Distribution, Page, Picture

__all__ = ["draw", "render"]


def draw(page: Page) -> Figure:
    """The figure of a page."""
    with settings():
        if isinstance(page, Distribution):
            return distribution.draw(page)
        assert isinstance(page, Picture)
        return panels.draw(page)
