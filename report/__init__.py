# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads iommubench results and makes pictures and tables of them.

Started as ``python3 -m report COMMAND``; the commands are listed in ``__main__``.
"""


class ReportError(Exception):
    """What is wrong, where, and what to do about it, in one line.

    The commands print it on stderr and exit with 2.
    """


class NotComparable(ReportError):
    """Two sides, each valid, that cannot be compared with each other."""
