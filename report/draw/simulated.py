# SPDX-License-Identifier: GPL-2.0-or-later
"""Pictures of the pass "sim": throughput, hold and wait times of simulated CPUs.

All axes are logarithmic: simulated machines have hundreds of CPUs. One picture has all
cells of a profile, one panel a workload with other conditions, and panels share axes.
"""

from collections import defaultdict
from dataclasses import replace
from typing import Dict, List, Mapping, NamedTuple, Sequence, Tuple, TypeVar

from report import ReportError
from report.draw import caption
from report.draw.groups import Group, by_cell, group_of, in_groups, title
from report.draw.knee import SHARE, knee
from report.read.cell import Cell
from report.read.run import Run, Sample
from report.text.median import Interval, median_interval
from report.draw.picture import Knees, Lines, Panel, Picture, Point, Scale
from report.text.units import rate

# A 99 % quantile of fewer times than this would be their maximum.
TIMES_MIN = 100
DODGE = 0.15  # little: these are slopes to be read
_LOCKS = ("tas", "ticket", "queued")

# What the cells of one panel share: the conditions, and the workload.
Place = Tuple[Group, str]
Value = TypeVar("Value")


class Times(NamedTuple):
    """One kind of times of locks: its figures' prefix, and which figure counts them."""

    name: str
    counter: str
    nothing: str
    meaning: str


HOLD = Times(
    "hold",
    "acquisitions",
    "no lock was taken",
    "Hold time: from just after the acquire to just before the release, all locks of an"
    " allocator together.",
)
WAIT = Times(
    "wait",
    "contentions",
    "no acquisition was contended",
    "Wait: from the first failed attempt to the acquire, of contended acquisitions"
    " only, all locks of an allocator together.",
)


def make_pictures(results: Run) -> Dict[str, Picture]:
    """The pictures by their part of the file name; none of a native run."""
    samples = results.of_pass("sim")
    simulator = results.simulator
    if not samples or not simulator:
        return {}
    if all(sample.failed for sample in samples):
        raise ReportError(
            f"{results.path}: all {len(samples)} simulated samples failed, the first"
            f" with {samples[0].error!r}; fix that and simulate again"
        )
    pictures = {"": _throughput(results, samples)}
    for times in (HOLD, WAIT):
        pictures[f"-{times.name}"] = _times(results, samples, times)
    return {
        f"sim-{simulator.profile}{kind}": picture for kind, picture in pictures.items()
    }


def _throughput(results: Run, samples: Sequence[Sample]) -> Picture:
    rates = {
        cell: median_interval([s.figures["ops_per_second"] for s in good])
        for cell, good in by_cell(samples).items()
    }
    scale = Scale("ops/s, all CPUs together", logarithmic=True, text=rate)
    places = _places(rates)
    panels = [
        replace(panel, knees=_knees(panel), ideal=_ideal(panel))
        for panel in _sharing(
            [_panel(_name(place, places), places[place], scale) for place in places]
        )
    ]
    fewest = min(panel.ideal.cpus for panel in panels if panel.ideal)
    workloads = len({workload for _, workload in places})
    return _page(
        results,
        "throughput",
        samples,
        [
            f"{_points(list(rates.values()))} Dotted: ideal growth, from the highest"
            f" throughput at {fewest} CPU{'' if fewest == 1 else 's'}.",
            "Knee (ringed; its CPUs beside the name): the smallest simulated number of"
            " CPUs beyond which throughput grows with less than a quarter of the ideal"
            " slope, whichever larger number n is compared: ops/s at n / ops/s at"
            f" the knee < (n / knee)^{SHARE:g}, so that twice the CPUs bring less than"
            f" {100 * (2**SHARE - 1):.0f} %. > N: not reached at N, the most CPUs"
            " simulated.",
        ],
        panels,
        columns=3 if workloads == 3 else 2,
    )


def _times(results: Run, samples: Sequence[Sample], times: Times) -> Picture:
    quantiles: Dict[str, Dict[Cell, Interval]] = {"p50": {}, "p99": {}}
    few = 0
    cells = by_cell(samples)
    for cell, good in cells.items():
        enough = [s for s in good if s.figures[times.counter] >= TIMES_MIN]
        few += not enough and any(s.figures[times.counter] for s in good)
        for name, of_cells in quantiles.items() if enough else ():
            figure = f"{times.name}_ns_{name}"
            of_cells[cell] = median_interval([s.figures[figure] for s in enough])
    panels = []
    nothing = f"fewer than {TIMES_MIN} everywhere" if few else times.nothing
    places = {name: _places(of_cells) for name, of_cells in quantiles.items()}
    everywhere = _places(dict.fromkeys(cells))
    for place, of_place in everywhere.items():
        for name in quantiles:
            panel = _panel(
                f"{_name(place, everywhere)}: {times.name} {name}",
                places[name].get(place, {}),
                Scale(f"{times.name} time, {name}", logarithmic=True),
            )
            counts = sorted({cell.cpus for cell in of_place})
            panels.append(replace(panel, counts=counts, nothing=nothing))
    text = [_points([i for of in quantiles.values() for i in of.values()])]
    text.append(times.meaning)
    if times is WAIT:
        text.append("A point is missing where nothing was contended.")
    if few:
        text.append(
            f"{few} cell{'' if few == 1 else 's'} with fewer than {TIMES_MIN} such"
            " times, too few for a p99, left out."
        )
    return _page(
        results,
        f"lock {times.name} time",
        samples,
        [" ".join(part for part in text if part)],
        _sharing(panels),
    )


