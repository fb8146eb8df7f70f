# SPDX-License-Identifier: GPL-2.0-or-later
"""``plot``: throughput and, where measured, counters and lock times against CPUs.

Of simulated CPUs too.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, List, Mapping

from report import ReportError

if TYPE_CHECKING:
    from report.draw.picture import Sheet

NAME = "plot"
HELP = "draw throughput, counters and lock times against CPUs"
FORMATS = ("svg", "png")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("run_file", metavar="RUN.json", type=Path, help="results file")
    parser.add_argument(
        "--figure",
        metavar="NAME",
        help="draw this figure of results/figures.json, or this event that was counted,"
        " alone (default: what the run was made for)",
    )
    parser.add_argument(
        "--out-dir",
        metavar="DIR",
        type=Path,
        help="where the pictures go, made if missing (default: beside RUN.json)",
    )
    parser.add_argument(
        "--format",
        metavar="LIST",
        default=",".join(FORMATS),
        help="comma list of %s (default: all)" % ", ".join(FORMATS),
    )


def run(args: argparse.Namespace) -> int:
    """Write RUN-PICTURE.FORMAT for each picture and format, print the files' names."""
    from report.draw import counters, locks, one_figure
    from report.draw.run_pictures import make_pictures
    from report.read.load import load_run

    formats = _formats(args.format)
    results = load_run(args.run_file)
    pictures: Mapping[str, "Sheet"]
    if args.figure:
        pictures = one_figure.make_pictures(results, args.figure)
    else:
        pictures = make_pictures(results)
    from report.draw import render  # last: it takes a while, and the file may be bad

    directory: Path = args.out_dir or args.run_file.parent
    for name, picture in pictures.items():
        drawn = render.draw(picture)
        for kind in formats:
            path = directory / f"{args.run_file.stem}-{name}.{kind}"
            content = render.render(drawn, kind, picture)
            try:
                directory.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            except OSError as error:
                raise ReportError(
                    f"{path}: cannot be written: {error.strerror};"
                    " choose another place with --out-dir"
                ) from None
            print(path)
    if args.figure:
        return 0
    for remark in (*locks.remarks(results), *counters.remarks(results)):
        print(f"report: {remark}", file=sys.stderr)
    return 0


def _formats(text: str) -> List[str]:
    formats = list(dict.fromkeys(text.split(",")))
    for kind in formats:
        if kind not in FORMATS:
            raise ReportError(
                f"--format: {kind!r} is not known; choose from {', '.join(FORMATS)}"
            )
    return formats
