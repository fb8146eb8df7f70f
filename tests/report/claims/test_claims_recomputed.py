# SPDX-License-Identifier: GPL-2.0-or-later
"""Recomputes every number of the claims page's first part from claims.csv alone."""

import csv
import io
import re
from collections import Counter
from typing import Any, Dict, Iterable, List, Sequence

import pytest

from claims_sample import MARGIN, cell, data_of, samples
from report.claims.document import markdown
from report.claims.findings import findings
from report.claims.page import build
from report.claims.variants import LOCAL_16, PATH_4_0, PATH_4_1, POOLED_1, POOLED_16
from report.claims.variants import STALE_1, SUN4U
from report.commands.claims import table
from report.read.run import Sample

E450, T5 = "sun4u-e450", "sun4v-t5-2"
Row = Dict[str, str]


def invented() -> List[Sample]:
    """Cells on three machines that give all five sentences, none of them alike."""
    taken: List[Sample] = []
    for profile, base, more in ((None, 80, 9), (E450, 900, 431), (T5, 300, 77)):
        for cpus in (1, 2) if profile is None else (1, 4):
            for think in (0, 500, 4000, 30000):
                noise = 0.002 * cpus
                time = base * cpus + think
                for variant, extra in ((PATH_4_0, 0.0), (PATH_4_1, more / cpus)):
                    here = cell(variant, profile, cpus, think=think)
                    taken += samples(here, time + extra, noise)
                for variant, rate in ((SUN4U, 0.12), (POOLED_1, 0.31), (STALE_1, 4.7)):
                    here = cell(variant, profile, cpus, think=think)
                    taken += samples(
                        here, time * (1 + rate), noise, flushes_per_kop=rate
                    )
    for place, rate in ((4, 3.3), (24, 44.0), (25, 613.0), (60, 977.0)):
        for variant, flushes in ((SUN4U, 0.17), (LOCAL_16, rate)):
            here = cell(variant, E450, 4, occupancy=place)
            reuse = 33.3 if variant == SUN4U else 0.0
            taken += samples(
                here, 700, flushes_per_kop=flushes, stale_reuse_per_kop=reuse
            )
    for variant, time in ((SUN4U, 70000), (POOLED_16, 470)):
        taken += samples(cell(variant, T5, 64), time)
    return taken


@pytest.fixture(scope="module", name="made")
def made_(tmp_path_factory: "pytest.TempPathFactory") -> "tuple[str, List[Row]]":
    """The page up to how it is judged, and the lines of claims.csv."""
    data = data_of(tmp_path_factory.mktemp("claims"), invented())
    found = findings(data, MARGIN)
    page = markdown(build(data, found, [], MARGIN)).replace("\\", "")
    rows = list(csv.DictReader(io.StringIO(table(found))))
    return page.partition("## How it is judged")[0], rows


def numbers(text: str) -> List[float]:
    """All numbers of a sentence that are not part of a name; times in ns."""
    text = re.sub(r"\b(sun4[uv][-\w.]*|dma4u\S*)", "", text)
    result = []
    for sign, value, unit in re.findall(r"([+-]?)(\d+(?:\.\d+)?)( ns| \u00b5s)?", text):
        scale = 1000 if unit == " \u00b5s" else 1
        result.append(float(sign + value) * scale)
    return result


def near(found: Sequence[float], expected: Iterable[float]) -> None:
    """They are the same to three digits, in order."""
    assert list(found) == pytest.approx(list(expected), rel=0.006, abs=1e-9)


def sentence(page: str, about: str) -> str:
    """The paragraph of the opening that has this in it."""
    (line,) = [x for x in page.splitlines() if x.startswith("**To ") and about in x]
    return line


def of(rows: Sequence[Row], **wanted: Any) -> List[Row]:
    """The lines that have these."""
    return [r for r in rows if all(r[k] == str(v) for k, v in wanted.items())]


def judged(rows: Sequence[Row], claim: str) -> List[Row]:
    """The cases of a claim, without what stands beside."""
    return [row for row in of(rows, claim=claim) if row["answer"]]


def values(rows: Iterable[Row]) -> List[float]:
    """Their figures."""
    return [float(row["value"]) for row in rows]


def counts(rows: Sequence[Row]) -> "Counter[str]":
    """How many have which answer."""
    return Counter(row["answer"] for row in rows)


def ends(found: Sequence[float]) -> List[float]:
    """The smallest and the largest."""
    return [min(found), max(found)]


def test_one_pool(made: "tuple[str, List[Row]]") -> None:
    page, rows = made
    cases = judged(rows, "C1")
    told = counts(cases)
    worst = max(values(of(cases, answer="fails")))
    text = sentence(page, "One pool that flushes")
    expected = [5, told["fails"], len(cases), 100 * (worst - 1), told["holds"]]
    near(
        numbers(text), [*expected, *([told["cannot tell"]] * bool(told["cannot tell"]))]
    )
    assert {row["allocator"] for row in cases} == {PATH_4_1}


