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
    machine = ours.get("simulator", {}).get("machine")
    if machine is not None:
        # Too long to print; that it differs is what matters.
        text = json.dumps(machine, sort_keys=True).encode("utf-8")
        facts["simulated machine"] = hashlib.sha256(text).hexdigest()[:8]
    return facts


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
