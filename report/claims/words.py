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


def said(value: Value) -> str:
    """A figure with its interval."""
    if value.low == value.high:
        return number(value.value)
    return f"{number(value.value)} [{number(value.low)} .. {number(value.high)}]"
