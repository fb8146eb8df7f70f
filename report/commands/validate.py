# SPDX-License-Identifier: GPL-2.0-or-later
"""``validate``: simulated against native results of the same host.

Reads what harness/jobs/sim-validate.sh leaves: a folder of blocks, each with the host's
calibration before and after (profiles), and the same cells run natively and simulated.
"""

import argparse
import statistics
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Dict, List, Mapping, Sequence, Tuple

from report import ReportError
from report.read.cell import Cell
from report.read.load import load_run
from report.read.run import Run
from report.text.median import Interval, median_interval

NAME = "validate"
HELP = "compare the simulator with native results of the same host"

# The largest error of a throughput ratio, and the change of a line's transfer within a
# block that makes it another machine.
TOLERANCE = 0.25
STEADY = 0.25
BLOCKS_MIN = 3

Rates = Mapping[Cell, float]


@dataclass(frozen=True)
class LockFigure:
    """A figure of locks that is judged: its pass, and what is as good as the same."""

    head: str
    pass_name: str
    name: str
    per: str
    slack: float

    def of(self, results: Run) -> Rates:
        """Its values by cell, as if all had been run natively, without noisy ones."""
        return {
            _native(sample.cell): sample.figures[self.name]
            / (sample.figures[self.per] if self.per else 1)
            for sample in results.of_pass(self.pass_name) + results.of_pass("sim")
            if not sample.failed
            and not sample.noisy
            and self.name in sample.figures
            and (not self.per or sample.figures.get(self.per))
        }


# Shares within 5 points, and holds within 5 ns, are the same.
LOCK_FIGURES = (
    LockFigure("contended", "contention", "contentions", "acquisitions", 0.05),
    LockFigure("waiting", "locks", "waiting_share", "", 0.05),
    LockFigure("wait, ns", "locks", "wait_ns_mean", "", 0.0),
    LockFigure("hold, ns", "locks", "hold_ns_mean", "", 5.0),
)


@dataclass(frozen=True)
class Block:
    """One block: ps a line takes from core to core, and ops/s of each cell.

    `locks` has a pair of native and simulated values by cell for each of LOCK_FIGURES.
    """

    before_ps: float
    after_ps: float
    native: Rates
    simulated: Rates
    locks: Sequence[Tuple[Rates, Rates]] = ()

    @property
    def steady(self) -> bool:
        """Whether it was the same machine before and after."""
        ratio = self.after_ps / self.before_ps
        return 1 / (1 + STEADY) <= ratio <= 1 + STEADY


@dataclass(frozen=True)
class Ratio:
    """Throughput of the largest over the smallest CPU count, of one variant.

    Or a figure of its locks, and how much is nothing, however small the figure is.
    """

    workload: str
    variant: str
    native: Interval
    simulated: float
    slack: float = 0.0

    @property
    def error(self) -> float:
        """How much more the simulated ratio is, 0.1 for a tenth."""
        return self.simulated / self.native.median - 1 if self.native.median else 0.0

    @property
    def verdict(self) -> str:
        """ "", or "TOO FAR", or that the native ratio is not known well enough."""
        off = abs(self.simulated - self.native.median)
        if off <= max(TOLERANCE * self.native.median, self.slack):
            return ""
        lowest = min(self.simulated / (1 + TOLERANCE), self.simulated - self.slack)
        highest = max(self.simulated / (1 - TOLERANCE), self.simulated + self.slack)
        known = self.native.confident
        if not known or (self.native.low <= highest and self.native.high >= lowest):
            return "cannot tell"
        return "TOO FAR"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "folder", metavar="DIR", type=Path, help="what sim-validate.sh made"
    )


