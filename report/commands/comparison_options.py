# SPDX-License-Identifier: GPL-2.0-or-later
"""The options that `compare` and `patch` share: what is compared with what."""

import argparse
from pathlib import Path

from report.compare.margin import MARGIN
from report.text.percentage import percentage


def add_comparison(parser: argparse.ArgumentParser) -> None:
    """Declare what makes up a comparison, for other commands too."""
    parser.add_argument(
        "base", metavar="A.json", type=Path, help="results of both sides, or of base"
    )
    parser.add_argument(
        "more",
        metavar="B.json",
        type=Path,
        nargs="*",
        help="results of the new side; or further sittings of A.json's comparison",
    )
    parser.add_argument(
        "--sim",
        metavar=("SA.json", "SB.json"),
        type=Path,
        nargs=2,
        help="the same simulated, of base and new, with the same seeds",
    )
    parser.add_argument(
        "--margin",
        metavar="PERCENT",
        type=percentage,
        default=MARGIN,
        help="smaller changes count as none (default: 1%%)",
    )
    parser.add_argument(
        "--across-hosts",
        action="store_true",
        help="compare results of different machines, settings or builds anyway",
    )
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
