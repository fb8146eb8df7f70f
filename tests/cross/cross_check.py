# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the suite for other architectures and runs it under qemu-user.

Golden traces and the audit must come out as they do natively, to the digit and on both
byte orders. Times mean nothing there and are looked at nowhere.
"""

import argparse
import math
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence, Tuple

from cli import GOLDEN, ROOT, check_schema, failed_samples, parse_strictly

COLUMNS = ("build", "tests", "golden", "smoke", "audit", "sim")
EMULATED = ROOT / "tests" / "cross" / "emulated.sh"
NOTHING = 77

# As many threads as there are CPUs, which spin in queues; or looks at the clock. Alone,
# and once more where it fails: a busy machine starves an emulator for seconds.
ALONE = re.compile(r"-(locks|lockstat|threads|flush|workloads|gbench)$")
SECONDS = 400

AUDIT = ("audit", "--operations", "100000", "--repetitions", "1")
SIM = (
    "sim --profile sun4v-t5-2 --allocators sun4u,stale-hop --workloads ring"
    " --cpus 1,8 --rounds 1 --repetitions 1"
).split()
TIMES = ("real_time", "cpu_time", "items_per_second", "ops_per_second")


class Failed(Exception):
    """A check did not hold; the text says which."""


@dataclass
class Arch:
    """One architecture, what was found so far, and where its programs are."""

    name: str
    folder: Path
    cells: Dict[str, str] = field(default_factory=dict)
    troubles: List[str] = field(default_factory=list)
    skipped: str = ""
    simulated: Dict[str, float] = field(default_factory=dict)  # cell: virtual ns

    def run(self, log: str, *words: str) -> str:
        """Runs one of its programs emulated; what it printed. The log keeps all."""
        return run(
            self.folder / f"{log}.log",
            [str(EMULATED), self.name, str(self.folder / words[0]), *words[1:]],
        )


@dataclass(frozen=True)
class Job:
    """Something to run on an architecture, for a column of the table."""

    arch: Arch
    column: str
    run: Callable[[], str]
    alone: bool = False


def run(log: Path, words: Sequence[str]) -> str:
    """Runs a command with its output in a log; returns that, or fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    # In a file, so that it is there after a hang too.
    with open(log, "w+", encoding="utf-8", errors="replace") as out:
        try:
            code = subprocess.run(
                words, stdout=out, stderr=out, check=False, timeout=SECONDS
            ).returncode
        except subprocess.TimeoutExpired as error:
            raise Failed(f"{log}: hangs: killed after {SECONDS} s") from error
        out.seek(0)
        text = out.read()
    if code:
        lines = text.strip().splitlines() or ["no output"]
        errors = [line for line in lines if re.search(r"error:|\bE: |\*\*\*", line)]
        raise Failed(f"{log}: exit {code}: {[*errors, lines[-1]][0][:200]}")
    return text


def figures(document: Dict[str, Any]) -> List[Dict[str, Any]]:
    """The samples without what depends on the machine's speed."""
    return [
        {key: value for key, value in sample.items() if key not in TIMES}
        for sample in document["benchmarks"]
    ]


def read(path: Path) -> Dict[str, Any]:
    """A results file; fails unless it is one."""
    document = parse_strictly(path.read_text(encoding="utf-8"))
    check_schema(document)
    return document


@dataclass(frozen=True)
class Expected:
    """What this machine's own build finds, which the others are held against."""

    golden: Dict[str, str]  # trace: what its replay prints
    audit: List[Dict[str, Any]]
    simulated: Dict[str, float]


def expect(program: Path, folder: Path) -> Expected:
    """Runs this machine's own build."""
    out = folder / "audit.json"
    out.unlink(missing_ok=True)
    run(folder / "audit.log", [str(program), *AUDIT, "--out", str(out)])
    golden = {
        trace.stem: run(folder / "golden.log", [str(program), "replay", str(trace)])
        for trace in GOLDEN
    }
    sim = folder / "sim.json"
    sim.unlink(missing_ok=True)
    run(folder / "sim.log", [str(program), *SIM, "--out", str(sim)])
    return Expected(golden, figures(read(out)), virtual_times(read(sim)))


def run_test(arch: Arch, program: str) -> str:
    """One of the C tests; how many cases it has."""
    text = arch.run(program, program)
    passed = re.findall(r"^\[  PASSED  \] (\d+) test", text, re.M)
    if not passed:
        raise Failed(f"{program}: ran no test")
    return str(sum(map(int, passed)))


