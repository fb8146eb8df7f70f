# SPDX-License-Identifier: GPL-2.0-or-later
"""What the store gives and takes: plain values, without any database in them."""

from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from typing import Iterable, List, Optional, Tuple

import numpy as np
import numpy.typing as npt

from report.read.cell import is_of_kernel

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Added(Enum):
    """What became of a run that was given to the store."""

    NEW = "added"
    KNOWN = "already there"
    REPLACED = "added in place of its unfinished state"
    OUTDATED = "a later state of this run is there"


@dataclass(frozen=True, order=True)
class Host:
    """A machine; its runs never share a series with those of another.

    What can change about a machine (kernel, governor, ...) is in each run's context.
    """

    name: str
    arch: str
    cpu_model: str

    def __str__(self) -> str:
        return f"{self.name} ({self.arch}, {self.cpu_model})"


@dataclass(frozen=True)
class Commit:
    """A commit, and what git told of it when runs were added.

    `sha` is "unknown" where the build did not know. `time` (committer's, seconds since
    1970), `ancestors` (how many commits it has behind it) and `subject` are None where
    git did not know the commit. The subject is data of others: escape it.
    """

    sha: str
    time: Optional[int] = None
    ancestors: Optional[int] = None
    subject: Optional[str] = None

    @property
    def short(self) -> str:
        """As git abbreviates it, about."""
        return self.sha[:12]


@dataclass(frozen=True)
class Tree:
    """Sources that were measured: a commit, and whether the tree differed from it."""

    commit: Commit
    dirty: bool


@dataclass(frozen=True)
class Kernel(Tree):
    """The kernel tree that the allocators k-NAME of a run were built from.

    `version` is the kernel's own word; `digest` is of the files that were measured.
    """

    version: str
    digest: str


@dataclass(frozen=True)
class StoredRun:
    """A run, as the store knows it.

    `digest` is of the file's content and the name to give a run in links; `number` is
    the store's own and differs from store to store. `date` is the start of the run in
    seconds since 1970. `kind` is "native", "sim" or "audit". `samples` counts all of
    them, `failed` and `noisy` some. `path` is where the file was when it was
    added. `complete` is False for a run that was stopped. `commit` and `dirty` are of
    iommubench; `kernel` is None where no kernel tree was measured. Text comes from the
    file: escape it.
    """

    number: int
    digest: str
    host: Host
    commit: Commit
    dirty: bool
    date: int
    kind: str
    command_line: str
    complete: bool
    samples: int
    failed: int
    noisy: int
    path: str
    kernel: Optional[Kernel] = None

    @property
    def order(self) -> Tuple[int, int, bool, int, str]:
        """Where it stands in history: by commit where git knew it, else by date."""
        return self.order_of(False)

    def order_of(self, of_kernel: bool) -> Tuple[int, int, bool, int, str]:
        """Where it stands in the history of the kernel, or of iommubench."""
        tree = self.tree(of_kernel)
        return (
            self.date if tree.commit.time is None else tree.commit.time,
            tree.commit.ancestors or 0,
            tree.dirty,
            self.date,
            self.digest,
        )

    def tree(self, of_kernel: bool) -> Tree:
        """What was measured: the kernel's tree, or iommubench's own."""
        if of_kernel and self.kernel is not None:
            return self.kernel
        return Tree(self.commit, self.dirty)

    @property
    def when(self) -> datetime:
        """The start of the run, in UTC."""
        return datetime.fromtimestamp(self.date, timezone.utc)


def in_order(runs: Iterable[StoredRun], of_kernel: bool = False) -> List[StoredRun]:
    """The runs in the order of history, oldest first."""
    return sorted(runs, key=lambda run: run.order_of(of_kernel))


@dataclass(frozen=True)
class Series:
    """One figure of one cell on one host, over all runs.

    `cell` is the cell's name, `pass_name` the pass whose samples the figure is of.
    `setup` is what else the figure depends on and the cell's name does not say
    ("entries:8192", of simulations the seed too): runs with another are another
    series. In an `exact` series the same program gives the same figure; one that is
    `seeded` too is of the simulator, whose figures hang on their seeds. A series
    `of_kernel` runs over the commits of the kernel, others over those of iommubench.
    """

    number: int
    host: Host
    cell: str
    pass_name: str
    figure: str
    setup: str
    exact: bool

    @property
    def of_kernel(self) -> bool:
        """Whether it is of an allocator out of a kernel tree."""
        return is_of_kernel(self.cell)

    @property
    def seeded(self) -> bool:
        """Whether its samples are seeds, which differ by chance: low to high is all."""
        return self.pass_name == "sim"

    @property
    def key(self) -> Tuple[str, str, str, str, str, str, str, bool]:
        """Sorts series, and names one alike in every store."""
        host = self.host
        return (
            host.name,
            host.arch,
            host.cpu_model,
            self.cell,
            self.figure,
            self.pass_name,
            self.setup,
            self.exact,
        )


@dataclass(frozen=True, eq=False)
class Points:
    """The points of a series in the order of history, one a run.

    `low` to `high` is the interval of the median of `count`
    samples; where `confident` is False they were too few, and it runs from the
    smallest to the largest (report.text.median).
    """

    runs: Tuple[StoredRun, ...]
    median: Floats
    low: Floats
    high: Floats
    confident: npt.NDArray[np.bool_]
    count: Integers

    def __len__(self) -> int:
        return len(self.runs)
