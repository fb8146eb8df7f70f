# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of the locks' passes and of "sim": hold times, contention and waits."""

import math
import statistics
from collections import Counter, defaultdict
from typing import Dict, Iterable, List, Mapping, Sequence

from report.draw import caption
from report.draw.groups import Group, by_cell, group_of, in_groups, subtitle, title
from report.read import lock_passes
from report.read.cell import Cell
from report.read.run import Run, Sample
from report.text.median import Interval, median_interval
from report.draw.picture import Bin, Distribution, Lines, Sheet, Panel, Picture, Point
from report.draw.picture import Scale, Shape

Cells = Mapping[Cell, Sequence[Sample]]


def make_pictures(results: Run) -> Dict[Group, Dict[str, Sheet]]:
    """The pictures of a run's locks samples by group and kind; none without a sample.

    Hold and wait times of the pass "sim" against CPUs are drawn by simulated.py.
    """
    pictures: Dict[Group, Dict[str, Sheet]] = {}
    told = lock_passes.told(results.samples)
    timed = [sample for sample in told if sample.pass_name in ("locks", "sim")]
    counted = in_groups([s for s in told if s.pass_name in ("contention", "sim")])
    for group, samples in in_groups(timed).items():
        # A sample that timed no acquisition has no times.
        cells = by_cell([s for s in samples if "hold_ns_p50" in s.figures])
        if not cells:
            continue
        # Before there was a pass for it, these samples counted.
        counts = by_cell([*counted.get(group, samples)])
        about = _about(results, group, samples)
        distribution = _distribution(results, group, cells, about)
        wait = _wait(results, group, cells, counts, about)
        if samples[0].pass_name == "sim":
            pictures[group] = {"hold-distribution": distribution, "contention": wait}
            continue
        pictures[group] = {
            "hold": _hold(results, group, cells, about),
            "hold-distribution": distribution,
            "wait": wait,
        }
    return pictures


def remarks(results: Run) -> List[str]:
    """What the user has to know of locks samples that have no picture."""
    left_out = [
        f"{results.path}: {text}" for text in lock_passes.remark(results.samples)
    ]
    samples = results.of_pass("locks")
    if not samples or not all(sample.failed for sample in samples):
        return left_out
    return [
        *left_out,
        f"{results.path}: all {len(samples)} locks samples failed, the first with"
        f" {samples[0].error!r}: no pictures of locks",
    ]


def _about(results: Run, group: Group, samples: Sequence[Sample]) -> List[str]:
    """The last paragraphs of every caption."""
    if samples[0].pass_name == "sim":
        text = caption.tally(results, samples)
        return [text, *caption.host_and_run(results, group)]
    text = "Locks are measured in separate samples, by a build that records them"
    shares = [s.figures["lock_sample"] for s in samples if "lock_sample" in s.figures]
    if shares and max(shares) > 1:
        text += f" (times: of one in {statistics.median(shares):.0f} acquisitions"
        # Older files have all acquisitions of one in so many stretches of time.
        drawn = any("acquire" in sample.histograms for sample in samples)
        text += ", drawn at random)" if drawn else ")"
    slowed = [
        change
        for (cell, _), change in lock_passes.changes(results.samples).items()
        if group_of(cell) == group
    ]
    if slowed:
        text += (
            "; time of an op against samples without them:"
            f" {100 * statistics.median(slowed):+.1f} % in the median of the cells"
            f" ({100 * min(slowed):+.1f} to {100 * max(slowed):+.1f} %)"
        )
    left_out = lock_passes.remark(results.samples)
    counted = f"{'; '.join([text, *left_out])}. {caption.tally(results, samples)}"
    return [counted, *caption.host_and_run(results, group)]


def _step(results: Run, group: Group) -> float:
    """The clock's step in ns; simulated clocks have none that matters."""
    return 0.0 if group.profile else results.clock_step_ns


def _median(samples: Iterable[Sample], figure: str) -> float:
    return statistics.median(sample.figures[figure] for sample in samples)


def _by_workload(points: Mapping[Cell, Point]) -> Dict[str, Lines]:
    panels: Dict[str, Lines] = defaultdict(lambda: defaultdict(list))
    for cell, point in points.items():
        panels[cell.workload][cell.variant].append(point)
    return {workload: dict(lines) for workload, lines in panels.items()}


def _crowded(panels: Mapping[str, Lines]) -> bool:
    return any(len(lines) > 1 for lines in panels.values())


def _counts(cells: Iterable[Cell], workload: str) -> List[int]:
    return sorted({cell.cpus for cell in cells if cell.workload == workload})


def _clock(step: float) -> str:
    if not step:
        return ""
    return (
        f" The clock's step is {step:.3g} ns: shorter times are drawn at the step, and"
        " no time is known more precisely."
    )


def _hold(results: Run, group: Group, cells: Cells, about: List[str]) -> Picture:
    step = _step(results, group)
    points = {}
    for cell, good in cells.items():
        half = _median(good, "hold_ns_p50")
        points[cell] = Point(cell.cpus, half, half, _median(good, "hold_ns_p99"))
    panels = _by_workload(points)
    apart = ", shifted sideways to be told apart" if _crowded(panels) else ""
    number = caption.samples_of([len(good) for good in cells.values()])
    return Picture(
        title=title("lock hold time", results, group),
        subtitle=subtitle(group),
        caption=[
            "Points and lines: p50 of the hold times; bars: from p50 up to p99, each"
            f" the median of {number}{apart}. Hold time:"
            " from just after the acquire to just before the release, all locks of an"
            f" allocator together.{_clock(step)}",
            *about,
        ],
        panels=[
            Panel(
                title=workload,
                counts=_counts(cells, workload),
                lines=lines,
                scale=Scale("hold time, p50 to p99", logarithmic=True, step=step),
                wide=True,
            )
            for workload, lines in panels.items()
        ],
    )


