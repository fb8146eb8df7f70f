# SPDX-License-Identifier: GPL-2.0-or-later
"""The dashboard: a static site of the history of many runs on many hosts."""

from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, List, Sequence, Set, Tuple

from report import ReportError
from report.site.claims import with_policy
from report.site.history import Archive, page_id
from report.site.pages import HERE, Pages
from report.site.write import Folder

__all__ = ["Archive", "make_site"]

# What the pages take from uPlot's npm package, and its name in the site.
UPLOT_FILES = {
    "dist/uPlot.iife.min.js": "uPlot.iife.min.js",
    "dist/uPlot.min.css": "uPlot.min.css",
    "LICENSE": "uPlot.LICENSE",
}


def make_site(
    archive: Archive,
    out: Path,
    uplot: Path,
    claims: Sequence[Path] = (),
) -> None:
    """Write the site of an archive to `out`; ReportError if it cannot.

    `uplot` is the folder of uPlot's package. In or below the folders `claims` are
    pages claims.html, copied and linked.
    """
    for name in UPLOT_FILES:
        if not (uplot / name).is_file():
            raise ReportError(
                f"{uplot / name}: not there; fetch it from npm with `make uplot`"
            )
    if not archive.runs:
        raise ReportError(
            f"{archive.url}: has no runs; add some:"
            " python3 -m report store add RUN.json"
        )
    with Folder(out) as folder:
        for asset in sorted((HERE / "assets").iterdir()):
            folder.copy(asset, f"assets/{asset.name}")
        for name, ours in UPLOT_FILES.items():
            folder.copy(uplot / name, f"assets/{ours}")
        pages = Pages(archive, folder, _shared(archive, _copy_claims(claims, folder)))
        pages.looks()
        pages.overview()
        pages.lists()
        for host in archive.hosts:
            pages.host(host)
        for series in archive.series:
            pages.series(series)
        for run in archive.runs:
            pages.run(run)


def _copy_claims(folders: Sequence[Path], folder: Folder) -> List[Tuple[str, str]]:
    """Host and page in the site of each claims page that `make claims` left."""
    found = []
    seen: Set[Path] = set()
    for root in (each.resolve() for each in folders):
        for path in sorted(root.rglob("claims.html")):
            if path in seen or not path.is_file():
                continue
            seen.add(path)
            name = f"claims/{page_id(root.name, str(path.relative_to(root)))}.html"
            folder.write(name, with_policy(path))
            here = path.parent
            host = here.parent if here.name == "claims" else here
            found.append((host.name, name))
    return found


def _shared(archive: Archive, claims: List[Tuple[str, str]]) -> Dict[str, Any]:
    """What every page shows."""
    return {
        "claims": claims,
        "hosts": [archive.label(host) for host in archive.hosts],
        "run_count": len(archive.runs),
        "source": archive.url,
        "made": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M"),
    }
