# SPDX-License-Identifier: GPL-2.0-or-later
"""``patch``: a comparison as text for a changelog, a cover letter or a pull request."""

import argparse

from report.commands.comparison_options import add_comparison

NAME = "patch"
HELP = "write a comparison as text to go with a patch"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_comparison(parser)


def run(args: argparse.Namespace) -> int:
    """Print the text."""
    from report.compare.patch_text import patch_lines, plain
    from report.compare.simulated import raise_unfit, simulation_of
    from report.compare.sittings import load_comparison

    verdicts, sittings = load_comparison(
        args.base, args.more, args.across_hosts, args.margin
    )
    simulated = simulation_of(args.sim, verdicts.sides.kind, args.across_hosts)
    lines = patch_lines(verdicts, simulated, args.markdown, sittings)
    print("\n".join(plain(line) for line in lines))
    raise_unfit(simulated)
    return 0
