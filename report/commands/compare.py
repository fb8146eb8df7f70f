# SPDX-License-Identifier: GPL-2.0-or-later
"""``compare``: what changed between two sides, cell by cell."""

import argparse
from pathlib import Path
from typing import List, Optional, Sequence, Tuple, Union

from report import NotComparable, ReportError
from report.compare.lines import as_list, simulated_lines, timing_lines
from report.compare.verdicts import MARGIN, load_judged, changes_of
from report.text.percentage import percentage
from report.compare.sides import Sides, load_sides
from report.compare.simulated import Simulated, load_simulated_pair

NAME = "compare"
HELP = "say what is faster or slower than before, and by how much"

# What was simulated, or why it cannot be compared; None if nothing was.
Simulation = Union[Simulated, ReportError, None]

# Half the width of an interval that is narrow enough.
WIDTH = 0.005


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_comparison(parser)
    parser.add_argument(
        "--undecided",
        action="store_true",
        help="print only the cells whose intervals more samples should narrow",
    )
    parser.add_argument(
        "--width",
        metavar="PERCENT",
        type=percentage,
        default=WIDTH,
        help="half the width that --undecided wants, 0.5%% by default",
    )


def add_comparison(parser: argparse.ArgumentParser) -> None:
    """Declare what makes up a comparison, for other commands too."""
    parser.add_argument(
        "base", metavar="A.json", type=Path, help="results of both sides, or of base"
    )
    parser.add_argument(
        "new", metavar="B.json", type=Path, nargs="?", help="results of the new side"
    )
    parser.add_argument(
        "--sim",
        metavar=("SA.json", "SB.json"),
        type=Path,
        nargs=2,
        help="the same simulated, of base and new: compared exactly",
    )
    parser.add_argument(
        "--margin",
        metavar="PERCENT",
        type=percentage,
        default=MARGIN,
        help="changes within it are called the same, 1%% by default",
    )
    parser.add_argument(
        "--across-hosts",
        action="store_true",
        help="compare results of different machines, settings or builds all the same",
    )
    parser.add_argument("--markdown", action="store_true", help="print Markdown")


def run(args: argparse.Namespace) -> int:
    """Print the comparison."""
    if args.undecided:
        sides = load_sides(
            args.base, args.new, across_hosts=args.across_hosts, check=False
        )
        for name in undecided(sides, args.width):
            print(name)
        return 0
    this = load_judged(args.base, args.new, args.across_hosts, args.margin)
    simulated = simulation_of(args.sim, this.sides.kind, args.across_hosts)
    lines = timing_lines(this, args.markdown)
    if isinstance(simulated, Simulated):
        lines += ["", *simulated_lines(simulated, args.markdown)]
    elif simulated:
        said = f"simulated part not comparable: {simulated}"
        lines += ["", *as_list([said], args.markdown)]
    print("\n".join(lines))
    raise_unfit(simulated)
    return 0


def simulation_of(
    files: Optional[Sequence[Path]], kind: str, across_hosts: bool
) -> Simulation:
    """What the files given with --sim say.

    Why they do not is returned, not raised: what was measured is shown all the same.
    """
    if not files:
        return None
    pair: Tuple[Path, Path] = (files[0], files[1])
    try:
        return load_simulated_pair(pair, kind, across_hosts)
    except ReportError as error:
        return error


def raise_unfit(simulated: Simulation) -> None:
    """Raise what is wrong with files; that they do not fit each other is an outcome."""
    if isinstance(simulated, ReportError) and not isinstance(simulated, NotComparable):
        raise simulated


def undecided(sides: Sides, width: float) -> List[str]:
    """The names of cells (of base) whose intervals more samples should narrow.

    It is the width alone that decides, never the change: stopping once a change shows
    would find changes where there are none. Cells that one side lacks are among them.
    """
    cells = list(sides.cells)
    wide = [
        cell
        for cell, change in zip(cells, changes_of(sides, cells) if cells else [])
        if change.width > width
    ]
    return [str(cell) for cell in (*wide, *sides.alone)]
