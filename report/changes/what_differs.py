# SPDX-License-Identifier: GPL-2.0-or-later
"""What besides the code may have changed between two runs."""

import hashlib
import json
from typing import Any, Dict, Mapping, Tuple

_OF_RUN = ("compiler", "cflags", "version")
_OF_HOST = ("kernel", "governor", "smt", "aslr", "virtualisation", "clocksource")


def facts_of(context: Mapping[str, Any], of_kernel: bool = False) -> Dict[str, str]:
    """The facts of a run on which its figures may depend, by name.

    To figures of a kernel's allocators iommubench's own commit is one of them.
    """
    ours = context["iommubench"]
    facts = {"iommubench": ours["commit"][:12]} if of_kernel else {}
    facts.update({name: str(ours.get(name, "unknown")) for name in _OF_RUN})
    facts.update({name: str(ours["host"].get(name, "unknown")) for name in _OF_HOST})
    facts["topology"] = json.dumps(ours["host"]["topology"], sort_keys=True)
    simulator = ours.get("simulator")
    if simulator is not None:
        facts["simulator"] = simulator.get("sources", "untold")
        facts["simulated machine"] = _machine_hash(simulator)
    return facts


def _machine_hash(simulator: Mapping[str, Any]) -> str:
    """Too long to print; that its figures differ is what matters."""
    machine = simulator.get("machine", {})
    values = {name: figure["value"] for name, figure in machine.items()}
    text = json.dumps(values, sort_keys=True).encode("utf-8")
    return hashlib.sha256(text).hexdigest()[:8]


def instrument_of(context: Mapping[str, Any]) -> str:
    """The simulator and its machine; "" if the run does not tell which simulator."""
    simulator = context["iommubench"].get("simulator", {})
    if "sources" not in simulator:
        return ""
    return f"{simulator['sources']} {_machine_hash(simulator)}"


def instrument_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Why figures of two simulated runs say nothing of the code; "" if they do."""
    one, two = instrument_of(before), instrument_of(after)
    if not (one and two):
        return "the instrument may have changed"
    return "" if one == two else "the instrument changed"


def changed_facts(
    before: Mapping[str, Any], after: Mapping[str, Any], of_kernel: bool = False
) -> Tuple[str, ...]:
    """The facts that differ between two contexts: "NAME: BEFORE -> AFTER"."""
    one, two = facts_of(before, of_kernel), facts_of(after, of_kernel)
    return tuple(
        f"{name}: {one.get(name, 'none')} -> {two.get(name, 'none')}"
        for name in dict.fromkeys([*one, *two])
        if one.get(name) != two.get(name)
    )
