# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the pages: what stands in each, in words; the charts are the scripts'."""

from pathlib import Path
from typing import Any, Dict, List, Mapping

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from report.changes.alerts import Change
from report.read.figures import figure, in_order
from report.site import data, host_lines, tables
from report.site.cells import cell_of, conditions_of_series
from report.site.figures import has_pages, percent, shown, unit_behind
from report.site.history import Archive, host_id, run_id, series_id
from report.site.times import day, minute
from report.site.write import Folder
from report.store import Host, Series, StoredRun

HERE = Path(__file__).resolve().parent
# Events on the overview; the others have a page of their own.
EVENTS = 12


class Pages:
    """The pages of one archive, written into a folder."""

    def __init__(self, archive: Archive, folder: Folder, shared: Mapping[str, Any]):
        self._archive = archive
        self._folder = folder
        self._shared = shared
        self._events = tables.events(archive)
        self._near = tables.Near(archive.series)
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self._templates.filters.update(
            percent=percent, day=day, minute=minute, figure=figure
        )
        self._templates.globals.update(
            cell_of=cell_of,
            change_row=self._change_row,
            shown=shown,
            unit_behind=unit_behind,
            verdict=tables.verdict,
            label=archive.label,
            recent=tables.RECENT,
            host_page=lambda host: f"host/{host_id(host)}.html",
            run_page=lambda run: f"run/{run_id(run)}.html",
            series_page=lambda series: f"series/{series_id(series)}.html",
            run_id=run_id,
        )

    def overview(self) -> None:
        """The first page, and one of all events where those are many."""
        events = self._events
        hosts = [self._state(host) for host in self._archive.hosts]
        more = len(events) if len(events) > EVENTS else 0
        self._page(
            "index.html",
            "overview.html",
            events=events[:EVENTS],
            states=hosts,
            more=more,
        )
        if more:
            self._page("moved.html", "moved.html", events=events)

    def lists(self) -> None:
        """The list of all runs, and the page that compares two."""
        newest = sorted(self._archive.runs, key=lambda run: run.order, reverse=True)
        self._page("runs.html", "runs.html", runs=newest)
        ids = [host_id(host) for host in self._archive.hosts]
        self._page("compare.html", "compare.html", host_ids=ids)

    def host(self, host: Host) -> None:
        """A host: its facts and the newest value of each of its series."""
        newest = self._archive.runs_of(host)[-1]
        self._page(
            f"host/{host_id(host)}.html",
            "host.html",
            state=self._state(host),
            facts=host_lines.host_facts(self._archive.context(newest)),
            blocks=tables.blocks(self._archive, host),
            events=[event for event in self._events if event.host == host],
        )
        self._script("host", host_id(host), data.host(self._archive, host))
        if self._archive.runs_of(host, of_kernel=True):
            kernels = data.host(self._archive, host, of_kernel=True)
            self._script("host", host_id(host, of_kernel=True), kernels)

    def series(self, series: Series) -> None:
        """A series: its chart, where it moved, and which series are near."""
        identity = series_id(series)
        self._page(
            f"series/{identity}.html",
            "series.html",
            series=series,
            cell=cell_of(series.cell),
            conditions=conditions_of_series(series),
            it=figure(series.figure),
            count=len(self._archive.points(series)),
            identity=identity,
            host_id=host_id(series.host, series.of_kernel),
            changes=self._archive.changes_of(series),
            near=self._near.of(series),
        )
        self._script("series", identity, data.series(self._archive, series))

    def run(self, run: StoredRun) -> None:
        """A run: its charts, all its values, and all that is known of its making."""
        # A native run and a simulated one have no cell in common.
        runs = [r for r in self._archive.runs_of(run.host) if r.kind == run.kind]
        place = runs.index(run)
        context = self._archive.context(run)
        self._page(
            f"run/{run_id(run)}.html",
            "run.html",
            run=run,
            before=runs[place - 1] if place else None,
            after=runs[place + 1] if place + 1 < len(runs) else None,
            blocks=tables.run_blocks(self._archive, run),
            ladders=self._ladders(run),
            series_of=self._archive.of_run(run),
            facts=host_lines.run_facts(context) + host_lines.host_facts(context),
            omitted=host_lines.omitted(context),
            absent=host_lines.absent(context),
            step=self._archive.step_ns(run),
            context=host_lines.flat(context),
            events=[event for event in self._events if event.run == run],
        )
        self._script("run", run_id(run), data.run(self._archive, run))

    def _ladders(self, run: StoredRun) -> Dict[str, List[str]]:
        """Names of the figures that are drawn against the CPU count: locks' and others.

        Throughput comes first: it is what is shown unless another is chosen.
        """
        names = {name for _, name in self._archive.values(run) if has_pages(name)}
        found: Dict[str, List[str]] = {"locks": [], "others": []}
        for name in sorted(names, key=lambda n: (n != "ops_per_second", in_order(n))):
            found["locks" if "locks" in figure(name).passes else "others"].append(name)
        return found

    def looks(self) -> None:
        """How variants are drawn: one small file for all pages."""
        cells = {series.cell for series in self._archive.series}
        variants = sorted({cell_of(cell).variant for cell in cells})
        self._script("looks", "all", data.looks(variants))

    def _state(self, host: Host) -> tables.State:
        return tables.state(self._archive, host, self._events)

    def _script(self, kind: str, identity: str, content: Any) -> None:
        name = f"data/{kind}-{identity}.js"
        self._folder.write(name, data.script(kind, identity, content))

    def _page(self, path: str, template: str, **content: Any) -> None:
        text = self._templates.get_template(template).render(
            root="../" * path.count("/"), here=path, **self._shared, **content
        )
        self._folder.write(path, text)

    def _change_row(self, change: Change) -> Dict[str, Any]:
        """What a table says of a change."""
        it = figure(change.series.figure)
        step = self._archive.step_ns(change.first)
        return {
            "change": change,
            "size": change.size,
            "it": it,
            "cell": cell_of(change.series.cell),
            "verdict": tables.verdict(change),
            "before": shown(it, change.size.before, step),
            "after": shown(it, change.size.after, step),
        }
