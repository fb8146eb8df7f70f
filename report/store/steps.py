# SPDX-License-Identifier: GPL-2.0-or-later
"""The steps of a store to tables.VERSION from older versions."""

import json
import re
from typing import Any, Callable, Dict, Mapping, Tuple

import sqlalchemy as sa

from report.read.cell import Cell
from report.read.figures import names_since_format_1
from report.store import tables as t
from report.store.figures import is_comparison, setup_of
from report.store.writer import Writer


def _by_setup(connection: Any) -> None:
    """Give each point to the series of its run's setup; comparisons go.

    To version 2: setups name more than in version 1, which also took both sides of a
    comparison for one.
    """
    writer = Writer(connection)
    numbers: Dict[Tuple[int, str], int] = {}
    query = sa.select(t.runs.c.number, t.runs.c.context)
    for run, text in connection.execute(query).all():
        ours = json.loads(text)["iommubench"]
        if is_comparison(ours):
            writer.drop(run)
            continue
        setup = setup_of(ours, int(ours["entries"]))
        wrong = (
            sa.select(t.series)
            .join(t.points)
            .where(t.points.c.run == run, t.series.c.setup != setup)
        )
        for row in connection.execute(wrong).mappings().all():
            old = row["number"]
            if (old, setup) not in numbers:
                like = {name: row[name] for name in row if name != "number"}
                numbers[old, setup] = writer.number_of(
                    t.series, {**like, "setup": setup}
                )
            connection.execute(
                t.points.update()
                .where(t.points.c.run == run, t.points.c.series == old)
                .values(series=numbers[old, setup])
            )
    used = sa.select(t.points.c.series)
    connection.execute(t.series.delete().where(t.series.c.number.not_in(used)))


def _by_new_names(connection: Any) -> None:
    """Call figures and columns what results of format 2 call them; room for a kernel.

    To version 3.
    """
    for change in (
        "RENAME COLUMN disturbed TO noisy",
        "ADD COLUMN kernel_version TEXT",
        "ADD COLUMN kernel_commit INTEGER REFERENCES commits (number)",
        "ADD COLUMN kernel_dirty BOOLEAN",
        "ADD COLUMN kernel_hash TEXT",
    ):
        connection.execute(sa.text(f"ALTER TABLE runs {change}"))
    for old, new in names_since_format_1().items():
        query = sa.select(t.series).where(t.series.c.figure == old)
        for row in connection.execute(query).mappings().all():
            like = {name: row[name] for name in row if name != "number"}
            _join(connection, row["number"], {**like, "figure": new})


def _join(connection: Any, old: int, values: Mapping[str, Any]) -> None:
    """Give a series these values, or its points to the series that has them already.

    Reports that knew format 2 added to stores of version 2.
    """
    query = sa.select(t.series.c.number)
    for name, value in values.items():
        query = query.where(t.series.c[name] == value)
    there = connection.execute(query).first()
    if there is None:
        connection.execute(
            t.series.update().where(t.series.c.number == old).values(values)
        )
        return
    moved = t.points.update().where(t.points.c.series == old)
    connection.execute(moved.values(series=there[0]))
    connection.execute(t.series.delete().where(t.series.c.number == old))


def _by_entries(connection: Any) -> None:
    """Have cells' names tell the entries of their tables where these are not the usual.

    To version 4: a run may have tables of several sizes.
    """
    writer = Writer(connection)
    cell = t.cells.c.name.label("cell_name")
    query = sa.select(t.series, cell).join(t.cells, t.series.c.cell == t.cells.c.number)
    for row in connection.execute(query).mappings().all():
        told = re.match(r"entries:([0-9]+)( |$)", row["setup"])
        old = row["cell_name"]
        if told is None or Cell.parse(old).entries:
            continue
        new = str(Cell.parse(old).with_entries(int(told[1])))
        if new != old:
            like = {key: row[key] for key in row if key not in ("number", "cell_name")}
            number = writer.number_of(t.cells, {"name": new})
            _join(connection, row["number"], {**like, "cell": number})
    used = sa.select(t.series.c.cell)
    connection.execute(t.cells.delete().where(t.cells.c.number.not_in(used)))


# From a version to the next. Each gets a connection in a transaction.
STEPS: Dict[int, Callable[[Any], None]] = {
    1: _by_setup,
    2: _by_new_names,
    3: _by_entries,
}
