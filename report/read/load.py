# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads and checks a results file (results/README.md, results/schema.json)."""

import gzip
import json
import math
import re
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

from report import ReportError
from report.read.format1 import upgraded
from report.read.schema import fault
from report.read.simulator import Simulator, simulator_of

FORMAT = 2

_CELL = re.compile(
    r"(?:sim/(?P<profile>[A-Za-z0-9_.+-]+)/|(?P<audit>audit)/)?"
    r"(?P<workload>[a-z][a-z0-9_-]*)/(?P<allocator>[a-z][a-z0-9_-]*)"
    r"/pools:(?P<pools>[1-9][0-9]*)/cpus:(?P<cpus>[1-9][0-9]*)"
    r"/flush:(?P<flush>[A-Za-z0-9_.:,+-]+)"
    r"/occupancy:(?P<occupancy>(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)"
    r"/lock:(?P<lock>[a-z][a-z0-9_-]*)/think:(?P<think>0|[1-9][0-9]*)"
)

# Numbers that say which sample it is, not what it measured.
_BOOKKEEPING = frozenset(
    "family_index per_family_instance_index repetitions repetition_index threads order"
    " seed error_occurred layout block".split()
)


@dataclass(frozen=True)
class Cell:
    """One combination of everything in a cell name.

    `profile` is set for simulated cells only; `occupancy` is in percent and `think` in
    ns, both as written in the name.
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
        )

    @property
    def variant(self) -> str:
        """The allocator and its pools, as in the cell name: ALLOCATOR/pools:P."""
        return f"{self.allocator}/pools:{self.pools}"

    def __str__(self) -> str:
        prefix = f"sim/{self.profile}/" if self.profile else ""
        prefix += "audit/" if self.audit else ""
        return (
            f"{prefix}{self.workload}/{self.variant}/cpus:{self.cpus}"
            f"/flush:{self.flush}/occupancy:{self.occupancy}"
            f"/lock:{self.lock}/think:{self.think}"
        )


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
    """The machine of a run; text that could not be found out is "unknown"."""

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


@dataclass(frozen=True)
class Cost:
    """A calibrated delay, in ns: asked for and measured."""

    requested_ns: float
    achieved_ns: float


@dataclass(frozen=True)
class Run:
    """All samples of one invocation, and what is known of it.

    `flush_models` is by the MODEL of the cell name, without those that never flush;
    `think_times` by requested ns; `omitted` by cell name and `absent_counters` by the
    counter's, with the reason. `seconds` is the length of an interval, `clock_step_ns`
    the smallest step of the clock. Samples of different passes bear the same cell
    names. `simulator` is None in native runs. `context` is the file's whole context,
    for what has no field here.
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

    def of_pass(self, pass_name: str) -> List[Sample]:
        """The samples of one pass, without those of audits."""
        return [
            sample
            for sample in self.samples
            if sample.pass_name == pass_name and not sample.cell.audit
        ]


def load_run(path: Path, check: bool = True) -> Run:
    """The run in a results file; ReportError if it cannot be read or is not valid.

    The file may have been made smaller with gzip. Without `check` it is not held
    against the schema: for files that iommubench wrote a moment ago and that are read
    again and again.
    """
    return run_of(read_document(path), path, check)


def run_of(document: Any, path: Path, check: bool = True) -> Run:
    """The run in a document that was read from `path`; ReportError if not valid."""
    _check_kind(document, path)
    if format_of(document) == 1:
        document = upgraded(document)
    if check:
        _check_schema(document, path)
    simulator = simulator_of(document["context"]["iommubench"])
    samples = []
    for index, entry in enumerate(document["benchmarks"]):
        try:
            samples.append(_sample(entry))
            _check_profile(samples[-1], simulator)
        except ValueError as error:
            raise _invalid(path, f"benchmarks[{index}]", str(error)) from None
    return _run(path, document["context"], simulator, samples)


def _invalid(path: Path, where: str, what: str) -> ReportError:
    return ReportError(
        f"{path}: {where}: {what}; mend what wrote it (see results/README.md)"
    )


