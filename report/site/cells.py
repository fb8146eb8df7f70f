# SPDX-License-Identifier: GPL-2.0-or-later
"""Cell names in words, and the order of tables."""

from functools import lru_cache
from typing import Any, Tuple

from report import ReportError
from report.read.cell import Cell
from report.draw.styles import in_order
from report.store import Series


@lru_cache(maxsize=None)
def cell_of(name: str) -> Cell:
    """The cell of that name; ReportError if it is not the name of one."""
    try:
        return Cell.parse(name)
    except ValueError as error:
        raise ReportError(f"the store: {error}; rebuild it from its files") from None


@lru_cache(maxsize=None)
def conditions_of(name: str) -> str:
    """What a cell shares with those that it is shown beside, in words."""
    cell = cell_of(name)
    parts = [
        f"simulated {cell.profile}" if cell.profile else "",
        "audit" if cell.audit else "",
        f"{cell.entries} entries" if cell.entries else "",
        f"flush {cell.flush}",
        f"utilization {cell.occupancy} %",
        f"lock {cell.lock}",
        f"think {cell.think} ns",
    ]
    return " \u00b7 ".join(part for part in parts if part)


def conditions_of_series(series: Series) -> str:
    """The same of a series, with what the cell's name does not say."""
    counted = series.exact and series.pass_name == "counters"
    told = cell_of(series.cell).entries is not None
    setup = [w for w in series.setup.split() if not (told and w.startswith("entries:"))]
    parts = [conditions_of(series.cell), *setup]
    parts += ["deterministic count"] * counted
    return " \u00b7 ".join(
        part.replace(":", " ", 1) if place else part for place, part in enumerate(parts)
    )


@lru_cache(maxsize=None)
def place_in_table(name: str) -> Tuple[Any, ...]:
    """Sort key of cells: conditions, workload, allocator in its usual order, CPUs."""
    cell = cell_of(name)
    return (
        cell.profile or "",
        cell.audit,
        conditions_of(name),
        cell.workload,
        in_order(cell.variant),
        cell.cpus,
    )
