# SPDX-License-Identifier: GPL-2.0-or-later
"""The steps of a store to tables.VERSION from older versions."""

import json
from typing import Any, Callable, Dict, Tuple

import sqlalchemy as sa

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
        setup = setup_of(ours)
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


# From a version to the next. Each gets a connection in a transaction.
STEPS: Dict[int, Callable[[Any], None]] = {1: _by_setup}
