# SPDX-License-Identifier: GPL-2.0-or-later
"""``claims``: the claims of the mail of 2015, answered from results files."""

import argparse
import csv
import io
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, List, Sequence

from report import ReportError
from report.text.percentage import percentage
from report.text.templates import require_jinja2

if TYPE_CHECKING:
    from report.claims.case import Finding, Value, Where
    from report.claims.document import Block

NAME = "claims"
HELP = "answer the claims of the 2015 mail from results files (see make claims)"
MARGIN = 0.05
WIDTH = 80
# What a break-even is called in claims.csv, and the column that it takes the place of.
BREAKS = {
    "think_ns": "break-even think time, ns",
    "flush_ns": "flush cost at which it flips, ns",
}
_COLUMN = {"think_ns": "think_ns", "flush_ns": "flush"}
WORDS = (
    "think time: what a driver does between two maps; utilization: how full the table"
    " is; cannot tell: too much noise, or too few samples. The page has the figures,"
    " and what was compared."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "files",
        metavar="RESULTS",
        type=Path,
        nargs="+",
        help="results files of one host, or folders of them",
    )
    parser.add_argument(
        "--out-dir",
        metavar="DIR",
        type=Path,
        help="where the page goes, made if missing (default: the folder of RESULTS)",
    )
    parser.add_argument(
        "--margin",
        metavar="PERCENT",
        type=percentage,
        default=MARGIN,
        help="a time that changes by less has not changed (default:"
        f" {100 * MARGIN:g}%%)",
    )


def run(args: argparse.Namespace) -> int:
    """Write claims.md, claims.html, claims.csv and the pictures; print the answers."""
    require_jinja2("the page of the claims")
    from report.claims.answer import answers
    from report.claims.data import load
    from report.claims.findings import findings
    from report.claims.page import build
    from report.claims.scalability import fits
    from report.claims.sentences import sentences

    data = load(args.files)
    found = findings(data, args.margin)
    blocks = build(data, found, fits(data), args.margin)
    first: Path = args.files[0]
    directory = args.out_dir or (first if first.is_dir() else first.parent)
    _write(directory, blocks, found)
    for to, text in sentences(found, args.margin):
        _print("", f"To {to}: {text}")
        print()
    for finding in found:
        _print(f"{finding.name}  ", finding.claim)
        for text in answers(finding):
            _print("    ", text)
    _print("", WORDS)
    print(f"page: {directory / 'claims.html'}, {directory / 'claims.md'}")
    return 0


def _print(lead: str, text: str) -> None:
    indent = " " * len(lead)
    print(
        textwrap.fill(
            text,
            WIDTH,
            initial_indent=lead,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _write(
    directory: Path, blocks: Sequence["Block"], found: Sequence["Finding"]
) -> None:
    from report.claims.document import Image, html, markdown

    files = {
        "claims.md": markdown(blocks).encode(),
        "claims.html": html(blocks).encode(),
        "claims.csv": table(found).encode(),
    }
    for block in blocks:
        if isinstance(block, Image):
            files[block.file] = block.svg
    for name, content in files.items():
        path = directory / name
        try:
            directory.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise ReportError(
                f"{path}: cannot be written: {error.strerror};"
                " choose another place with --out-dir"
            ) from None


def table(found: Sequence["Finding"]) -> str:
    """Every case, a line each, and what stands beside them, without an answer."""
    from report.claims.break_even import words

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    head = "claim machine workload allocator cpus utilization flush think_ns lock"
    writer.writerow([*head.split(), "figure", "value", "low", "high", "answer", "why"])
    for finding in found:
        for case in finding.cases:
            row = _row(finding.name, case.where, finding.figure, case.value)
            writer.writerow([*row, case.answer.value, case.why])
        for beside in finding.beside:
            for each in beside.rows:
                row = _row(finding.name, each.where, beside.figure, each.value)
                writer.writerow([*row, "", ""])
        for point in finding.breaks:
            row = _row(finding.name, point.where, BREAKS[point.dimension], point.value)
            row[head.split().index(_COLUMN[point.dimension])] = ""
            writer.writerow([*row, "", f"over {point.base}: {words(point)}"])
    return text.getvalue()


def _row(name: str, where: "Where", figure: str, value: "Value") -> List[object]:
    place: List[object] = [name, where.machine, where.workload, where.variant]
    place += [where.cpus, f"{where.utilization:g}", where.flush, where.think_ns]
    figures = [f"{x:.6g}" for x in (value.value, value.low, value.high)]
    return [*place, where.lock, figure, *figures]
