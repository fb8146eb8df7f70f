# SPDX-License-Identifier: GPL-2.0-or-later
"""All the pictures of a run, unless one figure is asked for."""

from typing import Dict

from report.draw import counters, locks, simulated, throughput
from report.draw.groups import slug
from report.draw.picture import Sheet
from report.read.run import Run


def make_pictures(results: Run) -> Dict[str, Sheet]:
    """The pictures of a run by their part of the file name."""
    of_locks = locks.make_pictures(results)
    pictures: Dict[str, Sheet] = {**simulated.make_pictures(results)}
    if results.of_pass("timing") or not pictures:
        for group, picture in throughput.make_pictures(results).items():
            pictures[slug(group)] = picture
    for group, picture in counters.make_pictures(results).items():
        pictures[f"{slug(group)}-counters"] = picture
    for group, more in of_locks.items():
        pictures.update({f"{slug(group)}-{kind}": each for kind, each in more.items()})
    return pictures
