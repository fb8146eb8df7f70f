# SPDX-License-Identifier: GPL-2.0-or-later
"""The results files that a store is made of, and comparing the two."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Sequence, Set

from report import ReportError
from report.read.load import format_of, read_document, run_of
from report.read.run import Run
from report.text.median import Interval
from report.store.figures import Figure, figures_of, is_comparison
from report.store.model import Series, StoredRun
from report.store.store import Store
from report.store.writer import digest_of


@dataclass(frozen=True)
class ResultsFile:
    """A results file that was read; `document` is not checked yet."""

    path: Path
    document: Any
    digest: str

    @classmethod
    def read(cls, path: Path) -> "ResultsFile":
        """The file at a path; ReportError if it is not JSON."""
        document = read_document(path)
        return cls(path, document, digest_of(document))

    @property
    def is_comparison(self) -> bool:
        """Whether it is of a comparison, whose two sides are not part of a history."""
        return format_of(self.document) is not None and is_comparison(
            self.document["context"]["iommubench"]
        )

    def run(self) -> Run:
        """The run in it; ReportError if it is not valid."""
        return run_of(self.document, self.path)


def read_all(
    paths: Sequence[Path], refused: Callable[[str], None]
) -> Iterator[ResultsFile]:
    """The files at these paths; of folders the results files anywhere below.

    Other JSON below a folder is skipped; `refused` is called with a line for each file
    that cannot be read.
    """
    for path in paths:
        inside = path.is_dir()
        for name in sorted(path.rglob("*.json")) if inside else [path]:
            try:
                file = ResultsFile.read(name)
            except ReportError as error:
                refused(str(error))
                continue
            if not inside or format_of(file.document) is not None:
                yield file


def verify(store: Store, paths: Sequence[Path]) -> List[str]:
    """What differs between the store and the files, a line each.

    With paths, these are all the files there are, but for comparisons, which no store
    takes; without, each run's file is looked for where it was when it was added.
    """
    runs = {run.digest: run for run in store.runs()}
    lines: List[str] = []
    seen: Set[str] = set()
    where = paths or [Path(run.path) for run in runs.values()]
    for file in read_all(where, lines.append if paths else lambda _: None):
        if file.digest in runs:
            seen.add(file.digest)
            differs = _difference(store, runs[file.digest], file)
            if differs:
                lines.append(differs)
        elif paths and not file.is_comparison:
            lines.append(f"{file.path}: not in the store; `store add` puts it there")
    for digest, run in runs.items():
        if digest not in seen:
            lines.append(
                f"{run.path}: run {digest[:12]} is in the store, but the file is gone"
                " or was changed"
            )
    return lines


def _difference(store: Store, stored: StoredRun, file: ResultsFile) -> Optional[str]:
    """How the store's figures of a run differ from its file's; None if they do not."""
    there = {
        _words(series): interval for series, interval in store.figures(stored).items()
    }
    try:
        figures = figures_of(file.run())
    except ReportError as error:
        return str(error)
    here = {_words_of(figure): figure.interval for figure in figures}
    wrong: List[str] = sorted(
        name
        for name in there.keys() | here.keys()
        if _ends(there.get(name)) != _ends(here.get(name))
    )
    if not wrong:
        return None
    return (
        f"{file.path}: {len(wrong)} figures differ in the store, first {wrong[0]};"
        " `store remove` and `store add` put it right"
    )


def _words(series: Series) -> str:
    return f"{series.cell} {series.pass_name} {series.figure} {series.setup}"


def _words_of(figure: Figure) -> str:
    return f"{figure.cell} {figure.pass_name} {figure.name} {figure.setup}"


def _ends(interval: Optional[Interval]) -> Optional[Sequence[float]]:
    if interval is None:
        return None
    return (interval.median, interval.low, interval.high, interval.count)
