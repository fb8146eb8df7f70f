# SPDX-License-Identifier: GPL-2.0-or-later
"""The claims pages in the dashboard's site."""

import base64
import hashlib
import os
import re
import subprocess
from pathlib import Path
from typing import List, cast

import pytest

pytest.importorskip("jinja2", reason="no jinja2: make deps installs it")
pytest.importorskip("sqlalchemy", reason="no sqlalchemy: make deps installs it")

from cli import ROOT  # noqa: E402
from report import ReportError  # noqa: E402
from report.claims.document import Heading, html  # noqa: E402
from report.site import Archive, make_site  # noqa: E402
from report.site.claims import with_policy  # noqa: E402
from report.store import Store  # noqa: E402
from site_sample import InMemory, fake_uplot  # noqa: E402

PAGE = html([Heading(1, "The claims")])
STYLE = PAGE.partition("<style>")[2].partition("</style>")[0]
META = '<meta http-equiv="Content-Security-Policy" content="'


def copied(folder: Path, text: str) -> str:
    """The page as it is in the site."""
    (folder / "claims.html").write_text(text, encoding="utf-8")
    return with_policy(folder / "claims.html")


def test_a_page_gets_a_policy_that_fits_it(tmp_path: Path) -> None:
    text = copied(tmp_path, PAGE)
    found = re.search(f'<head>\n{META}([^"]*)">', text)
    assert found
    rules = dict(rule.split(" ", 1) for rule in found[1].split("; "))
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    assert rules["style-src"] == f"'sha256-{digest}'"
    assert rules["default-src"] == rules["script-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert text.replace(f"\n{found[0][7:]}", "") == PAGE


@pytest.mark.parametrize(
    "text, before",
    [
        ("<!doctype html><title>x</title>", "<!doctype html>"),
        ("\ufeff<!DOCTYPE html>\n<!-- <head> --><script>1</script>", "<!DOCTYPE html>"),
        ("<!DOCTYPE html><html lang='><head>'><script>", "<!DOCTYPE html>"),
        ('<!DOCTYPE html><html lang="><head>"><script>', "<!DOCTYPE html>"),
        ("<script>1</script><head>", ""),
        ("", ""),
    ],
)
def test_nothing_of_a_strange_page_stands_before_it(
    tmp_path: Path, text: str, before: str
) -> None:
    assert copied(tmp_path, text).startswith(f"{before}\n{META}")


def test_a_page_that_cannot_be_read(tmp_path: Path) -> None:
    page = tmp_path / "claims.html"
    page.write_bytes(b"\xff\xfe<\0")
    with pytest.raises(ReportError, match="not UTF-8; make it again"):
        with_policy(page)
    page.unlink()
    with pytest.raises(ReportError, match="cannot be read: .*--claims"):
        with_policy(page)


def links(site: Path) -> List[str]:
    """What the first page calls the claims pages of several hosts."""
    return re.findall(r'<a href="claims/[0-9a-f]+\.html">(.*?)</a>', site.read_text())


def test_each_page_is_found_once_wherever_it_is(tmp_path: Path) -> None:
    folders = [
        tmp_path / name for name in ("results/one/claims", "build/claims", "own")
    ]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "claims.html").write_text(PAGE)
    (folders[0] / "other.html").write_text("no page of claims")
    given = [tmp_path / "results", folders[0], *folders[1:], tmp_path / "missing"]
    archive = Archive(cast(Store, InMemory(2, 1)), ())
    make_site(archive, tmp_path / "out", fake_uplot(tmp_path / "uplot"), given)
    assert links(tmp_path / "out" / "index.html") == [
        "Claims: one",
        "Claims: build",
        "Claims: own",
    ]
    # Nor does a site have those of an older one.
    given.append(tmp_path)
    make_site(archive, tmp_path / "out", tmp_path / "uplot", given)
    assert len(links(tmp_path / "out" / "index.html")) == 3


@pytest.mark.parametrize(
    "variables, folder",
    [
        ((), "build/claims"),
        (("B=b",), "b/claims"),
        (("CLAIMS=/srv/my c",), "/srv/my c"),
    ],
)
def test_make_looks_where_make_claims_writes(variables: List[str], folder: str) -> None:
    # The make that runs the tests hands its own variables on.
    clean = {k: v for k, v in os.environ.items() if k[:4] != "MAKE" and k != "B"}
    done = subprocess.run(
        ["make", "-n", "dashboard", *variables],
        cwd=ROOT,
        env={**clean, "MFLAGS": ""},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert f'--claims results "{folder}"' in done.stdout
