# SPDX-License-Identifier: GPL-2.0-or-later
"""What several sittings of a comparison found, as text to go with a patch."""

from typing import List, Sequence

from report.compare.patch_shape import body, more, most, said
from report.compare.sittings import Sittings, SittingsRow
from report.compare.sittings_text import agreed, cells_of, columns, legend
from report.stats.verdict import Verdict
from report.text.counted import counted
from report.text.percentage import written
from report.text.table import Column


def sections(sittings: Sittings, markdown: bool) -> List[str]:
    """Losses and gains that every sitting has found; then what is less sure."""
    count = len(sittings.each)
    slower = agreed(sittings, Verdict.SLOWER)
    faster = agreed(sittings, Verdict.FASTER)
    same = agreed(sittings, Verdict.SAME)
    told = {row.cell for row in (*slower, *faster, *same)}
    rest = [row for row in sittings.rows if row.cell not in told]
    every = f"in each of {counted(count, 'sitting')}"
    lines = _table(sittings, f"Slower (losses) {every}:", slower, markdown)
    lines += _table(sittings, f"Faster (gains) {every}:", faster, markdown)
    if rest:
        lines += _table(sittings, "Not told alike by all sittings:", rest, markdown)
    lines += [
        "",
        *said(
            f"The same within {written(sittings.first.margin)} {every}: {len(same)} of"
            f" {counted(len(sittings.rows), 'cell')}."
        ),
    ]
    for text in legend(sittings):
        lines += said(f"({text})")
    return lines


def _table(
    sittings: Sittings, title: str, rows: Sequence[SittingsRow], markdown: bool
) -> List[str]:
    if not rows:
        return ["", f"{title} none"]
    shown = most(rows, [row.ratio - 1 for row in rows])
    names = sittings.first.names
    cells = [[names.short(row.cell), *cells_of(row), row.word] for row in shown]
    heads = [Column("cell"), *columns(), Column("verdict")]
    return ["", title, *body(heads, cells, markdown), *more(rows, shown, markdown)]
