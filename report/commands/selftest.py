# SPDX-License-Identifier: GPL-2.0-or-later
"""``selftest``: how often the comparison errs, and what it sees, by recorded samples.

From comparisons of a program with itself runs are drawn in which nothing changed; from
comparisons with a slowdown put in on purpose, runs in which it is known what did.
"""

import argparse
import json
import math
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
from scipy.stats import beta

from report import ReportError
from report.compare.verdicts import MARGIN
from report.read.cell import Cell
from report.compare.cell_names import Names
from report.text.percentage import percentage, signed, size
from report.selftest.recorded import Pool, load_pool, run_of, together
from report.stats.change import LAYOUT_BLOCKS_MIN, Change, compare_all
from report.stats.verdict import Verdict, judge
from report.text.table import Column, table

NAME = "selftest"
HELP = "estimate false alarms and power of `compare` from recorded comparisons"

LAYOUTS = 3
TOLD = (Verdict.FASTER, Verdict.SLOWER)


@dataclass(frozen=True)
class Injected:
    """A comparison whose new side is slower by `amount`, in one allocator or in all."""

    amount: float
    allocator: str
    path: Path


@dataclass(frozen=True)
class Rate:
    """`hits` of `trials`, and Clopper and Pearson's 95 % interval of the chance."""

    hits: int
    trials: int
    low: float
    high: float


@dataclass(frozen=True)
class Alarms:
    """Of runs without a change drawn from a file: how many had a cell told."""

    file: str
    cells: int
    same_programs: bool
    samples_a_side: int
    runs: Rate


@dataclass(frozen=True)
class Power:
    """Of runs with an injected slowdown: how many told that `cell` is slower.

    `amount` is what was meant, which the cells of an allocator have more or less of;
    `measured` is the median change over draws, `smallest` the median of what the runs
    said they would see, `others` the runs that told a cell of an allocator without the
    slowdown.
    """

    file: str
    amount: float
    cell: str
    cpus: int
    samples_a_side: int
    measured: float
    smallest: float
    told: Rate
    others: Rate


def rate(hits: int, trials: int) -> Rate:
    """The rate and its interval."""
    low = float(beta.ppf(0.025, hits, trials - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, trials - hits)) if hits < trials else 1.0
    return Rate(hits, trials, low, high)


def injected(text: str) -> Injected:
    """What 3%:pooled=FILE or 3%=FILE says; for argparse."""
    head, _, path = text.partition("=")
    amount, _, allocator = head.partition(":")
    if not path:
        raise argparse.ArgumentTypeError(
            f"{text!r}: expected PERCENT[:ALLOCATOR]=FILE, such as 3%:pooled=slow.json"
        )
    return Injected(percentage(amount), allocator, Path(path))


def count(text: str) -> int:
    """A number from 1 on; for argparse."""
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= 1000000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 1000000")
    return int(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "pools",
        metavar="POOL.json",
        type=Path,
        nargs="*",
        help="comparisons in which nothing differs but layouts",
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
        help="the POOL.json, of the same programs, are one pool",
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
        help="blocks of each layout of a run (a third of what is recorded, but as many"
        " as a verdict needs; all of it where both sides are the same programs)",
    )
    parser.add_argument(
        "--margin",
        metavar="PERCENT",
        type=percentage,
        default=MARGIN,
        help="changes within it are called the same, 1%% by default",
    )
    parser.add_argument("--seed", type=count, default=1, help="of the draws (1)")
    parser.add_argument("--out", metavar="FILE", type=Path, help="results as JSON")


def run(args: argparse.Namespace) -> int:
    """Print both tables and write them down."""
    if not args.pools and not args.injected:
        raise ReportError(
            "selftest: give recorded comparisons, POOL.json or --injected"
        )
    groups = [args.pools] if args.together else [[path] for path in args.pools]
    # Each run has a seed of its own, so the processes do not change what comes out.
    with ProcessPoolExecutor() as processes:
        slowed = processes.map(_powers, args.injected, repeat(args))
        alarms = [_alarms(paths, args, processes) for paths in groups if paths]
        powers = [power for of_file in slowed for power in of_file]
    print("\n".join([*_alarm_lines(alarms), *_power_lines(powers, args.margin)]))
    if args.out:
        _write(args, alarms, powers)
    return 0


