# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints what change points are worth: the table in docs/store.md.

/usr/bin/python3 -B tests/report/samples/change_power.py; it takes a minute or two.
"""

import sys
from pathlib import Path
from typing import Dict, List, Tuple

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/report/samples")]

import series_sample as planted  # noqa: E402
from report.changes.detect import change_points  # noqa: E402

SERIES = 100
RUNS = 1000
DELAYS = 20
NOISES: Tuple[Tuple[str, planted.Noise], ...] = (
    ("one CPU", planted.one_cpu),
    ("two CPUs", planted.two_cpus),
    ("two levels", planted.two_levels),
)


def places_of(values: planted.Floats) -> List[int]:
    """Where changes are found."""
    return [one.place for one in change_points(values)]


def false_a_year(noise: planted.Noise) -> float:
    """Changes found in noise alone, in 365 runs."""
    count = sum(
        len(places_of(noise(np.random.default_rng(10_000 + seed), RUNS)))
        for seed in range(SERIES)
    )
    return count * 365 / (SERIES * RUNS)


def found(noise: planted.Noise) -> Dict[float, Tuple[float, float, float]]:
    """Of each size: percent within 2 runs, within 10; and of who knew both levels."""
    hits: Dict[float, List[Tuple[bool, bool, bool]]] = {s: [] for s in planted.SIZES}
    for seed in range(SERIES):
        random = np.random.default_rng(seed)
        values, steps = planted.with_steps(random, noise(random, RUNS))
        places = places_of(values)
        for place, size in steps:
            off = min((abs(place - one) for one in places), default=RUNS)
            # It is told the clean series, without the other steps, and looks nearby.
            clean = noise(random, 60)
            clean[30:] *= 1 + size
            known = abs(_told_levels(clean, size) - 30)
            hits[abs(size)].append((off <= 2, off <= 10, known <= 2))
    result = {}
    for size, rows in hits.items():
        share = 100 * np.mean(np.array(rows), axis=0)
        result[size] = (float(share[0]), float(share[1]), float(share[2]))
    return result


def _told_levels(values: planted.Floats, size: float) -> int:
    """The likeliest place of a step of this size from 1, spikes clipped."""
    logs = np.log(values)
    center = np.median(logs[:25])
    deviation = 1.4826 * np.median(np.abs(logs[:25] - center))
    costs = [
        np.minimum(((logs - level) / deviation) ** 2, 9)
        for level in (center, center + np.log1p(size))
    ]
    return int(np.argmin(np.cumsum(costs[0] - costs[1])[:-1])) + 1


def delay(noise: planted.Noise, size: float) -> str:
    """Median of the runs until a step after 200 others shows; 60 at most."""
    delays = []
    for seed in range(DELAYS):
        values = noise(np.random.default_rng(20_000 + seed), 260)
        values[200:] *= 1 + size
        for runs in range(1, 61):
            if any(abs(one - 200) <= 10 for one in places_of(values[: 200 + runs])):
                break
        delays.append(runs)
    middle = float(np.median(delays))
    return f"{middle:.0f}" if middle < 60 else "60 or more"


def main() -> None:
    """Print the table."""
    print(
        "| noise | false a series-year | step | found within 2 runs | within 10 ",
        end="",
    )
    print("| shows after runs | told the levels: within 2 |")
    print("|---|---|---|---|---|---|---|")
    for name, noise in NOISES:
        false = false_a_year(noise)
        for size, (near, far, known) in found(noise).items():
            print(
                f"| {name} | {false:.3f} | {size:.0%} | {near:.0f} % | {far:.0f} %"
                f" | {delay(noise, size)} | {known:.0f} % |",
                flush=True,
            )


if __name__ == "__main__":
    main()
