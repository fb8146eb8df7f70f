# SPDX-License-Identifier: GPL-2.0-or-later
"""The data of the pages as scripts: a page opened from disk may load nothing else.

Each calls iommubench.add(KIND, ID, DATA) of assets/base.js.
"""

import json
from typing import Any, Dict, List, Mapping, Optional, Sequence

from report.changes.what_differs import instrument_of
from report.draw.styles import in_order as variant_order
from report.draw.styles import style_of
from report.read.figures import figure, in_order
from report.site.cells import place_in_table
from report.site.figures import unit_behind
from report.site.history import Archive, Values, run_id
from report.store import Host, Series, StoredRun


def script(kind: str, identity: str, data: Any) -> str:
    """The text of a data file."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return f"iommubench.add({json.dumps(kind)},{json.dumps(identity)},{text});\n"


def short(value: float, exact: bool = False) -> float:
    """A number to as many digits as can matter: fewer bytes, same pictures."""
    rounded = float(f"{value:.12g}" if exact else f"{value:.6g}")
    return int(rounded) if rounded.is_integer() else rounded


def about(name: str) -> Dict[str, Any]:
    """What the scripts have to know of a figure."""
    it = figure(name)
    return {
        "name": name,
        "title": it.title,
        "unit": unit_behind(it),
        "better": it.better,
        "clocked": int(it.clocked),
    }


def environment(context: Mapping[str, Any], of_kernel: bool = False) -> Dict[str, str]:
    """What beside the commit can move a host's figures, as far as the file says."""
    ours = context.get("iommubench", {})
    host_ = ours.get("host", {})
    found = {
        "iommubench": str(ours.get("commit", ""))[:12] if of_kernel else None,
        "kernel": host_.get("kernel"),
        "virtualisation": host_.get("virtualisation"),
        "governor": host_.get("governor"),
        "SMT": host_.get("smt"),
        "ASLR": host_.get("aslr"),
        "compiler": ours.get("compiler"),
        "flags": ours.get("cflags"),
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def host(archive: Archive, of: Host, of_kernel: bool = False) -> Dict[str, Any]:
    """The runs of a host, columns side by side; environments are listed once.

    Of the kernel trees that it measured, if `of_kernel`.
    """
    runs = archive.runs_of(of, of_kernel)
    trees = [run.tree(of_kernel) for run in runs]
    environments: List[Dict[str, str]] = []
    places = []
    for run in runs:
        here = environment(archive.context(run), of_kernel)
        if here not in environments:
            environments.append(here)
        places.append(environments.index(here))
    return {
        "name": archive.label(of),
        "ids": [run_id(run) for run in runs],
        "dates": [run.date for run in runs],
        # Where a run stands in history; rises, if not everywhere.
        "times": [run.order_of(of_kernel)[0] for run in runs],
        "commits": [tree.commit.short for tree in trees],
        "subjects": [tree.commit.subject or "" for tree in trees],
        "dirty": [int(tree.dirty) for tree in trees],
        "kinds": [run.kind for run in runs],
        "steps": [short(archive.step_ns(run)) for run in runs],
        "environment": places,
        "environments": environments,
    }


def series(archive: Archive, each: Series) -> Dict[str, Any]:
    """A series' columns; `at` and the changes' `at` are places in the host's runs."""
    points = archive.points(each)
    scale = figure(each.figure).scale

    def column(values: Any) -> List[float]:
        exact = each.exact and not each.seeded
        return [short(value * scale, exact) for value in values.tolist()]

    return {
        "cell": each.cell,
        "figure": about(each.figure),
        "exact": int(each.exact and not each.seeded),
        "seeded": int(each.seeded),
        "at": [archive.place(run, each.of_kernel) for run in points.runs],
        "median": column(points.median),
        "low": column(points.low),
        "high": column(points.high),
        "count": points.count.tolist(),
        "confident": [int(each) for each in points.confident.tolist()],
        "changes": [
            {
                "at": archive.place(change.first, each.of_kernel),
                "size": None if change.size.ratio is None else short(change.size.ratio),
            }
            for change, _ in archive.changes_of(each)
        ],
    }


def run(archive: Archive, of: StoredRun) -> Dict[str, Any]:
    """What a run measured: for each figure a row of values or null, one a cell."""
    values: Values = archive.values(of)
    cells = sorted({cell for cell, _ in values}, key=place_in_table)
    names = sorted({name for _, name in values}, key=in_order)
    exact_ones, seeded_ones = archive.exact(of), archive.seeded(of)

    def entry(cell: str, name: str) -> Optional[List[float]]:
        value = values.get((cell, name))
        if value is None:
            return None
        scale = figure(name).scale
        exact = (cell, name) in exact_ones
        precise = exact or value.count == 1 or value.low == value.high
        numbers = (value.median, value.low, value.high)
        return [short(each * scale, precise) for each in numbers] + [
            value.count,
            int(value.confident),
            2 if (cell, name) in seeded_ones else int(exact),
        ]

    context = archive.context(of)
    simulated = of.kind == "sim"
    return {
        "id": run_id(of),
        "kind": of.kind,
        "instrument": instrument_of(context) if simulated else "",
        "step": short(archive.step_ns(of)),
        "cells": cells,
        "figures": [about(name) for name in names],
        "values": {name: [entry(cell, name) for cell in cells] for name in names},
        "environment": environment(context),
        "command": of.command_line,
    }


def looks(variants: Sequence[str]) -> Dict[str, Any]:
    """How each allocator variant is drawn: order and looks of draw/styles.py."""
    return {
        variant: {
            "colour": it.colour,
            "marker": it.marker,
            "filled": int(it.filled),
            "dashes": it.dashes,
        }
        for variant, it in (
            (variant, style_of(variant))
            for variant in sorted(variants, key=variant_order)
        )
    }