def test_the_additional_flush(made: "tuple[str, List[Row]]") -> None:
    page, rows = made
    cases = of(judged(rows, "C2"), allocator=POOLED_1)
    beside = [r for r in of(rows, claim="C2", allocator=POOLED_1) if not r["answer"]]
    stale = of(judged(rows, "C2"), allocator=STALE_1)
    assert counts(cases) == {"holds": len(cases)}
    most = [100 * max(float(row["high"]) for row in each) for each in (cases, stale)]
    expected = [most[0], 5, len(cases)]
    expected += [100 * each for each in ends(values(beside))]
    expected += [most[1]]
    near(numbers(sentence(page, "The additional flush")), expected)


def test_old_machines(made: "tuple[str, List[Row]]") -> None:
    page, rows = made
    cases = of(judged(rows, "C6"), machine=E450, think_ns=0, allocator=PATH_4_1)
    (point,) = of(rows, machine=E450, cpus=1, figure="break-even think time, ns")[:1]
    assert point["allocator"] == PATH_4_1
    assert counts(cases) == {"holds": 1}
    change = 100 * (values(cases)[0] - 1)
    interval = [float(point[end]) for end in ("value", "low", "high")]
    found = numbers(sentence(page, "Old machines"))
    near(found, [change, 5, *interval])


def test_more_flushes(made: "tuple[str, List[Row]]") -> None:
    page, rows = made
    enough = judged(rows, "C5")

    def fills(answer: str) -> List[float]:
        return [
            min(100.0, float(row["utilization"]) * 16 / min(16, int(row["cpus"])))
            for row in of(enough, answer=answer)
        ]

    expected = ends(values(of(judged(rows, "C4"), answer="holds")))
    expected += [counts(enough)["holds"], len(enough), max(fills("holds"))]
    expected += [min(fills("fails")), max(values(of(enough, answer="fails")))]
    near(numbers(sentence(page, "To flush each pool")), expected)


def test_one_lock(made: "tuple[str, List[Row]]") -> None:
    page, rows = made
    lines = of(rows, claim="C7", machine=T5, cpus=64, think_ns=0)
    one, pools = (of(lines, allocator=each) for each in (SUN4U, POOLED_16))
    assert counts(one) == {"holds": 1} and counts(pools) == {"": 1}
    text = sentence(page, "One lock does not scale")
    near(numbers(text), [64, 64 * values(one)[0], 16, 64 * values(pools)[0]])


def test_the_tallies(made: "tuple[str, List[Row]]") -> None:
    """Of each claim and machine."""
    page, rows = made
    claim, seen = "", set()
    for line in page.partition("## Answers")[2].partition("## How")[0].splitlines():
        found = re.match(
            r"\| (C\d)? ?\|.*\| (this host|simulated (\S+)): (.*) \|$", line
        )
        if not found:
            continue
        claim = found[1] or claim
        machine = found[3] or found[2]
        told = counts(of(judged(rows, claim), machine=machine))
        seen.add((claim, machine))
        whole = sum(told.values())
        parts = [told[each] for each in ("fails", "holds", "cannot tell") if told[each]]
        if len(parts) == 1:
            assert found[4].startswith(next(iter(told)))
            near(numbers(found[4]), [whole] if whole > 1 else [])
        else:
            near(numbers(found[4]), [*parts, whole])
    assert seen == {(row["claim"], row["machine"]) for row in rows if row["answer"]}


def crossing(rows: Sequence[Row]) -> float:
    """Where new - 1.05 old passes 0 for the last time, from the times in the lines."""
    points = []
    for row in rows:
        new, old = map(float, re.findall(r"([\d.]+) ns", row["why"]) or (0, 0))
        points.append((float(row["think_ns"]), new - 1.05 * old))
    points.sort()
    place = 0.0
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if y0 > 0 >= y1:
            place = x0 + (x1 - x0) * y0 / (y0 - y1)
    return place


def test_the_break_evens(made: "tuple[str, List[Row]]") -> None:
    """The table has the lines of claims.csv, and these follow from the times."""
    page, rows = made
    part = page.partition("## How much think time hides it")[2]
    table_rows = [
        line.split(" | ") for line in part.splitlines() if " over dma" in line
    ]
    assert len(table_rows) == 6
    for line in table_rows:
        machine, cpus = line[0].strip("| "), line[1]
        key = {"claim": "C1", "machine": machine, "cpus": cpus, "allocator": PATH_4_1}
        (point,) = of(rows, figure="break-even think time, ns", **key)
        ours = [float(point[end]) for end in ("value", "low", "high")]
        if ours[2] == 0:
            assert line[-1].startswith("none needed")
        else:
            near(numbers(line[-1]), ours)
        found = crossing([r for r in of(rows, **key) if r["answer"]])
        assert found == pytest.approx(ours[0], rel=0.1, abs=5)


def test_no_other_numbers(made: "tuple[str, List[Row]]") -> None:
    """What is recomputed here is all that the first part has."""
    page, _ = made
    known = ("**To ", "| ", "# The claims", "In March 2015", "## What", "In how many")
    for line in page.splitlines():
        if numbers(re.sub(r"\bC\d\b", "", line)) and not line.startswith(known):
            assert line.startswith(("Whether a change is seen", "**This host"))
