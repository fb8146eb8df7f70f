# SPDX-License-Identifier: GPL-2.0-or-later
"""What the commands that read the store share: --db, and its text for a terminal."""

import argparse

DEFAULT_DB = "results/history.db"


def add_db(parser: argparse.ArgumentParser) -> None:
    """Declare --db."""
    parser.add_argument(
        "--db",
        metavar="URL",
        default=DEFAULT_DB,
        help="the store: an SQLite file or postgresql://USER@HOST/NAME"
        " (default: %(default)s)",
    )


def printable(text: str) -> str:
    """Text from elsewhere without control characters, for a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
