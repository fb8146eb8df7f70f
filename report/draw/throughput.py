# SPDX-License-Identifier: GPL-2.0-or-later
"""Throughput against CPUs: a panel a workload, a line a variant."""

from collections import defaultdict
from typing import Dict, List, Sequence

from report import ReportError
from report.draw import caption
from report.draw.groups import Group, by_cell, in_groups, subtitle, title
from report.read.run import Run, Sample
from report.text.median import median_interval
from report.draw.picture import Lines, Panel, Picture, Point, Scale
from report.text.units import si_prefix


def make_pictures(results: Run) -> Dict[Group, Picture]:
    """The pictures of a run; ReportError if it has no timing sample to show."""
    timing = results.of_pass("timing")
    if not timing:
        raise ReportError(
            f"{results.path}: no timing samples to plot; run the pass `timing` too"
        )
    if all(sample.failed for sample in timing):
        raise ReportError(
            f"{results.path}: all {len(timing)} timing samples failed, the first with"
            f" {timing[0].error!r}; fix that and run again"
        )
    return {
        group: _picture(results, group, samples)
        for group, samples in in_groups(timing).items()
    }


def _picture(results: Run, group: Group, samples: Sequence[Sample]) -> Picture:
    intervals = []
    panels: Dict[str, Lines] = defaultdict(lambda: defaultdict(list))
    for cell, good in by_cell(samples).items():
        rate = median_interval([s.figures["ops_per_second"] for s in good])
        intervals.append(rate)
        point = Point(cell.cpus, rate.median, rate.low, rate.high)
        panels[cell.workload][cell.variant].append(point)
    shifted = any(len(lines) > 1 for lines in panels.values())
    return Picture(
        title=title("throughput", results, group),
        subtitle=subtitle(group),
        caption=[
            f"{caption.sampling(intervals, shifted)} {caption.tally(results, samples)}",
            *caption.host_and_run(results, group),
        ],
        panels=[_panel(workload, lines) for workload, lines in panels.items()],
    )


def _panel(workload: str, lines: Lines) -> Panel:
    points: List[Point] = [point for line in lines.values() for point in line]
    factor, prefix = si_prefix(max(point.high for point in points))
    return Panel(
        title=workload,
        counts=sorted({point.cpus for point in points}),
        lines=dict(lines),
        scale=Scale(f"{prefix}ops/s, all CPUs together", factor),
    )
