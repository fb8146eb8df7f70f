# SPDX-License-Identifier: GPL-2.0-or-later
"""What git tells of the commits that runs are of."""

import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Optional

from report.store.model import Commit

ROOT = Path(__file__).resolve().parent.parent.parent


@lru_cache(maxsize=None)
def commit_of(sha: str, repository: Path = ROOT) -> Commit:
    """The commit, with what this repository knows of it; nothing if it does not."""
    if sha == "unknown":
        return Commit(sha)
    said = _git(repository, "log", "-1", "--no-show-signature", "--format=%ct %s", sha)
    count = _git(repository, "rev-list", "--count", sha)
    if said is None or count is None:
        return Commit(sha)
    time, _, subject = said.partition(" ")
    return Commit(sha, int(time), int(count), subject)


def _git(repository: Path, *words: str) -> Optional[str]:
    """What git prints; None where it fails or is not there."""
    try:
        done = subprocess.run(
            ["git", "-C", str(repository), *words, "--"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return None
    if done.returncode:
        return None
    return done.stdout.decode("utf-8", "replace").replace("\0", "\ufffd").rstrip("\n")
