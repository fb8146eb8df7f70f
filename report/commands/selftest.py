# SPDX-License-Identifier: GPL-2.0-or-later
"""``selftest``: how often the comparison errs, and what it sees, by recorded samples.

From comparisons of a program with itself runs are drawn in which nothing changed; from
comparisons with a slowdown put in on purpose, runs in which it is known what did.
"""

import argparse
import json
import math
from dataclasses import asdict
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Sequence, Tuple

from report import ReportError
from report.compare.margin import MARGIN
from report.text.percentage import percentage

if TYPE_CHECKING:
    from report.selftest.rates import Alarms, Power

NAME = "selftest"
HELP = "estimate false alarms and power of `compare` from recorded comparisons"

LAYOUTS = 3


def injected(text: str) -> Tuple[float, str, Path]:
    """Amount, allocator ("" for all) and file of 3%:pooled=FILE; for argparse."""
    head, _, path = text.partition("=")
    amount, _, allocator = head.partition(":")
    if not path:
        raise argparse.ArgumentTypeError(
            f"{text!r}: expected PERCENT[:ALLOCATOR]=FILE, such as 3%:pooled=slow.json"
        )
    return percentage(amount), allocator, Path(path)


def count(text: str) -> int:
    """A number from 1 on; for argparse."""
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= 1000000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1000000")
    return int(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "recordings",
        metavar="RECORDING.json",
        type=Path,
        nargs="*",
        help="comparisons whose sides differ in nothing but layouts",
    )
    parser.add_argument(
        "--injected",
        metavar="PERCENT[:ALLOCATOR]=FILE",
        type=injected,
        action="append",
        default=[],
        help="a comparison whose new side is that much slower; repeat for a curve",
    )
    parser.add_argument(
        "--together",
        action="store_true",
        help="the recordings are of the same programs and count as one",
    )
    parser.add_argument(
        "--runs", type=count, default=200, help="runs to draw from each file (200)"
    )
    parser.add_argument(
        "--layouts", type=count, default=LAYOUTS, help="layouts a side of a run (3)"
    )
    parser.add_argument(
        "--blocks",
        type=count,
        help="blocks of each layout of a run (default: a third of what is recorded, but"
        " at least what a verdict needs; all where both sides ran the same programs)",
    )
    parser.add_argument(
        "--margin",
        metavar="PERCENT",
        type=percentage,
        default=MARGIN,
        help="smaller changes count as none (default: 1%%)",
    )
    parser.add_argument("--seed", type=count, default=1, help="of the draws (1)")
    parser.add_argument("--out", metavar="FILE", type=Path, help="results as JSON")


def run(args: argparse.Namespace) -> int:
    """Print both tables; write them to --out."""
    from concurrent.futures import ProcessPoolExecutor

    from report.selftest.lines import alarm_lines, power_lines
    from report.selftest.rates import Draws, Injected, alarms_of, powers_of

    if not args.recordings and not args.injected:
        raise ReportError("selftest: give recorded comparisons, or --injected")
    if args.together:
        groups = [args.recordings]
    else:
        groups = [[path] for path in args.recordings]
    draws = Draws(args.runs, args.layouts, args.blocks, args.margin, args.seed)
    slow = [Injected(*each) for each in args.injected]
    # Each run has a seed of its own, so the processes do not change what comes out.
    with ProcessPoolExecutor() as processes:
        slowed = processes.map(powers_of, slow, repeat(draws))
        alarms = [alarms_of(paths, draws, processes) for paths in groups if paths]
        powers = [power for of_file in slowed for power in of_file]
    print("\n".join([*alarm_lines(alarms), *power_lines(powers, args.margin)]))
    if args.out:
        _write(args, alarms, powers)
    return 0


def _write(
    args: argparse.Namespace, alarms: Sequence["Alarms"], powers: Sequence["Power"]
) -> None:
    document: Dict[str, Any] = {
        "runs": args.runs,
        "layouts": args.layouts,
        "margin": args.margin,
        "seed": args.seed,
        "alarms": [asdict(each) for each in alarms],
        "power": [asdict(each) for each in powers],
    }
    for each in document["power"]:
        # JSON knows no infinity: too few samples to see anything.
        each["smallest"] = each["smallest"] if math.isfinite(each["smallest"]) else None
    try:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{args.out}: {error.strerror}; give another --out") from None
