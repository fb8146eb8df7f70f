# SPDX-License-Identifier: GPL-2.0-or-later
"""The pages of `make claims` in the site: as they are, but with a policy."""

import base64
import hashlib
import re
from pathlib import Path

from report import ReportError

# How our pages begin. Any other has the policy at its very start: a script could stand
# before what looks like its <head>.
_OURS = re.compile(r'<!DOCTYPE html>\s*<html lang="[a-z]+">\s*<head>')
_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.I)
_STYLE = re.compile(r"<style>(.*?)</style>", re.S)


def with_policy(path: Path) -> str:
    """The text of a page with a Content-Security-Policy; ReportError if unreadable.

    Only the page's own style sheet and the pictures in it are allowed.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ReportError(
            f"{path}: cannot be read: {error.strerror or error}; make it readable, or"
            " name other folders in --claims"
        ) from None
    except UnicodeDecodeError:
        raise ReportError(
            f"{path}: is not a page of `make claims`: it is not UTF-8; make it"
            " again, or name other folders in --claims"
        ) from None
    start = _OURS.match(text) or _DOCTYPE.match(text)
    end = start.end() if start else 0
    return f"{text[:end]}\n{_policy(text)}{text[end:]}"


def _policy(text: str) -> str:
    """The policy as an element."""
    styles = " ".join(_hash(style) for style in _STYLE.findall(text)) or "'none'"
    rules = (
        "default-src 'none'",
        "script-src 'none'",
        f"style-src {styles}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    content = "; ".join(rules)
    return f'<meta http-equiv="Content-Security-Policy" content="{content}">'


def _hash(content: str) -> str:
    """By which a policy allows an element of this content."""
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
