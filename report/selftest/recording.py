# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs drawn from a recorded comparison, as if measured anew."""

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, List, Mapping, Sequence, Tuple

import numpy as np

from report import ReportError
from report.compare.sides import FILES, Sides, load_sides, require_common
from report.read.cell import Cell
from report.stats.data import Measurement

# Values of a block: those of base, those of new.
Block = Tuple[Tuple[float, ...], Tuple[float, ...]]


@dataclass(frozen=True)
class Recording:
    """The complete blocks of each cell, by layout.

    `same_programs` says that both sides ran the same programs, layout by layout;
    `programs` are the hashes of base's and of new's, empty if unknown.
    """

    path: Path
    cells: Mapping[Cell, Mapping[int, List[Block]]]
    layouts: Tuple[int, ...]
    same_programs: bool
    programs: Tuple[Tuple[str, ...], ...] = ()

    def blocks(self) -> int:
        """Blocks that every layout of every cell has."""
        return min(len(of) for cell in self.cells.values() for of in cell.values())


def load_recording(path: Path) -> Recording:
    """The recording in a file of `make compare`; ReportError if there is none."""
    sides = load_sides(path, None, across_hosts=False)
    require_common(sides)
    if sides.kind == FILES:
        raise ReportError(f"{path}: has no blocks")
    cells = {cell: _blocks(sides, cell) for cell in sides.cells}
    layouts = sorted({layout for of in cells.values() for layout in of})
    whole = {cell: of for cell, of in cells.items() if len(of) == len(layouts)}
    if not whole:
        raise ReportError(
            f"{path}: no cell has complete blocks of all {len(layouts)} layouts: record"
            " for longer"
        )
    programs = [sides.facts[side].get("programs") for side in ("base", "new")]
    same = sides.kind == "revisions" and bool(programs[0])
    return Recording(
        path,
        whole,
        tuple(layouts),
        same and programs[0] == programs[1],
        tuple(tuple(each or ()) for each in programs),
    )


def merged(recordings: Sequence[Recording]) -> Recording:
    """Recordings of the same programs as one; ReportError if they are not."""
    first = recordings[0]
    for other in recordings[1:]:
        if not first.programs[0] or other.programs != first.programs:
            raise ReportError(
                f"{other.path}: was not recorded with the same programs as"
                f" {first.path}; leave out --together"
            )
    common = [c for c in first.cells if all(c in other.cells for other in recordings)]
    if not common:
        raise ReportError(f"{first.path}: has no cell that the other files have too")
    cells = {
        cell: {
            layout: [block for each in recordings for block in each.cells[cell][layout]]
            for layout in first.layouts
        }
        for cell in common
    }
    return replace(first, cells=cells)


def _blocks(sides: Sides, cell: Cell) -> Dict[int, List[Block]]:
    values: Dict[Tuple[int, int], Tuple[List[float], List[float]]] = defaultdict(
        lambda: ([], [])
    )
    for side, samples in enumerate(sides.cells[cell]):
        for sample in samples:
            if sample.layout is None or sample.block is None:
                raise ReportError(f"{sides.base.path}: a sample has no layout or block")
            time = sample.figures["real_time"]
            values[sample.layout, sample.block][side].append(time)
    usual = max(len(base) + len(new) for base, new in values.values())
    found: Dict[int, List[Block]] = defaultdict(list)
    for (layout, _), (base, new) in sorted(values.items()):
        if len(base) + len(new) == usual and len(base) == len(new):
            found[layout].append((tuple(base), tuple(new)))
    return found


def run_of(
    recording: Recording,
    layouts: int,
    blocks: int,
    rng: np.random.Generator,
    deal: bool,
) -> Dict[Cell, Tuple[List[Measurement], List[Measurement]]]:
    """A run drawn from the recording: so many layouts, so many blocks of each.

    Nothing is drawn twice. With `deal`, for each layout chance says which side's
    program is called base, for all cells alike; and where both are the same program,
    for each block again. Nothing else may be dealt: a layout's effect must stay in it.
    """
    chosen = rng.choice(recording.layouts, size=layouts, replace=False)
    swapped = {int(layout): deal and rng.random() < 0.5 for layout in chosen}
    result = {}
    for cell, of in recording.cells.items():
        sides: Tuple[List[Measurement], List[Measurement]] = ([], [])
        number = 0
        for label, layout in enumerate(chosen):
            recorded = of[int(layout)]
            for index in rng.choice(len(recorded), size=blocks, replace=False):
                swap = swapped[int(layout)]
                if deal and recording.same_programs:
                    swap = rng.random() < 0.5
                both = recorded[index][::-1] if swap else recorded[index]
                for side, values in zip(sides, both):
                    side += [Measurement(label + 1, number, value) for value in values]
                number += 1
        result[cell] = sides
    return result
