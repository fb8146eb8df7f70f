# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the parts of a sample agree, which the schema cannot say."""

import math
from typing import Any, Mapping, Optional, Sequence

from report.read.run import Histogram, Sample
from report.read.simulator import Simulator


def check_locks(
    figures: Mapping[str, float],
    histograms: Mapping[str, Histogram],
    locks: Sequence[Mapping[str, Any]],
) -> None:
    """ValueError if counts, histograms and locks of a sample disagree."""
    if histograms:
        _check_recorded(figures, histograms)
        _check_sums(figures, histograms, locks)
    for name, most in (
        ("contentions", "acquisitions"),
        ("con_bounces", "contentions"),
        ("con_bounces", "acq_bounces"),
        ("acq_bounces", "acquisitions"),
        ("hold_flushes", "acquisitions"),
    ):
        # Where acquisitions are drawn, bounces are estimates and contentions counts.
        if (name, most) == ("con_bounces", "contentions") and _drawn(
            figures, histograms
        ):
            continue
        if most in figures and figures.get(name, 0) > figures[most]:
            raise ValueError(f"{name} is more than {most}")


def _drawn(figures: Mapping[str, float], histograms: Mapping[str, Histogram]) -> bool:
    """Whether single acquisitions were drawn, rather than all or stretches of time."""
    return "acquire" in histograms and figures["lock_sample"] != 1


def _check_sums(
    figures: Mapping[str, float],
    histograms: Mapping[str, Histogram],
    locks: Sequence[Mapping[str, Any]],
) -> None:
    """ValueError if the locks together have not what the figures say."""
    for name in ("acquisitions", "contentions", "con_bounces", "acq_bounces"):
        if name not in figures:
            continue
        together = sum(lock[name] for lock in locks)
        if abs(together - figures[name]) > _slack(name, figures, histograms, locks):
            raise ValueError(
                f"{name} is {figures[name]:.0f}, locks have {together:.0f} together"
            )


def _slack(
    name: str,
    figures: Mapping[str, float],
    histograms: Mapping[str, Histogram],
    locks: Sequence[Mapping[str, Any]],
) -> float:
    """By how much the sum over the locks may differ from the figure."""
    if not histograms["hold"].count and "acquire" in histograms:
        return math.inf
    if figures["lock_sample"] == 1:
        return 0
    # Each is rounded. Bounces of a class are scaled by those of its own that were
    # followed, and a class of which no acquisition was timed is not listed.
    if "acquire" not in histograms or name == "acquisitions":
        return len(locks)
    return math.inf


def _check_recorded(
    figures: Mapping[str, float], histograms: Mapping[str, Histogram]
) -> None:
    """ValueError if the histograms are not of the sample's acquisitions."""
    drawn = _drawn(figures, histograms)
    for name, histogram in (
        ("acquisitions", "hold"),
        ("contentions", "wait"),
        ("hold_flushes", "hold_flush"),
    ):
        # Drawn acquisitions were contended about as often as all, not exactly.
        if name == "contentions" and (drawn or name not in figures):
            continue
        # Of flushes under a lock all are timed.
        scale = 1 if name == "hold_flushes" and drawn else figures["lock_sample"]
        recorded = histograms[histogram].count * scale
        said = figures.get(name, 0)
        # Of few acquisitions none may have been drawn.
        if name == "acquisitions" and not recorded and "acquire" in histograms:
            continue
        # The scale is written with 12 digits, the counts are rounded.
        exact = scale == 1
        if abs(recorded - said) > (0 if exact else 1 + 1e-6 * said):
            raise ValueError(
                f"{name} is {said:.0f}, histograms.{histogram} has {recorded:.0f}"
                " with lock_sample"
            )
    holds = dict(histograms["hold"].buckets)
    for low, count in () if drawn else histograms["hold_flush"].buckets:
        if count > holds.get(low, 0):
            raise ValueError(f"histograms.hold lacks times of hold_flush at {low} ns")


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
