# SPDX-License-Identifier: GPL-2.0-or-later
"""The Universal Scalability Law, fitted to each variant's throughput."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Dict, List, Sequence, Tuple

from report.claims.case import Chart, Row, Value, Where
from report.claims.data import Data, Taken
from report.claims.measure import figure
from report.stats.usl import COUNTS_MIN, Law, fit

# The law does not describe what is further off than this at any CPU count.
RESIDUAL_MOST = 0.1
_STEPS = 8  # points of a drawn curve from one CPU count to its double


@dataclass(frozen=True)
class Fit:
    """The law of the cells that differ in CPUs alone; `where` is the largest."""

    where: Where
    counts: Tuple[int, ...]
    law: Law

    @property
    def fits(self) -> bool:
        """Whether the law describes them."""
        return self.law.residual <= RESIDUAL_MOST


def fits(data: Data) -> List[Fit]:
    """The law of every series with enough CPU counts."""
    result = []
    for series in _series(data):
        samples = [
            (taken.where.cpus, sample.figures["pairs_per_second"])
            for taken in series
            for sample in taken.samples
            if sample.figures["pairs_per_second"] > 0
        ]
        counts = tuple(sorted({cpus for cpus, _ in samples}))
        if len(counts) >= COUNTS_MIN:
            law = fit([cpus for cpus, _ in samples], [rate for _, rate in samples])
            result.append(Fit(series[-1].where, counts, law))
    return result


def chart(data: Data, found: Sequence[Fit]) -> Chart:
    """Throughput, and the law's curves."""
    wheres = {replace(each.where, cpus=0) for each in found}
    points = []
    for taken in data.cells.values():
        rate = figure(taken, "pairs_per_second")
        if rate and replace(taken.where, cpus=0) in wheres:
            points.append(Row(taken.where, _millions(rate)))
    return Chart(
        name="scalability",
        title="Throughput, and the Universal Scalability Law",
        label="million pairs/s, all CPUs",
        rows=points,
        x="cpus",
        line="variant",
        panel=("machine", "think_ns"),
        logarithmic=True,
        fits=[row for each in found for row in _curve(each)],
    )


def _curve(each: Fit) -> List[Row]:
    result = []
    for low, high in zip(each.counts, each.counts[1:]):
        for step in range(_STEPS):
            cpus = low * (high / low) ** (step / _STEPS)
            result.append(_point(each, cpus))
    return [*result, _point(each, each.counts[-1])]


def _point(each: Fit, cpus: float) -> Row:
    value = each.law.throughput(cpus) / 1e6
    where = replace(each.where, cpus=cpus)
    return Row(where, Value(value, value, value))


def _millions(rate: Value) -> Value:
    return Value(rate.value / 1e6, rate.low / 1e6, rate.high / 1e6)


def _series(data: Data) -> List[List[Taken]]:
    """The cells of one run that differ in CPUs alone, by rising number."""
    groups: Dict[Tuple[str, Where], List[Taken]] = defaultdict(list)
    for taken in data.cells.values():
        if taken.samples:
            where = replace(taken.where, cpus=0)
            groups[str(taken.run.path), where].append(taken)
    return [sorted(group, key=lambda t: t.where.cpus) for group in groups.values()]
