# SPDX-License-Identifier: GPL-2.0-or-later
"""``headline``: the point of a sweep whose lock is contended as much as reported."""

import argparse
from pathlib import Path
from typing import Tuple

from report import ReportError
from report.claims.reported import REPORTED_SHARE, REPORTED_WAIT_US
from report.read.load import load_run
from report.read.run import Sample

NAME = "headline"
HELP = "find where a sweep's lock is contended as much as was reported in 2015"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "run_file", metavar="RUN.json", type=Path, help="results with lock statistics"
    )


def run(args: argparse.Namespace) -> int:
    """Print the point nearest to the reported share, and the wait there."""
    samples = [
        sample
        for sample in load_run(args.run_file).samples
        if not sample.failed and sample.figures.get("contentions", 0) > 0
    ]
    if not samples:
        raise ReportError(
            f"{args.run_file}: no lock in it was contended; sweep --think"
        )
    point = min(samples, key=_distance)
    share, wait_us = _share_and_wait(point)
    print(f"cpus: {point.cell.cpus}")
    print(f"think: {point.cell.think}")
    print(
        f"contended: {share:.1%} of acquisitions, nearest to the reported"
        f" {REPORTED_SHARE:.0%} of {len(samples)} points"
    )
    print(f"average wait: {wait_us:.1f} us; reported: {REPORTED_WAIT_US} us")
    return 0


def _share_and_wait(sample: Sample) -> Tuple[float, float]:
    figures = sample.figures
    share = figures["contentions"] / figures["acquisitions"]
    return share, figures["wait_ns_mean_raw"] / 1000


def _distance(sample: Sample) -> float:
    return abs(_share_and_wait(sample)[0] - REPORTED_SHARE)
