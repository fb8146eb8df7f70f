# SPDX-License-Identifier: GPL-2.0-or-later
"""What the context of a run says of the host and of how it was measured, in words."""

import json
from collections import defaultdict
from typing import Any, Dict, List, Mapping, Optional, Tuple

from report.read.run import NOT_RECORDED


def host_facts(context: Mapping[str, Any]) -> List[Tuple[str, str]]:
    """The machine, as its newest run says."""
    ours = context.get("iommubench", {})
    host = ours.get("host", {})
    topology = host.get("topology", {})
    words = {
        "packages": "package",
        "numa_nodes": "NUMA node",
        "cores": "core",
        "pus": "CPU",
    }
    shape = ", ".join(
        f"{topology[name]} {word}{'' if topology[name] == 1 else 's'}"
        for name, word in words.items()
        if name in topology
    )
    facts = [
        ("CPU", host.get("cpu_model")),
        ("CPU revision", host.get("cpu_revision", NOT_RECORDED)),
        ("architecture", host.get("arch")),
        ("topology", shape),
        ("kernel", host.get("kernel")),
        ("virtualisation", host.get("virtualisation")),
        ("governor", host.get("governor")),
        ("SMT", host.get("smt")),
        ("ASLR", host.get("aslr")),
        ("clock", host.get("clocksource")),
    ]
    return [(name, str(value)) for name, value in facts if value]


def run_facts(context: Mapping[str, Any]) -> List[Tuple[str, str]]:
    """How a run was made."""
    ours = context.get("iommubench", {})
    simulator = ours.get("simulator") or {}
    calibration = "; ".join(
        f"{each['name']}: {each['requested_ns']:.0f} ns asked for,"
        f" {each['achieved_ns']:.0f} ns achieved"
        for each in ours.get("flush_models", ())
        if each.get("requested_ns") and each.get("achieved_ns")
    )
    facts = [
        ("command", ours.get("command_line")),
        ("iommubench", ours.get("version")),
        ("compiler", ours.get("compiler")),
        ("flags", ours.get("cflags")),
        ("simulated machine", simulator.get("summary")),
        ("entries", ours.get("entries")),
        ("interval", f"{ours['seconds']:g} s" if ours.get("seconds") else None),
        ("repetitions", ours.get("repetitions")),
        ("kernel measured", _kernel(ours.get("kernel"))),
        ("seed", ours.get("seed")),
        ("flush", calibration),
    ]
    return [(name, str(value)) for name, value in facts if value]


def _kernel(kernel: Optional[Mapping[str, Any]]) -> Optional[str]:
    """The kernel tree whose allocators were measured."""
    if not kernel:
        return None
    changed = ", with local changes" if kernel["dirty"] else ""
    return f"{kernel['version']}, commit {kernel['commit'][:12]}{changed}"


def omitted(context: Mapping[str, Any]) -> List[Tuple[str, str]]:
    """Cells that were not measured, with the reason."""
    entries = context.get("iommubench", {}).get("omitted", ())
    return [(each["cell"], each["reason"]) for each in entries]


def absent(context: Mapping[str, Any]) -> List[Tuple[str, str]]:
    """Counters that the host does not have, by reason."""
    counters = context.get("iommubench", {}).get("counters") or {}
    reasons: Dict[str, List[str]] = defaultdict(list)
    for each in counters.get("absent", ()):
        reasons[each["reason"]].append(each["name"])
    return [(", ".join(names), reason) for reason, names in reasons.items()]


def flat(value: Any, name: str = "") -> List[Tuple[str, str]]:
    """All of a context, one line each: name.name[place], value."""
    if isinstance(value, dict) and value:
        parts = ((f"{name}.{key}".lstrip("."), part) for key, part in value.items())
    elif isinstance(value, (list, tuple)) and any(
        isinstance(part, (dict, list)) for part in value
    ):
        parts = ((f"{name}[{place}]", part) for place, part in enumerate(value))
    elif isinstance(value, (list, tuple)):
        return [(name, ", ".join(str(part) for part in value) or "none")]
    else:
        return [(name, value if isinstance(value, str) else json.dumps(value))]
    return [line for key, part in parts for line in flat(part, key)]
