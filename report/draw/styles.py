# SPDX-License-Identifier: GPL-2.0-or-later
"""The style of an allocator variant: the same in every picture.

A style depends on the variant's name alone. Colours are from Okabe and Ito's set, which
stays apart for colour-blind readers; marker, fill and dash stay apart without colour.
"""

import zlib
from dataclasses import dataclass
from typing import Tuple

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
BLUE, VERMILION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"


@dataclass(frozen=True)
class Style:
    """How a variant is drawn.

    `marker` is matplotlib's name of a shape, `filled` whether it is solid, `dashes`
    lengths of stroke and gap in line widths, none for a solid line.
    """

    colour: str
    marker: str
    filled: bool
    dashes: Tuple[float, ...]


_KNOWN = {
    "sun4u/pools:1": Style(BLACK, "o", True, ()),
    "gart/pools:1": Style(VERMILION, "X", True, (7, 2)),
    "pooled/pools:1": Style(SKY, "s", False, (4, 1.5)),
    "pooled/pools:16": Style(BLUE, "s", True, (6, 1.5, 1, 1.5)),
    "pooled-padded/pools:16": Style(BLUE, "s", False, (2, 1, 2, 4)),
    "ppc/pools:1": Style(PURPLE, "D", False, (1, 3)),
    "ppc/pools:4": Style(PURPLE, "D", True, (3, 1.5, 1, 1.5, 1, 1.5)),
    "s390/pools:1": Style(SKY, "h", True, (9, 2, 3, 2)),
    "stale-local/pools:1": Style(GREEN, "^", False, (2, 1.5)),
    "stale-local/pools:16": Style(GREEN, "^", True, (10, 2, 2, 2)),
    "stale-hop/pools:16": Style(ORANGE, "v", True, (1, 1.5)),
}
_ORDER = list(_KNOWN)
_COLOURS = (BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE)
_MARKERS = ("P", "<", ">", "p", "*", "h", "d")
_DASHES: Tuple[Tuple[float, ...], ...] = (
    (12, 3),
    (8, 2, 1, 2, 1, 2),
    (3, 3),
    (5, 1, 2, 1),
    (2, 4),
)


def style_of(variant: str) -> Style:
    """The style of ALLOCATOR/pools:P, known or not."""
    if variant in _KNOWN:
        return _KNOWN[variant]
    number = zlib.crc32(variant.encode())
    number, colour = divmod(number, len(_COLOURS))
    number, marker = divmod(number, len(_MARKERS))
    number, dashes = divmod(number, len(_DASHES))
    return Style(_COLOURS[colour], _MARKERS[marker], number % 2 == 0, _DASHES[dashes])


def in_order(variant: str) -> Tuple[int, str, int]:
    """Sort key: the variants of the suite in their usual order, then others by name."""
    place = _ORDER.index(variant) if variant in _KNOWN else len(_ORDER)
    allocator, _, pools = variant.partition("/pools:")
    return place, allocator, int(pools)