def run(args: argparse.Namespace) -> int:
    """Print each cell's error; 1 if one is too large or an order differs, else 0."""
    blocks = _load_blocks(args.folder)
    steady = [block for block in blocks if block.steady]
    print(
        f"{len(blocks)} blocks, {len(steady)} in which a line's transfer from core to"
        f" core stayed within {STEADY:.0%}:"
        f" {', '.join(f'{b.before_ps / 1000:.0f}' for b in steady)} ns"
    )
    if len(steady) < BLOCKS_MIN:
        print(f"at least {BLOCKS_MIN} are needed: try again when the host is quieter")
        return 77
    if not _cells(steady):
        print("too many native samples were noisy: try again when the host is quieter")
        return 77
    ratios = _ratios(steady)
    _print_ratios(ratios)
    _print_times(steady)
    locks = _locks(steady)
    _print_locks(locks)
    _print_missing(steady, ratios)
    judged = [*ratios, *(r for _, of in locks for r in of)]
    wrong = [r for r in judged if r.verdict == "TOO FAR"]
    unknown = [r for r in judged if r.verdict == "cannot tell"]
    differing = _differing_orders(steady)
    for text in differing:
        print(f"order differs: {text}")
    print(
        f"{len(judged) - len(wrong) - len(unknown)} of {len(judged)} ratios and figures"
        f" of locks within {TOLERANCE:.0%}, {len(unknown)} natively too uncertain to"
        " tell,"
        f" {len(wrong)} too far; {len(differing)} orders of allocators differ"
    )
    return 1 if wrong or differing else 0


def _load_blocks(folder: Path) -> List[Block]:
    names = (
        [path for path in folder.iterdir() if path.name.isdecimal()]
        if folder.is_dir()
        else []
    )
    if not names:
        raise ReportError(f"{folder}: has no blocks; give what sim-validate.sh made")
    return [_load_block(path) for path in sorted(names, key=lambda p: int(p.name))]


def _load_block(path: Path) -> Block:
    before, after = _transfer(path / "host"), _transfer(path / "after")
    native, simulated = load_run(path / "native.json"), load_run(path / "sim.json")
    return Block(
        before_ps=before,
        after_ps=after,
        native=_rates(native),
        simulated=_rates(simulated),
        locks=[(each.of(native), each.of(simulated)) for each in LOCK_FIGURES],
    )


def _transfer(path: Path) -> float:
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition("=")
            if key.strip() == "transfer_ps":
                return float(value.partition("|")[0])
    except (OSError, ValueError) as error:
        raise ReportError(f"{path}: {error}; run sim-validate.sh again") from None
    raise ReportError(f"{path}: has no transfer_ps; run sim-validate.sh again")


def _rates(results: Run) -> Dict[Cell, float]:
    """Ops/s by cell, as if all had been run natively.

    Without noisy samples: where one CPU is taken away the other has no rival.
    """
    return {
        _native(sample.cell): sample.figures["ops_per_second"]
        for sample in results.of_pass("timing") + results.of_pass("sim")
        if not sample.failed and not sample.noisy
    }


def _native(cell: Cell) -> Cell:
    """The cell as if it had been run natively."""
    return Cell.parse(str(cell).split("/", 2)[2]) if cell.profile else cell


def _cells(blocks: Sequence[Block]) -> List[Cell]:
    """Those that enough blocks have both ways, in the plan's order."""
    cells = dict.fromkeys(cell for block in blocks for cell in block.simulated)
    return [cell for cell in cells if len(_having(blocks, cell)) >= BLOCKS_MIN]


def _having(blocks: Sequence[Block], *cells: Cell) -> List[Block]:
    """The blocks that have these cells natively too."""
    return [b for b in blocks if all(cell in b.native for cell in cells)]


def _ratios(blocks: Sequence[Block]) -> List[Ratio]:
    cells = _cells(blocks)
    least, most = min(c.cpus for c in cells), max(c.cpus for c in cells)
    groups: Dict[Tuple[str, str], Dict[int, Cell]] = {}
    for cell in cells:
        groups.setdefault((cell.workload, cell.variant), {})[cell.cpus] = cell
    ratios = []
    for (workload, variant), of in groups.items():
        if least not in of or most not in of:
            continue
        both = _having(blocks, of[least], of[most])
        if len(both) < BLOCKS_MIN:
            continue
        native = [b.native[of[most]] / b.native[of[least]] for b in both]
        simulated = [b.simulated[of[most]] / b.simulated[of[least]] for b in both]
        ratios.append(
            Ratio(
                workload=workload,
                variant=variant,
                native=median_interval(native),
                simulated=statistics.median(simulated),
            )
        )
    return ratios


