# SPDX-License-Identifier: GPL-2.0-or-later
"""The cell: one combination of everything that a cell name says, and its grammar."""

import re
from dataclasses import dataclass, replace
from typing import List, Optional, Tuple

_CELL = re.compile(
    r"(?:sim/(?P<profile>[A-Za-z0-9_.+-]+)/|(?P<audit>audit)/)?"
    r"(?P<workload>[a-z][a-z0-9_-]*)/(?P<allocator>[a-z][a-z0-9_.-]*)"
    r"(?:/entries:(?P<entries>[1-9][0-9]*))?"
    r"(?P<parameters>(?:/[a-z]+:[a-z0-9.]+)*?)"
    r"/pools:(?P<pools>[1-9][0-9]*)/cpus:(?P<cpus>[1-9][0-9]*)"
    r"/flush:(?P<flush>[A-Za-z0-9_.:,+-]+)"
    r"/occupancy:(?P<occupancy>(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)"
    r"/lock:(?P<lock>[a-z][a-z0-9_-]*)/think:(?P<think>0|[1-9][0-9]*)"
)
# What every cell has: no key of a parameter.
_OWN_KEYS = frozenset("entries pools cpus flush occupancy lock think".split())
# Entries of the table that names do not tell, of cells that are measured and of audits.
_ENTRIES, _AUDIT_ENTRIES = 8192, 16384


@dataclass(frozen=True)
class Cell:
    """One combination of everything in a cell name.

    `profile` is set for simulated cells only; `occupancy` is in percent and `think` in
    ns, both as written in the name. `parameters` are the keys and values of the
    allocator that differ from its defaults, in the order of the name. `entries` are
    those of the table; None where they are the usual ones, which names do not tell.
    """

    workload: str
    allocator: str
    pools: int
    cpus: int
    flush: str
    occupancy: str
    lock: str
    think: str
    profile: Optional[str] = None
    audit: bool = False
    parameters: Tuple[Tuple[str, str], ...] = ()
    entries: Optional[int] = None

    @classmethod
    def parse(cls, name: str) -> "Cell":
        """The cell of that name; ValueError if it is no cell name."""
        match = _CELL.fullmatch(name)
        if not match:
            raise ValueError(f"not a cell name: {name!r}")
        return cls(
            workload=match["workload"],
            allocator=match["allocator"],
            pools=int(match["pools"]),
            cpus=int(match["cpus"]),
            flush=match["flush"],
            occupancy=match["occupancy"],
            lock=match["lock"],
            think=match["think"],
            profile=match["profile"],
            audit=bool(match["audit"]),
            parameters=_parameters(match["parameters"], name),
        ).with_entries(int(match["entries"]) if match["entries"] else None)

    def with_entries(self, entries: Optional[int]) -> "Cell":
        """The same cell with a table of so many entries; None: with the usual ones."""
        usual = _AUDIT_ENTRIES if self.audit else _ENTRIES
        return replace(self, entries=None if entries == usual else entries)

    @property
    def size(self) -> int:
        """The entries of the table, told or not."""
        return self.entries or (_AUDIT_ENTRIES if self.audit else _ENTRIES)

    @property
    def variant(self) -> str:
        """The allocator, its parameters and pools, as in the cell name."""
        words = (f"{key}:{value}" for key, value in self.parameters)
        return "/".join([self.allocator, *words, f"pools:{self.pools}"])

    def __str__(self) -> str:
        prefix = f"sim/{self.profile}/" if self.profile else ""
        prefix += "audit/" if self.audit else ""
        variant = self.variant
        if self.entries:
            variant = variant.replace("/", f"/entries:{self.entries}/", 1)
        return (
            f"{prefix}{self.workload}/{variant}/cpus:{self.cpus}"
            f"/flush:{self.flush}/occupancy:{self.occupancy}"
            f"/lock:{self.lock}/think:{self.think}"
        )


def is_of_kernel(name: str) -> bool:
    """Whether the cell of that name has an allocator out of a kernel tree, k-NAME."""
    words = name.split("/")
    # Before the workload stands sim/PROFILE, audit, or nothing.
    allocator = words[{"sim": 3, "audit": 2}.get(words[0], 1) :][:1]
    return allocator != [] and allocator[0].startswith("k-")


def _parameters(text: str, name: str) -> Tuple[Tuple[str, str], ...]:
    """The parameters of "/key:value/key:value"; ValueError for a key not of theirs."""
    found: List[Tuple[str, str]] = []
    for word in text.split("/")[1:]:
        key, _, value = word.partition(":")
        if key in _OWN_KEYS:
            raise ValueError(f"not a cell name: {name!r}: {key!r} is no parameter")
        if any(key == known for known, _ in found):
            raise ValueError(f"not a cell name: {name!r}: {key!r} occurs twice")
        found.append((key, value))
    return tuple(found)