def read_document(path: Path) -> Any:
    """The JSON in a file, whatever it is; ReportError if it is none."""

    def only_once(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
        result = dict(pairs)
        if len(result) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise ValueError(f"key {twice!r} occurs twice in one object")
        return result

    def finite(text: str) -> float:
        if not math.isfinite(float(text)):
            raise ValueError(f"{text[:40]} is not a finite number")
        return float(text)

    def whole(text: str) -> int:
        # As long as this it may be more than a figure can hold.
        if len(text) > 300:
            finite(text)
        return int(text)

    try:
        return json.loads(
            _text(path),
            object_pairs_hook=only_once,
            parse_constant=finite,
            parse_float=finite,
            parse_int=whole,
        )
    except OSError as error:
        raise ReportError(
            f"{path}: {error.strerror}; give a file that `iommubench run --out` wrote"
        ) from None
    except (ValueError, RecursionError) as error:
        raise ReportError(
            f"{path}: not valid JSON: {error}; is it a results file, and all of it?"
        ) from None


def _text(path: Path) -> str:
    """What is in a file, or in a file that gzip has made smaller."""
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(f"not valid gzip: {error}") from None
    return raw.decode("utf-8")


def format_of(document: Any) -> Any:
    """The format a document says it has; None if it is not of iommubench at all."""
    try:
        return document["context"]["iommubench"]["format"]
    except (KeyError, TypeError, IndexError):
        return None


def _check_kind(document: Any, path: Path) -> None:
    """Refuse what is no results file, or of another format, before any detail."""
    version = format_of(document)
    if version is None:
        raise ReportError(
            f"{path}: no context.iommubench.format: not written by iommubench;"
            " give a file that `iommubench run --out` wrote"
        )
    if version not in (1, FORMAT) or isinstance(version, bool):
        raise ReportError(
            f"{path}: context.iommubench.format: is {version!r}, this report reads"
            f" 1 and {FORMAT}; use the report of the iommubench that wrote it"
        )


def _check_schema(document: Any, path: Path) -> None:
    found = fault(document)
    if found:
        raise _invalid(path, *found)


def _sample(entry: Mapping[str, Any]) -> Sample:
    """A sample of a document that fits the schema; ValueError if its parts disagree."""
    cell = Cell.parse(entry["name"])
    if entry["run_name"] != entry["name"]:
        raise ValueError("run_name is not the name")
    error = entry["error_message"] if entry.get("error_occurred") else None
    threads = tuple(Thread(**thread) for thread in entry.get("per_thread", ()))
    if not cell.audit and "per_thread" in entry and len(threads) != cell.cpus:
        raise ValueError(f"per_thread has {len(threads)}, the name says {cell.cpus}")
    histograms = {
        name: _histogram(name, value)
        for name, value in entry.get("histograms", {}).items()
    }
    figures = {
        name: float(value)
        for name, value in entry.items()
        if isinstance(value, (int, float)) and name not in _BOOKKEEPING
    }
    if histograms:
        _check_locks(figures, histograms, entry["locks"])
    return Sample(
        cell=cell,
        pass_name=entry["pass"],
        order=int(entry["order"]),
        repetition_index=int(entry["repetition_index"]),
        seed=int(entry["seed"]),
        figures={} if error is not None else figures,
        threads=threads,
        error=error,
        histograms=histograms,
        locks=tuple(entry.get("locks", ())),
        side=entry.get("side"),
        layout=entry.get("layout"),
        block=entry.get("block"),
    )


def _histogram(name: str, entry: Mapping[str, Any]) -> Histogram:
    """A histogram; ValueError if its parts disagree."""
    buckets = tuple((float(low), int(count)) for low, count in entry["buckets"])
    held = int(entry["overflow"]) + sum(count for _, count in buckets)
    if held != entry["count"]:
        raise ValueError(
            f"histograms.{name} has {held} times, its count says"
            f" {entry['count']:.0f}"
        )
    if any(low >= high for (low, _), (high, _) in zip(buckets, buckets[1:])):
        raise ValueError(f"histograms.{name}: buckets are not in rising order")
    return Histogram(int(entry["count"]), int(entry["overflow"]), buckets)


def _check_locks(
    figures: Mapping[str, float],
    histograms: Mapping[str, Histogram],
    locks: List[Mapping[str, Any]],
) -> None:
    """ValueError if counts, histograms and locks of a sample disagree."""
    for name, histogram in (
        ("acquisitions", "hold"),
        ("contentions", "wait"),
        ("hold_flushes", "hold_flush"),
    ):
        recorded = histograms[histogram].count * figures["lock_sample"]
        said = figures.get(name, 0)
        # The scale is written with 12 digits, the counts are rounded.
        exact = figures["lock_sample"] == 1
        if abs(recorded - said) > (0 if exact else 1 + 1e-6 * said):
            raise ValueError(
                f"{name} is {said:.0f}, histograms.{histogram} has {recorded:.0f}"
                " with lock_sample"
            )
    holds = dict(histograms["hold"].buckets)
    for low, count in histograms["hold_flush"].buckets:
        if count > holds.get(low, 0):
            raise ValueError(f"histograms.hold lacks times of hold_flush at {low} ns")
    for name in ("acquisitions", "contentions", "con_bounces", "acq_bounces"):
        together = sum(lock[name] for lock in locks)
        # Each is rounded where a part was recorded.
        if abs(together - figures[name]) > (figures["lock_sample"] != 1) * len(locks):
            raise ValueError(
                f"{name} is {figures[name]:.0f}, locks have {together:.0f} together"
            )
    for name, most in (
        ("contentions", "acquisitions"),
        ("con_bounces", "contentions"),
        ("con_bounces", "acq_bounces"),
        ("acq_bounces", "acquisitions"),
        ("hold_flushes", "acquisitions"),
    ):
        if figures.get(name, 0) > figures[most]:
            raise ValueError(f"{name} is more than {most}")


def _check_profile(sample: Sample, simulator: Optional[Simulator]) -> None:
    """ValueError if a sample of the pass "sim" is not of the file's simulator."""
    if sample.pass_name != "sim":
        return
    if not simulator:
        raise ValueError("is of the pass sim, but there is no simulator in the context")
    if sample.cell.profile != simulator.profile:
        raise ValueError(
            f"is of profile {sample.cell.profile}, simulator.profile in the context"
            f" is {simulator.profile}"
        )


def _run(
    path: Path,
    context: Mapping[str, Any],
    simulator: Optional[Simulator],
    samples: List[Sample],
) -> Run:
    """The run of a context that fits the schema."""
    ours = context["iommubench"]
    host = ours["host"]

    def cost(entry: Mapping[str, float]) -> Cost:
        return Cost(float(entry["requested_ns"]), float(entry["achieved_ns"]))

    return Run(
        path=path,
        date=context["date"],
        host=Host(
            name=host["name"],
            arch=host["arch"],
            kernel=host["kernel"],
            cpu_model=host["cpu_model"],
            virtualisation=host["virtualisation"],
            governor=host["governor"],
            smt=host["smt"],
            aslr=host["aslr"],
            topology=host["topology"],
            cpu_order=tuple(host["cpu_order"]),
        ),
        version=ours["version"],
        commit=ours["commit"],
        dirty=ours["dirty"],
        compiler=ours["compiler"],
        cflags=ours["cflags"],
        command_line=ours["command_line"],
        complete=ours["complete"],
        planned_samples=int(ours["planned_samples"]),
        entries=int(ours["entries"]),
        seed=int(ours["seed"]),
        seconds=float(ours["seconds"]),
        repetitions=int(ours["repetitions"]),
        clock_step_ns=float(ours["clock"]["step_ns"]),
        flush_models={
            entry["name"]: cost(entry)
            for entry in ours["flush_models"]
            if entry["achieved_ns"] is not None and entry["requested_ns"] is not None
        },
        think_times={
            float(entry["requested_ns"]): cost(entry) for entry in ours["think_times"]
        },
        omitted={entry["cell"]: entry["reason"] for entry in ours["omitted"]},
        absent_counters={
            entry["name"]: entry["reason"]
            for entry in ours.get("counters", {}).get("absent", ())
        },
        simulator=simulator,
        samples=tuple(samples),
        context=context,
    )
