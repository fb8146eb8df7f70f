# SPDX-License-Identifier: GPL-2.0-or-later
"""``dashboard``: the history of many runs as a static site."""

import argparse
from pathlib import Path

from report.commands.db_option import add_db
from report.text.templates import require_jinja2

NAME = "dashboard"
HELP = "write the history in a store as a static site"

ROOT = Path(__file__).resolve().parent.parent.parent
# Where an installation has it, and where `make uplot` puts it.
UPLOT = (
    ROOT / "report" / "site" / "uplot",
    ROOT / "build" / "cache" / "npm" / "node_modules" / "uplot",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_db(parser)
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        default=Path("build/dashboard"),
        help="where the site goes, in place of an older one (default: %(default)s)",
    )
    parser.add_argument(
        "--claims",
        metavar="DIR",
        type=Path,
        nargs="*",
        default=[Path("results"), Path("build/claims")],
        help="pages claims.html in or below DIR are linked"
        " (default: results build/claims)",
    )
    parser.add_argument(
        "--uplot",
        metavar="DIR",
        type=Path,
        default=next((path for path in UPLOT if path.is_dir()), UPLOT[-1]),
        help="uPlot's npm package (default: what `make uplot` fetched)",
    )


def run(args: argparse.Namespace) -> int:
    """Write the site and print its first page's name."""
    require_jinja2("the dashboard")
    from report.changes.alerts import alerts_of, changes_of
    from report.site import Archive, make_site
    from report.store import open_store

    with open_store(args.db) as store:
        with store.snapshot():
            archive = Archive(store, alerts_of(store, changes_of(store)))
    make_site(archive, args.out, args.uplot, args.claims)
    print(args.out / "index.html")
    return 0