def replay_golden(arch: Arch, native: Dict[str, str]) -> str:
    """Every recorded trace; how many there are."""
    for trace in GOLDEN:
        text = arch.run("golden", "iommubench", "replay", str(trace))
        if text != native[trace.stem]:
            raise Failed(f"{trace.name}: {text.strip()}, not {native[trace.stem]}")
    return f"{len(GOLDEN)}"


def check_sample(arch: Arch, sample: Dict[str, Any]) -> None:
    """Fails unless its threads stayed on CPUs of their own and work was done."""
    threads = sample["per_thread"]
    where = [thread["os_cpu"] for thread in threads]
    if len(threads) != sample["threads"] or len(set(where)) != len(threads):
        raise Failed(f"{arch.name}: {sample['name']}: threads on CPUs {where}")
    if not sample["iterations"] or any(thread["migrated"] for thread in threads):
        raise Failed(f"{arch.name}: {sample['name']}: no work, or a thread moved")


def smoke(arch: Arch) -> str:
    """Every workload on every variant, pinned; how many samples."""
    out = arch.folder / "smoke.json"
    out.unlink(missing_ok=True)
    cpus = ",".join(str(n + 1) for n in range(min(2, len(os.sched_getaffinity(0)))))
    arch.run("smoke", "iommubench", "run", "--smoke", f"--cpus={cpus}", f"--out={out}")
    document = read(out)
    host = document["context"]["iommubench"]["host"]
    if host["arch"] != arch.name or failed_samples(document):
        raise Failed(f"{out}: measured on {host['arch']}, or failed samples")
    for sample in document["benchmarks"]:
        check_sample(arch, sample)
    return str(len(document["benchmarks"]))


def audit(arch: Arch, native: List[Dict[str, Any]]) -> str:
    """The audit's figures, flush counts among them, against the native ones."""
    out = arch.folder / "audit.json"
    out.unlink(missing_ok=True)
    arch.run("audit", "iommubench", *AUDIT, "--out", str(out))
    ours = figures(read(out))
    for mine, other in zip(ours, native):
        different = [key for key in other if mine.get(key) != other[key]]
        if different:
            raise Failed(
                f"{mine['name']}: {different[0]} {mine.get(different[0])},"
                f" natively {other[different[0]]}"
            )
    if len(ours) != len(native):
        raise Failed(f"{len(ours)} cells, natively {len(native)}")
    return str(len(ours))


def virtual_times(document: Dict[str, Any]) -> Dict[str, float]:
    """What the simulator's cells took, by the short name that tells them apart."""
    return {
        re.sub(r"^.*/ring/(.*?/cpus:\d+)/.*$", r"\1", cell["name"]): cell["real_time"]
        for cell in document["benchmarks"]
    }


def simulate(arch: Arch) -> str:
    """The simulator. Virtual times differ with the compiler: shown, not judged."""
    out = arch.folder / "sim.json"
    out.unlink(missing_ok=True)
    arch.run("sim", "iommubench", *SIM, "--out", str(out))
    document = read(out)
    if not document["benchmarks"] or failed_samples(document):
        raise Failed(f"{out}: no samples, or failed ones")
    arch.simulated = virtual_times(document)
    return str(len(arch.simulated))


def jobs_of(arch: Arch, tests: Sequence[str], expected: Expected) -> List[Job]:
    """What is run on it, the longest first."""
    jobs = [
        Job(arch, "tests", partial(run_test, arch, test), bool(ALONE.search(test)))
        for test in sorted(tests, key=lambda test: "audit" not in test)
    ]
    jobs.append(Job(arch, "golden", partial(replay_golden, arch, expected.golden)))
    jobs.append(Job(arch, "smoke", partial(smoke, arch), True))
    jobs.append(Job(arch, "audit", partial(audit, arch, expected.audit)))
    jobs.append(Job(arch, "sim", partial(simulate, arch)))
    return jobs


def do_job(job: Job) -> Tuple[Job, str, str]:
    """Runs it; what it found, or what is wrong."""
    try:
        return job, job.run(), ""
    except (Failed, AssertionError, KeyError, OSError, ValueError) as error:
        return job, "", f"{job.arch.name} {job.column}: {error}"


