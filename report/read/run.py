# SPDX-License-Identifier: GPL-2.0-or-later
"""What a results file holds: a run, its host, its samples and their threads."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, List, Mapping, Optional, Tuple

from report.read.cell import Cell
from report.read.simulator import Simulator

NOT_RECORDED = "not recorded"


@dataclass(frozen=True)
class Thread:
    """What one thread of a sample did; None where the host does not tell.

    `counters` are its own counts over its interval, of the pass "counters" only.
    """

    cpu: int
    os_cpu: int
    ops: int
    seconds: float
    migrated: bool
    involuntary_switches: Optional[int] = None
    descheduled_ns: Optional[float] = None
    counters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Histogram:
    """Times as recorded, one of `lock_sample`.

    `buckets` are (shortest time in ns, times in it) by rising time; `overflow` times
    were longer than any bucket takes, and are in `count`.
    """

    count: int
    overflow: int
    buckets: Tuple[Tuple[float, int], ...]


@dataclass(frozen=True)
class Sample:
    """One measurement of one cell by one pass.

    `figures` holds every measured number under its name and in its unit in the file
    (real_time, ops_per_second, ...); it is empty in a failed sample, whose `error`
    says what happened. `order` is its sequence number in the run. `histograms` (hold,
    wait, hold_flush) and `locks`, as in the file, are of the passes "locks" and "sim"
    only. The pass "sim" has the figures of all others at once. `side` ("base" or
    "new"), `layout` (which program of its side) and `block` (taken one right
    after the other) are those of a comparison's samples, else None.
    """

    cell: Cell
    pass_name: str
    order: int
    repetition_index: int
    seed: int
    figures: Mapping[str, float]
    threads: Tuple[Thread, ...] = ()
    error: Optional[str] = None
    histograms: Mapping[str, Histogram] = field(default_factory=dict, repr=False)
    locks: Tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    side: Optional[str] = None
    layout: Optional[int] = None
    block: Optional[int] = None

    @property
    def failed(self) -> bool:
        """Whether there is no measurement: skip it and count it."""
        return self.error is not None

    @property
    def noisy(self) -> bool:
        """Whether the harness flagged it; flagged samples are kept and counted."""
        return self.figures.get("noisy", 0) != 0


@dataclass(frozen=True)
class Host:
    """The machine of a run; text that could not be found out is "unknown".

    `cpu_revision` tells CPUs of one model name apart; "" where it was not recorded.
    """

    name: str
    arch: str
    kernel: str
    cpu_model: str
    virtualisation: str
    governor: str
    smt: str
    aslr: str
    topology: Mapping[str, int]
    cpu_order: Tuple[int, ...]
    cpu_revision: str = ""

    @property
    def revision_text(self) -> str:
        """cpu_revision, or that there is none."""
        return self.cpu_revision or NOT_RECORDED


@dataclass(frozen=True)
class Cost:
    """A calibrated delay, in ns: asked for and measured."""

    requested_ns: float
    achieved_ns: float


@dataclass(frozen=True)
class Kernel:
    """The kernel tree whose allocators, k-NAME, a run measured.

    `version` is its own word, `hash` that of the files that were measured.
    """

    version: str
    commit: str
    dirty: bool
    hash: str


@dataclass(frozen=True)
class Run:
    """All samples of one invocation, and what is known of it.

    `flush_models` is by the MODEL of the cell name, without those that never flush;
    `think_times` by requested ns; `omitted` by cell name and `absent_counters` by the
    counter's, with the reason. `entries` are those of cells whose names tell none.
    `seconds` is the length of an interval, `clock_step_ns` the smallest step of the
    clock. Samples of different passes bear the same cell names. `simulator` is None in
    native runs, `kernel` where no kernel tree was measured. `context` is the file's
    whole context, for what has no field here.
    """

    path: Path
    date: str
    host: Host
    version: str
    commit: str
    dirty: bool
    compiler: str
    cflags: str
    command_line: str
    complete: bool
    planned_samples: int
    entries: int
    seed: int
    seconds: float
    repetitions: int
    clock_step_ns: float
    flush_models: Mapping[str, Cost]
    think_times: Mapping[float, Cost]
    omitted: Mapping[str, str]
    absent_counters: Mapping[str, str]
    simulator: Optional[Simulator]
    samples: Tuple[Sample, ...]
    context: Mapping[str, Any] = field(repr=False)
    kernel: Optional[Kernel] = None

    @property
    def sizes(self) -> str:
        """The entries of all tables, in words: "8192", "8192 and 262144"."""
        sizes = sorted({sample.cell.size for sample in self.samples}) or [self.entries]
        return " and ".join(map(str, sizes))

    def of_pass(self, pass_name: str) -> List[Sample]:
        """The samples of one pass, without those of audits."""
        return [
            sample
            for sample in self.samples
            if sample.pass_name == pass_name and not sample.cell.audit
        ]
