# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws whatever kind of page there is."""

from matplotlib.figure import Figure

from report import distribution, figure
from report.page import render, settings
from report.picture import Distribution, Page, Picture

__all__ = ["draw", "render"]


def draw(page: Page) -> Figure:
    """The figure of a page."""
    with settings():
        if isinstance(page, Distribution):
            return distribution.draw(page)
        assert isinstance(page, Picture)
        return figure.draw(page)
