# SPDX-License-Identifier: GPL-2.0-or-later
"""What the page says of where its figures come from, and of what is missing."""

from typing import Dict, List, Sequence, Tuple

from report.claims.case import NATIVE, Finding
from report.claims.data import Data
from report.claims.document import Block, Heading, Items, Text, Verbatim
from report.read.run import Sample


def native_samples(data: Data) -> List[Sample]:
    """The good samples that were measured."""
    return [
        sample
        for run in data.runs
        for sample in run.samples
        if not sample.failed and sample.pass_name != "sim"
    ]


def missing(data: Data, findings: Sequence[Finding]) -> List[Block]:
    """What was not measured, or failed."""
    texts = []
    for run in data.runs:
        if not run.complete:
            texts.append(
                f"{run.path.name}: incomplete, {len(run.samples)} of"
                f" {run.planned_samples} planned samples."
            )
        reasons: Dict[str, int] = {}
        for reason in run.omitted.values():
            reasons[reason] = reasons.get(reason, 0) + 1
        texts += [
            f"{run.path.name}: {n} cells left out: {why}." for why, n in reasons.items()
        ]
        failed = [sample for sample in run.samples if sample.failed]
        if failed:
            texts.append(
                f"{run.path.name}: {len(failed)} samples failed, the first with"
                f" {failed[0].error!r}."
            )
    if NATIVE not in data.machines():
        texts.append("Nothing was measured on this host itself.")
    texts += [
        f"{finding.name}: nothing to answer from; it needs {finding.needs}."
        for finding in findings
        if not finding.cases
    ]
    return [
        Heading(2, "What is missing"),
        Items(texts or ["Nothing that was planned."]),
    ]


def taken(data: Data) -> List[Block]:
    """Host, program, samples and commands."""
    first = data.runs[0]
    host = first.host
    simulated = sum(len(t.samples) for t in data.cells.values() if t.simulated)
    native = native_samples(data)
    noisy = sum(s.noisy for s in native)
    texts = [
        f"Host: {host.name}, {host.arch}, {host.cpu_model}, kernel {host.kernel},"
        f" virtualisation {host.virtualisation}, governor {host.governor}, SMT"
        f" {host.smt}, {len(host.cpu_order)} CPUs used.",
        f"Program: iommubench {first.version}, commit {first.commit[:12]}"
        f"{' with local changes' if first.dirty else ''}, {first.compiler},"
        f" {first.cflags}; {first.sizes} entries.",
        f"Samples: {len(native)} measured, {noisy} of them noisy (kept);"
        f" {simulated} simulated.",
        *_flushes(data),
    ]
    commands = "\n".join(run.command_line for run in data.runs)
    return [
        Heading(2, "How it was taken"),
        Items(texts),
        Text("By make claims, which ran:"),
        Verbatim(commands),
    ]


def _flushes(data: Data) -> List[str]:
    models: Dict[str, Tuple[float, float]] = {}
    for run in data.runs:
        for name, cost in run.flush_models.items():
            models[name] = (cost.requested_ns, cost.achieved_ns)
    if not models:
        return []
    texts = [
        f"{name}: {a:.0f} ns asked, {b:.0f} ns got" for name, (a, b) in models.items()
    ]
    return [f"Flushes: {'; '.join(texts)}."]
