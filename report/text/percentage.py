# SPDX-License-Identifier: GPL-2.0-or-later
"""Percentages, read and written."""

import argparse
import math
import re

_TEXT = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+) ?%?", re.ASCII)


def percentage(text: str) -> float:
    """The number that "1%", "1 %" or "1" is, 0.01; for argparse."""
    match = _TEXT.fullmatch(text)
    value = float(match[1]) / 100 if match else math.nan
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a percentage above 0 and below 100; write it as 1%"
        )
    return value


def written(value: float) -> str:
    """0.01 as "1 %"."""
    return f"{100 * value:g} %"


def signed(change: float) -> str:
    """A relative change in percent, to about three digits: +1.23, -12.3, +351."""
    value = 100 * change
    if math.isinf(value):
        return "+inf"
    decimals = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
    text = f"{value:+.{decimals}f}"
    return text.replace("-", "+") if float(text) == 0 else text


def size(change: float) -> str:
    """A relative change that has no sign, in percent, to two digits, rounded up."""
    value = 100 * change
    if math.isinf(value):
        return "inf"
    decimals = 2 if value < 1 else 1 if value < 10 else 0
    scale = 10**decimals
    return f"{math.ceil(value * scale - 1e-9) / scale:.{decimals}f}"
