# SPDX-License-Identifier: GPL-2.0-or-later
"""``export``: the store for other systems, as OpenMetrics or CSV."""

import argparse
import csv
import io
import re
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Dict, Iterator, List, Mapping, TextIO

from report import ReportError
from report.commands.db_option import add_db
from report.read.cell import Cell

if TYPE_CHECKING:
    from report.store import Points, Series

NAME = "export"
HELP = "the store's figures for other systems, as OpenMetrics or CSV"

_COLUMNS = (
    "host arch cpu_model iommubench kernel commit commit_time dirty date digest cell"
    " profile audit workload allocator entries parameters pools cpus flush occupancy"
    " lock think pass figure setup deterministic median low high confident count"
).split()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_db(parser)
    parser.add_argument(
        "--format",
        choices=("openmetrics", "csv"),
        required=True,
        help="text of OpenMetrics 1.0, or a table with a row a point",
    )
    parser.add_argument("--host", metavar="NAME", help="of this host only")
    parser.add_argument("--figure", metavar="NAME", help="of this figure only")
    parser.add_argument(
        "--latest",
        action="store_true",
        help="the newest run of each series only; OpenMetrics then has no time stamps",
    )
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="where to (default: stdout)"
    )


def run(args: argparse.Namespace) -> int:
    """Write all points; 0."""
    from report.store import open_store

    with open_store(args.db) as store:
        points = store.points(store.series(args.host, args.figure))
    write = _openmetrics if args.format == "openmetrics" else _csv
    if args.out is None:
        # Names from other hosts may be in any script.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        write(points, args.latest, sys.stdout)
        return 0
    try:
        with args.out.open("w", encoding="utf-8", newline="") as file:
            write(points, args.latest, file)
    except OSError as error:
        raise ReportError(
            f"{args.out}: {error.strerror}; name another in --out"
        ) from None
    return 0


def _csv(points: Mapping["Series", "Points"], latest: bool, file: TextIO) -> None:
    writer = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for series, of in points.items():
        for at in range(len(of) - 1 if latest else 0, len(of)):
            writer.writerow(_row(series, of, at))


def _row(series: "Series", of: "Points", at: int) -> Dict[str, object]:
    run_ = of.runs[at]
    tree = run_.tree(series.of_kernel)
    committed = tree.commit.time
    return {
        **_labels(series),
        "cpu_model": series.host.cpu_model,
        "iommubench": run_.commit.sha,
        "kernel": run_.kernel.version if run_.kernel and series.of_kernel else "",
        "commit": tree.commit.sha,
        "commit_time": "" if committed is None else _iso(committed),
        "dirty": int(tree.dirty),
        "date": _iso(run_.date),
        "digest": run_.digest,
        "cell": series.cell,
        "figure": series.figure,
        "deterministic": int(series.exact),
        "median": repr(float(of.median[at])),
        "low": repr(float(of.low[at])),
        "high": repr(float(of.high[at])),
        "confident": int(of.confident[at]),
        "count": int(of.count[at]),
    }


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _labels(series: "Series") -> Dict[str, str]:
    """What tells series of one figure apart, by CSV column and OpenMetrics label."""
    cell = Cell.parse(series.cell)
    return {
        "host": series.host.name,
        "arch": series.host.arch,
        "profile": cell.profile or "",
        "audit": str(int(cell.audit)),
        "workload": cell.workload,
        "allocator": cell.allocator,
        "entries": str(cell.size),
        "parameters": "/".join(f"{key}:{value}" for key, value in cell.parameters),
        "pools": str(cell.pools),
        "cpus": str(cell.cpus),
        "flush": cell.flush,
        "occupancy": cell.occupancy,
        "lock": cell.lock,
        "think": cell.think,
        "pass": series.pass_name,
        "setup": series.setup,
    }


def _openmetrics(
    points: Mapping["Series", "Points"], latest: bool, file: TextIO
) -> None:
    """A gauge a figure, and two for the ends of its interval.

    All points of a metric stand together, those of a series by rising time, as the
    format demands. The time is that of the run.
    """
    by_name: Dict[str, List["Series"]] = {}
    for series in points:
        by_name.setdefault(metric_name(series.figure), []).append(series)
    for name in sorted(by_name):
        for suffix, what in (
            ("", "median"),
            ("_low", "lower end of the median's interval"),
            ("_high", "upper end of the median's interval"),
        ):
            file.write(f"# TYPE {name}{suffix} gauge\n")
            figure = _escaped(by_name[name][0].figure)
            file.write(f"# HELP {name}{suffix} {figure}, {what}\n")
            for series in by_name[name]:
                for line in _lines(name + suffix, suffix, series, points, latest):
                    file.write(line)
    file.write("# EOF\n")


def _lines(
    name: str,
    suffix: str,
    series: "Series",
    points: Mapping["Series", "Points"],
    latest: bool,
) -> Iterator[str]:
    of = points[series]
    values = {"": of.median, "_low": of.low, "_high": of.high}[suffix]
    if latest:
        labels = _metric_labels(series, of.runs[-1].tree(series.of_kernel).dirty)
        yield f"{name}{{{labels}}} {float(values[-1])!r}\n"
        return
    last = None
    for dirty, date, at in sorted(
        (one.tree(series.of_kernel).dirty, one.date, at)
        for at, one in enumerate(of.runs)
    ):
        # Two at the same second cannot both be said.
        if (dirty, date) != last:
            labels = _metric_labels(series, dirty)
            yield f"{name}{{{labels}}} {float(values[at])!r} {date}\n"
        last = dirty, date


def _metric_labels(series: "Series", dirty: bool) -> str:
    """The labels of a series' points.

    With the figure, as two of them may have one metric's name, and with whether the
    runs were of trees with changes of their own, which are no points of a commit.
    """
    labels = {
        **_labels(series),
        "cpu_model": series.host.cpu_model,
        "deterministic": str(int(series.exact)),
        "figure": series.figure,
        "dirty": str(int(dirty)),
    }
    return ",".join(f'{key}="{_escaped(value)}"' for key, value in labels.items())


def metric_name(figure: str) -> str:
    """The figure's name as OpenMetrics allows it."""
    return "iommubench_" + re.sub("[^a-zA-Z0-9_]", "_", figure)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
