# SPDX-License-Identifier: GPL-2.0-or-later
"""Wrong usage: one line that says what, exit 2, and nothing written or lost."""

import pytest

from cli import TINY, Bench, refused, snapshot

LONG_WORD = "a" * 5000

# Options behind `run` and what the line must name.
WRONG = [
    ("--cpus 999", "999"),
    ("--allocators nosuch", "nosuch"),
    ("--pools 3", "3"),
    ("--flush spin:-1", "spin:-1"),
    ("--entries 0", "--entries"),
    ("--out /nonexistent/x", "/nonexistent/x"),
    ("--cpus 0", "--cpus"),
    ("--cpus -1", "-1"),
    ("--cpus 1.5", "1.5"),
    ("--cpus 1,,2", "--cpus"),
    ("--cpus ,1", "--cpus"),
    ("--cpus 1,", "--cpus"),
    ("--cpus 1;2", "1;2"),
    ("--cpus 99999999999999999999999", "999999"),
    ("--cpus 18446744073709551617", "18446744073709551617"),
    ("--cpus nan", "nan"),
    ("--cpus all,1", "all"),
    ("--cpus +1", "+1"),
    ("--cpus 0x", "0x"),
    ("--cpus=", "--cpus"),
    ("--cpus", "--cpus"),
    ("--allocators=", "--allocators"),
    ("--allocators sun4u,", "--allocators"),
    ("--allocators sun4u,nosuch", "nosuch"),
    ("--allocators SUN4U", "SUN4U"),
    ("--allocators pooled/pools:3", "pooled/pools:3"),
    ("--allocators pooled/pools:", "pooled/pools:"),
    ("--allocators pooled/", "pooled/"),
    ("--allocators pooled/16", "pooled/16"),
    ("--allocators ppc/pools:16", "ppc"),
    ("--allocators ppc --pools 16", "ppc"),
    ("--allocators sun4u/pools:16", "sun4u"),
    ("--allocators größer", "größer"),
    ("--pools 0", "0"),
    ("--pools 32", "32"),
    ("--pools -2", "-2"),
    ("--pools two", "two"),
    ("--pools=", "--pools"),
    ("--workloads nosuch", "nosuch"),
    ("--workloads ring,,churn", "--workloads"),
    ("--workloads=", "--workloads"),
    ("--flush=", "flush"),
    ("--flush none,spin:5", "none,spin:5"),
    ("--flush spin:", "spin:"),
    ("--flush spin:5x", "spin:5x"),
    ("--flush spin:1e3", "spin:1e3"),
    ("--flush spin:nan", "spin:nan"),
    ("--flush spin:99999999999", "spin:99999999999"),
    ("--flush spin:18446744073709551616", "spin:184"),
    ("--flush mmio:16,150", "mmio:16,150"),
    ("--flush mmio:1,2,3,4", "mmio:1,2,3,4"),
    ("--flush mmio:-1,2,3", "mmio:-1"),
    ("--flush mmio:10000000,10000000,0", "mmio:"),
    ("--flush nosuchprofile", "nosuchprofile"),
    ("--flush ../profile", "../profile"),
    ("--occupancy 101", "101"),
    ("--occupancy -5", "-5"),
    ("--occupancy 5%", "5%"),
    ("--occupancy=", "--occupancy"),
    ("--entries 1", "1"),
    ("--entries -8", "-8"),
    ("--entries 268435457", "268435457"),
    ("--entries 1e6", "1e6"),
    ("--entries 8k", "8k"),
    ("--lock spin", "spin"),
    ("--lock tas,", "--lock"),
    ("--lock=", "--lock"),
    ("--lock-sample 4", "--lock-sample is gone"),
    ("--think -1", "-1"),
    ("--think 1.5", "1.5"),
    ("--think 1000000001", "1000000001"),
    ("--seconds 0", "--seconds"),
    ("--seconds -1", "-1"),
    ("--seconds nan", "nan"),
    ("--seconds inf", "inf"),
    ("--seconds 1e999", "1e999"),
    ("--seconds 1e9", "1e9"),
    ("--seconds 1e-9", "1e-9"),
    ("--seconds 0x1p0", "0x1p0"),
    ("--seconds 0,1", "0,1"),
    ("--seconds 1s", "1s"),
    ("--seconds .", "."),
    ("--seconds=", "--seconds"),
    ("--repetitions 0", "--repetitions"),
    ("--repetitions -3", "-3"),
    ("--repetitions 1.0", "1.0"),
    ("--repetitions 100001", "100001"),
    ("--seed -1", "-1"),
    ("--seed 9223372036854775808", "9223372036854775808"),
    ("--seed=", "--seed"),
    ("--out=", "--out"),
    ("--out", "--out"),
    ("--resume=", "--resume"),
    ("--bogus", "--bogus"),
    ("--bogus=1", "--bogus"),
    ("--CPUS 1", "--CPUS"),
    ("--cpu 1", "--cpu"),
    ("-c 1", "-c"),
    ("-", "-"),
    ("--", "--"),
    ("stray", "stray"),
    ("--quick=yes", "--quick"),
    ("--dry-run=1", "--dry-run"),
    # Of the program's own samples, not for users.
    ("--details-fd=1", "--details-fd"),
]


