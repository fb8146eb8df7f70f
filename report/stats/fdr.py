# SPDX-License-Identifier: GPL-2.0-or-later
"""Which of many tests to believe: the false discovery rate."""

from typing import List, Sequence

import numpy as np


def discoveries(p_values: Sequence[float], rate: float) -> List[bool]:
    """Benjamini-Hochberg: which of them to believe.

    On average at most `rate` of the believed are wrong. Where nothing at all has
    changed, `rate` is the probability that anything is believed.
    """
    p = np.asarray(p_values, dtype=float)
    if p.size == 0:
        return []
    ordered = np.sort(p)
    below = np.flatnonzero(ordered <= rate * np.arange(1, p.size + 1) / p.size)
    limit = ordered[below[-1]] if below.size else -1.0
    return [bool(each <= limit) for each in p]
