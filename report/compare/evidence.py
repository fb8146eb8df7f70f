# SPDX-License-Identifier: GPL-2.0-or-later
"""What maintainers ask for beside times: locks, flushes, strict or lazy."""

import statistics
from typing import Dict, List, Sequence, Tuple

from report.compare.sides import ALLOCATORS, SIDES, Sides
from report.compare.simulated import Simulated
from report.read.run import Sample
from report.text.table import Column

# Rows of the table: the most simulated CPUs of each cell, and no more cells than that.
ROWS = 16
# So many flushes in 1000 ops are one a free.
STRICT = 990

Rows = List[List[str]]


def flushing(sides: Sides) -> str:
    """Which allocators flush at each free and which lazily; "" if nothing is known."""
    found: Dict[str, List[float]] = {}
    for sample in sides.samples:
        if "flushes_per_kop" in sample.figures:
            of = found.setdefault(sample.cell.variant, [])
            of.append(sample.figures["flushes_per_kop"])
    kinds: Dict[str, List[str]] = {}
    for variant, values in sorted(found.items()):
        kinds.setdefault(_kind(statistics.median(values)), []).append(variant)
    return "; ".join(f"{kind}: {', '.join(of)}" for kind, of in kinds.items())


def _kind(flushes: float) -> str:
    if flushes >= STRICT:
        return "a flush at each free (strict, or too full to be lazy)"
    return "lazy" if flushes else "without a flush in the time measured"


def lock_columns() -> List[Column]:
    """Of lock_rows."""
    heads = ("locks/op", "contended %", "flushes/1000")
    return [
        Column("cell"),
        Column("CPUs", True),
        *(Column(head, True) for head in heads),
    ]


def lock_rows(simulated: Simulated) -> Tuple[Rows, int]:
    """Base and new of locks and flushes as simulated, and how many rows were cut."""
    most: Dict[str, int] = {}
    cells = {row.cell: row for row in simulated.rows}
    for cell in cells:
        name = simulated.names.short(cell)
        most[name] = max(most.get(name, 0), cell.cpus)
    rows = []
    for cell in cells:
        name = simulated.names.short(cell)
        if cell.cpus != most[name]:
            continue
        base, new = map(_figures, simulated.sides.cells[cell])
        numbers = [" ".join(pair) for pair in zip(base, new)]
        rows.append([name, f"sim:{cell.cpus}", *numbers])
    return rows[:ROWS], max(len(rows) - ROWS, 0)


def _figures(samples: Sequence[Sample]) -> List[str]:
    """Acquisitions an op, contended percent, flushes per 1000 ops, over all samples.

    Every simulated sample has them.
    """
    acquisitions, contentions, ops = (
        sum(sample.figures[name] for sample in samples)
        for name in ("acquisitions", "contentions", "iterations")
    )
    flushes = sum(
        sample.figures["flushes_per_kop"] * sample.figures["iterations"]
        for sample in samples
    )
    share = 100 * contentions / acquisitions if acquisitions else 0.0
    return [f"{acquisitions / ops:.2f}", f"{share:.1f}", f"{flushes / ops:.3g}"]


def same_code(sides: Sides) -> List[str]:
    """What both sides have the same, where revisions are compared; a sentence each."""
    if sides.kind == ALLOCATORS or not sides.facts:
        return []
    lines = []
    base, new = (sides.facts[side] for side in SIDES)
    if base.get("programs") and base["programs"] == new.get("programs"):
        lines.append("both sides are the same programs: what differs is noise")
    if new.get("unchanged"):
        lines.append(
            f"the same code on both sides, and not measured: {new['unchanged']}"
        )
    return lines
