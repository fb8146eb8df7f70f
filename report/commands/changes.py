# SPDX-License-Identifier: GPL-2.0-or-later
"""``changes``: what changed in the store, newest first."""

import argparse
from typing import TYPE_CHECKING, List, Optional

from report.commands.db_option import add_db, printable

if TYPE_CHECKING:
    from report.changes.alerts import Alert, Change

NAME = "changes"
HELP = "changes of the series in the store, newest first"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_db(parser)
    parser.add_argument("--host", metavar="NAME", help="of this host only")
    parser.add_argument(
        "--figure", metavar="NAME", help="of this figure only (default: those watched)"
    )
    parser.add_argument(
        "--dirty", action="store_true", help="look at runs of changed trees too"
    )
    parser.add_argument(
        "--all", action="store_true", help="every series that moved, not the first few"
    )


def run(args: argparse.Namespace) -> int:
    """Print the changes; 0."""
    from report.changes.alerts import alerts_of, changes_of
    from report.store import open_store

    with open_store(args.db) as store, store.snapshot():
        changes = changes_of(store, args.host, args.figure, args.dirty)
        alerts = alerts_of(store, changes)
    for alert in alerts:
        print("\n".join(lines_of(alert, None if args.all else 4)))
    print(f"{len(alerts)} changes, {len(changes)} series and places")
    return 0


def lines_of(alert: "Alert", most: Optional[int]) -> List[str]:
    """An alert as text, with so many of the neighbours."""
    lead = alert.lead
    first, commit = lead.first, lead.tree.commit
    kernel = "kernel " if lead.of_kernel else ""
    lines = [
        f"{kernel}{commit.short} {printable(commit.subject or '')}".rstrip(),
        f"    {printable(first.host.name)}, run of {first.when:%Y-%m-%d %H:%M},"
        f" before it {lead.tree_before.commit.short}",
        f"    {change_text(lead)}",
    ]
    shown = alert.neighbours[:most]
    lines += [f"    {change_text(one)}" for one in shown]
    if len(shown) < len(alert.neighbours):
        lines.append(f"    and {len(alert.neighbours) - len(shown)} more series")
    lines += [f"    changed too: {printable(fact)}" for fact in alert.facts]
    return lines


def change_text(change: "Change") -> str:
    """A change in a line."""
    size, series = change.size, change.series
    text = f"{series.cell} {series.figure}: {size.before:.6g} -> {size.after:.6g}"
    if size.ratio is not None:
        text += f", {size.ratio:+.2%}"
        if not series.exact and size.low is not None and size.high is not None:
            text += f" [{size.low:+.2%} .. {size.high:+.2%}]"
    if change.instrument:
        text += f", {change.instrument}"
    elif change.better is not None:
        text += ", better" if change.better else ", worse"
    return text
