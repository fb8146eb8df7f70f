# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures and their values as pages show them."""

from report.read.figures import Figure, figure


def has_pages(name: str) -> bool:
    """Whether the figure's series have pages."""
    return figure(name).history == "page"


def unit_behind(it: Figure) -> str:
    """The unit to write behind a value; what it is counted per stands in the title."""
    return "" if it.shown_unit.startswith("/") else it.shown_unit


def number(value: float) -> str:
    """A number to four digits, thousands apart; assets/base.js does the same."""
    size = abs(value)
    if value == 0:
        return "0"
    if size >= 999.95:
        return f"{value:,.0f}".replace(",", "\u202f").replace("-", "\u2212")
    if size < 1e-4:
        return f"{value:.2e}".replace("-", "\u2212")
    digits = 3
    for limit in (9.9995, 99.995):
        digits -= size >= limit
    digits += sum(size < limit for limit in (0.99995, 0.099995, 0.0099995, 0.00099995))
    return f"{value:.{digits}f}".replace("-", "\u2212")


def shown(it: Figure, value: float, step: float) -> str:
    """A value in the figure's unit; no digits below the step of the run's clock.

    `step` is in ns, 0 where time is virtual. assets/base.js does the same.
    """
    if step and it.clocked:
        if value <= 1.0001 * step:
            return f"<{step:.0f}"
        return f"{value:,.0f}".replace(",", "\u202f")
    return number(value * it.scale)


def percent(share: float) -> str:
    """A change, 0.1 for a tenth more, with its sign: three digits or a hundredth."""
    value = 100 * share
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 2
    if value == 0:
        return "0 %"
    if abs(value) < 0.005:
        return f"{value:+.2g} %".replace("-", "\u2212")
    return f"{value:+.{digits}f} %".replace("-", "\u2212")
