# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers with their units, as text."""

import math
from typing import Tuple


def si_prefix(value: float) -> Tuple[float, str]:
    """The factor and the SI prefix that suit a value."""
    for factor, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= factor:
            return factor, prefix
    return 1.0, ""


def rate(value: float) -> str:
    """A number of events a second with its SI prefix, for the ticks of an axis."""
    factor, prefix = si_prefix(value)
    return f"{value / factor:g} {prefix}".rstrip()


def duration(ns: float, digits: int = 3) -> str:
    """A time with the unit that suits it, to so many digits."""
    rounded = float(f"{ns:.{digits - 1}e}")
    for factor, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "\u00b5s")):
        if rounded >= factor:
            return f"{rounded / factor:g} {unit}"
    return f"{rounded:g} ns"


def percent(share: float) -> str:
    """A share of 0 to 1 as text of two digits; never 0 or 100 % unless it is."""
    value = 100 * share
    if share in (0, 1):
        return f"{value:.0f} %"
    if value < 0.0001:
        return "<0.0001 %"
    if value > 99:
        return ">99 %"
    digits = max(0, 1 - math.floor(math.log10(value)))
    return f"{value:.{digits}f} %"


def nanoseconds(ns: float) -> str:
    """A time in ns without its unit, to four digits, as the tables of runs have it."""
    decimals = 3 if ns < 10 else 2 if ns < 100 else 1 if ns < 1000 else 0
    return f"{ns:.{decimals}f}"
