# SPDX-License-Identifier: GPL-2.0-or-later
"""Which figures of a run go into the store: pure, without any database."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Dict, List, Mapping, Tuple

from report import ReportError
from report.read import lock_passes
from report.read.figures import figure, is_taken_from
from report.read.run import Run, Sample
from report.text.median import Interval, median_interval


@dataclass(frozen=True)
class Figure:
    """A figure of a cell in one run; the words are those of model.Series."""

    cell: str
    pass_name: str
    name: str
    setup: str
    exact: bool
    interval: Interval


def figures_of(run: Run) -> List[Figure]:
    """All figures of a run, by cell, pass and name; failed samples have none."""
    samples: Dict[Tuple[str, str], List[Sample]] = defaultdict(list)
    sizes = {str(sample.cell): sample.cell.size for sample in run.samples}
    for sample in lock_passes.told(run.samples):
        if not sample.failed:
            samples[str(sample.cell), sample.pass_name].append(sample)
    result = []
    for cell, pass_name in sorted(samples):
        values: Dict[str, List[float]] = defaultdict(list)
        for sample in samples[cell, pass_name]:
            for name, value in sample.figures.items():
                if is_kept(name, pass_name):
                    values[name].append(value)
        for name in sorted(values):
            result.append(
                Figure(
                    cell=cell,
                    pass_name=pass_name,
                    name=name,
                    setup=setup_of(_ours(run), sizes[cell]),
                    exact=_is_exact(run, pass_name, name),
                    interval=_interval(values[name], pass_name),
                )
            )
    return result


def _interval(values: List[float], pass_name: str) -> Interval:
    """The median with its interval; of seeds with the range of all of them."""
    found = median_interval(values)
    if pass_name != "sim":
        return found
    return replace(found, low=min(values), high=max(values))


def is_kept(name: str, pass_name: str) -> bool:
    """Whether a figure of samples of that pass goes into the store."""
    return figure(name).history != "none" and is_taken_from(name, pass_name)


def kind_of(run: Run) -> str:
    """ "sim", "audit" or "native"."""
    if run.simulator:
        return "sim"
    return "audit" if _ours(run).get("audit") else "native"


def start_of(run: Run) -> int:
    """When the run began, in seconds since 1970."""
    try:
        return int(datetime.fromisoformat(run.date.replace("Z", "+00:00")).timestamp())
    except (ValueError, OverflowError) as error:
        raise ReportError(
            f"{run.path}: context.date: {run.date!r} is not a time: {error};"
            " it was not written by iommubench"
        ) from None


def _ours(run: Run) -> Mapping[str, Any]:
    ours: Mapping[str, Any] = run.context["iommubench"]
    return ours


def is_comparison(ours: Mapping[str, Any]) -> bool:
    """Whether a context.iommubench is of a comparison: no points of a history."""
    return "comparison" in ours


def setup_of(ours: Mapping[str, Any], entries: int) -> str:
    """What figures of a run with this context.iommubench depend on besides the cell.

    `entries` are those of the cell's table.

    Runs must not be mixed over it. The length of a native interval is of it, as counts
    and the longest times grow with it; so are the repetitions of a simulation, each of
    which has a seed of its own. What was measured depends on the CPU's stepping and
    microcode too: where they are not recorded, nobody knows that they were the same.
    """
    words = [f"entries:{entries}"]
    seconds, seed = f"seconds:{float(ours['seconds']):g}", f"seed:{int(ours['seed'])}"
    audit = ours.get("audit") or {}
    if ours.get("simulator"):
        rounds = f"rounds:{int(ours['simulator']['rounds'])}"
        words += [seconds if ours["seconds"] else rounds, seed]
        words += [f"repetitions:{int(ours['repetitions'])}"]
    elif audit:
        words += [seed]
        words += [f"{name}:{value}" for name, value in sorted(audit.items())]
    else:
        words += [seconds, *_revision(ours)]
    return " ".join(words)


def _revision(ours: Mapping[str, Any]) -> List[str]:
    """The CPU's stepping and microcode as a word; none where they were not recorded."""
    text = str(ours.get("host", {}).get("cpu_revision", ""))
    parts = (part.strip().replace(" ", "=") for part in text.split(","))
    return [f"cpu:{','.join(parts)}"] if text else []


def _is_exact(run: Run, pass_name: str, name: str) -> bool:
    """Whether the same program gives the same figure each time."""
    if pass_name == "audit":
        return bool(_ours(run).get("audit", {}).get("threads") == 1)
    if pass_name == "counters":
        counted = _ours(run).get("counters", {}).get("requested") == "count"
        return counted and name == "instructions"
    return pass_name == "sim"