@pytest.mark.parametrize(("words", "named"), WRONG, ids=[w for w, _ in WRONG])
def test_wrong_options(bench: Bench, words: str, named: str) -> None:
    (bench.folder / "kept.json").write_text("{}", encoding="ascii")
    before = snapshot(bench.folder)
    refused(bench("run", *words.split(" ")), named)
    refused(bench("run", *TINY, *words.split(" ")), named)
    assert snapshot(bench.folder) == before


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--allocators", LONG_WORD),
        ("run", "--allocators", f"pooled/pools:{LONG_WORD}"),
        ("run", "--cpus", "9" * 5000),
        ("run", "--flush", LONG_WORD),
        ("run", "--seconds", "0." + "1" * 5000),
        ("run", "--workloads", LONG_WORD),
        ("run", "--lock", LONG_WORD),
        ("run", f"--{LONG_WORD}"),
        ("run", LONG_WORD),
        ("run", "--benchmark_" + LONG_WORD),
        ("run", "--benchmark_filter=(" + LONG_WORD),
        ("run", *TINY, "--out", LONG_WORD),
        ("run", *TINY, "--out", f"{LONG_WORD}/x"),
        ("run", "--resume", LONG_WORD),
        ("replay", LONG_WORD),
        ("list", LONG_WORD),
        ("doctor", LONG_WORD),
        (LONG_WORD,),
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_overlong_words(bench: Bench, words: "tuple[str, ...]") -> None:
    refused(bench(*words))
    assert not snapshot(bench.folder)


@pytest.mark.parametrize("nasty", ["a\nb", "a\x1b[31mb", "a\rb", "a\tb"], ids=repr)
@pytest.mark.parametrize(
    "words",
    [
        ("run", "--allocators"),
        ("run", "--flush"),
        ("run", "--cpus"),
        ("run", *TINY, "--out=/nonexistent/"),
        ("run", "--resume"),
        ("replay",),
        ("run",),
        ("list",),
        (),
    ],
    ids=lambda words: " ".join(words)[-25:],
)
def test_control_characters_do_not_reach_the_terminal(
    bench: Bench, words: "tuple[str, ...]", nasty: str
) -> None:
    if words and words[-1].endswith("/"):
        refused(bench(*words[:-1], words[-1] + nasty))
    else:
        refused(bench(*words, nasty))


def test_bytes_that_are_no_text(bench: Bench) -> None:
    refused(bench("run", "--allocators", "\udcff\udcfe"))
    refused(bench("replay", "\udcff\udcfe"))


def test_too_many(bench: Bench) -> None:
    refused(bench("run", "--think", ",".join(map(str, range(65)))), "--think")
    refused(bench("run", *[f"--flush=spin:{i}" for i in range(65)]))
    refused(bench("run", *["--seed=1"] * 65))
    refused(bench("run", "--allocators", ",".join(["sun4u"] * 65)), "--allocators")


@pytest.mark.parametrize(
    "words",
    [
        "",
        "bogus",
        "--bogus",
        "-v",
        "runs",
        "list nosuch",
        "list --events x",
        "doctor x",
    ],
)
def test_wrong_commands(bench: Bench, words: str) -> None:
    refused(bench(*words.split()))


def test_out_on_what_is_no_file(bench: Bench) -> None:
    (bench.folder / "folder").mkdir()
    (bench.folder / "file").write_text("precious", encoding="ascii")
    before = snapshot(bench.folder)
    for place in ("folder", ".", "/dev/null", "/dev/full", "/proc/x", "file/x", "/"):
        refused(bench("run", *TINY, "--out", place), place)
    assert snapshot(bench.folder) == before


def test_out_where_nothing_may_be_written(bench: Bench) -> None:
    locked = bench.folder / "locked"
    locked.mkdir()
    (locked / "old.json").write_text("precious", encoding="ascii")
    locked.chmod(0o555)
    try:
        (locked / "probe").touch()
    except PermissionError:
        before = snapshot(bench.folder)
        refused(bench("run", *TINY, "--out=locked/new.json"), "locked/new.json")
        refused(bench("run", *TINY, "--out=locked/old.json"), "locked/old.json")
        assert snapshot(bench.folder) == before
    else:
        pytest.skip("this user may write everywhere (root)")
    finally:
        locked.chmod(0o755)
