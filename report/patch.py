# SPDX-License-Identifier: GPL-2.0-or-later
"""``patch``: a comparison as text for a changelog, a cover letter or a pull request."""

import argparse
from typing import Dict, List, Optional, Sequence

from report.compare import add_comparison, load_simulated_of
from report.compare_table import interval_text
from report.judged import Judged, Row, load_judged, sides_described
from report.load import Run
from report.naming import listed
from report.percentage import signed, size, written
from report.reproduce import command, reservations
from report.sides import FILES
from report.simulated import Simulated, SimulatedRow
from report.stats.verdict import Verdict
from report.text_table import Column, table, wrapped
from report.units import nanoseconds

NAME = "patch"
HELP = "write a comparison as text to go with a patch"

COLUMNS = 75


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_comparison(parser)


def run(args: argparse.Namespace) -> int:
    """Print the text."""
    this = load_judged(args.base, args.new, args.across_hosts, args.margin)
    simulated = load_simulated_of(args.sim, this.sides.kind, args.across_hosts)
    lines = patch_lines(this, simulated, args.markdown)
    print("\n".join(plain(line) for line in lines))
    return 0


def plain(text: str) -> str:
    """The text in ASCII; what has no letter there becomes a question mark."""
    return text.encode("ascii", "replace").decode("ascii")


def patch_lines(
    this: Judged, simulated: Optional[Simulated], markdown: bool
) -> List[str]:
    """The lines of the text."""
    lines = _head(this, markdown)
    lines += _moved("Slower (losses):", this, Verdict.SLOWER, markdown)
    lines += _moved("Faster (gains):", this, Verdict.FASTER, markdown)
    lines += _unmoved(this)
    if simulated:
        lines += _simulated(simulated, markdown)
    return [*lines, "", *_reproduce(this, markdown)]


def _head(this: Judged, markdown: bool) -> List[str]:
    sides = this.sides
    words = sides_described(sides)
    lines = [_cut(f"{name:4}   {words[name]}") for name in ("base", "new")]
    lines += [_whole_parts(f"host   {_host(sides.base)}")]
    if sides.differences:
        lines += wrapped(f"NOT the same machine or build: {sides.differences}", COLUMNS)
    lines += [_whole_parts(f"config {_configuration(this)}")]
    if markdown:
        return ["```", *lines, "```"]
    return lines


def _cut(text: str) -> str:
    """At most one line of it."""
    return text if len(text) <= COLUMNS else text[: COLUMNS - 3] + "..."


def _whole_parts(text: str) -> str:
    """As many of its parts as fit into a line."""
    while len(text) > COLUMNS and ", " in text:
        text = text.rpartition(", ")[0]
    return _cut(text)


def _host(base: Run) -> str:
    host = base.host
    virtual = "" if host.virtualisation in ("none", "unknown") else host.virtualisation
    cpus = f"{len(host.cpu_order)} CPUs"
    parts = (host.name, cpus, host.cpu_model, host.arch, host.kernel)
    return ", ".join(filter(None, (*parts, virtual)))


def _configuration(this: Judged) -> str:
    layouts = max(row.change.layouts for row in this.rows)
    return ", ".join(
        (
            this.names.common,
            f"{layouts} link order{'s' if layouts > 1 else ''}",
            this.sides.base.compiler,
        )
    )


def _moved(title: str, this: Judged, verdict: Verdict, markdown: bool) -> List[str]:
    rows = this.of(verdict)
    if not rows:
        return ["", title + " none"]
    columns = [
        Column("cell"),
        Column("CPUs", True),
        Column("base ns", True),
        Column("new ns", True),
        Column("change %", True),
        Column("95 % interval"),
    ]
    cells = [_moved_row(this, row) for row in rows]
    return ["", title, *_body(columns, cells, markdown)]


def _body(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], markdown: bool
) -> List[str]:
    """The table; where a name makes it too wide, the names have lines of their own."""
    if markdown:
        return ["", *table(columns, rows, True)]
    lines = [f"  {line}" for line in table(columns, rows)]
    if max(map(len, lines)) <= COLUMNS:
        return lines
    head, *rest = table(columns[1:], [row[1:] for row in rows])
    lines = [f"      {head}"]
    for row, line in zip(rows, rest):
        lines += wrapped(f"  {row[0]}", COLUMNS, "    ") + [f"      {line}"]
    return lines


