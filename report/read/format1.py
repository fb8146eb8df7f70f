# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads results of format 1 as those of format 2: the same figures by other names."""

from typing import Any, Dict

from report.read.figures import names_since_format_1

# What format 2 calls the keys of a sample's threads.
_NEW_THREAD_NAMES = {"pairs": "ops"}


def upgraded(document: Any) -> Any:
    """The document in format 2. What does not look like format 1 is left as it is, for
    the schema to complain of."""
    samples = document.get("benchmarks")
    if not isinstance(samples, list):
        return document
    context = document["context"]
    ours = {**context["iommubench"], "format": 2}
    return {
        **document,
        "context": {**context, "iommubench": ours},
        "benchmarks": [_sample(sample) for sample in samples],
    }


def _sample(sample: Any) -> Any:
    if not isinstance(sample, dict):
        return sample
    new = _renamed(sample, names_since_format_1())
    threads = new.get("per_thread")
    if isinstance(threads, list):
        new["per_thread"] = [
            _renamed(t, _NEW_THREAD_NAMES) if isinstance(t, dict) else t
            for t in threads
        ]
    return new


def _renamed(old: Dict[str, Any], names: Dict[str, str]) -> Dict[str, Any]:
    # A new name in an old file would be overwritten by the old one: keep both instead.
    return {
        names[key] if key in names and names[key] not in old else key: value
        for key, value in old.items()
    }