def _wait(
    results: Run, group: Group, cells: Cells, counts: Cells, about: List[str]
) -> Picture:
    step = _step(results, group)
    wait = Scale("mean wait when contended", logarithmic=True, step=step)
    percent = Scale("contended, % of acquisitions", divisor=0.01)
    waiting = Scale("waiting for locks, % of the CPUs' time", divisor=0.01)
    intervals = {
        "waiting": _intervals(cells, "waiting_share"),
        "contended": _intervals(counts, "contentions", "acquisitions"),
        "wait": _intervals(cells, "wait_ns_mean"),
    }
    lines = {name: _by_workload(_points(each)) for name, each in intervals.items()}
    panels = []
    for workload in dict.fromkeys(cell.workload for cell in cells):
        for name, scale in (
            ("waiting", waiting),
            ("contended", percent),
            ("wait", wait),
        ):
            # Older files do not say what share of the time it took.
            if name == "waiting" and not lines[name]:
                continue
            panels.append(
                Panel(
                    f"{workload}: {name}",
                    _counts(cells, workload),
                    lines[name].get(workload, {}),
                    scale,
                    nothing="no acquisition was contended",
                )
            )
    drawn = [each for of in intervals.values() for each in of.values()]
    return Picture(
        title=title("lock contention and wait", results, group),
        subtitle=subtitle(group),
        caption=[
            f"{caption.sampling(drawn, _crowded(lines['contended']))} Contended: the"
            " first attempt failed. Wait: from that attempt to the acquire, mean of the"
            " contended acquisitions of a sample, less the cost of reading the clock;"
            " a sample without any has a share of 0 and no wait, so it has no point."
            " Waiting: contended acquisitions x mean wait, of the CPUs' time."
            f"{_clock(step)}",
            *about,
        ],
        panels=panels,
    )


def _intervals(cells: Cells, figure: str, per: str = "") -> Dict[Cell, Interval]:
    """The median of a figure, or of two's ratio, of the cells that have it."""
    found = {}
    for cell, samples in cells.items():
        values = [
            s.figures[figure] / (s.figures[per] if per else 1)
            for s in samples
            if figure in s.figures and (not per or s.figures.get(per))
        ]
        if values:
            found[cell] = median_interval(values)
    return found


def _points(intervals: Mapping[Cell, Interval]) -> Dict[Cell, Point]:
    return {
        cell: Point(cell.cpus, each.median, each.low, each.high)
        for cell, each in intervals.items()
    }


def _distribution(
    results: Run, group: Group, cells: Cells, about: List[str]
) -> Distribution:
    step = _step(results, group)
    columns: Dict[str, Dict[str, Shape]] = {}
    for workload in dict.fromkeys(cell.workload for cell in cells):
        most = _counts(cells, workload)[-1]
        heading = f"{workload}, {most} CPU{'' if most == 1 else 's'}"
        columns[heading] = {
            cell.variant: shape(good, step)
            for cell, good in cells.items()
            if cell.workload == workload and cell.cpus == most
        }
    flush = results.flush_models.get(group.flush)
    return Distribution(
        title=title("distribution of lock hold time", results, group),
        subtitle=subtitle(group),
        caption=[
            "Bars: share of the holds by their time, one octave a bar; all samples of a"
            " cell together. Hatched: those of them in which a flush (IOTLB"
            " invalidation) ran under the lock. Numbers: p50 and p99 of the hold times,"
            " and the share of the holds and of the time held that had a flush, medians"
            " of"
            f" {caption.samples_of([len(good) for good in cells.values()])}."
            f"{_clock(step)}",
            *about,
        ],
        columns=columns,
        step_ns=step,
        flush_ns=flush.achieved_ns if flush and not group.profile else 0.0,
    )


def shape(samples: Sequence[Sample], step: float) -> Shape:
    """The shape of a cell from its samples; the first bin takes all up to `step`."""
    holds = _bins(samples, "hold", step)
    flushes = _bins(samples, "hold_flush", step)
    total = sum(holds.values())
    width = step or 1.0
    return Shape(
        bins=[
            Bin(
                low=width * 2.0 ** (octave - 1) if octave else 0.0,
                high=width * 2.0**octave,
                share=holds[octave] / total,
                flushes=flushes[octave] / total,
            )
            for octave in sorted(holds)
        ],
        p50=_median(samples, "hold_ns_p50"),
        p99=_median(samples, "hold_ns_p99"),
        flush_holds=_share(samples, "hold_flushes", "acquisitions"),
        flush_time=_share(samples, "hold_flush_ns_total", "hold_ns_total"),
    )


def _bins(samples: Sequence[Sample], name: str, step: float) -> "Counter[int]":
    """A histogram's times by octaves above `step`, 1 ns if that is 0.

    Octave 0 is up to it. Times in the overflow count as the longest.
    """
    counts: Counter[int] = Counter()
    for sample in samples:
        histogram = sample.histograms[name]
        for low, count in histogram.buckets:
            counts[_octave(low / (step or 1.0))] += count
        if histogram.overflow:
            longest = sample.figures[f"{name}_ns_max"]
            counts[_octave(longest / (step or 1.0))] += histogram.overflow
    return counts


def _octave(steps: float) -> int:
    # Whole steps are written with 12 digits: they are not to pass the bound of a bin.
    return max(0, math.ceil(math.log2(steps * 0.999))) if steps else 0


def _share(samples: Sequence[Sample], part: str, whole: str) -> float:
    """The median share; an absent part is 0: no flush ran under the lock."""
    return statistics.median(
        sample.figures.get(part, 0) / (sample.figures[whole] or 1) for sample in samples
    )
