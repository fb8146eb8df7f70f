# SPDX-License-Identifier: GPL-2.0-or-later
"""The captions of pictures, paragraph by paragraph."""

from typing import List, Sequence

from report.draw.groups import Group, group_of
from report.read.run import Run, Sample
from report.text.median import LEVEL, Interval
from report.read.simulator import Simulator


def host_and_run(results: Run, group: Group) -> List[str]:
    """Where and how it was measured or simulated."""
    simulator = results.simulator
    if simulator and simulator.profile == group.profile:
        return simulation(results, simulator)
    host = results.host
    flush = results.flush_models.get(group.flush)
    measured = f"{_entries(results, group)} entries, intervals of {results.seconds:g} s"
    if flush and not group.profile:
        measured += (
            f", a flush (IOTLB invalidation) takes"
            f" {flush.achieved_ns:.0f} ns ({flush.requested_ns:.0f} ns asked for)"
        )
    return [
        f"Host: {host.name}, {host.arch}, {host.cpu_model}, kernel {host.kernel},"
        f" virtualisation {host.virtualisation}, governor {host.governor},"
        f" SMT {host.smt}.",
        f"Run: {_program(results)}, {measured}.",
        f"Command: {results.command_line}",
    ]


def simulation(results: Run, simulator: Simulator) -> List[str]:
    """Which machine was simulated, and how."""
    cpus = f" {simulator.cpus} CPUs." if simulator.cpus else ""
    interval = (
        f"{results.seconds:g} s of virtual time"
        if results.seconds
        else f"{simulator.rounds} x {results.sizes} ops or more"
    )
    return [
        f"SIMULATION, not a measurement: {simulator.profile}, {simulator.summary}."
        f"{cpus} Of the {simulator.figures} figures that describe this machine"
        f" {simulator.assumed} are assumed; the file has the source of each.",
        f"Run: {_program(results)}, {results.sizes} entries, intervals of"
        f" {interval}.",
        f"Command: {results.command_line}",
    ]


def _entries(results: Run, group: Group) -> int:
    """Those of the group's tables."""
    sizes = {s.cell.size for s in results.samples if group_of(s.cell) == group}
    return min(sizes, default=results.entries)


def _program(results: Run) -> str:
    text = f"{results.date}, iommubench {results.version}, commit"
    text = f"{text} {_commit(results.commit, results.dirty)}"
    kernel = results.kernel
    if kernel:
        commit = _commit(kernel.commit, kernel.dirty)
        text += f"; k-NAME: NAME of Linux {kernel.version}, commit {commit}"
    return text


def _commit(commit: str, dirty: bool) -> str:
    return commit[:12] + (" with local changes" if dirty else "")


def samples_of(counts: Sequence[int]) -> str:
    """How many samples points have: "10 samples", "3 to 10 samples"."""
    fewest, most = min(counts), max(counts)
    number = f"{most}" if fewest == most else f"{fewest} to {most}"
    return f"{number} sample{'' if most == 1 else 's'}"


def sampling(intervals: Sequence[Interval], shifted: bool) -> str:
    """What a point and its error bar are."""
    text = f"Points: median of {samples_of([each.count for each in intervals])}"
    if shifted:
        text += ", shifted sideways to tell them apart"
    short = [each for each in intervals if not each.confident]
    level = f"{100 * LEVEL:g} % interval of the median"
    ordered = f"{level} (order statistics)"
    extremes = "smallest to largest sample"
    too_few = f"(too few samples for a {level})"
    if not short:
        return f"{text}. Bars: {ordered}."
    if len(short) == len(intervals):
        return f"{text}. Bars: {extremes} {too_few}."
    return (
        f"{text}. Bars: {ordered}; {extremes} at {len(short)} of"
        f" {len(intervals)} points {too_few}."
    )


def tally(results: Run, samples: Sequence[Sample]) -> str:
    """How many samples of the picture were flagged, failed or are still missing."""
    noisy = sum(sample.noisy for sample in samples)
    failed = sum(sample.failed for sample in samples)
    text = f"Of {len(samples)} samples "
    if any(sample.pass_name != "sim" for sample in samples):
        text += f"{noisy} were noisy (kept) and "
    text += f"{failed} failed (left out)."
    if not results.complete:
        text += (
            f" INCOMPLETE RUN: it has {len(results.samples)} of"
            f" {results.planned_samples} planned samples."
        )
    return text
