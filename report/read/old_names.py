# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads names that results had before those of today, and says so."""

import re
import sys
from functools import lru_cache
from typing import Any, Dict

_LOCK = re.compile(r"/lock:mcs(?=/)")
_ALLOCATOR = re.compile(r"((?:sim/[^/]+/|audit/)?[a-z][a-z0-9_-]*/)advance(?=/pools:)")
_VARIANT = re.compile(r"()advance(?=/pools:)")
_RENAMED = (
    (_LOCK, "/lock:queued", "the lock 'mcs' is read as 'queued', its name today"),
    (
        _ALLOCATOR,
        r"\1gart",
        "the allocator 'advance' is read as 'gart', its name today; it took its lock"
        " once a map where gart takes it twice",
    ),
)


def renewed(document: Any) -> Any:
    """The document with today's names in its cells. What does not look like a results
    file is left as it is, for the schema to complain of."""
    samples = document.get("benchmarks")
    ours = document["context"]["iommubench"]
    if not isinstance(samples, list):
        return document
    parts: Dict[str, Any] = {}
    if isinstance(ours.get("omitted"), list):
        parts["omitted"] = [_in(entry, "cell") for entry in ours["omitted"]]
    comparison = ours.get("comparison")
    if isinstance(comparison, dict):
        parts["comparison"] = {
            key: _side(value) if key in ("base", "new") else value
            for key, value in comparison.items()
        }
    return {
        **document,
        "context": {**document["context"], "iommubench": {**ours, **parts}},
        "benchmarks": [_in(sample, "name", "run_name") for sample in samples],
    }


def _in(entry: Any, *keys: str) -> Any:
    """An object with the cell names renewed that these keys have."""
    if not isinstance(entry, dict):
        return entry
    return {
        key: _cell(value) if key in keys and isinstance(value, str) else value
        for key, value in entry.items()
    }


def _side(side: Any) -> Any:
    if not isinstance(side, dict) or not isinstance(side.get("variant"), str):
        return side
    return {**side, "variant": _VARIANT.sub("gart", side["variant"])}


def _cell(name: str) -> str:
    for pattern, today, word in _RENAMED:
        name, count = pattern.subn(today, name, count=1)
        if count:
            _say(word)
    return name


@lru_cache(maxsize=None)
def _say(word: str) -> None:
    """One line on stderr, once."""
    print(f"report: {word}", file=sys.stderr)