def _size(pool: Pool, args: argparse.Namespace) -> Tuple[int, int]:
    """Layouts and blocks of a run; ReportError if the pool has too few."""
    layouts, recorded = args.layouts, pool.blocks()
    if layouts > len(pool.layouts):
        raise ReportError(
            f"{pool.path}: has {len(pool.layouts)} layouts: record more, or say"
            f" --layouts {len(pool.layouts)}"
        )
    blocks: Optional[int] = args.blocks
    if blocks is None:
        third = max(recorded // 3, min(recorded, LAYOUT_BLOCKS_MIN))
        blocks = recorded if pool.same_programs else third
    if blocks > recorded or recorded == 0:
        raise ReportError(
            f"{pool.path}: has {recorded} blocks of a cell and layout: record for"
            " longer, or ask for fewer --blocks"
        )
    return layouts, blocks


def _drawn(
    pool: Pool, args: argparse.Namespace, index: int, deal: bool
) -> Tuple[List[Cell], List[Change], List[Verdict]]:
    """A run drawn from the pool, judged."""
    rng = np.random.default_rng([args.seed, index])
    layouts, blocks = _size(pool, args)
    drawn = run_of(pool, layouts, blocks, rng, deal)
    changes = compare_all(list(drawn.values()), seed=index + 1)
    return list(drawn), changes, judge(changes, margin=args.margin)


def _samples(pool: Pool, args: argparse.Namespace) -> int:
    layouts, blocks = _size(pool, args)
    first = next(iter(next(iter(pool.cells.values())).values()))[0]
    return layouts * blocks * len(first[0])


def _alarm(pool: Pool, args: argparse.Namespace, index: int) -> bool:
    return any(verdict in TOLD for verdict in _drawn(pool, args, index, True)[2])


def _alarms(
    paths: Sequence[Path], args: argparse.Namespace, processes: ProcessPoolExecutor
) -> Alarms:
    pool = together([load_pool(path) for path in paths])
    told = partial(_alarm, pool, args)
    hits = sum(processes.map(told, range(args.runs), chunksize=10))
    return Alarms(
        file=" ".join(map(str, paths)),
        cells=len(pool.cells),
        same_programs=pool.same_programs,
        samples_a_side=_samples(pool, args),
        runs=rate(hits, args.runs),
    )


def _powers(slow: Injected, args: argparse.Namespace) -> List[Power]:
    pool = load_pool(slow.path)
    hurt = [c for c in pool.cells if slow.allocator in ("", c.allocator)]
    if not hurt:
        raise ReportError(f"{slow.path}: has no cell of {slow.allocator}")
    names = Names(list(pool.cells), False)
    told: Dict[Cell, List[bool]] = {c: [] for c in sorted(hurt, key=names.order)}
    changes: Dict[Cell, List[Change]] = {cell: [] for cell in told}
    wrong = 0
    for i in range(args.runs):
        alarm = False
        for cell, change, verdict in zip(*_drawn(pool, args, i, False)):
            if cell in told:
                told[cell].append(verdict is Verdict.SLOWER)
                changes[cell].append(change)
            else:
                alarm |= verdict in TOLD
        wrong += alarm
    return [
        Power(
            file=str(slow.path),
            amount=slow.amount,
            cell=str(cell),
            cpus=cell.cpus,
            samples_a_side=_samples(pool, args),
            measured=float(np.median([c.ratio for c in changes[cell]])) - 1,
            smallest=float(np.median([c.smallest for c in changes[cell]])),
            told=rate(sum(told[cell]), len(told[cell])),
            others=rate(wrong, args.runs),
        )
        for cell in told
    ]


def _short(name: str) -> str:
    cell = Cell.parse(name)
    return f"{cell.workload} {cell.variant}"


def _percent(this: Rate) -> List[str]:
    share = 100 * this.hits / this.trials
    return [
        f"{this.hits}/{this.trials}",
        f"{share:.1f}",
        f"[{100 * this.low:.1f} {100 * this.high:.1f}]",
    ]


def _counts(each: Alarms) -> Tuple[int, int]:
    return each.runs.hits, each.runs.trials


def _alarm_lines(alarms: Sequence[Alarms]) -> List[str]:
    if not alarms:
        return []
    columns = [
        Column("pool"),
        Column("sides"),
        Column("cells", True),
        Column("samples", True),
        Column("alarms", True),
        Column("%", True),
        Column("95 % interval"),
    ]
    rows = [
        [
            Path(each.file.split(" ")[0]).name,
            "same programs" if each.same_programs else "layouts differ",
            str(each.cells),
            str(each.samples_a_side),
            *_percent(each.runs),
        ]
        for each in alarms
    ]
    if len(alarms) > 1:
        hits, trials = (sum(column) for column in zip(*map(_counts, alarms)))
        rows.append(["all", "", "", "", *_percent(rate(hits, trials))])
    return [
        "runs without a change in which any cell was called faster or slower",
        *table(columns, rows),
        "samples: a side and cell; the runs of a pool share its samples, so intervals",
        "  hold for these pools",
    ]


def _power_lines(powers: Sequence[Power], margin: float) -> List[str]:
    if not powers:
        return []
    columns = [
        Column("meant", True),
        Column("cell"),
        Column("CPUs", True),
        Column("samples", True),
        Column("measured", True),
        Column("told", True),
        Column("%", True),
        Column("95 % interval"),
        Column("smallest", True),
        Column("others told"),
    ]
    rows = [
        [
            f"{100 * each.amount:g} %",
            _short(each.cell),
            str(each.cpus),
            str(each.samples_a_side),
            signed(each.measured),
            *_percent(each.told),
            size(each.smallest),
            f"{each.others.hits}/{each.others.trials}",
        ]
        for each in sorted(powers, key=lambda p: (p.cpus, p.cell, p.measured))
    ]
    return [
        f"cells with a slowdown that were called slower (margin {100 * margin:g} %)",
        *table(columns, rows),
        "measured: the change that there was; smallest: what the runs said they would",
        "  see; others told: runs that called a cell without the slowdown faster or",
        "  slower. The runs of a file share its samples, so intervals hold for it",
    ]


def _write(
    args: argparse.Namespace, alarms: Sequence[Alarms], powers: Sequence[Power]
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
