# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of any one figure against CPUs: a panel a workload, a line a variant."""

from collections import defaultdict
from typing import Dict, List, Sequence

from report import ReportError
from report.draw import caption
from report.draw.groups import Group, by_cell, in_file_name, in_groups, slug
from report.draw.groups import subtitle, title
from report.draw.picture import Lines, Panel, Picture, Point, Scale
from report.read import lock_passes
from report.read.figures import Figure, figure, figures, in_order, is_taken_from
from report.read.run import Run, Sample
from report.text.median import Interval, median_interval


def make_pictures(results: Run, name: str) -> Dict[str, Picture]:
    """The pictures of a figure by their part of the file name, for each pass it is
    taken from; ReportError if no sample has it."""
    passes: Dict[str, List[Sample]] = defaultdict(list)
    for sample in lock_passes.told(results.samples):
        if name in sample.figures and is_taken_from(name, sample.pass_name):
            passes[sample.pass_name].append(sample)
    if not passes:
        raise ReportError(_nothing(results, name))
    pictures = {}
    for pass_name, samples in passes.items():
        for group, of_group in in_groups(samples).items():
            stem = f"{slug(group)}-{in_file_name(name)}"
            stem += f"-{pass_name}" if len(passes) > 1 else ""
            pictures[stem] = _picture(results, group, of_group, figure(name))
    return pictures


def _nothing(results: Run, name: str) -> str:
    there = {
        other
        for sample in lock_passes.told(results.samples)
        for other in sample.figures
        if is_taken_from(other, sample.pass_name) and figure(other).history != "none"
    }
    if not there:
        return f"{results.path}: no sample of it has a figure"
    remarks = lock_passes.remark(results.samples)
    if remarks and any(name in sample.figures for sample in results.samples):
        return f"{results.path}: nothing to draw of {name!r}: {'; '.join(remarks)}"
    known = "" if name in figures() else " and results/figures.json does not list it"
    return (
        f"{results.path}: no sample has the figure {name!r}{known}; choose from"
        f" {', '.join(sorted(there, key=in_order))}"
    )


def label(each: Figure) -> str:
    """What an axis says of a figure."""
    if each.name not in figures():
        return f"{each.title} per op"  # an event that was asked for
    unit = each.shown_unit
    return each.title if not unit or unit.startswith("/") else f"{each.title}, {unit}"


def _picture(
    results: Run, group: Group, samples: Sequence[Sample], each: Figure
) -> Picture:
    intervals: List[Interval] = []
    panels: Dict[str, Lines] = defaultdict(lambda: defaultdict(list))
    for cell, good in by_cell(samples).items():
        found = median_interval([s.figures[each.name] * each.scale for s in good])
        intervals.append(found)
        point = Point(cell.cpus, found.median, found.low, found.high)
        panels[cell.workload][cell.variant].append(point)
    scale = Scale(label(each))
    if each.unit == "ns":
        step = results.clock_step_ns if each.clocked and not group.profile else 0.0
        scale = Scale(each.title, logarithmic=True, step=step)
    shifted = any(len(lines) > 1 for lines in panels.values())
    return Picture(
        title=title(each.title, results, group),
        subtitle=subtitle(group),
        caption=[
            f"{caption.sampling(intervals, shifted)} {caption.tally(results, samples)}",
            f"{each.name}, of the pass {samples[0].pass_name}. {each.meaning}".rstrip(),
            *caption.host_and_run(results, group),
        ],
        panels=[
            Panel(
                title=workload,
                counts=sorted({p.cpus for line in lines.values() for p in line}),
                lines=dict(lines),
                scale=scale,
            )
            for workload, lines in panels.items()
        ],
    )
