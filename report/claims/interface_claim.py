# SPDX-License-Identifier: GPL-2.0-or-later
"""C8: the flush as an argument that may be NULL."""

from typing import List, Optional, Tuple

from report.claims.case import Answer, Case, Chart, Finding, Value, around_one
from report.claims.data import Data, Taken
from report.claims.measure import compared, flush_rate, tally
from report.claims.variants import ratios
from report.claims.words import percent

NULL = "none"
COUNTED = "spin:0"


def null_flush(data: Data, margin: float) -> Finding:
    """C8: no table of operations is needed."""
    pairs = [
        (without, taken)
        for taken in data.cells.values()
        if taken.where.flush == COUNTED
        for without in [_without(data, taken)]
        if without
    ]
    measured = [pair for pair in pairs if pair[0].samples and pair[1].samples]
    costs = compared(measured, margin)
    ratio = {each.new.where: each.ratio for each in costs}
    cases = []
    for without, taken in pairs:
        answer, why = _works(without, taken)
        cost = ratio.get(taken.where, Value(float("nan"), 0.0, float("inf")))
        cases.append(Case(taken.where, cost, answer, why))
    variants = {case.where.variant for case in cases}
    remarks: List[str] = []
    if costs:
        counts = [f"{n} {verdict.value}" for verdict, n in tally(costs).items() if n]
        remarks = [
            f"{len(variants)} variants were run both ways:"
            f" {', '.join(sorted(variants))}.",
            "What it costs to pass a function that only counts, instead of NULL, at a"
            f" margin of {percent(margin)}: of {len(costs)} comparisons"
            f" {'; '.join(counts)}. That includes what the emulated device"
            " itself takes for each call, which a NULL flush does not have.",
        ]
    return Finding(
        name="C8",
        claim="A flush function as an argument that may be NULL is enough; no table of"
        " operations is needed.",
        compared=f"every variant through one interface, with NULL (flush {NULL}) and"
        f" with a function that only counts (flush {COUNTED}). Holds where both worked:"
        " no sample and no allocation failed, nothing was flushed with NULL, and the"
        " function was called.",
        needs=f"cells with flush {NULL} and flush {COUNTED} in one run",
        figure="time per op / that with NULL",
        limit=1 + margin,
        cases=cases,
        charts=[
            Chart(
                name="C8",
                title="What passing a flush function costs",
                label="time per op / that with NULL",
                rows=ratios(costs),
                x="cpus",
                line="variant",
                panel=("machine", "think_ns"),
                **around_one(margin),
            )
        ],
        remarks=remarks,
        constructed="every allocator here is built against such an interface, so it"
        " says no more than that they ran with it",
    )


def _without(data: Data, taken: Taken) -> Optional[Taken]:
    """The cell with NULL, if the run was to have it, even if all its samples failed."""
    for cell, other in data.cells.items():
        if other.run is taken.run and other.where.flush == NULL:
            if str(cell).replace(f"flush:{NULL}", f"flush:{COUNTED}") == str(
                taken.cell
            ):
                return other
    return None


def _works(without: Taken, taken: Taken) -> Tuple[Answer, str]:
    """Whether a variant did its work both ways."""
    failed = without.failed + taken.failed
    if failed:
        return Answer.FAILS, f"{failed} samples failed"
    for side in (without, taken):
        lost = sum(s.figures.get("alloc_failures", 0) for s in side.samples)
        if lost:
            return Answer.FAILS, f"{lost:.0f} allocations failed"
    if flush_rate(without).value > 0:
        return Answer.FAILS, "flushes were counted with NULL"
    called = flush_rate(taken).value
    if called == 0:
        return Answer.UNKNOWN, "the intervals were too short for a flush"
    return Answer.HOLDS, f"called {1000 * called:.4g} times per 1000 ops"
