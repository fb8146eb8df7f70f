# SPDX-License-Identifier: GPL-2.0-or-later
"""The sites and the browser of the dashboard's tests (`make browser-check`)."""

import http.server
import os
import shutil
import threading
from functools import partial
from pathlib import Path
from typing import Any, Iterator, List, cast

import pytest

from browser import Browser
from cli import ROOT
from report.claims.document import Block, Heading, Image, html
from report.site import Archive, make_site
from report.store import Store, open_store
from site_sample import InMemory, alert_of, base_run, fill, small_store

UPLOT = ROOT / os.environ.get("UPLOT", "build/cache/npm/node_modules/uplot")


def _missing() -> str:
    """What beside modules keeps the tests from running, "" if nothing does."""
    for program in ("chromium", "chromedriver"):
        if not shutil.which(program):
            return f"no {program}"
    return "" if UPLOT.is_dir() else f"no {UPLOT}"


@pytest.fixture(scope="session", name="what_is_needed")
def _what_is_needed() -> None:
    missing = _missing()
    if missing:
        pytest.skip(f"{missing}: `make browser-check` installs what is needed")


# A picture as matplotlib makes them: with a style sheet and styles of its own.
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">
<defs><style>rect { stroke: black }</style></defs>
<rect width="40" height="30" style="fill: #ff0000"/></svg>"""


@pytest.fixture(scope="session", name="site")
def _site(what_is_needed: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two hosts, 40 and 12 runs, and a page of claims."""
    folder = tmp_path_factory.mktemp("small")
    claims = folder / "claims"
    claims.mkdir()
    blocks: List[Block] = [Heading(1, "The claims"), Image("red.svg", "a red box", SVG)]
    (claims / "claims.html").write_text(html(blocks))
    alerts = small_store(folder / "history.db")
    with open_store(str(folder / "history.db")) as store:
        archive = Archive(store, alerts)
    make_site(archive, folder / "site", UPLOT, [claims])
    return folder / "site"


@pytest.fixture(scope="session", name="site_of_few")
def _site_of_few(
    what_is_needed: None, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A site of two runs of 3 samples a cell, the second 12 % slower."""
    folder = tmp_path_factory.mktemp("few")
    with open_store(str(folder / "history.db"), create=True) as store:
        fill(store, base_run(repetitions=3), 2, step=2)
        archive = Archive(store, ())
    make_site(archive, folder / "site", UPLOT)
    return folder / "site"


@pytest.fixture(scope="session", name="big_site")
def _big_site(what_is_needed: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of 1000 runs of 100 series."""
    folder = tmp_path_factory.mktemp("big")
    store = cast(Store, InMemory(1000, 100))
    alerts = [alert_of(store.runs(), 501, store.series())]
    make_site(Archive(store, alerts), folder / "site", UPLOT)
    return folder / "site"


@pytest.fixture(scope="session", name="browser")
def _browser(what_is_needed: None) -> Iterator[Any]:
    with Browser() as browser:
        yield browser


@pytest.fixture(name="served")
def _served(site: Path) -> Iterator[str]:
    """The address of the site on a web server."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        """Prints nothing."""

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    handler = partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
