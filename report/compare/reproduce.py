# SPDX-License-Identifier: GPL-2.0-or-later
"""The command that takes a comparison's measurements again."""

import re
import shlex
from typing import Any, List, Mapping, Optional, Sequence

from report.compare.margin import MARGIN
from report.text.percentage import written
from report.compare.sides import ALLOCATORS, FILES, SIDES, Sides
from report.compare.simulated import Simulated
from report.text.table import parts

# Options of the run that `make compare` gives itself, each with its value.
_OWN = ("--side", "--old", "--new", "--budget", "--out", "--resume", "--undecided")


def command(
    sides: Sides,
    margin: float = MARGIN,
    simulated: Optional[Simulated] = None,
    sittings: int = 1,
) -> List[str]:
    """Words of a command for the shell; lines may be broken between them."""
    if sides.kind == FILES:
        return [
            "python3 -m report compare",
            *_options(sides, margin, simulated),
            *_paths(sides),
        ]
    facts = sides.facts
    words = ["KERNEL=PATH"] if sides.of_kernel else []
    if sides.kind == ALLOCATORS:
        words += [f"OLD={_of(facts, 'base', 'variant')}"]
        words.append(f"NEW={_of(facts, 'new', 'variant')}")
    else:
        base, new = _revision(facts["base"]), _new(facts["new"])
        words += [f"BASE={base}"] if base else []
        words += [new] if new else []
    if "budget_s" in facts:
        words.append(f"BUDGET={_duration(float(facts['budget_s']))}")
    if "width_percent" in facts:
        words.append(f"WIDTH={float(facts['width_percent']):g}")
    words += ["WHOLE=yes"] if _whole(facts) else []
    words += [f"SITTINGS={sittings}"] if sittings > 1 else []
    arguments = _arguments(sides.base.context["iommubench"]["arguments"])
    quoted = [_in_quotes(shlex.quote(word)) for word in arguments]
    if quoted:
        quoted[0] = f'ARGS="{quoted[0]}'
        quoted[-1] += '"'
    return ["make compare", *words, *quoted]


def _options(sides: Sides, margin: float, simulated: Optional[Simulated]) -> List[str]:
    all_sides = [sides, *([simulated.sides] if simulated else [])]
    words = ["--across-hosts"] if any(s.differences for s in all_sides) else []
    words += [f"--margin={100 * margin:g}"] if margin != MARGIN else []
    return words + (["--sim", *_paths(simulated.sides)] if simulated else [])


def _paths(sides: Sides) -> List[str]:
    return [_word(str(run.path)) for run in (sides.base, sides.new)]


def _whole(facts: Mapping[str, Any]) -> bool:
    """Whether whole trees were asked for; older files tell only what was compared."""
    trees = any(facts[side].get("what") == "tree" for side in SIDES)
    return bool(facts.get("whole", trees))


def in_lines(words: Sequence[str], columns: int, indent: str) -> List[str]:
    """The command in lines for a shell, broken between words.

    A word too long for a line is broken too: the shell takes out a backslash and the
    line break behind it, between double quotes too. What follows must not be indented.
    """
    lines = [indent + words[0]]
    for word in words[1:]:
        room = columns - len(" \\")
        if len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += " " + word
            continue
        lines[-1] += " \\"
        start = indent + "    "
        *cut, last = parts(start + word, room)
        lines += [*(part + "\\" for part in cut), last]
    return lines


def reservations(sides: Sides, margin: float = MARGIN) -> List[str]:
    """Why the command may not give what was measured; a sentence each."""
    if sides.kind == FILES:
        return [
            f"{name} was measured with: {run.command_line}"
            for name, run in (("base", sides.base), ("new", sides.new))
        ]
    said = ["PATH: the kernel tree"] if sides.of_kernel else []
    if margin != MARGIN:
        said.append(
            f"with a margin of {written(margin)}, which `make compare` cannot be given"
        )
    if sides.kind == ALLOCATORS:
        return said + ["the tree had uncommitted changes"] * sides.base.dirty
    return said + [
        f"{name} had uncommitted changes"
        for name in SIDES
        if sides.facts[name].get("dirty")
    ]


def _word(text: str) -> str:
    """A word for the shell, without quotes: it may be broken anywhere."""
    return re.sub(r"([^\w@%+=:,./-])", r"\\\1", text, flags=re.ASCII) or "''"


def _in_quotes(text: str) -> str:
    """Text as it stands between double quotes, for a shell that hands it to make."""
    return re.sub(r'([\\"`$])', r"\\\1", text.replace("$", "$$"))


def _of(facts: Mapping[str, Any], side: str, name: str) -> str:
    return _word(str(facts[side].get(name, "unknown")))


def _revision(side: Mapping[str, Any]) -> str:
    """A revision that means the same everywhere; "" for the work tree."""
    commit = str(side.get("commit", side.get("revision", "unknown")))
    return "" if commit == "work tree" else _word(commit[:12])


def _new(side: Mapping[str, Any]) -> str:
    """NEW or MBOX of `make compare`; "" for the work tree."""
    if "patches" in side:
        return f"MBOX={_word(str(side['revision']))}"
    new = _revision(side)
    return f"NEW={new}" if new else ""


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