def _page(
    results: Run,
    what: str,
    samples: Sequence[Sample],
    about: List[str],
    panels: List[Panel],
    columns: int = 2,
) -> Picture:
    simulator = results.simulator
    assert simulator
    (group, *others) = in_groups(samples)
    conditions = _conditions(group, [group, *others], shared=True)
    return Picture(
        title=title(what, results, group),
        subtitle=f"simulation of {simulator.summary}\n{conditions}",
        caption=[
            *about,
            caption.tally(results, samples),
            *caption.simulation(results, simulator),
        ],
        panels=panels,
        columns=columns,
    )


def _points(intervals: Sequence[Interval]) -> str:
    """What a point is."""
    if not intervals:
        return ""
    if max(each.count for each in intervals) == 1:
        return (
            "Points: one sample, deterministic; shifted a little sideways to"
            " be told apart."
        )
    text = caption.sampling(intervals, shifted=True)
    return f"{text} Each sample has a seed of its own and is deterministic."


def _places(values: Mapping[Cell, Value]) -> Dict[Place, Dict[Cell, Value]]:
    """The cells of each panel, a row of workloads for each set of conditions."""
    places: Dict[Place, Dict[Cell, Value]] = defaultdict(dict)
    for cell, value in values.items():
        places[(group_of(cell), cell.workload)][cell] = value
    return {place: places[place] for place in sorted(places, key=_in_order)}


def _in_order(place: Place) -> Tuple[object, ...]:
    group, workload = place
    kind = _LOCKS.index(group.lock) if group.lock in _LOCKS else len(_LOCKS)
    numbers = (group.entries, float(group.utilization), int(group.think))
    return (group.flush, *numbers, kind, group.lock, workload)


def _name(place: Place, places: Mapping[Place, object]) -> str:
    """A panel's title: its workload, and the conditions in which panels differ."""
    group, workload = place
    conditions = _conditions(group, [other for other, _ in places], shared=False)
    return ", ".join([workload, conditions] if conditions else [workload])


def _conditions(group: Group, groups: Sequence[Group], shared: bool) -> str:
    """The conditions of a group in words: what all groups share, or the rest."""
    words = {
        "entries": group.told,
        "flush": f"flush {group.flush}",
        "utilization": f"utilization {group.utilization} %",
        "lock": f"lock {group.lock}",
        "think": f"think {group.think} ns",
    }
    chosen = [
        text
        for field, text in words.items()
        if text and shared == (len({getattr(other, field) for other in groups}) == 1)
    ]
    return ("   " if shared else ", ").join(chosen)


def _panel(name: str, cells: Mapping[Cell, Interval], scale: Scale) -> Panel:
    lines: Lines = defaultdict(list)
    for cell in sorted(cells, key=lambda each: each.cpus):
        each = cells[cell]
        point = Point(cell.cpus, each.median, each.low, each.high)
        lines[cell.variant].append(point)
    counts = sorted({cell.cpus for cell in cells})
    return Panel(name, counts, dict(lines), scale, dodge=DODGE)


def _sharing(panels: Sequence[Panel]) -> List[Panel]:
    """The panels with one y axis for all."""
    ends = [panel.reach() for panel in panels if panel.lines]
    if not ends:
        return list(panels)
    span = (min(low for low, _ in ends), max(high for _, high in ends))
    return [replace(panel, span=span) for panel in panels]


def _knees(panel: Panel) -> Knees:
    found = {variant: knee(line) for variant, line in panel.lines.items()}
    points = {variant: point for variant, point in found.items() if point}
    return Knees(
        heading="knee",
        points=points,
        texts={
            variant: str(point.cpus) if point else _unreached(panel.lines[variant])
            for variant, point in found.items()
        },
    )


def _unreached(line: Sequence[Point]) -> str:
    return f"> {line[-1].cpus}" if len(line) > 1 else ""


def _ideal(panel: Panel) -> Point:
    """The highest of the points with the fewest CPUs."""
    points = [point for line in panel.lines.values() for point in line]
    return min(points, key=lambda point: (point.cpus, -point.value))
