# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of the pass "counters": cycles, instructions and misses per op."""

from collections import defaultdict
from typing import Dict, List, Mapping, Sequence

from report.draw import caption
from report.draw.groups import Group, by_cell, in_groups, subtitle, title
from report.draw.one_figure import label
from report.read.cell import Cell
from report.read.figures import figure, in_order
from report.read.run import Run, Sample
from report.text.median import Interval, median_interval
from report.draw.picture import Lines, Panel, Picture, Point, Scale

Medians = Dict[str, Dict[Cell, Interval]]


def make_pictures(results: Run) -> Dict[Group, Picture]:
    """The pictures of a run's counters samples; none of a group without hardware's."""
    pictures: Dict[Group, Picture] = {}
    for group, samples in in_groups(results.of_pass("counters")).items():
        medians = _medians(samples)
        if medians:
            pictures[group] = _picture(results, group, samples, medians)
    return pictures


def remarks(results: Run) -> List[str]:
    """What the user has to know of the counters, one line each."""
    reasons: Dict[str, List[str]] = defaultdict(list)
    for name, reason in results.absent_counters.items():
        reasons[reason].append(name)
    return [
        f"not counted: {', '.join(names)}: {reason}"
        for reason, names in reasons.items()
    ]


def _is_drawn(name: str) -> bool:
    """Whether there are panels of a figure: of what should be few, and of events that
    were asked for. What else is counted is too rare for a line, or is the kernel's."""
    it = figure(name)
    if not it.passes:
        return True
    return "counters" in it.passes and it.history == "page" and it.better != 0


def _medians(samples: Sequence[Sample]) -> Medians:
    """Each figure's medians by cell; a sample has the figures of one group only."""
    medians: Medians = {}
    names = {name for sample in samples for name in sample.figures}
    for name in sorted(filter(_is_drawn, names), key=in_order):
        of_cells = {}
        for cell, good in by_cell(samples).items():
            values = [s.figures[name] for s in good if name in s.figures]
            if values:
                of_cells[cell] = median_interval(values)
        if of_cells:
            medians[name] = of_cells
    return medians


def _picture(
    results: Run, group: Group, samples: Sequence[Sample], medians: Medians
) -> Picture:
    intervals = [each for cells in medians.values() for each in cells.values()]
    panels = [
        panel for name, cells in medians.items() for panel in _panels(name, cells)
    ]
    shifted = any(len(panel.lines) > 1 for panel in panels)
    return Picture(
        title=title("counters", results, group),
        subtitle=subtitle(group),
        caption=[
            f"{caption.sampling(intervals, shifted)} {caption.tally(results, samples)}",
            _how(results, samples),
            *caption.host_and_run(results, group),
        ],
        panels=panels,
    )


def _panels(name: str, cells: Mapping[Cell, Interval]) -> List[Panel]:
    lines: Dict[str, Lines] = defaultdict(lambda: defaultdict(list))
    for cell, each in cells.items():
        point = Point(cell.cpus, each.median, each.low, each.high)
        lines[cell.workload][cell.variant].append(point)
    return [
        Panel(
            title=f"{workload}: {name}",
            counts=sorted({cell.cpus for cell in cells if cell.workload == workload}),
            lines=dict(variants),
            scale=Scale(label(figure(name))),
        )
        for workload, variants in lines.items()
    ]


def _how(results: Run, samples: Sequence[Sample]) -> str:
    text = "Counted in samples of their own, in user mode."
    multiplexed = sum(s.figures.get("counters_running", 1) < 0.999 for s in samples)
    if multiplexed:
        text += (
            f" In {multiplexed} samples the kernel multiplexed the counters: their"
            " counts are scaled."
        )
    return " ".join([text, *(f"{remark}." for remark in remarks(results))])
