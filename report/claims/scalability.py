# SPDX-License-Identifier: GPL-2.0-or-later
"""The Universal Scalability Law, fitted to each variant's throughput."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Dict, List, Optional, Sequence, Tuple

from report.claims.case import NATIVE, Chart, Row, Value, Where
from report.claims.data import Data, Taken
from report.claims.measure import figure
from report.claims.variants import flushing
from report.draw.styles import in_order
from report.stats.usl import COUNTS_MIN, Law, fit

# The law does not describe what is further off than this at any CPU count.
RESIDUAL_MOST = 0.1
_STEPS = 8  # points of a drawn curve from one CPU count to its double


@dataclass(frozen=True)
class Fit:
    """The law of the cells that differ in CPUs alone; `where` is the largest.

    `law` is that of the smallest `counts`, as many as it describes; of all if it does
    not even describe the fewest that it needs. `residual` is its error if fitted to all
    counts, the largest of which is `most`.
    """

    where: Where
    counts: Tuple[int, ...]
    law: Law
    most: int
    residual: float

    @property
    def fits(self) -> bool:
        """Whether the law describes them."""
        return self.law.residual <= RESIDUAL_MOST


def fits(data: Data) -> List[Fit]:
    """The law of every variant, under one condition a machine and think time.

    That is the one with the most CPU counts, then with the most variants.
    """
    groups: Dict[Tuple[str, int], Dict[Where, List[List[Taken]]]] = {}
    for series in _series(data):
        where = series[0].where
        condition = replace(where, cpus=0, variant="")
        group = groups.setdefault((where.machine, where.think_ns), {})
        group.setdefault(condition, []).append(series)
    result = []
    for group in groups.values():
        best = max(group, key=lambda each: _worth(each, group[each]))
        result += [each for each in map(_fit, group[best]) if each]
    return sorted(result, key=_order)


def _worth(condition: Where, series: Sequence[Sequence[Taken]]) -> Tuple[object, ...]:
    most = max(len(each) for each in series)
    ring = condition.workload == "ring"
    return (most, len(series), ring, -condition.utilization, condition.workload)


def _order(each: Fit) -> Tuple[object, ...]:
    where = each.where
    return (
        where.machine != NATIVE,
        where.machine,
        where.think_ns,
        in_order(where.variant),
    )


def _fit(series: Sequence[Taken]) -> Optional[Fit]:
    samples = [
        (taken.where.cpus, sample.figures["ops_per_second"])
        for taken in series
        for sample in taken.samples
        if sample.figures["ops_per_second"] > 0
    ]
    counts = tuple(sorted({cpus for cpus, _ in samples}))
    if len(counts) < COUNTS_MIN:
        return None
    whole = _law(samples, counts)
    for number in range(len(counts), COUNTS_MIN - 1, -1):
        law = _law(samples, counts[:number])
        if law.residual <= RESIDUAL_MOST:
            return Fit(
                series[-1].where, counts[:number], law, counts[-1], whole.residual
            )
    return Fit(series[-1].where, counts, whole, counts[-1], whole.residual)


def _law(samples: Sequence[Tuple[int, float]], counts: Sequence[int]) -> Law:
    chosen = [(cpus, rate) for cpus, rate in samples if cpus in counts]
    return fit([cpus for cpus, _ in chosen], [rate for _, rate in chosen])


def chart(data: Data, found: Sequence[Fit]) -> Chart:
    """Throughput, and the law's curves."""
    wheres = {replace(each.where, cpus=0) for each in found}
    points = []
    for taken in data.cells.values():
        rate = figure(taken, "ops_per_second")
        if rate and replace(taken.where, cpus=0) in wheres:
            points.append(Row(taken.where, _millions(rate)))
    return Chart(
        name="scalability",
        title="Throughput, and the Universal Scalability Law",
        label="million ops/s, all CPUs",
        rows=points,
        x="cpus",
        line="variant",
        panel=("machine", "think_ns"),
        logarithmic=True,
        fits=[row for each in found if each.fits for row in _curve(each)],
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
    """The cells of one run that differ in CPUs alone, by rising number.

    Only where flushes take time: those are the allocators as they are used.
    """
    groups: Dict[Tuple[str, Where], List[Taken]] = defaultdict(list)
    for taken in data.cells.values():
        if taken.samples and flushing(taken.where):
            where = replace(taken.where, cpus=0)
            groups[str(taken.run.path), where].append(taken)
    return [sorted(group, key=lambda t: t.where.cpus) for group in groups.values()]
