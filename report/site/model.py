# SPDX-License-Identifier: GPL-2.0-or-later
"""Where series moved, as the pages show it."""

import hashlib
from dataclasses import dataclass
from typing import Tuple

from report.store import Series, StoredRun


@dataclass(frozen=True)
class Change:
    """A place where a series moved.

    `run` is the first of the new level. `size`, `low` and `high` are relative: 0.1 for
    a tenth more. `neighbours` moved in the same run.
    """

    series: Series
    run: StoredRun
    size: float
    low: float
    high: float
    before: float
    after: float
    neighbours: Tuple[Series, ...] = ()


def page_id(*words: str) -> str:
    """A file name that depends on nothing but these words, whatever is in them."""
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:12]
