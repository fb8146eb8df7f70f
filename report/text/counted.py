# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers of things, in sentences."""


def counted(number: int, thing: str) -> str:
    """ "1 cell", "2 cells"."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
