# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the parts of a sample agree, which the schema cannot say."""

from typing import Any, List, Mapping, Optional

from report.read.run import Histogram, Sample
from report.read.simulator import Simulator


def check_locks(
    figures: Mapping[str, float],
    histograms: Mapping[str, Histogram],
    locks: List[Mapping[str, Any]],
) -> None:
    """ValueError if counts, histograms and locks of a sample disagree."""
    for name, histogram in (
        ("acquisitions", "hold"),
        ("contentions", "wait"),
        ("hold_flushes", "hold_flush"),
    ):
        recorded = histograms[histogram].count * figures["lock_sample"]
        said = figures.get(name, 0)
        # The scale is written with 12 digits, the counts are rounded.
        exact = figures["lock_sample"] == 1
        if abs(recorded - said) > (0 if exact else 1 + 1e-6 * said):
            raise ValueError(
                f"{name} is {said:.0f}, histograms.{histogram} has {recorded:.0f}"
                " with lock_sample"
            )
    holds = dict(histograms["hold"].buckets)
    for low, count in histograms["hold_flush"].buckets:
        if count > holds.get(low, 0):
            raise ValueError(f"histograms.hold lacks times of hold_flush at {low} ns")
    for name in ("acquisitions", "contentions", "con_bounces", "acq_bounces"):
        together = sum(lock[name] for lock in locks)
        # Each is rounded where a part was recorded.
        if abs(together - figures[name]) > (figures["lock_sample"] != 1) * len(locks):
            raise ValueError(
                f"{name} is {figures[name]:.0f}, locks have {together:.0f} together"
            )
    for name, most in (
        ("contentions", "acquisitions"),
        ("con_bounces", "contentions"),
        ("con_bounces", "acq_bounces"),
        ("acq_bounces", "acquisitions"),
        ("hold_flushes", "acquisitions"),
    ):
        if figures.get(name, 0) > figures[most]:
            raise ValueError(f"{name} is more than {most}")


def check_profile(sample: Sample, simulator: Optional[Simulator]) -> None:
    """ValueError if a sample of the pass "sim" is not of the file's simulator."""
    if sample.pass_name != "sim":
        return
    if not simulator:
        raise ValueError("is of the pass sim, but there is no simulator in the context")
    if sample.cell.profile != simulator.profile:
        raise ValueError(
            f"is of profile {sample.cell.profile}, simulator.profile in the context"
            f" is {simulator.profile}"
        )
