# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures as text on the page of the claims."""

from report.claims.case import Value


def number(value: float) -> str:
    """A number to three digits."""
    return f"{float(f'{value:.3g}'):g}"


def percent(part: float) -> str:
    """A part of a whole, or a change, in percent to three digits."""
    if 0 < part < 1e-4:
        return "less than 0.01 %"
    return f"{number(100 * part)} %"


def at_most_percent(part: float) -> str:
    """That a part is no more than that, if it is a part at all."""
    text = percent(max(0.0, part))
    return text if text.startswith("less") else f"at most {text}"


def signed(part: float) -> str:
    """A change in percent, with its sign."""
    return f"{'+' if part >= 0 else '-'}{percent(abs(part))}"


def said(value: Value) -> str:
    """A figure with its interval."""
    if value.low == value.high:
        return number(value.value)
    return f"{number(value.value)} [{number(value.low)} .. {number(value.high)}]"
