# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of the store, as of VERSION.

A new store is made from the tables; an older one takes the steps one by one. Who
changes a table, or what series are told apart by, raises VERSION and adds the step to
``steps``.
"""

from typing import Any

import sqlalchemy as sa

VERSION = 4

metadata = sa.MetaData()

_DOUBLE = sa.Float(53)
_TIME = sa.BigInteger


def _number() -> Any:
    return sa.Column("number", sa.Integer, primary_key=True)


def _of(table: str) -> Any:
    return sa.ForeignKey(f"{table}.number")


store_version = sa.Table(
    "store_version", metadata, sa.Column("version", sa.Integer, primary_key=True)
)

hosts = sa.Table(
    "hosts",
    metadata,
    _number(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("arch", sa.Text, nullable=False),
    sa.Column("cpu_model", sa.Text, nullable=False),
    sa.UniqueConstraint("name", "arch", "cpu_model"),
)

commits = sa.Table(
    "commits",
    metadata,
    _number(),
    sa.Column("sha", sa.Text, nullable=False, unique=True),
    sa.Column("time", _TIME),
    sa.Column("ancestors", sa.Integer),
    sa.Column("subject", sa.Text),
)

# identity: of what does not change while a run goes on or is resumed. kernel_*: of the
# kernel tree whose allocators were measured; null where there was none.
runs = sa.Table(
    "runs",
    metadata,
    _number(),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("identity", sa.Text, nullable=False, index=True),
    sa.Column("host", _of("hosts"), nullable=False),
    sa.Column("commit", _of("commits"), nullable=False),
    sa.Column("dirty", sa.Boolean, nullable=False),
    sa.Column("date", _TIME, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("command_line", sa.Text, nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("samples", sa.Integer, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("noisy", sa.Integer, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("context", sa.Text, nullable=False),
    sa.Column("kernel_version", sa.Text),
    sa.Column("kernel_commit", _of("commits")),
    sa.Column("kernel_dirty", sa.Boolean),
    sa.Column("kernel_hash", sa.Text),
)

cells = sa.Table(
    "cells",
    metadata,
    _number(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
)

series = sa.Table(
    "series",
    metadata,
    _number(),
    sa.Column("host", _of("hosts"), nullable=False),
    sa.Column("cell", _of("cells"), nullable=False),
    sa.Column("pass", sa.Text, nullable=False),
    sa.Column("figure", sa.Text, nullable=False),
    sa.Column("setup", sa.Text, nullable=False),
    sa.Column("exact", sa.Boolean, nullable=False),
    sa.UniqueConstraint("host", "cell", "pass", "figure", "setup", "exact"),
)

points = sa.Table(
    "points",
    metadata,
    sa.Column("series", _of("series"), primary_key=True, autoincrement=False),
    sa.Column("run", _of("runs"), primary_key=True, autoincrement=False, index=True),
    sa.Column("median", _DOUBLE, nullable=False),
    sa.Column("low", _DOUBLE, nullable=False),
    sa.Column("high", _DOUBLE, nullable=False),
    sa.Column("confident", sa.Boolean, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
