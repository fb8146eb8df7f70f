# SPDX-License-Identifier: GPL-2.0-or-later
"""The variants that the claims are about, and what most of the claims do with them."""

from typing import Callable, Iterable, List, Optional, Sequence

from report.claims.case import FILL, Case, Row, Value, Where
from report.claims.data import Data, Taken
from report.claims.measure import Compared, compared
from report.claims.measure import figure as figure_of

SUN4U = "sun4u/pools:1"
POOLED_1 = "pooled/pools:1"
STALE_1 = "stale-local/pools:1"
POOLED_16 = "pooled/pools:16"
LOCAL_16 = "stale-local/pools:16"
HOP_16 = "stale-hop/pools:16"
# map_page and unmap_page, with their locks: what a driver's map and unmap cost.
PATH_4_0 = "dma4u-4.0/pools:1"
PATH_4_1 = "dma4u-4.1/pools:1"
LAZY = (POOLED_1, STALE_1, POOLED_16, LOCAL_16, HOP_16)


def flushing(where: Where) -> bool:
    """Whether flushes take time there."""
    return where.flush_ns is not None and where.flush_ns > 0


def against_sun4u(
    data: Data,
    variants: Iterable[str],
    margin: float,
    among: Callable[[Where], bool] = flushing,
) -> List[Compared]:
    """The times of these variants over sun4u's, wherever one run has both."""
    return against(data, variants, SUN4U, margin, among)


def paths(
    data: Data, margin: float, among: Callable[[Where], bool] = flushing
) -> List[Compared]:
    """The times of sparc's call path since 4.1 over those of the one before."""
    return against(data, [PATH_4_1], PATH_4_0, margin, among)


def against(
    data: Data,
    variants: Iterable[str],
    base_variant: str,
    margin: float,
    among: Callable[[Where], bool],
) -> List[Compared]:
    """The times of these variants over another's, wherever one run has both."""
    pairs = []
    for taken in data.of(*variants):
        base = data.partner(taken, base_variant)
        if base and among(taken.where):
            pairs.append((base, taken))
    return compared(pairs, margin)


def ratios(verdicts: Sequence[Compared]) -> List[Row]:
    """For a picture: each at its new cell."""
    return [Row(each.new.where, each.ratio, each.new.where.fill) for each in verdicts]


def rows(
    takens: Iterable[Taken], figure: Callable[[Taken], Optional[Value]]
) -> List[Row]:
    """For a picture: a figure of cells, where they have it."""
    found = [(taken, figure(taken)) for taken in takens]
    return [Row(taken.where, value, _fill(taken)) for taken, value in found if value]


def _fill(taken: Taken) -> Optional[float]:
    fill = figure_of(taken, FILL)
    return fill.value if fill else None


def rows_of(cases: Iterable[Case]) -> List[Row]:
    """For a picture: what the cases were judged by."""
    return [Row(case.where, case.value) for case in cases]
