# SPDX-License-Identifier: GPL-2.0-or-later
"""Turns a results file into a Run, and refuses what is not valid."""

import gzip
import json
import math
import zlib
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

from report import ReportError
from report.read.cell import Cell
from report.read.consistency import check_locks, check_profile
from report.read.format1 import upgraded
from report.read.old_names import renewed
from report.read.run import Cost, Histogram, Host, Kernel, Run, Sample, Thread
from report.read.schema import fault
from report.read.simulator import Simulator, simulator_of

FORMAT = 2

# Numbers that say which sample it is, not what it measured.
_BOOKKEEPING = frozenset(
    "family_index per_family_instance_index repetitions repetition_index threads order"
    " seed error_occurred layout block".split()
)


def load_run(path: Path, check: bool = True) -> Run:
    """The run in a results file; ReportError if it cannot be read or is not valid.

    The file may be compressed with gzip. Without `check` it is not checked against the
    schema: for files that iommubench wrote a moment ago and that are read repeatedly.
    """
    return run_of(read_document(path), path, check)


def run_of(document: Any, path: Path, check: bool = True) -> Run:
    """The run in a document that was read from `path`; ReportError if not valid."""
    _check_kind(document, path)
    if format_of(document) == 1:
        document = upgraded(document)
    document = renewed(document)
    if check:
        _check_schema(document, path)
    simulator = simulator_of(document["context"]["iommubench"])
    entries = int(document["context"]["iommubench"]["entries"])
    samples = []
    for index, entry in enumerate(document["benchmarks"]):
        try:
            samples.append(_sample(entry, entries))
            check_profile(samples[-1], simulator)
        except ValueError as error:
            raise _invalid(path, f"benchmarks[{index}]", str(error)) from None
    return _run(path, document["context"], simulator, samples)


def _invalid(path: Path, where: str, what: str) -> ReportError:
    return ReportError(
        f"{path}: {where}: {what}; results/README.md describes the format"
    )


def read_document(path: Path) -> Any:
    """The JSON in a file, of whatever kind; ReportError if it is not valid JSON."""

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
        # A number this long may be more than a figure can hold.
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
            f"{path}: not valid JSON: {error}; is it a results file, and complete?"
        ) from None


def _text(path: Path) -> str:
    """The text of a file, which may be compressed with gzip."""
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
    """Refuse what is not a results file, or has another format, before any detail."""
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


def _sample(entry: Mapping[str, Any], entries: int) -> Sample:
    """A sample of a document that fits the schema; ValueError if its parts disagree.

    `entries` are those of the run, for cells whose names do not tell.
    """
    cell = Cell.parse(entry["name"])
    if not cell.entries:
        cell = cell.with_entries(entries)
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
    check_locks(figures, histograms, entry.get("locks", ()))
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
            cpu_revision=host.get("cpu_revision", ""),
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
        kernel=Kernel(**ours["kernel"]) if "kernel" in ours else None,
    )
