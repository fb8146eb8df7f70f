# SPDX-License-Identifier: GPL-2.0-or-later
"""``plot``: pairs per second against CPUs, a panel a workload, a line a variant."""

import argparse
import math
import re
import statistics
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, NamedTuple, Sequence

from report import ReportError
from report.load import Cell, Run, Sample, load_run

NAME = "plot"
HELP = "draw pairs per second against CPUs"
FORMATS = ("svg", "png")
LEVEL = 0.95


class Group(NamedTuple):
    """What the cells of one figure share; `profile` is "" for native cells."""

    profile: str
    flush: str
    occupancy: str
    lock: str
    think: str


@dataclass(frozen=True)
class Interval:
    """A median and the ends of an interval around it, in the unit of the values.

    `confident` says that the interval covers the median with LEVEL at least; otherwise
    there were too few values, and it runs from the smallest to the largest.
    """

    median: float
    low: float
    high: float
    confident: bool


@dataclass(frozen=True)
class Point:
    """One cell: its CPUs, its throughput in pairs per second, its number of samples."""

    cpus: int
    rate: Interval
    samples: int


# Workload -> variant -> its points by rising CPU count.
Panels = Dict[str, Dict[str, List[Point]]]


@dataclass(frozen=True)
class Picture:
    """One figure to draw; the caption is a list of paragraphs."""

    title: str
    subtitle: str
    panels: Panels
    caption: List[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("run_file", metavar="RUN.json", type=Path, help="results file")
    parser.add_argument(
        "--out-dir",
        metavar="DIR",
        type=Path,
        help="where the pictures go, made if missing (default: beside RUN.json)",
    )
    parser.add_argument(
        "--format",
        metavar="LIST",
        default=",".join(FORMATS),
        help="comma list of %s (default: all)" % ", ".join(FORMATS),
    )


def run(args: argparse.Namespace) -> int:
    """Write RUN-GROUP.FORMAT for each group and format, print the files' names."""
    formats = _formats(args.format)
    results = load_run(args.run_file)
    pictures = make_pictures(results)
    from report import figure  # late: matplotlib takes a while to import

    directory: Path = args.out_dir or args.run_file.parent
    for group, picture in pictures.items():
        drawing = figure.draw(picture)
        for kind in formats:
            path = directory / f"{args.run_file.stem}-{slug(group)}.{kind}"
            content = figure.render(drawing, kind, picture)
            try:
                directory.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            except OSError as error:
                raise ReportError(
                    f"{path}: cannot be written: {error.strerror};"
                    " choose another place with --out-dir"
                ) from None
            print(path)
    return 0


def _formats(text: str) -> List[str]:
    formats = list(dict.fromkeys(text.split(",")))
    for kind in formats:
        if kind not in FORMATS:
            raise ReportError(
                f"--format: {kind!r} is not known; choose from {', '.join(FORMATS)}"
            )
    return formats


def group_of(cell: Cell) -> Group:
    """The figure that a cell belongs to."""
    return Group(cell.profile or "", cell.flush, cell.occupancy, cell.lock, cell.think)


def slug(group: Group) -> str:
    """The group as a part of a file name; depends on nothing but the group."""
    words = [
        f"sim-{group.profile}" if group.profile else "",
        group.flush,
        f"occupancy-{group.occupancy}",
        group.lock,
        f"think-{group.think}",
    ]
    return "-".join(re.sub("[^A-Za-z0-9_.+]+", "-", word) for word in words if word)


def median_interval(values: Sequence[float]) -> Interval:
    """Median and its distribution-free interval, of one value or more.

    The ends are the k-th smallest and k-th largest value, with the largest k for which
    the interval covers the population's median with a probability of LEVEL or more.
    """
    ordered = sorted(values)
    count = len(ordered)
    outside = 0  # of 2 ** count: fewer than k + 1 values below the median
    k = 0
    for k in range(count):
        outside += math.comb(count, k)
        if 1 - 2 * outside / 2**count < LEVEL:
            break
    end = max(k, 1)
    return Interval(
        median=statistics.median(ordered),
        low=ordered[end - 1],
        high=ordered[-end],
        confident=k > 0,
    )


def make_pictures(results: Run) -> Dict[Group, Picture]:
    """The figures of a run; ReportError if it has no timing sample to show."""
    timing = [
        sample
        for sample in results.samples
        if sample.pass_name == "timing" and not sample.cell.audit
    ]
    if not timing:
        raise ReportError(
            f"{results.path}: no timing sample to plot; let the run measure one"
        )
    if all(sample.failed for sample in timing):
        raise ReportError(
            f"{results.path}: all {len(timing)} timing samples failed, the first with"
            f" {timing[0].error!r}; mend that and run again"
        )
    groups: Dict[Group, List[Sample]] = defaultdict(list)
    for sample in timing:
        groups[group_of(sample.cell)].append(sample)
    return {
        group: _picture(results, group, samples)
        for group, samples in sorted(groups.items())
        if not all(sample.failed for sample in samples)
    }


def _picture(results: Run, group: Group, samples: Sequence[Sample]) -> Picture:
    rates: Dict[Cell, List[float]] = defaultdict(list)
    for sample in samples:
        if not sample.failed:
            rates[sample.cell].append(sample.figures["pairs_per_second"])
    panels: Panels = defaultdict(lambda: defaultdict(list))
    for cell in sorted(rates, key=lambda cell: (cell.workload, cell.cpus)):
        point = Point(cell.cpus, median_interval(rates[cell]), len(rates[cell]))
        panels[cell.workload][cell.variant].append(point)
    where = f"simulated on {group.profile}" if group.profile else results.host.name
    return Picture(
        title=f"IOMMU address allocators: pairs per second, {where}",
        subtitle=f"flush {group.flush}   occupancy {group.occupancy} %   "
        f"lock {group.lock}   think {group.think} ns",
        panels={name: dict(lines) for name, lines in panels.items()},
        caption=_caption(results, group, samples, panels),
    )


def _caption(
    results: Run, group: Group, samples: Sequence[Sample], panels: Panels
) -> List[str]:
    host = results.host
    flush = results.flush_models.get(group.flush)
    measured = f"{results.entries} entries, intervals of {results.seconds:g} s"
    if flush and not group.profile:
        measured += (
            f", flush {flush.requested_ns:.0f} ns asked, {flush.achieved_ns:.0f} ns got"
        )
    commit = results.commit[:12] + (" with local changes" if results.dirty else "")
    return [
        _sampling(panels) + " " + _counts(results, samples),
        f"Host: {host.name}, {host.arch}, {host.cpu_model}, kernel {host.kernel},"
        f" virtualisation {host.virtualisation}, governor {host.governor},"
        f" SMT {host.smt}.",
        f"Run: {results.date}, iommubench {results.version}, commit {commit},"
        f" {measured}.",
        f"Command: {results.command_line}",
    ]


def _sampling(panels: Panels) -> str:
    """What a point and its error bar are."""
    lines = [line for panel in panels.values() for line in panel.values()]
    points = [point for line in lines for point in line]
    fewest = min(point.samples for point in points)
    most = max(point.samples for point in points)
    number = f"{most}" if fewest == most else f"{fewest} to {most}"
    text = f"Points: median of {number} sample{'' if most == 1 else 's'}"
    if len(lines) > len(panels):
        text += ", shifted sideways to be told apart"
    short = [point for point in points if not point.rate.confident]
    level = f"{100 * LEVEL:g} % interval of the median"
    exact = f"{level} (order statistics)"
    extremes = "smallest to largest sample"
    too_few = f"(too few samples for a {level})"
    if not short:
        return f"{text}. Bars: {exact}."
    if len(short) == len(points):
        return f"{text}. Bars: {extremes} {too_few}."
    return (
        f"{text}. Bars: {exact}; {extremes} at {len(short)} of {len(points)} points"
        f" {too_few}."
    )


def _counts(results: Run, samples: Sequence[Sample]) -> str:
    """How many samples of the figure were flagged, failed or are still missing."""
    disturbed = sum(sample.disturbed for sample in samples)
    failed = sum(sample.failed for sample in samples)
    text = f"Of {len(samples)} samples {disturbed} flagged as disturbed (kept)"
    text += f" and {failed} failed (left out)."
    if not results.complete:
        text += (
            f" INCOMPLETE RUN: it has {len(results.samples)} of"
            f" {results.planned_samples} planned samples."
        )
    return text
