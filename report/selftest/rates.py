# SPDX-License-Identifier: GPL-2.0-or-later
"""How often runs drawn from recordings are said to have changed."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
from scipy.stats import beta

from report import ReportError
from report.compare.cell_names import CellNames
from report.read.cell import Cell
from report.selftest.recording import Recording, load_recording, merged, run_of
from report.stats.change import LAYOUT_BLOCKS_MIN, Change, compare_all
from report.stats.verdict import Verdict, judge

TOLD = (Verdict.FASTER, Verdict.SLOWER)


@dataclass(frozen=True)
class Draws:
    """How many runs to draw from a recording, of what size, and what they are told by.

    `blocks` are those of each layout; None leaves their number to the recording.
    """

    runs: int
    layouts: int
    blocks: Optional[int]
    margin: float
    seed: int


@dataclass(frozen=True)
class Injected:
    """A comparison whose new side is slower by `amount`, in one allocator or in all."""

    amount: float
    allocator: str
    path: Path


@dataclass(frozen=True)
class Rate:
    """`hits` of `trials`, with Clopper and Pearson's 95 % interval of the rate."""

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


def _size(recording: Recording, draws: Draws) -> Tuple[int, int]:
    """Layouts and blocks of a run; ReportError if the recording has too few."""
    layouts, recorded = draws.layouts, recording.blocks()
    if layouts > len(recording.layouts):
        raise ReportError(
            f"{recording.path}: has {len(recording.layouts)} layouts: record more, or"
            f" say --layouts {len(recording.layouts)}"
        )
    blocks: Optional[int] = draws.blocks
    if blocks is None:
        third = max(recorded // 3, min(recorded, LAYOUT_BLOCKS_MIN))
        blocks = recorded if recording.same_programs else third
    if blocks > recorded or recorded == 0:
        raise ReportError(
            f"{recording.path}: has {recorded} blocks of a cell and layout: record for"
            " longer, or ask for fewer --blocks"
        )
    return layouts, blocks


def _drawn(
    recording: Recording, draws: Draws, index: int, deal: bool
) -> Tuple[List[Cell], List[Change], List[Verdict]]:
    """A run drawn from the recording, with its verdicts."""
    rng = np.random.default_rng([draws.seed, index])
    layouts, blocks = _size(recording, draws)
    drawn = run_of(recording, layouts, blocks, rng, deal)
    changes = compare_all(list(drawn.values()), seed=index + 1)
    return list(drawn), changes, judge(changes, margin=draws.margin)


def _samples(recording: Recording, draws: Draws) -> int:
    layouts, blocks = _size(recording, draws)
    first = next(iter(next(iter(recording.cells.values())).values()))[0]
    return layouts * blocks * len(first[0])


def _alarm(recording: Recording, draws: Draws, index: int) -> bool:
    return any(verdict in TOLD for verdict in _drawn(recording, draws, index, True)[2])


def alarms_of(
    paths: Sequence[Path], draws: Draws, processes: ProcessPoolExecutor
) -> Alarms:
    recording = merged([load_recording(path) for path in paths])
    told = partial(_alarm, recording, draws)
    hits = sum(processes.map(told, range(draws.runs), chunksize=10))
    return Alarms(
        file=" ".join(map(str, paths)),
        cells=len(recording.cells),
        same_programs=recording.same_programs,
        samples_a_side=_samples(recording, draws),
        runs=rate(hits, draws.runs),
    )


def powers_of(slow: Injected, draws: Draws) -> List[Power]:
    recording = load_recording(slow.path)
    hurt = [c for c in recording.cells if slow.allocator in ("", c.allocator)]
    if not hurt:
        raise ReportError(f"{slow.path}: has no cell of {slow.allocator}")
    names = CellNames(list(recording.cells), False)
    told: Dict[Cell, List[bool]] = {c: [] for c in sorted(hurt, key=names.order)}
    changes: Dict[Cell, List[Change]] = {cell: [] for cell in told}
    wrong = 0
    for i in range(draws.runs):
        alarm = False
        for cell, change, verdict in zip(*_drawn(recording, draws, i, False)):
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
            samples_a_side=_samples(recording, draws),
            measured=float(np.median([c.ratio for c in changes[cell]])) - 1,
            smallest=float(np.median([c.smallest for c in changes[cell]])),
            told=rate(sum(told[cell]), len(told[cell])),
            others=rate(wrong, draws.runs),
        )
        for cell in told
    ]
