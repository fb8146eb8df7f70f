# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated machine that a results file is of."""

from dataclasses import dataclass
from typing import Any, Mapping, Optional


@dataclass(frozen=True)
class Simulator:
    """A simulated machine and how long it was watched.

    `figures` is how many figures describe it, `assumed` how many of them have no source
    but an assumption. An interval lasts until `rounds` x entries ops are done, where
    the run has no virtual `seconds`. `sources` is a hash of the simulator's own
    sources, "" in files of before they told it.
    """

    profile: str
    summary: str
    cpus: Optional[int]
    figures: int
    assumed: int
    rounds: int
    sources: str


def simulator_of(ours: Mapping[str, Any]) -> Optional[Simulator]:
    """The simulator of a context.iommubench that fits the schema; None if native."""
    entry = ours.get("simulator")
    if entry is None:
        return None
    machine = entry["machine"]
    sources = [str(figure["source"]) for figure in machine.values()]
    return Simulator(
        profile=entry["profile"],
        summary=entry["summary"],
        cpus=int(machine["cpus"]["value"]) if "cpus" in machine else None,
        figures=len(sources),
        assumed=sum(source.startswith("assumed") for source in sources),
        rounds=int(entry["rounds"]),
        sources=entry.get("sources", ""),
    )
