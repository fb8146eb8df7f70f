# SPDX-License-Identifier: GPL-2.0-or-later
"""``headline``: where a sweep's lock is waited for as was reported in 2015."""

import argparse
from pathlib import Path
from typing import Dict, List, Sequence

from report import ReportError
from report.claims.reported import REPORTED_SHARES, REPORTED_WAIT_US
from report.claims.ridge import Gain, Map, Spot
from report.claims.ridge import gains_of, map_of, ridge_of, ridge_rows, verdict
from report.read.load import load_run
from report.read.run import Run
from report.text.table import Column, table, wrapped

NAME = "headline"
HELP = "find where a lock is waited for as reported in 2015, and draw the map"

UNKNOWN = (
    "not known: how many CPUs the report is of, and how long they worked between two"
    " maps; what lock_stat itself cost, which makes holds and waits longer and is in"
    " the reported figures, not in these; and whether that kernel's pci_sun4v.c held"
    " the lock across the hypercall, which would make the holds longer (sun4u has none)"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "run_file", metavar="RUN.json", type=Path, help="the sweep, of one allocator"
    )
    parser.add_argument(
        "--ends",
        metavar="RUN.json",
        type=Path,
        nargs=2,
        default=(),
        help="the same with the assumed times at either end of their range",
    )
    parser.add_argument(
        "--along",
        metavar="RUN.json",
        type=Path,
        nargs="+",
        default=(),
        help="all allocators at the points of the ridge, a file each",
    )
    parser.add_argument(
        "--picture", metavar="FILE", type=Path, help="draw it: FILE.svg and FILE.png"
    )
    parser.add_argument(
        "--points",
        action="store_true",
        help="print only the points of the ridge: CPUs and think time in ns",
    )


def run(args: argparse.Namespace) -> int:
    """Print where the wait is met, with which share, and what is gained there."""
    swept = load_run(args.run_file)
    spots = map_of(swept)
    ridges = [ridge_of(spots)]
    if args.points:
        for spot in ridges[0]:
            print(f"{spot.cpus} {spot.think_ns:.0f}")
        return 0
    ridges += [ridge_of(map_of(load_run(path))) for path in args.ends]
    gains = gains_of([load_run(path) for path in args.along])
    print("\n".join(_lines(ridges)))
    if gains:
        print("\n".join(["", *_gain_lines(gains)]))
    print("\n".join(["", *wrapped(UNKNOWN, 80)]))
    if args.picture:
        if not gains or not ridges[0]:
            raise ReportError("--picture: needs a ridge, and --along with its gains")
        _draw(args.picture, swept, spots, ridges, gains)
    return 0


def _lines(ridges: Sequence[Sequence[Spot]]) -> List[str]:
    low, high = (100 * share for share in REPORTED_SHARES)
    head = (
        f"where the mean wait is {REPORTED_WAIT_US} us, as reported; the reported share"
        f" is 21M of 27M: {low:.1f} to {high:.1f} %, as these are rounded"
    )
    columns = [Column(head, True) for head in ("CPUs", "think us", "contended %")]
    columns += [Column("think us, range"), Column("contended %, range")]
    columns.append(Column("share met"))
    rows = ridge_rows(ridges)
    said = verdict(ridges)
    return [*wrapped(head, 80), *table(columns, rows), *wrapped(said, 80)]


def _gain_lines(gains: Dict[str, List[Gain]]) -> List[str]:
    """Each variant's gain at each point, with its range over the seeds."""
    counts = sorted({gain.cpus for of in gains.values() for gain in of})
    columns = [Column("times sun4u's ops per second, CPUs:")]
    columns += [Column(str(count), True) for count in counts]
    rows = []
    for variant, of in sorted(gains.items(), key=lambda each: -each[1][-1].median):
        known = {gain.cpus: f"{gain.median:.3g}" for gain in of}
        rows.append([f"  {variant}", *(known.get(count, "-") for count in counts)])
    return table(columns, rows)


def _draw(
    path: Path,
    swept: Run,
    spots: Map,
    ridges: List[List[Spot]],
    gains: Dict[str, List[Gain]],
) -> None:
    from report.claims import headline_map
    from report.draw import render

    machine = swept.simulator.summary if swept.simulator else "unknown"
    low, high = (100 * share for share in REPORTED_SHARES)
    said = verdict(ridges)
    sheet = headline_map.Headline(
        title="One lock in 2015: which machine and load would have had that wait?",
        subtitle=f"Reported: 21M of 27M acquisitions contended ({low:.1f} to"
        f" {high:.1f} % as rounded), {REPORTED_WAIT_US} us mean wait."
        f" Here: {said}.",
        caption=[
            f"Simulated, not measured: ring on {machine}; sun4u's one lock. Percentages"
            " at the solid line are the share there. Bars: range over the seeds.",
            f"{UNKNOWN[0].upper()}{UNKNOWN[1:]}.",
        ],
        spots=spots,
        ridges=ridges,
        gains=gains,
    )
    drawn = headline_map.draw(sheet)
    for kind in ("svg", "png"):
        file = path.with_suffix(f".{kind}")
        try:
            file.write_bytes(render.render(drawn, kind, sheet))
        except OSError as error:
            raise ReportError(f"{file}: cannot be written: {error.strerror}") from None
        print(file)
