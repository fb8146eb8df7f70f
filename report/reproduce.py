# SPDX-License-Identifier: GPL-2.0-or-later
"""The command that takes a comparison's measurements again."""

import re
import shlex
from typing import Any, List, Mapping, Sequence

from report.sides import ALLOCATORS, FILES, Sides

# Options of the run that `make compare` gives itself, each with its value.
_OWN = ("--side", "--old", "--new", "--budget", "--out", "--resume", "--undecided")


def command(sides: Sides) -> List[str]:
    """Words of a command for the shell; lines may be broken between them."""
    if sides.kind == FILES:
        return [
            "python3 -m report compare",
            *(shlex.quote(str(run.path)) for run in (sides.base, sides.new)),
        ]
    facts = sides.facts
    if sides.kind == ALLOCATORS:
        words = [f"OLD={_of(facts, 'base', 'variant')}"]
        words.append(f"NEW={_of(facts, 'new', 'variant')}")
    else:
        words = [f"BASE={_revision(facts['base'])}"]
        new = _revision(facts["new"])
        words += [f"NEW={new}"] if new else []
    if "budget_s" in facts:
        words.append(f"BUDGET={_duration(float(facts['budget_s']))}")
    arguments = _arguments(sides.base.context["iommubench"]["arguments"])
    if arguments:
        words += f'ARGS="{_in_quotes(shlex.join(arguments))}"'.split(" ")
    return ["make compare", *words]


def reservations(sides: Sides) -> List[str]:
    """Why the command may not give what was measured; a sentence each."""
    if sides.kind == FILES:
        return [
            f"{name} was measured with: {run.command_line}"
            for name, run in (("base", sides.base), ("new", sides.new))
        ]
    if sides.kind == ALLOCATORS:
        return ["the tree had changes that are no commit"] if sides.base.dirty else []
    return [
        f"{name} had changes that are no commit"
        for name in ("base", "new")
        if sides.facts[name].get("dirty")
    ]


def _in_quotes(text: str) -> str:
    """Text as it stands between double quotes, for a shell that hands it to make."""
    return re.sub(r'([\\"`$])', r"\\\1", text.replace("$", "$$"))


def _of(facts: Mapping[str, Any], side: str, name: str) -> str:
    return shlex.quote(str(facts[side].get(name, "unknown")))


def _revision(side: Mapping[str, Any]) -> str:
    """A revision that means the same everywhere; "" for the work tree."""
    commit = str(side.get("commit", side.get("revision", "unknown")))
    return "" if commit == "work tree" else shlex.quote(commit[:12])


def _duration(seconds: float) -> str:
    return f"{seconds / 60:g}m" if seconds % 60 == 0 else f"{seconds:g}s"


def _arguments(words: Sequence[str]) -> List[str]:
    """The run's options that are the user's own."""
    kept: List[str] = []
    skip = 0
    for word in words:
        if skip:
            skip -= 1
        elif word in _OWN:
            skip = 1
        elif not word.startswith(tuple(f"{own}=" for own in _OWN)):
            kept.append(word)
    return kept
