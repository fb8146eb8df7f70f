# SPDX-License-Identifier: GPL-2.0-or-later
"""`replay`: traces that fit, that differ, and that are none."""

import gzip
import re
import shlex
from pathlib import Path

import pytest

from cli import GOLDEN, ROOT, Bench, refused

HEADER = (
    "# allocator=sun4u entries=64 npools=1 large_pool=0 lazy_flush=1"
    " base_pages=0 seg_boundary_pages=4294967296 cpus=1"
)
NAMES = [path.stem for path in GOLDEN]
RECORDED = sorted((ROOT / "tests" / "golden").glob("*.replay.gz"))
SMALL = [HEADER, "a cpu=0 n=1 align=0 handle=- -> 0 flushes=0", "f 0 n=1"]


def operations(path: Path) -> int:
    """Lines that are operations."""
    text = path.read_text(encoding="ascii")
    return len(re.findall(r"^[af] ", text, re.M))


def write(bench: Bench, *lines: str) -> str:
    """A trace of these lines."""
    path = bench.folder / "t.trace"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return "t.trace"


def test_there_are_golden_traces() -> None:
    assert len(GOLDEN) >= 26
    assert len(RECORDED) == 2


@pytest.mark.parametrize("path", GOLDEN, ids=NAMES)
def test_golden(bench: Bench, path: Path) -> None:
    done = bench("replay", str(path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{operations(path)} operations, 0 mismatches\n"


def test_small_trace_with_comments(bench: Bench) -> None:
    done = bench("replay", write(bench, SMALL[0], "# a note", SMALL[1] + "  # one", ""))
    assert done.stdout == "1 operations, 0 mismatches\n"


def test_standard_input(bench: Bench) -> None:
    text = GOLDEN[0].read_text(encoding="ascii")
    done = bench("replay", "-", input=text)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{operations(GOLDEN[0])} operations, 0 mismatches\n"
    refused(bench("replay", "-", input=""), "empty")


@pytest.mark.parametrize("path", GOLDEN[::4], ids=NAMES[::4])
def test_one_altered_entry(bench: Bench, path: Path) -> None:
    lines = path.read_text(encoding="ascii").splitlines()
    allocs = [i for i, line in enumerate(lines) if re.search("-> [0-9]", line)]
    at = allocs[len(allocs) // 2]

    def other(match: "re.Match[str]") -> str:
        return f"-> {int(match[1]) ^ 1} "

    lines[at] = re.sub("-> ([0-9]+) ", other, lines[at])
    done = bench("replay", write(bench, *lines))
    assert (done.returncode, done.stderr) == (1, "")
    told = done.stdout.splitlines()
    assert told[-1] == f"{operations(path)} operations, 1 mismatches"
    assert len(told) == 2 and told[0].startswith(f"t.trace:{at + 1}: mismatch")


def test_one_altered_flush_count(bench: Bench) -> None:
    lines = [SMALL[0], SMALL[1].replace("flushes=0", "flushes=3"), SMALL[2]]
    done = bench("replay", write(bench, *lines))
    assert done.returncode == 1
    assert done.stdout.startswith("t.trace:2: mismatch: ")
    assert "flushes=3" in done.stdout and "flushes=0" in done.stdout


def test_many_mismatches_are_counted_not_all_told(bench: Bench) -> None:
    wrong = SMALL[1].replace("flushes=0", "flushes=3")
    done = bench("replay", write(bench, SMALL[0], *[wrong] * 30))
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "30 operations, 30 mismatches"
    assert len(done.stdout.splitlines()) < 15


BAD_LINES = [
    "a cpu=0 n=1 align=0 handle=- -> 1",
    "a cpu=0 n=1 align=0 handle=- -> 1 flushes=",
    "a cpu=0 n=1 align=0 handle=- ->",
    "a cpu=0 n=",
    "a",
    "a cpu=0 n=1 align=0 handle=- -> 1 flushes=0 more",
    "a cpu=0 n=1 align=0 handle=- -> fails flushes=0",
    "a cpu=0 n=-1 align=0 handle=- -> 1 flushes=0",
    "a cpu=0 n=99999999999999999999999 align=0 handle=- -> 1 flushes=0",
    "a cpu=0 n=1 align=64 handle=- -> 1 flushes=0",
    "a cpu=1 n=1 align=0 handle=- -> 1 flushes=0",
    "A cpu=0 n=1 align=0 handle=- -> 1 flushes=0",
    "x",
    "f",
    "f 1",
    "f 0 n=",
    "f -1 n=1",
    "f zero n=1",
    "f 5 n=1",
    "f 0 n=2",
    "f 0 n=0",
    "f 0 n=18446744073709551615",
    "f 1 n=1",
    "f 64 n=1",
    "f 18446744073709551615 n=1",
    "\x01\x02\x03",
    "größer",
    "a cpu=0\tn=1 align=0 handle=- -> 1 flushes=0",
]


@pytest.mark.parametrize("line", BAD_LINES)
def test_bad_line_is_named(bench: Bench, line: str) -> None:
    refused(bench("replay", write(bench, *SMALL[:2], line)), "t.trace:3: ")


def test_freed_twice(bench: Bench) -> None:
    done = bench("replay", write(bench, *SMALL, "f 0 n=1"))
    refused(done, "t.trace:4: ", "not allocated")


@pytest.mark.parametrize("cut", [1, 7, 12, 20])
def test_golden_trace_cut_short(bench: Bench, cut: int) -> None:
    lines = GOLDEN[0].read_text(encoding="ascii").splitlines()[:50]
    last = next(i for i in range(49, 0, -1) if lines[i].startswith("a "))
    kept = lines[:last] + [lines[last][: -cut if cut < 20 else 8]]
    if cut == 1:
        kept[-1] = re.sub("[0-9]+$", "", lines[last])
    done = bench("replay", write(bench, *kept))
    refused(done, f"t.trace:{last + 1}: ")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        HEADER[2:],
        HEADER.replace("sun4u", "nosuch"),
        HEADER.replace("entries=64", "entries=0"),
        HEADER.replace("entries=64", "entries=-1"),
        HEADER.replace("entries=64", "entries=99999999999"),
        HEADER.replace("entries=64 ", ""),
        HEADER.replace("npools=1", "npools=3"),
        HEADER.replace("npools=1", "npools=0"),
        HEADER.replace("large_pool=0", "large_pool=2"),
        HEADER + " entries=64",
        HEADER + " colour=red",
        HEADER + " seed",
    ],
)
def test_bad_header(bench: Bench, header: str) -> None:
    refused(bench("replay", write(bench, header, *SMALL[1:])), "t.trace:1: ")


def test_files_that_are_no_traces(bench: Bench) -> None:
    (bench.folder / "empty").touch()
    (bench.folder / "binary").write_bytes(bytes(range(256)) * 40)
    for name in ("nosuch", ".", "empty", "binary", str(bench.program)):
        refused(bench("replay", name), name)


def test_usage(bench: Bench) -> None:
    trace = str(GOLDEN[0])
    refused(bench("replay"), "replay")
    refused(bench("replay", trace, trace), "one trace")
    refused(bench("replay", trace, "--bogus"), "--bogus")
    refused(bench("replay", trace, "--allocator"), "--allocator")
    refused(bench("replay", trace, "--allocator="), "allocator")
    refused(bench("replay", trace, "--allocator", "nosuch"), "nosuch")
    refused(bench("replay", trace, "--allocator", "ppc/pools:16"), "ppc")
    refused(bench("replay", ""))
    refused(bench("replay", trace, "--reserved", "x"), "--reserved: ", "0-3,100")
    refused(bench("replay", trace, "--reserved", "99999999"), "--reserved: ", "below")
    refused(bench("replay", trace, "--reserved="), "--reserved")
    refused(bench("replay", trace, "--concurrent=1"), "--concurrent")


def test_other_allocator(bench: Bench) -> None:
    trace = next(str(path) for path in GOLDEN if path.stem == "sun4u-lazy-mixed")
    count = operations(Path(trace))
    for words in (("--allocator", "sun4u"), ("--allocator=sun4u",)):
        done = bench("replay", trace, *words)
        assert (done.returncode, done.stderr) == (0, "")
    for name in ("pooled-1", "stale-1", "stale-local/pools:1", "gart"):
        done = bench("replay", "--allocator", name, trace)
        last = done.stdout.splitlines()[-1]
        found = re.fullmatch(rf"{count} operations, (\d+) mismatches", last)
        assert found
        assert ("'gart' now" if name == "advance" else "") in done.stderr
        assert name == "advance" or done.stderr == ""
        assert done.returncode == (1 if int(found[1]) else 0)
        if name != "pooled-1":
            assert int(found[1]) > 0


def test_gzip_from_file_and_pipe(bench: Bench) -> None:
    text = GOLDEN[0].read_bytes()
    # It is known by what is in it, whatever its name is.
    for name, content in (
        ("t.gz", gzip.compress(text)),
        ("t.trace", gzip.compress(text)),
        ("plain.gz", text),
        ("members", gzip.compress(text[:5000]) + gzip.compress(text[5000:])),
    ):
        path = bench.folder / name
        path.write_bytes(content)
        with open(path, "rb") as piped:
            runs = (bench("replay", name), bench("replay", "-", stdin=piped))
        for done in runs:
            assert (done.returncode, done.stderr) == (0, "")
            assert done.stdout == f"{operations(GOLDEN[0])} operations, 0 mismatches\n"


def test_gzip_that_is_broken(bench: Bench) -> None:
    packed = gzip.compress(GOLDEN[0].read_bytes())
    path = bench.folder / "t.gz"
    for cut in (3, 10, 1000, len(packed) // 2, len(packed) - 1):
        path.write_bytes(packed[:cut])
        refused(bench("replay", "t.gz"), "t.gz:", "ends too early", "cut")
    path.write_bytes(packed[:-8] + b"sum!" + packed[-4:])
    refused(bench("replay", "t.gz"), "t.gz:", "gzip data is damaged")
    path.write_bytes(packed + b"more")
    refused(bench("replay", "t.gz"), "t.gz:", "something else follows")


def test_gzip_of_one_endless_line(bench: Bench) -> None:
    """256 megabytes out of a hundredth: given up, in less memory than they are."""
    with gzip.open(bench.folder / "bomb.gz", "wb", compresslevel=1) as out:
        for _ in range(256):
            out.write(b"#" * (1 << 20))
    done = bench("replay", "bomb.gz", prefix=("prlimit", "--as=200000000", "--"))
    refused(done, "bomb.gz:1: ", "longer than 65536 bytes")


def test_recordings_of_kernels(bench: Bench) -> None:
    ppc, sun4u = map(str, RECORDED)
    done = bench("replay", sun4u)
    assert (done.returncode, done.stdout) == (0, "8510 operations, 0 mismatches\n")
    done = bench("replay", ppc)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "7721 operations, 3 mismatches"
    assert "reordered" not in done.stdout
    done = bench("replay", ppc, "--reserved", "0", "--concurrent")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"{ppc}:6684: reordered: after the request of line 6685 both are as recorded",
        "1 pair of concurrent requests reordered",
        "7721 operations, 0 mismatches",
    ]


def test_many_reordered_are_counted_not_all_told(bench: Bench) -> None:
    lines = [HEADER.replace("cpus=1", "cpus=2")]
    for first in range(0, 60, 2):
        for cpu in (1, 0):
            entry = first + cpu
            lines.append(f"a cpu={cpu} n=1 align=0 handle=- -> {entry} flushes=0")
    done = bench("replay", write(bench, *lines), "--concurrent")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count(": reordered: ") == 10
    assert done.stdout.splitlines()[-3:] == [
        "and 20 more reordered",
        "30 pairs of concurrent requests reordered",
        "60 operations, 0 mismatches",
    ]


def test_what_drivers_do(bench: Bench) -> None:
    alloc = "a cpu=0 n=4 align=0 handle=%s%s -> %s flushes=0"
    merged = [HEADER, alloc % (0, "", 0), alloc % (4, "", 4), "f 2 n=4", "f 0 n=2"]
    done = bench("replay", write(bench, *merged))
    assert (done.returncode, done.stdout) == (0, "4 operations, 0 mismatches\n")
    refused(bench("replay", write(bench, *merged, "f 4 n=4")), "t.trace:6: ", "entry 4")
    pooled = HEADER.replace("sun4u", "pooled")
    device = alloc % ("-", " mask=0x1f boundary=8", 0)
    done = bench("replay", write(bench, pooled, device))
    assert (done.returncode, done.stdout) == (0, "1 operations, 0 mismatches\n")
    refused(bench("replay", write(bench, HEADER, device)), "t.trace:2: ", "mask=0x1f")
    aligned = SMALL[1].replace("align=0", "align=2")
    refused(bench("replay", write(bench, HEADER, aligned)), "t.trace:2: ", "align=2")
    done = bench("replay", write(bench, HEADER + " reserved=0-1", alloc % ("-", "", 2)))
    assert (done.returncode, done.stdout) == (0, "1 operations, 0 mismatches\n")


def test_examples_of_the_documentation(bench: Bench) -> None:
    """Each command in docs/traces.md prints what stands below it."""
    text = (ROOT / "docs" / "traces.md").read_text(encoding="utf-8")
    examples = re.findall(r"^    \$ (.*)\n((?:    (?!\$).*\n)+)", text, re.M)
    assert len(examples) >= 4
    for command, printed in examples:
        program, *words = shlex.split(command)
        assert program == "build/iommubench"
        done = bench(*words, cwd=ROOT)
        assert done.stdout + done.stderr == re.sub("^    ", "", printed, flags=re.M)