def _moved_row(this: Judged, row: Row) -> List[str]:
    change = row.change
    return [
        this.names.short(row.cell),
        str(row.cell.cpus),
        nanoseconds(change.base),
        nanoseconds(change.new),
        signed(change.ratio - 1),
        interval_text(change),
    ]


def _unmoved(this: Judged) -> List[str]:
    same, unknown = this.of(Verdict.SAME), this.of(Verdict.CANNOT_TELL)
    lines = [""]
    count = len(this.rows)
    lines += wrapped(
        f"The same within {written(this.margin)}: {len(same)} of {count} cells.",
        COLUMNS,
    )
    few = [row for row in unknown if not row.change.enough]
    unknown = [row for row in unknown if row.change.enough]
    if few:
        lines.append(f"Too few samples to tell: {len(few)} of {count} cells.")
    if unknown:
        sizes = [row.change.smallest for row in unknown]
        least, most = size(min(sizes)), size(max(sizes))
        seen = f"{least} %" if least == most else f"{least} to {most} %"
        names = "; ".join(listed(this.names, [row.cell for row in unknown]))
        lines += wrapped(
            f"Cannot be told: {len(unknown)} of {count} cells (smallest change that"
            f" could have been told: {seen}): {names}",
            COLUMNS,
        )
    return lines


def _simulated(this: Simulated, markdown: bool) -> List[str]:
    text = f"Simulated, not measured (CPU counts are simulated): {this.names.common}"
    lines = ["", *wrapped(text, COLUMNS)]
    kinds = (
        ("Simulated slower:", [row for row in this.changed if row.change > 0]),
        ("Simulated faster:", [row for row in this.changed if row.change < 0]),
        ("As fast, other work:", [row for row in this.changed if row.change == 0]),
    )
    columns = [
        Column("cell"),
        Column("CPUs", True),
        Column("base ns", True),
        Column("new ns", True),
        Column("change %", True),
    ]
    for title, rows in kinds:
        cells = [
            [
                this.names.short(row.cell),
                f"sim:{row.cell.cpus}",
                nanoseconds(row.base),
                nanoseconds(row.new),
                signed(row.change),
            ]
            for row in rows
        ]
        if cells:
            lines += [title, *_body(columns, cells, markdown), *_work(rows, markdown)]
    identical = f"Identical: {len(this.identical)} of {len(this.rows)} simulated cells."
    return [*lines, identical]


def _work(rows: Sequence[SimulatedRow], markdown: bool) -> List[str]:
    """In how far the work of these cells differs, as ranges over all of them."""
    changes: Dict[str, List[float]] = {}
    for row in rows:
        for work in row.work:
            if work.change is not None:
                changes.setdefault(work.name, []).append(work.change)
    parts = [
        f"{name} {signed(min(of))}"
        + (f" to {signed(max(of))}" if signed(min(of)) != signed(max(of)) else "")
        for name, of in changes.items()
    ]
    if not parts:
        return [""] if markdown else []
    text = f"Work a pair, percent: {'; '.join(parts)}"
    return (
        ["", text, ""] if markdown else [f"  {x}" for x in wrapped(text, COLUMNS - 2)]
    )


def _reproduce(this: Judged, markdown: bool) -> List[str]:
    words = command(this.sides)
    lines = []
    line = "  " + words[0]
    for word in words[1:]:
        if len(line) + len(word) + 3 > COLUMNS:
            lines.append(line + " \\")
            line = "     "
        line += " " + word
    lines.append(line)
    if markdown:
        lines = ["", "```", *(each[2:] for each in lines), "```"]
    title = "Compared with:" if this.sides.kind == FILES else "To reproduce:"
    # What differs between hosts has been said at the top.
    notes = [note for note in this.notes if not note.startswith("!")]
    notes += reservations(this.sides)
    said = [part for note in notes for part in wrapped(f"({note})", COLUMNS)]
    return [title, *lines, *said]
