# SPDX-License-Identifier: GPL-2.0-or-later
"""The differences of two runs on which their figures depend."""

from typing import Any, Callable, Dict, List, Mapping, Tuple

from report.read.run import Run

# What one run says of each fact, by the fact's name.
Facts = Dict[str, str]

_SHORT = 60
_LISTED = 8


def differing(base: Run, new: Run) -> str:
    """What of machine, settings or build differs, in words; "" if nothing does."""
    return _in_words(_both(base, new, (_machine, _build)))


def differing_simulations(base: Run, new: Run) -> str:
    """The same of two simulations, which do not depend on the host they ran on."""
    instrument = instruments_differ(base, new)
    others = _in_words(_both(base, new, (_build, _simulation)))
    return "; ".join(filter(None, (others, instrument)))


def instruments_differ(base: Run, new: Run) -> str:
    """What of simulator or simulated machine differs, in words; "" if nothing does.

    What of a change of the figures comes of it nobody knows.
    """
    said = _in_words(_both(base, new, (_sources, _figures)))
    return f"the instrument changed, which is neither better nor worse: {said}" * bool(
        said
    )


def _machine(run: Run) -> Facts:
    host = run.host
    return {
        "hosts": host.name,
        "CPUs": host.cpu_model,
        "CPU revisions": host.revision_text,
        "architectures": host.arch,
        "kernels": host.kernel,
        "virtualisation": host.virtualisation,
        "governors": host.governor,
        "SMT": host.smt,
        "ASLR": host.aslr,
        "topologies": _listed(host.topology),
        "orders of CPUs": ",".join(map(str, host.cpu_order)),
        "clocks": str(run.context["iommubench"]["clock"]["source"]),
    }


def _build(run: Run) -> Facts:
    return {
        "compilers": run.compiler,
        "flags": run.cflags,
        "entries": run.sizes,
        "intervals": f"{run.seconds:g} s",
        "simulators": run.simulator.profile if run.simulator else "none",
    }


def _simulation(run: Run) -> Facts:
    entry = _simulator(run)
    return {
        "summaries": str(entry["summary"]),
        "rounds": str(entry["rounds"]),
        "polling": _yes_or_no(entry["polling"]),
        "audits": _yes_or_no(entry["audit"]),
    }


def _sources(run: Run) -> Facts:
    """Which simulator; older ones do not tell."""
    return {"simulators' sources": str(_simulator(run).get("sources", "untold"))}


def _figures(run: Run) -> Facts:
    """The figures of the simulated machine, without where they are from."""
    machine = _simulator(run)["machine"]
    return {key: str(figure["value"]) for key, figure in machine.items()}


def _simulator(run: Run) -> Mapping[str, Any]:
    entry: Mapping[str, Any] = run.context["iommubench"]["simulator"]
    return entry


def _yes_or_no(value: object) -> str:
    return "yes" if value else "no"


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(values.items()))


def _both(
    base: Run, new: Run, kinds: Tuple[Callable[[Run], Facts], ...]
) -> List[Tuple[str, str, str]]:
    """Each fact of either run, with what both say of it."""
    result = []
    for kind in kinds:
        ours, theirs = kind(base), kind(new)
        result += [
            (name, ours.get(name, "none"), theirs.get(name, "none"))
            for name in {**ours, **theirs}
        ]
    return result


def _in_words(facts: List[Tuple[str, str, str]]) -> str:
    said = [
        f"{what} {_short(one)} and {_short(other)}"
        for what, one, other in facts
        if one != other
    ]
    more = len(said) - _LISTED
    return "; ".join([*said[:_LISTED], *([f"{more} more"] if more > 0 else [])])


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 3] + "..."
