# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures a small ladder under other architectures' kernels, in virtual machines.

What comes out must be complete and valid. The times are an emulator's: printed,
not judged.
"""

import argparse
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

from cli import ROOT, check_schema, failed_samples, parse_strictly, suite
from machine import MACHINES, Failed, Machine, Outcome, boot

NOTHING = 77

RUN = (
    "/iommubench run --allocators=sun4u,pooled/pools:16,stale-local/pools:16"
    " --workloads=ring --repetitions=2 --counters=perf"
)
COMMANDS = (
    "/iommubench doctor",
    f"{RUN} --cpus=all --seconds=0.05 --out=/out/ladder.json",
    f"{RUN} --cpus=1 --seconds=0.1 --events=instructions --out=/out/long.json",
    "nobody /iommubench doctor",
)
VARIANTS = 3
# These kernels are Debian's own, which allow counters to root only.
FORBIDDEN = ("ppc64le", "aarch64")
WORD = (
    "cycles +absent: not permitted: kernel.perf_event_paranoid is 3, and sysctl"
    " kernel.perf_event_paranoid=2 would allow it"
)
# Instructions per op may differ by this part between samples, and those of the
# calibration loop from what is known of it.
TOLERANCE = {"ppc64le": 0.02, "ppc64": 0.02, "aarch64": 0.001}


@dataclass
class Guest:
    """One architecture and its files."""

    machine: Machine
    make: Sequence[str]
    build: Path
    cache: Path

    @property
    def folder(self) -> Path:
        """Where what it needs and says is kept."""
        return self.build / "guest" / self.machine.arch

    def run_make(self, target: str) -> None:
        """Makes something; all output goes to a log."""
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / f"{target}.log"
        with open(log, "w", encoding="utf-8") as out:
            done = subprocess.run(
                [*self.make, target], stdout=out, stderr=out, check=False
            )
        if done.returncode:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            errors = [
                line for line in lines if re.search(r"error:|E: |\*\*\* \S", line)
            ]
            raise Failed(f"{log}: {[*errors, *lines[-1:], 'no output'][0][:200]}")

    def programs(self) -> Dict[str, Path]:
        """What its initramfs holds, by the path there."""
        built = self.build / "cross" / self.machine.arch
        return {"init": built / "guest-init", "iommubench": built / "iommubench"}


def document(outcome: Outcome, name: str) -> Dict[str, Any]:
    """A results file from the guest; fails unless it is valid and without failures."""
    if name not in outcome.files:
        raise Failed(f"no {name} came out")
    found = parse_strictly(outcome.files[name])
    check_schema(found)
    failed = failed_samples(found)
    if failed:
        raise Failed(f"{name}: {failed[0]['name']}: {failed[0]['error_message']}")
    return found


def ladder_of(cpus: int) -> List[int]:
    """1, 2, 4 ... and the machine's own number."""
    return sorted({cpus, *(2**n for n in range(cpus.bit_length()))})


def check_ladder(results: Dict[str, Any], machine: Machine) -> None:
    """Fails unless each CPU count was measured on CPUs of the guest, all at work."""
    host = suite(results)["host"]
    if host["arch"] != machine.arch or not suite(results)["complete"]:
        raise Failed(f"not a complete run on {machine.arch}: {host}")
    if host["topology"]["pus"] != machine.cpus:
        raise Failed(f"{host['topology']['pus']} CPUs found, not {machine.cpus}")
    # sparc64's /proc/cpuinfo has neither `processor` lines nor megahertz.
    mhz = results["context"]["mhz_per_cpu"]
    if machine.model not in host["cpu_model"] or (
        machine.arch == "sparc64" and not mhz
    ):
        raise Failed(f"CPU {host['cpu_model']}, {mhz} MHz: not a {machine.model}")
    samples = [s for s in results["benchmarks"] if s["pass"] == "timing"]
    counts = sorted({sample["threads"] for sample in samples})
    if counts != ladder_of(machine.cpus):
        raise Failed(f"measured on {counts} CPUs, not {ladder_of(machine.cpus)}")
    if len(samples) != 2 * VARIANTS * len(counts):
        raise Failed(f"{len(samples)} samples")
    for sample in results["benchmarks"]:
        threads = sample["per_thread"]
        if {t["os_cpu"] for t in threads} != set(range(sample["threads"])):
            raise Failed(f"{sample['name']}: not on CPUs 0 to {sample['threads'] - 1}")
        # Not every thread: an emulator's turns may be as long as a sample.
        if not sample["iterations"] or any(t["migrated"] for t in threads):
            raise Failed(f"{sample['name']}: no work, or a thread moved")


def per_pair(results: Dict[str, Any], name: str) -> Dict[str, List[float]]:
    """A counter's figures of each 1-CPU cell; fails where one of its group lacks it."""
    figures: Dict[str, List[float]] = {}
    groups = suite(results)["counters"]["groups"]
    for sample in results["benchmarks"]:
        if sample["pass"] != "counters":
            continue
        if name not in groups[sample["repetition_index"] % len(groups)]:
            continue
        threads = [thread["counters"] for thread in sample["per_thread"]]
        if not all(entry.get(name, 0) > 0 for entry in (sample, *threads)):
            raise Failed(f"{sample['name']}: no {name}, or not of every thread")
        if sample["threads"] == 1:
            figures.setdefault(sample["name"], []).append(sample[name])
    if not figures:
        raise Failed(f"no samples of the counters pass for {name}")
    return figures


