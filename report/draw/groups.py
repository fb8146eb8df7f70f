# SPDX-License-Identifier: GPL-2.0-or-later
"""Which cells share a picture, and what the picture's file is called."""

import re
from collections import defaultdict
from typing import Dict, List, NamedTuple, Sequence

from report.read.cell import Cell
from report.read.run import Run, Sample


class Group(NamedTuple):
    """What the cells of one picture share.

    `profile` is "" for native cells, `entries` 0 where names do not tell them.
    """

    profile: str
    flush: str
    utilization: str
    lock: str
    think: str
    entries: int = 0

    @property
    def told(self) -> str:
        """How many entries the table has, where that is not the usual."""
        return f"{self.entries} entries" if self.entries else ""


def group_of(cell: Cell) -> Group:
    """The picture that a cell belongs to."""
    conditions = (cell.flush, cell.occupancy, cell.lock, cell.think, cell.entries or 0)
    return Group(cell.profile or "", *conditions)


def in_groups(samples: Sequence[Sample]) -> Dict[Group, List[Sample]]:
    """The samples of each picture; pictures without a good sample are left out."""
    groups: Dict[Group, List[Sample]] = defaultdict(list)
    for sample in samples:
        groups[group_of(sample.cell)].append(sample)
    return {
        group: groups[group]
        for group in sorted(groups)
        if not all(sample.failed for sample in groups[group])
    }


def by_cell(samples: Sequence[Sample]) -> Dict[Cell, List[Sample]]:
    """The good samples of each cell, by workload and rising CPU count."""
    cells: Dict[Cell, List[Sample]] = defaultdict(list)
    for sample in samples:
        if not sample.failed:
            cells[sample.cell].append(sample)
    order = sorted(cells, key=lambda cell: (cell.workload, cell.cpus))
    return {cell: cells[cell] for cell in order}


def slug(group: Group) -> str:
    """The group as a part of a file name; depends on nothing but the group."""
    words = [
        f"sim-{group.profile}" if group.profile else "",
        f"entries-{group.entries}" if group.entries else "",
        group.flush,
        f"occupancy-{group.utilization}",
        group.lock,
        f"think-{group.think}",
    ]
    return "-".join(in_file_name(word) for word in words if word)


def in_file_name(word: str) -> str:
    """The word with nothing in it that a file name should not have."""
    return re.sub("[^A-Za-z0-9_.+]+", "-", word)


def title(what: str, results: Run, group: Group) -> str:
    """The title of a picture."""
    where = f"simulated on {group.profile}" if group.profile else results.host.name
    return f"IOMMU address allocators: {what}, {where}"


def subtitle(group: Group) -> str:
    """What the cells share, in words."""
    told = f"{group.told}   " if group.told else ""
    return (
        f"{told}flush {group.flush}   utilization {group.utilization} %   "
        f"lock {group.lock}   think {group.think} ns"
    )
