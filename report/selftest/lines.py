# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of the selftest: false alarms, and what slowdowns were told."""

from pathlib import Path
from typing import List, Sequence, Tuple

from report.read.cell import Cell
from report.selftest.rates import Alarms, Power, Rate, rate
from report.text.percentage import signed, size
from report.text.table import Column, table


def _short(name: str) -> str:
    cell = Cell.parse(name)
    return f"{cell.workload} {cell.variant}"


def _percent(found: Rate) -> List[str]:
    share = 100 * found.hits / found.trials
    return [
        f"{found.hits}/{found.trials}",
        f"{share:.1f}",
        f"[{100 * found.low:.1f} {100 * found.high:.1f}]",
    ]


def _counts(each: Alarms) -> Tuple[int, int]:
    return each.runs.hits, each.runs.trials


def alarm_lines(alarms: Sequence[Alarms]) -> List[str]:
    if not alarms:
        return []
    columns = [
        Column("recording"),
        Column("sides"),
        Column("cells", True),
        Column("samples", True),
        Column("alarms", True),
        Column("%", True),
        Column("95 % interval"),
    ]
    rows = [
        [
            Path(each.file.split(" ")[0]).name,
            "same programs" if each.same_programs else "layouts differ",
            str(each.cells),
            str(each.samples_a_side),
            *_percent(each.runs),
        ]
        for each in alarms
    ]
    if len(alarms) > 1:
        hits, trials = (sum(column) for column in zip(*map(_counts, alarms)))
        rows.append(["all", "", "", "", *_percent(rate(hits, trials))])
    return [
        "runs without a change in which any cell was called faster or slower",
        *table(columns, rows),
        "samples: of each side and cell; runs drawn from one recording share its",
        "  samples, so the intervals hold for these recordings",
    ]


def power_lines(powers: Sequence[Power], margin: float) -> List[str]:
    if not powers:
        return []
    columns = [
        Column("meant", True),
        Column("cell"),
        Column("CPUs", True),
        Column("samples", True),
        Column("measured", True),
        Column("told", True),
        Column("%", True),
        Column("95 % interval"),
        Column("smallest", True),
        Column("others told"),
    ]
    rows = [
        [
            f"{100 * each.amount:g} %",
            _short(each.cell),
            str(each.cpus),
            str(each.samples_a_side),
            signed(each.measured),
            *_percent(each.told),
            size(each.smallest),
            f"{each.others.hits}/{each.others.trials}",
        ]
        for each in sorted(powers, key=lambda p: (p.cpus, p.cell, p.measured))
    ]
    return [
        f"cells with a slowdown that were called slower (margin {100 * margin:g} %)",
        *table(columns, rows),
        "measured: the change that there was; smallest: the change that the runs said",
        "  they would see; others told: runs that called a cell without the slowdown",
        "  faster or slower. Runs drawn from one recording share its samples, so the",
        "  intervals hold for that recording",
    ]
