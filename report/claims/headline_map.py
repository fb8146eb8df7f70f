# SPDX-License-Identifier: GPL-2.0-or-later
"""The map of 2015: contended share and wait over CPUs and think time. In inches."""

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from report.claims.reported import REPORTED_SHARES, REPORTED_WAIT_US
from report.claims.ridge import Gain, Map, Spot
from report.draw.picture import Sheet
from report.draw.sheet import GRID, add_axes, new_drawing, settings
from report.draw.styles import in_order, style_of

WIDTH, HEIGHT = 5.0, 3.7
LEFT, BOTTOM, TOP, GAP, RIGHT = 0.75, 0.65, 0.35, 1.75, 1.75
WAITS = (3, 10, 100, 300)
RIDGE = "#D55E00"
NAME_STEP = 0.052


@dataclass(frozen=True)
class Headline(Sheet):
    """The map of the profile as it is, all ridges, and the gains along the first."""

    spots: Map
    ridges: Sequence[Sequence[Spot]]
    gains: Dict[str, List[Gain]]


def draw(sheet: Headline) -> Figure:
    """The map at the left, the gains at the right."""
    with settings():
        width = LEFT + WIDTH + GAP + WIDTH + RIGHT
        drawing, base = new_drawing(sheet, width, BOTTOM + HEIGHT + TOP)
        left = add_axes(drawing, LEFT, base + BOTTOM, WIDTH, HEIGHT)
        bar = add_axes(drawing, LEFT + WIDTH + 0.15, base + BOTTOM, 0.14, HEIGHT)
        right = add_axes(drawing, LEFT + WIDTH + GAP, base + BOTTOM, WIDTH, HEIGHT)
        _map(left, bar, sheet)
        _gains(right, sheet)
        return drawing


def _map(axes: Any, bar: Any, sheet: Headline) -> None:
    counts = sorted(sheet.spots)
    thinks = sorted({s.think_ns for row in sheet.spots.values() for s in row})
    known = {(s.cpus, s.think_ns): s for row in sheet.spots.values() for s in row}
    grid = [[known.get((cpus, think)) for cpus in counts] for think in thinks]
    share = np.array([[100 * s.share if s else np.nan for s in row] for row in grid])
    wait = np.array([[s.wait_us if s else np.nan for s in row] for row in grid])
    places = np.log2(counts)
    us = np.array(thinks) / 1000
    axes.set_title("Contended share (colour) and mean wait (lines)", loc="left")
    filled = axes.contourf(
        places, us, share, levels=range(0, 101, 5), cmap="Blues", vmin=0, vmax=110
    )
    with np.errstate(divide="ignore"):
        logs = np.log10(np.maximum(wait, 1e-3))
    lines = axes.contour(
        places, us, logs, levels=np.log10(WAITS), colors="#444444", linewidths=0.7
    )
    axes.clabel(lines, fmt=lambda v: f"{10**v:.0f} us", fontsize=7.5, inline_spacing=2)
    for number, ridge in enumerate(sheet.ridges):
        if ridge:
            axes.plot(
                [np.log2(spot.cpus) for spot in ridge],
                [spot.think_ns / 1000 for spot in ridge],
                color=RIDGE,
                linewidth=1.2 if number else 2.4,
                linestyle=(0, (3, 1.5)) if number else "-",
                marker="." if number else "o",
                markersize=4.5,
            )
    _label_ridge(axes, sheet)
    axes.set_xticks(places, [str(count) for count in counts])
    axes.set_xlim(places[0], places[-1])
    axes.set_ylim(us[0], us[-1])
    axes.set_xlabel("CPUs")
    axes.set_ylabel("think time between two ops, us")
    axes.figure.colorbar(filled, cax=bar, ticks=range(0, 101, 20))
    bar.set_ylabel("acquisitions that were contended, % (box: as reported)")
    low, high = (100 * share for share in REPORTED_SHARES)
    bar.axhspan(low, high, facecolor="none", edgecolor=RIDGE, linewidth=1.5)


def _label_ridge(axes: Any, sheet: Headline) -> None:
    """The share at each point of the ridge, and once what the ridge is."""
    box: Dict[str, Any] = {
        "facecolor": "white",
        "edgecolor": "none",
        "alpha": 0.8,
        "pad": 0.8,
    }
    for spot in sheet.ridges[0]:
        axes.annotate(
            f"{100 * spot.share:.0f} %",
            (np.log2(spot.cpus), spot.think_ns / 1000),
            xytext=(7, -4),
            textcoords="offset points",
            ha="left",
            size=7.5,
            color="#8A3B00",
            bbox=box,
        )
    axes.text(
        0.025,
        0.965,
        f"wait of {REPORTED_WAIT_US} us, as reported:\n"
        "  solid: the profile; dashed: its\n"
        "  assumed times a third less, and half more",
        transform=axes.transAxes,
        va="top",
        size=8,
        color="#8A3B00",
        bbox={**box, "alpha": 0.9, "pad": 2},
    )


def _gains(axes: Any, sheet: Headline) -> None:
    axes.set_title("Ops per second along the solid line, sun4u = 1", loc="left")
    axes.set_yscale("log")
    counts = sorted({gain.cpus for of in sheet.gains.values() for gain in of})
    axes.axhline(1, color="#000000", linewidth=1)
    ends = []
    for variant in sorted(sheet.gains, key=in_order):
        of, style = sheet.gains[variant], style_of(variant)
        places = [np.log2(gain.cpus) for gain in of]
        values = [gain.median for gain in of]
        axes.errorbar(
            places,
            values,
            yerr=[
                [gain.median - gain.low for gain in of],
                [gain.high - gain.median for gain in of],
            ],
            color=style.colour,
            marker=style.marker,
            markerfacecolor=style.colour if style.filled else "white",
            markersize=5,
            linewidth=1.1,
            linestyle=(0, style.dashes) if style.dashes else "-",
            capsize=2,
        )
        ends.append((values[-1], variant, style.colour))
    spots = {spot.cpus: spot for spot in sheet.ridges[0]}
    names = [f"{count}\n{spots[count].think_ns / 1000:.1f}" for count in counts]
    axes.set_xticks(np.log2(counts), names)
    axes.set_xlabel("CPUs, and below them the think time there, us")
    axes.set_ylabel("times the ops per second of sun4u (log)")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axes.yaxis.set_minor_locator(NullLocator())
    low, high = axes.get_ylim()
    ticks = [v for v in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if low <= v <= high]
    axes.set_yticks(ticks)
    axes.grid(True, **GRID)
    _names(axes, ends)


def apart(places: Sequence[float], step: float) -> List[float]:
    """The places, moved so that they are `step` apart, and none is above 1."""
    order = sorted(range(len(places)), key=lambda k: places[k])
    result = list(places)
    for before, k in zip(order, order[1:]):
        result[k] = max(result[k], result[before] + step)
    top = 1.0
    for k in reversed(order):
        result[k] = min(result[k], top)
        top = result[k] - step
    return result


def _names(axes: Any, ends: Sequence[Tuple[float, str, str]]) -> None:
    """Each line's name at its right end, moved where two would overlap."""
    low, high = np.log(axes.get_ylim())
    places = [(np.log(value) - low) / (high - low) for value, _, _ in ends]
    for place, (value, variant, colour) in zip(apart(places, NAME_STEP), ends):
        axes.text(
            1.02,
            place,
            f"{variant.replace('/pools:', '/')}  {value:.3g}x",
            transform=axes.transAxes,
            color=colour,
            va="center",
            size=8,
        )