def _locks(blocks: Sequence[Block]) -> List[Tuple[LockFigure, List[Ratio]]]:
    """Each figure of locks on the most CPUs, of variants that enough is known of."""
    most = max(cell.cpus for cell in _cells(blocks))
    found = []
    for place, figure in enumerate(LOCK_FIGURES):
        pairs = [block.locks[place] for block in blocks if block.locks]
        ratios = []
        for cell in dict.fromkeys(cell for _, simulated in pairs for cell in simulated):
            both = [(n[cell], s[cell]) for n, s in pairs if cell in n and cell in s]
            if cell.cpus != most or len(both) < BLOCKS_MIN:
                continue
            ratios.append(
                Ratio(
                    workload=cell.workload,
                    variant=cell.variant,
                    native=median_interval([native for native, _ in both]),
                    simulated=statistics.median(simulated for _, simulated in both),
                    slack=figure.slack,
                )
            )
        found.append((figure, ratios))
    return found


def _print_locks(locks: Sequence[Tuple[LockFigure, List[Ratio]]]) -> None:
    if not any(ratios for _, ratios in locks):
        return
    print("figures of locks on all CPUs\n")
    print(f"  {'workload':8} {'allocator':22} {'figure':9} {'native':>7}", end=" ")
    print(f"{'interval':18} {'simulated':>9}")
    for figure, ratios in locks:
        for r in sorted(ratios, key=lambda r: (r.workload, r.variant)):
            interval = f"[{r.native.low:.3g} .. {r.native.high:.3g}]"
            print(
                f"  {r.workload:8} {r.variant:22} {figure.head:9}"
                f" {r.native.median:7.3g} {interval:18} {r.simulated:9.3g}"
                f"  {r.verdict}".rstrip()
            )
    print()


def _print_ratios(ratios: Sequence[Ratio]) -> None:
    print("\nthroughput of all CPUs over that of one\n")
    print(f"  {'workload':8} {'allocator':22} {'native':>7} {'interval':18}", end=" ")
    print(f"{'simulated':>9} {'error':>7}")
    for r in sorted(ratios, key=lambda r: (r.workload, r.variant)):
        interval = f"[{r.native.low:.3f} .. {r.native.high:.3f}]"
        print(
            f"  {r.workload:8} {r.variant:22} {r.native.median:7.3f} {interval:18}"
            f" {r.simulated:9.3f} {r.error:+7.1%}  {r.verdict}".rstrip()
        )
    print()


def _print_times(blocks: Sequence[Block]) -> None:
    """Nothing is judged by these: calibration is of a processor, not of allocators."""
    cells = _cells(blocks)
    least = min(c.cpus for c in cells)
    print(f"ns/op on {least} CPU{'' if least == 1 else 's'}: medians\n")
    print(f"  {'workload':8} {'allocator':22} {'native':>7} {'simulated':>9}")
    for c in sorted(cells, key=lambda c: (c.workload, c.variant)):
        if c.cpus != least:
            continue
        having = _having(blocks, c)
        native = statistics.median(1e9 * c.cpus / b.native[c] for b in having)
        simulated = statistics.median(1e9 * c.cpus / b.simulated[c] for b in having)
        print(f"  {c.workload:8} {c.variant:22} {native:7.1f} {simulated:9.1f}")
    print()


def _print_missing(blocks: Sequence[Block], ratios: Sequence[Ratio]) -> None:
    told = {(r.workload, r.variant) for r in ratios}
    cells = dict.fromkeys(
        (c.workload, c.variant) for block in blocks for c in block.simulated
    )
    for workload, variant in cells:
        if (workload, variant) not in told:
            print(
                f"left out: {workload} {variant}: too noisy: fewer than"
                f" {BLOCKS_MIN} blocks are left"
            )


def _differing_orders(blocks: Sequence[Block]) -> List[str]:
    """Pairs of variants that natively differ for sure, and simulated the other way."""
    cells = _cells(blocks)
    native = {
        c: median_interval([b.native[c] for b in _having(blocks, c)]) for c in cells
    }
    simulated = {c: statistics.median(b.simulated[c] for b in blocks) for c in cells}
    found = []
    for one, other in combinations(cells, 2):
        if (one.workload, one.cpus) != (other.workload, other.cpus):
            continue
        faster, slower = (
            (one, other) if native[one].median > native[other].median else (other, one)
        )
        known = native[faster].confident and native[slower].confident
        apart = native[faster].low > native[slower].high
        if known and apart and simulated[faster] < simulated[slower]:
            found.append(
                f"{one.workload}, {one.cpus} CPUs: {faster.variant} is natively"
                f" {native[faster].median / native[slower].median:.2f} times as fast as"
                f" {slower.variant}, simulated"
                f" {simulated[faster] / simulated[slower]:.2f} times"
            )
    return found
