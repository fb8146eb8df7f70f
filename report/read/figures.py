# SPDX-License-Identifier: GPL-2.0-or-later
"""The figures of samples: what results/figures.json, their one list, says of each."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

from report import ReportError

FIGURES_PATH = (
    Path(__file__).resolve().parent.parent.parent / "results" / "figures.json"
)

_BETTER = {"more": 1, "less": -1, "neither": 0}
_HISTORY = ("page", "store", "none")


@dataclass(frozen=True)
class Figure:
    """A figure of results/README.md.

    A value in a sample is in `unit`; times `scale` it is in `shown_unit`. `title` is a
    phrase, `heading` the head of a column. `better` is 1 where more is better, -1 where
    less is, 0 where neither is. `passes` are those it is taken from; it may stand in
    samples of others. `history` says whether the store keeps it ("store") and whether
    it has pages too ("page"). `watched`: a change in noisy samples is worth an alert.
    `repeats` is the figure that it says again. `clocked`: a time of which nothing is
    known below the clock's step. Its values are at least `minimum` and, unless that is
    None, at most `maximum`, and whole numbers if it is an `integer`. `old_name` is what
    format 1 called it, if that differs.
    """

    name: str
    title: str
    unit: str = ""
    meaning: str = ""
    heading: str = ""
    scale: float = 1.0
    shown_unit: str = ""
    better: int = 0
    passes: Tuple[str, ...] = ()
    history: str = "page"
    watched: bool = False
    repeats: Optional[str] = None
    clocked: bool = False
    integer: bool = False
    minimum: float = 0
    maximum: Optional[float] = None
    old_name: Optional[str] = None


@lru_cache(maxsize=None)
def figures() -> Mapping[str, Figure]:
    """All figures by name, in the order in which they are shown."""
    return figures_of(FIGURES_PATH)


def figure(name: str) -> Figure:
    """The figure of that name. One that is not listed, as of an event that was asked
    for, is called by its name, kept and shown, but not watched."""
    return figures().get(name) or Figure(name, name, heading=name)


def is_taken_from(name: str, pass_name: str) -> bool:
    """Whether the figure, where it stands in a sample of that pass, is to be believed.

    Most of what a pass measures beside its own figures it has slowed down.
    """
    listed = figures().get(name)
    return listed is None or pass_name in listed.passes


def in_order(name: str) -> Tuple[int, str]:
    """Sort key of figures: as they are listed, others behind them by name."""
    places = _places()
    return places.get(name, len(places)), name


@lru_cache(maxsize=None)
def names_since_format_1() -> Dict[str, str]:
    """What format 1 called a figure -> what it is called now."""
    return {
        each.old_name: each.name
        for each in figures().values()
        if each.old_name is not None
    }


@lru_cache(maxsize=None)
def _places() -> Mapping[str, int]:
    return {name: place for place, name in enumerate(figures())}


def figures_of(path: Path) -> Mapping[str, Figure]:
    """The figures that a file lists; ReportError if it is not such a list."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["figures"]
    except OSError as error:
        raise ReportError(
            f"{path}: {error.strerror}; it comes with iommubench: install that again"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise ReportError(f"{path}: not a list of figures") from None
    found: Dict[str, Figure] = {}
    for place, entry in enumerate(entries):
        try:
            each = _figure(entry)
        except (KeyError, TypeError, ValueError) as error:
            what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise ReportError(f"{path}: figures[{place}]: {what}") from None
        if each.name in found:
            raise ReportError(f"{path}: figures[{place}]: {each.name} is listed twice")
        found[each.name] = each
    return found


def _figure(entry: Mapping[str, Any]) -> Figure:
    if entry["better"] not in _BETTER:
        raise ValueError(f"better: {entry['better']!r} is none of {', '.join(_BETTER)}")
    if entry["history"] not in _HISTORY:
        raise ValueError(
            f"history: {entry['history']!r} is none of {', '.join(_HISTORY)}"
        )
    return Figure(
        name=entry["name"],
        title=entry["title"],
        unit=entry["unit"],
        meaning=entry["meaning"],
        heading=_in_one_line(entry["heads"]),
        scale=float(entry.get("scale", 1)),
        shown_unit=entry.get("shown_unit", entry["unit"]),
        better=_BETTER[entry["better"]],
        passes=tuple(entry["passes"]),
        history=entry["history"],
        watched=entry["watched"],
        repeats=entry.get("repeats"),
        clocked=entry.get("clocked", False),
        integer=entry.get("integer", False),
        minimum=entry.get("minimum", 0),
        maximum=entry.get("maximum"),
        old_name=entry.get("format1"),
    )


def _in_one_line(heads: Sequence[str]) -> str:
    """The lines of a column's head as one; a word that was divided is one again."""
    line = ""
    for head in heads:
        line = line[:-1] + head if line.endswith("-") else f"{line} {head}".lstrip()
    return line
