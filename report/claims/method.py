# SPDX-License-Identifier: GPL-2.0-or-later
"""What the page says of how it is judged, and of what it cannot show."""

from typing import List, Sequence

from report.claims.condition import CHANCE, PURE, SHUFFLES
from report.claims.data import Data
from report.claims.document import Block, Heading, Items
from report.claims.measure import ALARMS
from report.claims.words import percent

LIMITS = (
    "All that was measured is of one binary, that is of one link layout: where the"
    " linker puts the functions moves a time by several percent, about as much as the"
    " margin, and no interval includes that. So what is measured for C1 and C6,"
    " and C8's costs, is true of this build; near the margin another may give another"
    " answer. make compare OLD=sun4u NEW=pooled-1 measures two allocators in three"
    " layouts. Simulated times do not depend on where code lies.",
    "These are threads in user space. In the kernel the locks are taken with interrupts"
    " off, by interrupt handlers too; here a thread can lose its CPU while it"
    " holds one. Samples in which that was noticed are counted above and kept.",
    "The flush (IOTLB invalidation) is emulated: it takes the time asked for, one"
    " flush after the other. What a real flush does to other traffic on the bus, and"
    " the IOTLB misses after it, are not in any figure. For psycho and schizo no"
    " latency was published: theirs is assumed.",
    "What drivers do between two maps is a think time. No packet is sent, and no"
    " throughput of a network or disk is predicted.",
    "A simulated machine is a model: part of its latencies is assumed (iommubench list"
    " --profiles names each), memory is sequentially consistent, and the same code runs"
    " slower or faster on the real one. Compare allocators on one machine, not"
    " machines; docs/simulator.md says how near the model comes to a host.",
    "The stale designs are this project's own, and so is how they lie in memory: each"
    " pool on cache lines of its own, where Linux's pooled has two in one. From two"
    " CPUs on a part of what tells them apart is that.",
    "With fewer CPUs than pools only the local pools of those CPUs are tried first:"
    " of 16 pools on few CPUs those are fuller than the utilization says (figure"
    " local_pool_utilization). Flushes and allocations from other pools follow that,"
    " and are drawn over it.",
)


def method(data: Data, margin: float) -> List[Block]:
    """How a cell is judged, and where intervals come from."""
    seeds = [len(t.samples) for t in data.cells.values() if t.simulated and t.samples]
    samples = [
        len(t.samples) for t in data.cells.values() if not t.simulated and t.samples
    ]
    texts = [
        f"The margin is {percent(margin)}: what changes a time by less than that is"
        " called no change, if the data show that it is less. Holds and fails are"
        " equally dear: a measured time is only said to be beyond the margin, or not"
        " to be, if two tests show it, the interval's and an exact sign test, at a"
        f" false discovery rate of {percent(ALARMS)} over all measured cells of a"
        " claim; a simulated one where the 95 % interval over its seeds (Student's t)"
        " leaves no doubt. Where neither is shown, the data cannot tell. C1, C6 and"
        " C8's costs are judged so.",
        "C2, C3, C4, C5 and C7 compare a figure with a limit, or with another"
        " figure. A cell is decided where the 95 % intervals leave no doubt, each cell"
        " by itself: of cells that lie just at the limit, about one in forty is"
        " decided wrongly on either side. C8 itself is not a test: it worked or it"
        " did not.",
    ]
    if samples:
        texts.append(
            f"Measured: {_span(samples)} samples per cell, each in a process of its"
            " own, in blocks that hold every cell once. Intervals are of 95 %; of fewer"
            " than six samples, as lock statistics are, they are the smallest and"
            " the largest. Those of time ratios come from resampling the blocks."
        )
    if seeds:
        texts.append(
            "Simulated: deterministic but for the seed. Seeds per cell:"
            f" {_span(seeds)}; intervals are Student's over the seeds, paired where"
            " two cells are compared, and reach at least over what was seen."
        )
    texts += [
        "A condition is only told if it is more than chance: of"
        f" {SHUFFLES} shuffles of a machine's answers at most {percent(CHANCE)}, over"
        " all machines of a claim, have one that parts them as well. Cells that cannot"
        f" tell count against it, and at least {percent(PURE)} of the cells in it have"
        " its answer. It names places that were measured: CPUs <= 4 covers the measured"
        " counts up to 4.",
        "Cells are compared within one run.",
    ]
    return [Heading(2, "How it is judged"), Items(texts)]


def _span(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low} to {high}"
