# SPDX-License-Identifier: GPL-2.0-or-later
"""All the claims, in their order."""

from typing import List

from report.claims import flush_claims, interface_claim, noise_claim, pool_claims
from report.claims import time_claims
from report.claims.case import Finding
from report.claims.data import Data

CLAIMS = (
    time_claims.one_pool,
    noise_claim.in_the_noise,
    pool_claims.fallback_pools,
    flush_claims.more_often,
    flush_claims.once_a_map,
    time_claims.old_machines,
    pool_claims.one_lock,
    interface_claim.null_flush,
)


def findings(data: Data, margin: float) -> List[Finding]:
    """Each claim with its cases; 0.05 is a margin of 5 %."""
    return [claim(data, margin) for claim in CLAIMS]
