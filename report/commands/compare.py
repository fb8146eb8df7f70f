# SPDX-License-Identifier: GPL-2.0-or-later
"""``compare``: what changed between two sides, cell by cell."""

import argparse

from report import ReportError
from report.commands.comparison_options import add_comparison
from report.text.percentage import percentage

NAME = "compare"
HELP = "say what is faster or slower than before, and by how much"

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
        help="half the width that --undecided asks for (default: 0.5%%)",
    )
    parser.add_argument(
        "--at-most",
        metavar="PERCENT",
        type=percentage,
        help="exit status 1 if a cell is slower by more, by its whole interval",
    )


def run(args: argparse.Namespace) -> int:
    """Print the comparison."""
    if args.undecided:
        return _print_undecided(args)
    from report.compare.lines import as_list, simulated_lines, timing_lines
    from report.compare.limit import limit_lines, slower_than
    from report.compare.simulated import Simulated, raise_unfit, simulation_of
    from report.compare.sittings import load_comparison
    from report.compare.sittings_text import sittings_limit, sittings_lines

    verdicts, sittings = load_comparison(
        args.base, args.more, args.across_hosts, args.margin
    )
    simulated = simulation_of(args.sim, verdicts.sides.kind, args.across_hosts)
    if sittings is None:
        lines = timing_lines(verdicts, args.markdown)
    else:
        lines = sittings_lines(sittings, args.markdown)
    if isinstance(simulated, Simulated):
        lines += ["", *simulated_lines(simulated, args.markdown)]
    elif isinstance(simulated, ReportError):
        why = f"simulated part not comparable: {simulated}"
        lines += ["", *as_list([why], args.markdown)]
    beyond = False
    if args.at_most is not None:
        if sittings is None:
            said = limit_lines(verdicts, args.at_most)
            beyond = bool(slower_than(verdicts, args.at_most))
        else:
            said, beyond = sittings_limit(sittings, args.at_most)
        lines += ["", *as_list(said, args.markdown)]
    print("\n".join(lines))
    raise_unfit(simulated)
    return 1 if beyond else 0


def _print_undecided(args: argparse.Namespace) -> int:
    """What a comparison that is being taken asks again and again."""
    from report.compare.sides import load_sides
    from report.compare.verdicts import undecided

    if len(args.more) > 1:
        raise ReportError("--undecided: is of one comparison, not of several sittings")
    new = args.more[0] if args.more else None
    sides = load_sides(args.base, new, across_hosts=args.across_hosts, check=False)
    for name in undecided(sides, args.width):
        print(name)
    return 0
