# SPDX-License-Identifier: GPL-2.0-or-later
"""Times for people: UTC everywhere."""

from datetime import datetime, timezone


def day(epoch: int) -> str:
    """YYYY-MM-DD of seconds since 1970."""
    return datetime.fromtimestamp(epoch, timezone.utc).strftime("%Y-%m-%d")


def minute(epoch: int) -> str:
    """YYYY-MM-DD HH:MM of seconds since 1970."""
    return datetime.fromtimestamp(epoch, timezone.utc).strftime("%Y-%m-%d %H:%M")