def note(job: Job, found: str, trouble: str) -> None:
    """Into the table, where one failure is enough and tests add up."""
    cells = job.arch.cells
    if trouble:
        job.arch.troubles.append(trouble)
        cells[job.column] = "FAILED"
    elif job.column == "tests" and cells.get("tests", "") != "FAILED":
        cells["tests"] = str(int(cells.get("tests", "0")) + int(found))
    elif job.column != "tests":
        cells[job.column] = found


def run_jobs(jobs: Sequence[Job], at_once: int) -> None:
    """All of them: what disturbs nothing beside each other, the rest one by one."""
    with ThreadPoolExecutor(at_once) as pool:
        for done in pool.map(do_job, [job for job in jobs if not job.alone]):
            note(*done)
    for job in jobs:
        if not job.alone:
            continue
        done = do_job(job)
        if done[2]:
            print(f"{done[2]}: once more", flush=True)
            done = do_job(job)
        note(*done)


def prepare(arch: Arch, make: Sequence[str]) -> None:
    """Its compiler and emulator; without them it is skipped, for the reason kept."""
    log = arch.folder / "deps.log"
    try:
        run(log, [*make, f"cross-deps-{arch.name}"])
        run(log, [str(EMULATED), arch.name, "true"])
    except Failed as error:
        arch.skipped = str(error)


def build(archs: Sequence[Arch], make: Sequence[str], at_once: int) -> None:
    """All at once, to keep the CPUs busy; then each alone, to see which failed."""
    targets = [f"cross-tests-{arch.name}" for arch in archs]
    try:
        run(
            archs[0].folder.parent / "build.log",
            [*make, "-k", f"-j{at_once}", *targets],
        )
    except Failed:
        pass
    for arch, target in zip(archs, targets):
        try:
            run(arch.folder / "build.log", [*make, target])
            arch.cells["build"] = "ok"
        except Failed as error:
            arch.cells["build"] = "FAILED"
            arch.troubles.append(f"{arch.name} build: {error}")


def print_table(archs: Sequence[Arch]) -> None:
    """Architecture by check: how much was run, or why not."""
    print(f"{'':10}" + "".join(f"{column:>10}" for column in COLUMNS))
    for arch in archs:
        if arch.skipped:
            print(f"{arch.name:10}  SKIPPED: {arch.skipped}")
            continue
        row = "".join(f"{arch.cells.get(column, '-'):>10}" for column in COLUMNS)
        print(f"{arch.name:10}{row}")
    print(
        "tests: cases passed; golden: traces, replayed as natively; smoke: samples,"
        "\nthreads pinned; audit: cells, flush and stale counts as natively; sim: cells"
    )
    for trouble in (trouble for arch in archs for trouble in arch.troubles):
        print(trouble)


def print_simulated(archs: Sequence[Arch], native: Dict[str, float]) -> None:
    """The virtual times side by side: ns a pair and CPU, cell by architecture."""
    ran = [arch for arch in archs if arch.simulated]
    names = "".join(f"{arch.name:>10}" for arch in ran)
    print(f"{'simulated, ns a pair':28}{'here':>10}{names}")
    for cell, here in native.items():
        times = [here, *(arch.simulated.get(cell, math.nan) for arch in ran)]
        print(f"{cell:28}" + "".join(f"{time:>10.1f}" for time in times))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build"))
    parser.add_argument("--cache", type=Path, default=Path("build/cache"))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("arch", nargs="+")
    return parser.parse_args()


def main() -> int:
    """0: all passed, some perhaps skipped; 1: something failed; 77: all skipped."""
    args = arguments()
    folder = args.build / "cross"
    make = ["make", f"B={args.build}", f"CACHE={args.cache}"]
    archs = [Arch(name, folder / name) for name in args.arch]
    expected = expect(args.build / "iommubench", folder / "native")
    for arch in archs:
        prepare(arch, make)
    here = [arch for arch in archs if not arch.skipped]
    if here:
        build(here, make, args.jobs)
    tests = os.environ["CROSS_TESTS"].split()
    built = [arch for arch in here if arch.cells["build"] == "ok"]
    run_jobs(
        [job for arch in built for job in jobs_of(arch, tests, expected)], args.jobs
    )
    print_table(archs)
    print_simulated(archs, expected.simulated)
    failed = any(arch.troubles for arch in archs)
    print(
        f"cross-check: {len(here)} architectures {'FAILED' if failed else 'passed'},"
        f" {len(archs) - len(here)} skipped"
    )
    return 1 if failed else 0 if here else NOTHING


if __name__ == "__main__":
    sys.exit(main())
