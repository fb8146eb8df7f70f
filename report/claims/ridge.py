# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a sweep of CPUs and think time meets the lock's wait that was reported."""

import math
import statistics
from collections import defaultdict
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

from report import ReportError
from report.claims.reported import REPORTED_SHARES, REPORTED_WAIT_US
from report.read.run import Run


@dataclass(frozen=True)
class Spot:
    """What was found with so many CPUs, each thinking so long between two ops.

    `share` is that of the acquisitions that were contended, `wait_us` their mean wait.
    """

    cpus: int
    think_ns: float
    share: float
    wait_us: float

    @property
    def meets_share(self) -> bool:
        """Whether the share would have been rounded to the one reported."""
        return REPORTED_SHARES[0] <= self.share <= REPORTED_SHARES[1]


# CPUs -> spots by rising think time.
Map = Dict[int, List[Spot]]


def map_of(run: Run) -> Map:
    """The spots of a sweep of one allocator; the median where a cell has several."""
    cells: Dict[Tuple[int, float], List[Tuple[float, float]]] = defaultdict(list)
    variants = set()
    for sample in run.samples:
        figures = sample.figures
        if sample.failed or not figures.get("acquisitions"):
            continue
        variants.add(sample.cell.variant)
        share = figures.get("contentions", 0.0) / figures["acquisitions"]
        wait_us = figures.get("wait_ns_mean_raw", 0.0) / 1000
        cells[sample.cell.cpus, float(sample.cell.think)].append((share, wait_us))
    if len(variants) != 1 or len({cpus for cpus, _ in cells}) < 2:
        raise ReportError(
            f"{run.path}: not a sweep of one allocator over CPUs and think time, with"
            " lock statistics; `make sim-headline` makes one"
        )
    result: Map = defaultdict(list)
    for (cpus, think), found in sorted(cells.items()):
        share, wait_us = (statistics.median(values) for values in zip(*found))
        result[cpus].append(Spot(cpus, think, share, wait_us))
    return dict(result)


def ridge_of(spots: Map) -> List[Spot]:
    """For each CPU count where the wait crosses the reported one, if it does.

    Between two think times the logarithm of the wait, and the share, are taken to be
    straight. Of several crossings the one at the longest think time.
    """
    found = (_crossing(row) for row in spots.values())
    return [spot for spot in found if spot]


def _crossing(row: Sequence[Spot]) -> Optional[Spot]:
    for left, right in reversed(list(zip(row, row[1:]))):
        if not left.wait_us >= REPORTED_WAIT_US > right.wait_us:
            continue
        if right.wait_us:
            part = math.log(left.wait_us / REPORTED_WAIT_US) / math.log(
                left.wait_us / right.wait_us
            )
        else:
            part = (left.wait_us - REPORTED_WAIT_US) / left.wait_us
        return Spot(
            left.cpus,
            left.think_ns + part * (right.think_ns - left.think_ns),
            left.share + part * (right.share - left.share),
            REPORTED_WAIT_US,
        )
    return None


@dataclass(frozen=True)
class Gain:
    """How many times the ops per second of sun4u a variant does; over the seeds."""

    cpus: int
    median: float
    low: float
    high: float


OF = "sun4u/pools:1"


def gains_of(runs: Sequence[Run]) -> Dict[str, List[Gain]]:
    """The gains along the ridge by variant, by rising CPU count.

    Each run is of one spot: its samples of one seed are of the same chance.
    """
    result: Dict[str, List[Gain]] = defaultdict(list)
    for run in runs:
        rates: Dict[str, Dict[int, float]] = defaultdict(dict)
        counts = {s.cell.cpus for s in run.samples if not s.failed}
        for sample in run.samples:
            if not sample.failed:
                rate = sample.figures["ops_per_second"]
                rates[sample.cell.variant][sample.repetition_index] = rate
        if len(counts) != 1 or OF not in rates:
            raise ReportError(
                f"{run.path}: not all allocators with one number of CPUs, {OF} among"
                " them; `make sim-headline` makes such files"
            )
        (cpus,) = counts
        for variant, each in rates.items():
            ratios = [each[k] / rates[OF][k] for k in each if k in rates[OF]]
            if variant != OF and ratios:
                middle = statistics.median(ratios)
                gain = Gain(cpus, middle, min(ratios), max(ratios))
                result[variant].append(gain)
    for gains in result.values():
        gains.sort(key=lambda gain: gain.cpus)
    return dict(result)


def _shares(spots: Sequence[Optional[Spot]]) -> str:
    known = sorted(spot.share for spot in spots if spot)
    return f"{100 * known[0]:.0f} to {100 * known[-1]:.0f}" if known else "-"


def ridge_rows(ridges: Sequence[Sequence[Spot]]) -> List[List[str]]:
    """CPUs, think time and share on the first ridge, and their ranges over all."""
    by_cpus = [{spot.cpus: spot for spot in ridge} for ridge in ridges]
    rows = []
    for cpus in sorted({cpus for each in by_cpus for cpus in each}):
        spots = [each.get(cpus) for each in by_cpus]
        first = spots[0]
        thinks = sorted(spot.think_ns / 1000 for spot in spots if spot)
        rows.append(
            [
                str(cpus),
                f"{first.think_ns / 1000:.1f}" if first else "-",
                f"{100 * first.share:.1f}" if first else "-",
                f"{thinks[0]:.1f} to {thinks[-1]:.1f}",
                _shares(spots),
                _met(spots),
            ]
        )
    return rows


def _met(spots: Sequence[Optional[Spot]]) -> str:
    """Whether the reported share lies on the ridge there, or between the ridges."""
    known = [spot for spot in spots if spot]
    if spots[0] and spots[0].meets_share:
        return "yes"
    low, high = REPORTED_SHARES
    shares = [spot.share for spot in known]
    if min(shares) <= high and max(shares) >= low:
        return "within the range"
    return "no"


def verdict(ridges: Sequence[Sequence[Spot]]) -> str:
    """Where share and wait are met at once; a sentence."""
    rows = ridge_rows(ridges)
    if not rows:
        return "the wait that was reported is met nowhere in the sweep"
    both = [row[0] for row in rows if row[-1] == "yes"]
    within = [row[0] for row in rows if row[-1] == "within the range"]
    said = []
    if both:
        said.append(f"with {', '.join(both)} CPUs by the profile as it is")
    if within:
        said.append(
            f"with {', '.join(within)} CPUs somewhere between the assumed times' ends"
        )
    if said:
        return f"share and wait are both met {'; '.join(said)}"
    nearest = max(
        (spot for ridge in ridges for spot in ridge), key=lambda spot: spot.share
    )
    first, last = rows[0][0], rows[-1][0]
    counts = f"{first} to {last}" if first != last else first
    return (
        f"the wait is met with {counts} CPUs, and the share nowhere with it: there it"
        f" is at most {100 * nearest.share:.1f} %, with {nearest.cpus} CPUs"
    )
