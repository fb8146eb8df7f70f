# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads iommubench results and makes pictures and tables of them.

Started as ``python3 -m report COMMAND``; the commands are listed in ``__main__``.
"""


class ReportError(Exception):
    """What the user has to know, in one line: what, where, what to do.

    The commands print it on stderr and exit with 2.
    """


class NotComparable(ReportError):
    """Two sides that are good for themselves, but not to be compared."""
