# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes results files of comparisons for tests. Every figure in them is invented."""

import json
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence

import numpy as np

import results_sample as invent
from comparison_data import NOISY, Machine, cell

Document = Dict[str, Any]

REVISIONS: Document = {
    "kind": "revisions",
    "base": {
        "revision": "HEAD~1",
        "commit": "1" * 40,
        "subject": "pooled: search from the hint",
        "dirty": False,
        "what": "sources",
        "programs": ["1" * 16] * 3,
    },
    "new": {
        "revision": "HEAD",
        "commit": "2" * 40,
        "subject": "pooled: look twice",
        "dirty": False,
        "what": "sources",
        "programs": ["2" * 16] * 3,
    },
    "layouts": 3,
    "budget_s": 300,
}
ALLOCATORS: Document = {
    "kind": "allocators",
    "base": {"variant": "sun4u/pools:1", "programs": ["3" * 16] * 3},
    "new": {"variant": "pooled/pools:1", "programs": ["3" * 16] * 3},
    "layouts": 3,
    "budget_s": 90,
}


def with_sides(
    changes: Mapping[str, float],
    *,
    blocks: int = 30,
    machine: Machine = NOISY,
    seed: int = 1,
    comparison: Optional[Document] = None,
) -> Document:
    """A comparison whose new side takes 1 + change as long, by base's cell name."""
    facts = comparison or REVISIONS
    rng = np.random.default_rng(seed)
    benchmarks: List[Document] = []
    for name, change in changes.items():
        names = [name, name]
        if facts["kind"] == "allocators":
            names[1] = name.replace(facts["base"]["variant"], facts["new"]["variant"])
        sides = cell(rng, machine, blocks, change, facts["layouts"])
        for side, of in enumerate(sides):
            for each in of:
                sample = invent.sample(
                    names[side], each.value, len(benchmarks), each.block
                )
                sample.update(
                    side=("base", "new")[side], layout=each.layout, block=each.block
                )
                benchmarks.append(sample)
    document = invent.document(benchmarks)
    ours = document["context"]["iommubench"]
    ours["comparison"] = facts
    ours["arguments"] = ["--side", "base=b", "--workloads", "ring"]
    return document


def one_side(
    names: Sequence[str], factor: float = 1.0, repetitions: int = 12, seed: int = 1
) -> Document:
    """An ordinary run of these cells."""
    rng = np.random.default_rng(seed)
    benchmarks = [
        invent.sample(name, 50 * factor * rng.lognormal(0, 0.01), 0, repetition)
        for repetition in range(repetitions)
        for name in names
    ]
    for order, sample in enumerate(benchmarks):
        sample["order"] = order
    return invent.document(benchmarks)


def saved(folder: Path, name: str, document: Document) -> Path:
    """The document as a file."""
    path = folder / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
