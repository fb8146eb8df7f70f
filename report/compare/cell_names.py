# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of the cells of a comparison; what all cells share is said once."""

from typing import Dict, Iterable, List, Sequence, Tuple

from report.read.cell import Cell


class CellNames:
    """The names of some cells.

    `common` is what all share; a cell's title is what its block of the table shares
    beyond that, its row what is left beside the CPU count. `allocators` says that the
    sides are allocators, so that they are no part of a name.
    """

    def __init__(self, cells: Sequence[Cell], allocators: bool) -> None:
        self._allocators = allocators
        parts = [self._title_parts(cell) for cell in cells]
        shared = [key for key in parts[0] if len({each[key] for each in parts}) == 1]
        self._own = [key for key in parts[0] if key not in shared]
        self.common = _joined(parts[0][key] for key in shared)
        self.head = "workload" if allocators else "allocator"

    def _title_parts(self, cell: Cell) -> Dict[str, str]:
        parts = {
            "profile": f"sim/{cell.profile}" if cell.profile else "",
            "workload": cell.workload,
            "entries": f"entries:{cell.entries}" if cell.entries else "",
            "flush": f"flush:{cell.flush}",
            "occupancy": f"occupancy:{cell.occupancy}",
            "lock": f"lock:{cell.lock}",
            "think": f"think:{cell.think}",
        }
        if self._allocators:
            del parts["workload"]
        return parts

    def title(self, cell: Cell) -> str:
        """What the cell's block of rows shares; "" where there is one block only."""
        parts = self._title_parts(cell)
        return _joined(parts[key] for key in self._own)

    def row(self, cell: Cell) -> str:
        """The name of the cell's row."""
        return cell.workload if self._allocators else cell.variant

    def short(self, cell: Cell) -> str:
        """All that the cells do not share, but for the CPU count."""
        return " ".join(filter(None, (self.title(cell), self.row(cell))))

    def order(self, cell: Cell) -> Tuple[str, str, int]:
        """A key that sorts cells into their rows."""
        return self.title(cell), self.row(cell), cell.cpus


def _joined(words: Iterable[str]) -> str:
    return " ".join(filter(None, words))


def listed(names: CellNames, cells: Sequence[Cell]) -> List[str]:
    """Cells by their short name, each with its counts: "ppc/pools:4 on 1, 2 CPUs"."""
    counts: Dict[str, List[int]] = {}
    for cell in sorted(cells, key=names.order):
        counts.setdefault(names.short(cell), []).append(cell.cpus)
    return [
        f"{name} on {', '.join(map(str, cpus))} CPU{'' if cpus == [1] else 's'}"
        for name, cpus in counts.items()
    ]
