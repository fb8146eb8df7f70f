# SPDX-License-Identifier: GPL-2.0-or-later
"""The store: runs of many commits and hosts, in SQLite or PostgreSQL.

The results files remain the truth: the store holds of each run what is watched over
time (medians, not samples) and can be made again from the files.

    with open_store() as store:
        for series in store.series(host="vm", figure="real_time"):
            print(series.cell, store.points([series])[series].median)

``model`` has the types, ``Store`` the questions one can ask. Nothing here is safe to
share between threads; processes may read and write at once.
"""

from importlib.util import find_spec

from report import ReportError

if find_spec("sqlalchemy") is None:
    raise ReportError(
        "the store needs SQLAlchemy: `make deps` installs it"
        " (Debian: apt install python3-sqlalchemy)"
    )

from report.store.model import (  # noqa: E402
    Added,
    Commit,
    Host,
    Kernel,
    Points,
    Series,
    StoredRun,
    Tree,
    in_order,
)
from report.store.store import DEFAULT_URL, Store, open_store  # noqa: E402
from report.store.writer import NewRun, digest_of, new_run  # noqa: E402

__all__ = [
    "Added",
    "Commit",
    "DEFAULT_URL",
    "Host",
    "Kernel",
    "NewRun",
    "Points",
    "Series",
    "Store",
    "StoredRun",
    "Tree",
    "digest_of",
    "in_order",
    "new_run",
    "open_store",
]
