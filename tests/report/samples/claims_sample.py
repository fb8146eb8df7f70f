# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes runs whose claims have known answers. Every figure in them is invented."""

import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Dict, List, Optional, Sequence

import numpy as np

import results_sample as invent
from report.claims.case import Answer, Case, Finding
from report.claims.data import Data, gather
from report.read.cell import Cell
from report.read.load import load_run
from report.read.run import Run, Sample

MARGIN = 0.05
SIM = "sun4v-t5-2"
PSYCHO = "mmio:16,150,600"


def cell(
    variant: str,
    profile: Optional[str] = None,
    cpus: int = 1,
    occupancy: float = 5,
    think: int = 0,
    flush: str = PSYCHO,
    workload: str = "ring",
) -> Cell:
    """A cell of that variant."""
    allocator, _, pools = variant.partition("/pools:")
    return Cell(
        workload=workload,
        allocator=allocator,
        pools=int(pools),
        cpus=cpus,
        flush=flush,
        occupancy=f"{occupancy:g}",
        lock="tas",
        think=str(think),
        profile=profile,
    )


def samples(
    where: Cell,
    time_ns: float = 100.0,
    noise: float = 0.0,
    number: float = 15,
    seeds: float = 4,
    **figures: float,
) -> List[Sample]:
    """Samples of a cell with times that scatter by that much; others are as given.

    A native cell has lock statistics, in samples of their own, if these are given.
    """
    rng = np.random.default_rng(zlib.crc32(str(where).encode()))
    result = []
    for index in range(int(seeds if where.profile else number)):
        time = time_ns * float(np.exp(noise * rng.standard_normal()))
        measured: Dict[str, float] = {
            "iterations": 100000,
            "real_time": time,
            "ops_per_second": 1e9 * where.cpus / time,
            "flushes_per_kop": 0.1,
            "flush_ns_mean": 3000.0,
            "alloc_failures": 0,
            "fallback_pool_share": 0.0,
            **figures,
        }
        kind = "sim" if where.profile else "timing"
        result.append(Sample(where, kind, index, index, index, measured))
    if not where.profile and "contentions" in figures:
        result += [replace(sample, pass_name="locks") for sample in result[:4]]
    return result


def run_of(directory: Path, taken: Sequence[Sample], name: str = "run.json") -> Run:
    """A run that has these samples, on the invented host."""
    path = directory / name
    if not path.exists():
        document = invent.document(invent.samples(["ring"], ["ppc/pools:4"], (1,), 1))
        path.write_text(json.dumps(document), encoding="utf-8")
    return replace(load_run(path), samples=tuple(taken))


def data_of(directory: Path, *taken: Sequence[Sample]) -> Data:
    """One run with all of these."""
    return gather([run_of(directory, [sample for group in taken for sample in group])])


def only(finding: Finding) -> Case:
    """The one case of a finding."""
    assert len(finding.cases) == 1
    return finding.cases[0]


def answers(finding: Finding) -> List[Answer]:
    """The answers of its cases."""
    return [case.answer for case in finding.cases]