def check_calibration(results: Dict[str, Any], tolerance: float) -> None:
    """Twice the work must have raised the instructions by what the work has of them."""
    present = {entry["name"]: entry for entry in suite(results)["counters"]["present"]}
    entry = present.get("instructions", {"counted": 0, "expected": 1})
    if abs(entry["counted"] / entry["expected"] - 1) > tolerance:
        raise Failed(
            f"{entry['counted']:.0f} instructions counted of {entry['expected']:.0f}"
        )


def check_counters(outcome: Outcome, machine: Machine) -> str:
    """Cycles and instructions of every thread; instructions per op the same whether a
    sample is short or long; what stays 0 there is absent, with a reason."""
    short = document(outcome, "ladder.json")
    long = document(outcome, "long.json")
    absent = {e["name"]: e["reason"] for e in suite(short)["counters"]["absent"]}
    if machine.arch not in TOLERANCE:
        if not absent.get("instructions"):
            raise Failed("no reason is given for the missing instructions")
        return "absent, with reasons"
    tolerance = TOLERANCE[machine.arch]
    check_calibration(short, tolerance)
    per_pair(short, "cycles")
    worst = 0.0
    once, again = (per_pair(run, "instructions") for run in (short, long))
    for name, values in once.items():
        values = values + again[name]
        worst = max(worst, max(values) / min(values) - 1)
    if worst > tolerance:
        raise Failed(f"instructions per op differ by {100 * worst:.2f} %")
    if machine.arch.startswith("ppc64"):
        if any("llc_misses" in sample for sample in short["benchmarks"]):
            raise Failed("llc_misses is reported, though this machine counts none")
        if not absent.get("llc_misses"):
            raise Failed("no reason is given for the missing llc_misses")
    if machine.arch in FORBIDDEN and not re.search(WORD, outcome.files["3.txt"]):
        raise Failed("as nobody: doctor does not say which sysctl would allow cycles")
    return f"instructions per op within {100 * worst:.3f} %"


def check(guest: Guest) -> str:
    """Builds, boots and checks one; the text to print."""
    arch = guest.machine.arch
    for target in (f"cross-build-{arch}", f"guest-init-{arch}", f"guest-kernel-{arch}"):
        guest.run_make(target)
    kernel = guest.cache / f"kernel-{arch}"
    start = time.monotonic()
    outcome = boot(guest.machine, kernel, guest.programs(), COMMANDS, guest.folder)
    took = time.monotonic() - start
    for name, text in outcome.files.items():
        (guest.folder / name).write_text(text, encoding="utf-8")
    if len(outcome.status) != len(COMMANDS):
        raise Failed(f"{len(outcome.status)} commands of {len(COMMANDS)} were run")
    for number, status in enumerate(outcome.status):
        if status:
            said = outcome.files.get(f"{number}.txt", "").strip().splitlines()[-1:]
            raise Failed(f"{COMMANDS[number]}: exit {status}: {said}")
    results = document(outcome, "ladder.json")
    check_ladder(results, guest.machine)
    counters = check_counters(outcome, guest.machine)
    table = outcome.files["1.txt"].partition("\nring ")[2].partition("\n\n")[0]
    host = suite(results)["host"]
    return (
        f"{arch}: {host['kernel']}, {guest.machine.cpus} CPUs, {took:.0f} s;"
        f" counters: {counters}\nring {table}"
    )


def try_check(guest: Guest) -> Optional[bool]:
    """Prints what came of it. None: it cannot be had here."""
    arch = guest.machine.arch
    try:
        guest.run_make(f"guest-deps-{arch}")
    except Failed as error:
        print(f"{arch}: SKIPPED: {error}\n", flush=True)
        return None
    try:
        print(check(guest), end="\n\n", flush=True)
        return True
    except (Failed, AssertionError, KeyError, OSError, ValueError) as error:
        print(f"{arch}: FAILED: {error}\n", flush=True)
        return False


def main() -> int:
    """0: all passed, some perhaps skipped; 1: something failed; 77: all skipped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--cache", type=Path, default=ROOT / "build" / "cache")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("arch", nargs="+", choices=sorted(MACHINES))
    args = parser.parse_args()
    make = ["make", f"-j{args.jobs}", f"B={args.build}", f"CACHE={args.cache}"]
    found = [
        try_check(Guest(MACHINES[arch], make, args.build, args.cache))
        for arch in args.arch
    ]
    passed, failed = found.count(True), found.count(False)
    print(
        f"guest-check: {passed} guests passed, {failed} failed,"
        f" {found.count(None)} skipped"
    )
    return 1 if failed else 0 if passed else NOTHING


if __name__ == "__main__":
    sys.exit(main())
