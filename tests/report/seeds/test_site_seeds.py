# SPDX-License-Identifier: GPL-2.0-or-later
"""What the dashboard's comparison says of simulated figures, and when it must not."""

import json
import re
import shutil
import subprocess
from typing import Any, List, Sequence

import pytest

from cli import ROOT

SCRIPT = ROOT / "report" / "site" / "assets" / "compare.js"


def verdict(
    a: Sequence[float],
    b: Sequence[float],
    instruments: Sequence[str] = ("one", "one"),
    better: int = -1,
) -> List[str]:
    """Kind and words of two values [median, low, high, seeds]."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not there: apt-get install nodejs")
    text = SCRIPT.read_text(encoding="utf-8")
    found = re.search(r"\tconst SEEDS_MIN.*?\n\t}\n", text, re.S)
    assert found
    given = ", ".join(
        json.dumps(each)
        for each in (list(a), list(b), better, [{"instrument": i} for i in instruments])
    )
    script = f"{found[0]}\nconsole.log(JSON.stringify(seedVerdict({given})));"
    done = subprocess.run(
        [node, "-e", script], capture_output=True, text=True, check=True
    )
    result: List[Any] = json.loads(done.stdout)
    return result


BASE = (100.0, 98.0, 103.0, 8)


def test_better_and_worse() -> None:
    slower, faster = (110.0, 104.0, 114.0, 8), (90.0, 88.0, 97.0, 8)
    assert verdict(BASE, slower) == ["worse", "B worse"]
    assert verdict(BASE, faster) == ["better", "B better"]
    assert verdict(BASE, slower, better=1) == ["better", "B better"]
    assert verdict(BASE, slower, better=0) == ["moved", "apart"]


def test_chance_is_neither() -> None:
    # 144 to 166 ns over seeds: its medians differ by a tenth.
    wide, other = (161.0, 146.0, 166.0, 8), (144.0, 143.5, 150.0, 8)
    assert verdict(wide, other) == ["same", "seeds overlap"]
    nothing = (100.00085, 100.0008, 100.0009, 8)
    assert verdict((100.0, 99.9999, 100.0001, 8), nothing)[1] == "less than 1 %"
    assert verdict(BASE, BASE) == ["equal", "same median and range"]
    assert verdict((100.0, 100.0, 100.0, 1), (150.0, 150.0, 150.0, 1)) == [
        "few",
        "too few seeds",
    ]


def test_another_instrument_is_neither() -> None:
    slower = (150.0, 140.0, 160.0, 8)
    for instruments, words in (
        (("one", "two"), "the instrument changed"),
        (("", "two"), "the instrument may have changed"),
        (("", ""), "the instrument may have changed"),
    ):
        assert verdict(BASE, slower, instruments) == ["same", words]
