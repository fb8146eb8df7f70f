# SPDX-License-Identifier: GPL-2.0-or-later
"""make compare: what it builds of two sides, and compare.sh and patch.sh."""

import fcntl
import itertools
import os
import re
import shutil
import signal
import statistics
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Set, Tuple

import pytest

from cli import (
    PATIENCE,
    ROOT,
    Bench,
    Done,
    hash_of,
    one_line,
    read_results,
    samples_in,
    suite,
    wait_for,
)
from test_cli_compare import compare

# All of it works in one folder, build/compare, which is locked.
pytestmark = pytest.mark.xdist_group("make_compare")

# Two cells that are measured, and simulated, in no time.
TINY = (
    *("--workloads=pair,ring", "--cpus=1", "--flush=none"),
    *("--seconds=0.001", "--entries=1024"),
)
LAYOUTS = 3


# ---- what is built


def build(program: Path, *words: str) -> Path:
    """Make, into the folder where the program was built."""
    folder = os.path.relpath(program.parent, ROOT)
    as_built = ("-o", f"{folder}/gen/version.h", "AS_BUILT=yes")
    done = subprocess.run(
        ["make", "-s", *as_built, f"B={folder}", *words],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return Path(folder)


def with_more_to_do(source: str, before: str, more: str) -> str:
    """pooled.c with a free that does `more` first; `before` stands ahead of it.

    What it does otherwise stays in pooled.h, which others have too.
    """
    head = "static const struct iommu_allocator pooled = {"
    free = (
        "static void pooled_free_more(struct iommu_map *map, unsigned int cpu,\n"
        "\t\t\t     unsigned long entry, unsigned long n)\n"
        f"{{\n{more}\tpooled_free(map, cpu, entry, n);\n}}\n"
        # The descriptor's shared part names the function: from here on, this one.
        "#define pooled_free pooled_free_more\n"
    )
    assert source.count(head) == 1
    return source.replace(head, before + free + head)


@pytest.fixture(name="sides", scope="module")
def _sides(program: Path) -> Tuple[Path, Path]:
    """Folders with the programs of this tree, and of one whose pooled.c does more."""
    folders = []
    for side in ("test-base", "test-new"):
        folder = program.parent / "compare" / side
        # With its objects: what does not change is not compiled again.
        shutil.rmtree(folder / "src", ignore_errors=True)
        shutil.copytree(ROOT / "src", folder / "src")
        if side == "test-new":
            pooled = folder / "src" / "pooled.c"
            work = (
                "static volatile unsigned long more[99];\n"
                "static __attribute__((noinline)) void work_more(unsigned long n)\n"
                "{\n\tfor (unsigned long i = 0; i < 200; i++)\n"
                "\t\tmore[(n + i) % 99] += i;\n}\n"
            )
            text = pooled.read_text(encoding="utf-8")
            text = with_more_to_do(text, work, "\twork_more(entry);\n")
            pooled.write_text(text, encoding="utf-8")
        build(program, f"SIDE={os.path.relpath(folder, ROOT)}", "side")
        folders.append(folder)
    return folders[0], folders[1]


def functions(program: Path) -> Dict[str, int]:
    """Where in its page each function begins whose name is no other's too."""
    text = subprocess.run(
        ["nm", str(program)], capture_output=True, encoding="utf-8", check=True
    ).stdout
    found = re.findall(r"^([0-9a-f]+) [tT] ([a-z]\w+)$", text, re.M)
    count = Counter(name for _, name in found)
    return {name: int(at, 16) % 4096 for at, name in found if count[name] == 1}


def own_functions(program: Path) -> Set[str]:
    """Our objects' functions: those that are linked with them may lie anywhere."""
    objects = [str(path) for path in (program.parent / "plain").rglob("*.o")]
    text = subprocess.run(
        ["nm", *objects], capture_output=True, encoding="utf-8", check=True
    ).stdout
    return set(re.findall(r"^[0-9a-f]+ [tT] ([a-z]\w+)$", text, re.M))


def test_a_change_moves_nobody_else(program: Path, sides: Tuple[Path, Path]) -> None:
    places = []
    for layout in range(1, LAYOUTS + 1):
        base, new = (functions(side / f"iommubench-{layout}") for side in sides)
        assert "work_more" in new and "work_more" not in base
        moved = [
            name
            for name in base.keys() & new.keys()
            if base[name] != new[name] and "pooled" not in name
        ]
        # What compiler and C library add lies behind what is drawn.
        ours = own_functions(program)
        assert not set(moved) & ours
        assert {"sun4u_alloc", "ring_step", "executor_run"} <= base.keys()
        places.append(base)
    for name in ("sun4u_alloc", "ppc_alloc", "ring_step", "executor_run"):
        assert len({place[name] for place in places}) == LAYOUTS, name


@pytest.mark.alone
def test_more_work_is_seen_where_it_is(bench: Bench, sides: Tuple[Path, Path]) -> None:
    document = compare(
        bench,
        "--allocators=sun4u,pooled/pools:1",
        "--workloads=pair",
        f"--side=base={sides[0]}",
        f"--side=new={sides[1]}",
        rounds=2 * LAYOUTS,
    )
    comparison = suite(document)["comparison"]
    assert comparison["kind"] == "revisions"
    assert comparison["layouts"] == LAYOUTS
    for layout in range(LAYOUTS):
        assert (
            comparison["base"]["programs"][layout]
            != comparison["new"]["programs"][layout]
        )
    assert len(set(comparison["base"]["programs"])) == LAYOUTS
    count: Dict[Tuple[str, int], int] = {}
    times: Dict[Tuple[str, str], List[float]] = {}
    for sample in document["benchmarks"]:
        key = (sample["side"], sample["layout"])
        count[key] = count.get(key, 0) + 1
        allocator = sample["name"].split("/")[1]
        times.setdefault((allocator, sample["side"]), []).append(sample["cpu_time"])
    assert sorted(count) == list(itertools.product(("base", "new"), range(1, 4)))
    for layout in range(1, LAYOUTS + 1):
        assert count[("base", layout)] == count[("new", layout)]
    median = {key: statistics.median(values) for key, values in times.items()}
    assert median[("pooled", "new")] > 3 * median[("pooled", "base")]
    assert 0.5 < median[("sun4u", "new")] / median[("sun4u", "base")] < 2


# ---- make compare


def make_compare(
    program: Path, *words: str, script: str = "compare", **settings: str
) -> Done:
    """harness/jobs/compare.sh or patch.sh, as make calls it."""
    wanted = {"OLD", "NEW", "BASE", "BUDGET", "WIDTH", "OUT", "WHOLE", "SIMULATE"}
    wanted |= {"KERNEL", "MBOX", "SITTINGS", "PAUSE", "DRAW", "JUDGE"}
    env = {k: v for k, v in os.environ.items() if k not in wanted}
    env.update(settings, B=os.path.relpath(program.parent, ROOT))
    return subprocess.run(
        [f"harness/jobs/{script}.sh", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def need_history() -> None:
    """Skips the test where there is no history to compare with."""
    done = subprocess.run(
        ["git", "rev-parse", "--verify", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("not a git repository: there are no revisions")


@pytest.fixture(name="repository")
def _repository() -> None:
    """Skips the test where there is no history to compare with."""
    need_history()


BAD_SETTINGS: Tuple[Tuple[Dict[str, str], str], ...] = (
    ({}, "compare: what?"),
    ({"OLD": "sun4u"}, "compare: NEW is missing"),
    ({"NEW": "sun4u"}, "compare: what?"),
    ({"OLD": "sun4u", "NEW": "ppc", "BASE": "HEAD"}, "compare: OLD and BASE"),
    ({"BASE": "nosuch"}, "compare: BASE: 'nosuch'"),
    ({"BASE": "--all"}, "compare: BASE: '--all'"),
    ({"BASE": "HEAD", "NEW": "no such"}, "compare: NEW: 'no such'"),
    ({"BASE": "HEAD", "BUDGET": "soon"}, "iommubench: --budget: 'soon'"),
    ({"OLD": "sun4u", "NEW": "ppc", "SITTINGS": "many"}, "compare: SITTINGS: 'many'"),
    ({"OLD": "sun4u", "NEW": "ppc", "SITTINGS": "0"}, "compare: SITTINGS: '0'"),
    ({"OLD": "sun4u", "NEW": "ppc", "PAUSE": "a while"}, "compare: PAUSE: 'a while'"),
    ({"OLD": "sun4u", "NEW": "nosuch"}, "iommubench: --new: no allocator 'nosuch'"),
)


@pytest.mark.parametrize("settings, line", BAD_SETTINGS)
def test_wrong_settings(
    program: Path, repository: None, settings: Dict[str, str], line: str
) -> None:
    done = make_compare(program, **settings)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith(line), done.stderr
    assert done.stderr.count("\n") == 1


def test_wrong_words(program: Path) -> None:
    done = make_compare(program, "--locks", OLD="sun4u", NEW="ppc")
    assert done.returncode == 2
    one_line(done.stderr, "--locks")


def test_a_revision_with_itself(
    program: Path, repository: None, tmp_path: Path
) -> None:
    out = tmp_path / "made" / "aa.json"
    done = make_compare(
        program, *TINY, BASE="HEAD", NEW="HEAD", BUDGET="1", SIMULATE="no", OUT=str(out)
    )
    assert done.returncode == 0, done.stderr
    assert "src/ is the same on both sides" in done.stdout
    assert str(out) in done.stdout
    comparison = suite(read_results(out))["comparison"]
    for side in ("base", "new"):
        assert comparison[side]["revision"] == "HEAD"
        assert re.fullmatch("[0-9a-f]{40,64}", comparison[side]["commit"])
        assert comparison[side]["what"] in ("sources", "tree")
        assert comparison[side]["subject"] and comparison[side]["dirty"] is False
    assert comparison["base"]["programs"] == comparison["new"]["programs"]


def test_sittings(program: Path, tmp_path: Path) -> None:
    """Each has a file and link orders of its own; they are judged together."""
    words = {"OLD": "sun4u", "NEW": "ppc", "BUDGET": "1", "SIMULATE": "no"}
    settings = dict(words, OUT=str(tmp_path / "s.json"), SITTINGS="2", PAUSE="3s")
    done = make_compare(program, *TINY, script="patch", **settings)
    assert done.returncode == 0, done.stderr
    paths = [tmp_path / f"s-{number}.json" for number in (1, 2)]
    assert sorted(tmp_path.glob("*.json")) == paths
    sides = [suite(read_results(path))["comparison"] for path in paths]
    assert not set(sides[0]["base"]["programs"]) & set(sides[1]["base"]["programs"])
    assert all(of["base"]["programs"] == of["new"]["programs"] for of in sides)
    for said in (done.stdout, done.stderr):
        text = " ".join(said.split())
        assert "2 sittings, begun " in text and "from one day to the next" in text
        assert "sittings ran the same programs" not in text
    assert "SITTINGS=2" in done.stdout


def test_allocators_and_their_simulation(program: Path, tmp_path: Path) -> None:
    out = tmp_path / "old-new.json"
    done = make_compare(
        program, *TINY, OLD="sun4u", NEW="pooled-1", BUDGET="1", OUT=str(out)
    )
    assert done.returncode == 0, done.stderr
    document = read_results(out)
    assert suite(document)["comparison"]["layouts"] == LAYOUTS
    files = re.search(r"^simulated: (\S+) (\S+)$", done.stdout, re.M)
    assert files, done.stdout
    for path, allocator in zip(files.groups(), ("sun4u", "pooled")):
        simulated = read_results(ROOT / path)
        names = [s["name"] for s in simulated["benchmarks"]]
        assert names and all(
            f"/{allocator}/entries:1024/pools:1/" in name for name in names
        )
        assert {name.split("cpus:")[1].split("/")[0] for name in names} == set(
            "1 4 16 64".split()
        )


def test_a_dry_run_builds_nothing(program: Path) -> None:
    for words in (("--dry-run",), ("--help",), ("--for-sim=new",)):
        before = sorted((program.parent / "compare").rglob("*.o"))
        done = make_compare(program, *TINY, *words, OLD="sun4u", NEW="ppc", WIDTH="1%")
        assert (done.returncode, done.stderr) == (0, "")
        assert "cpus:1" in done.stdout or "--" in done.stdout
        assert sorted((program.parent / "compare").rglob("*.o")) == before
    done = make_compare(program, "--benchmark_filter=nosuch", OLD="sun4u", NEW="gart")
    assert done.returncode == 2
    one_line(done.stderr, "no cell matches")


def test_two_at_a_time_are_refused(program: Path) -> None:
    place = program.parent / "compare"
    place.mkdir(exist_ok=True)
    with open(place / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = make_compare(program, OLD="sun4u", NEW="ppc")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "another comparison works" in done.stderr


@pytest.fixture(name="no_report")
def _no_report(tmp_path: Path) -> str:
    """A Python that lacks what the report needs."""
    script = tmp_path / "python"
    text = "#!/bin/sh\necho 'ModuleNotFoundError: no numpy' >&2\nexit 1\n"
    script.write_text(text, encoding="utf-8")
    script.chmod(0o755)
    return str(script)


def test_without_a_verdict(program: Path, tmp_path: Path, no_report: str) -> None:
    done = make_compare(
        program,
        *TINY,
        OLD="sun4u",
        NEW="gart",
        BUDGET="1",
        SIMULATE="no",
        OUT=str(tmp_path / "x.json"),
        PYTHON=no_report,
        WIDTH="0.3 %",
    )
    assert done.returncode == 0
    first = done.stderr.splitlines()[0]
    assert "no verdict" in first and "no numpy" in first and "make deps" in first
    assert "not judged: " in done.stdout
    comparison = suite(read_results(tmp_path / "x.json"))["comparison"]
    assert comparison["width_percent"] == 0.3 and "whole" not in comparison
    done = make_compare(
        program, script="patch", OLD="sun4u", NEW="ppc", PYTHON=no_report
    )
    assert done.returncode == 2 and done.stdout == ""
    assert "no numpy" in done.stderr and done.stderr.count("\n") == 1


def test_what_cannot_be_simulated_leaves_no_files(
    program: Path, tmp_path: Path
) -> None:
    place = program.parent / "compare"
    words = {"OLD": "sun4u", "NEW": "ppc", "BUDGET": "1", "OUT": str(tmp_path / "x")}
    assert make_compare(program, *TINY, SIMULATE="no", **words).returncode == 0
    simulator = place / "worktree" / "iommubench-sim"
    simulator.write_text("#!/bin/sh\necho broken >&2\nexit 3\n", encoding="utf-8")
    simulator.chmod(0o755)
    later = time.time() + 3600
    os.utime(simulator, (later, later))
    for side in ("base", "new"):
        (place / f"sim-{side}.json").write_text("of yesterday", encoding="utf-8")
    try:
        done = make_compare(program, *TINY, **words)
    finally:
        simulator.unlink()
    assert done.returncode == 0, done.stderr
    assert "not simulated: base: broken" in done.stdout
    assert not list(place.glob("sim-*.json"))


def test_interrupted_it_judges_what_there_is(program: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    env = {**os.environ, "B": os.path.relpath(program.parent, ROOT), "OUT": str(out)}
    env.update(OLD="sun4u", NEW="ppc", BUDGET="5m", SIMULATE="no")
    with subprocess.Popen(
        ["harness/jobs/compare.sh", *TINY],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as runner:
        wait_for(lambda: samples_in(out) >= 80, 300)
        # As a terminal's Ctrl-C, to all of them.
        os.killpg(runner.pid, signal.SIGINT)
        text, errors = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 130, errors
    assert re.search(r"^ring +1 ", text, re.M), text
    assert "failed" not in text.replace(" 0 failed", ""), text
    assert f"interrupted: go on with: {env['B']}/iommubench compare --resume" in text


def test_dependencies_of_other_trees_are_not_read(program: Path) -> None:
    folder = program.parent / "compare" / "x" / "tree" / "build"
    folder.mkdir(parents=True)
    try:
        (folder / "x.d").write_text("$(error a file of another tree)\n", "utf-8")
        build(program, "help")
    finally:
        shutil.rmtree(folder.parent.parent)


def test_nothing_is_compiled_before_its_packages_are_there(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "-npq", f"B={tmp_path}/b", "deps", "all"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    rules = dict(re.findall(rf"^{tmp_path}/b/(\S+): (.*)$", done.stdout, re.M))
    late = {name for name, needs in rules.items() if "deps" in needs.split("|")[-1]}
    compiled = {name for name in rules if name.endswith(".o") and "%" not in name}
    compiled -= {"sim/checked.o"}
    wanted = {f"{at}/pooled.o" for at in ("stat/src", "sim/src", "sim/checked")}
    assert wanted | {"sim/kernels/native.o", "plain/src/pooled.o"} <= late
    tests = {name for name in compiled if "/tests/" in name}
    assert not compiled - tests - late


def test_a_file_that_is_gone_or_older_is_seen(program: Path) -> None:
    """The side of the work tree: what it was made of is not what there is now."""
    place = program.parent / "compare" / "worktree"
    words = ("OLD", "sun4u"), ("NEW", "ppc"), ("BUDGET", "1"), ("SIMULATE", "no")
    settings = dict(words, OUT=str(place.parent / "gone.json"), DRAW="0")
    assert make_compare(program, *TINY, **settings).returncode == 0
    fresh = hash_of(place / "iommubench-1")
    later = time.time() + 3600
    extra = place / "src" / "extra.c"
    extra.write_text("int extra(void);\nint extra(void) { return 1; }\n", "utf-8")
    build(program, f"SIDE={os.path.relpath(place, ROOT)}", "side")
    assert hash_of(place / "iommubench-1") != fresh
    os.utime(place / "iommubench-1", (later, later))
    assert make_compare(program, *TINY, **settings).returncode == 0
    assert not extra.exists()
    assert hash_of(place / "iommubench-1") == fresh


def git(env: Dict[str, str], *words: str, text: str = "") -> str:
    """What git says in this repository."""
    done = subprocess.run(
        ["git", *words],
        cwd=ROOT,
        env={**os.environ, **env},
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.strip()


def commit_with(
    tmp_path: Path, changes: Dict[str, Optional[str]], subject: str
) -> Tuple[str, Dict[str, str]]:
    """A commit that is HEAD but for these files (None: gone), and the environment in
    which git knows it; the repository does not."""
    objects = ROOT / git({}, "rev-parse", "--git-path", "objects")
    (tmp_path / "objects").mkdir()
    reads = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": str(tmp_path / "objects")}
    writes = {
        "GIT_OBJECT_DIRECTORY": str(tmp_path / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(objects),
        "GIT_INDEX_FILE": str(tmp_path / "index"),
    }
    for who in ("AUTHOR", "COMMITTER"):
        writes.update({f"GIT_{who}_NAME": "x", f"GIT_{who}_EMAIL": "x@example.org"})
        writes[f"GIT_{who}_DATE"] = "2020-01-01T00:00:00Z"
    git(writes, "read-tree", "HEAD")
    for path, source in changes.items():
        if source is None:
            git(writes, "update-index", "--force-remove", path)
            continue
        blob = git(writes, "hash-object", "-w", "--stdin", text=source)
        git(writes, "update-index", "--cacheinfo", f"100644,{blob},{path}")
    tree = git(writes, "write-tree")
    return git(writes, "commit-tree", tree, "-p", "HEAD", "-m", subject), reads


@pytest.fixture(name="slower_pooled")
def _slower_pooled(
    program: Path, repository: None, tmp_path: Path
) -> Iterator[Tuple[str, Dict[str, str]]]:
    """A commit whose pooled.c does more, and the environment in which git knows it."""
    source = git({}, "show", "HEAD:src/pooled.c") + "\n"
    more = '\tfor (int i = 0; i < 12; i++)\n\t\t__asm__ volatile("");\n'
    source = with_more_to_do(source, "", more)
    commit, reads = commit_with(tmp_path, {"src/pooled.c": source}, "pooled: do more")
    yield commit, reads
    shutil.rmtree(program.parent / "compare" / commit[:16], ignore_errors=True)


@pytest.mark.slow
def test_a_slower_allocator_is_found_and_no_other(
    program: Path, tmp_path: Path, slower_pooled: Tuple[str, Dict[str, str]]
) -> None:
    """From two revisions to the verdict; simulated, the others are identical."""
    commit, env = slower_pooled
    done = make_compare(
        program,
        *TINY[1:],
        "--workloads=ring",
        "--allocators=sun4u,pooled",
        BASE="HEAD",
        NEW=commit,
        BUDGET="2",
        OUT=str(tmp_path / "x.json"),
        **env,
    )
    assert done.returncode == 0, done.stderr
    simulated = done.stdout[done.stdout.index("\nsimulated: ") :]
    files = re.search(r"^simulated: (\S+) (\S+)$", simulated, re.M)
    assert files, done.stdout
    times: List[Dict[str, float]] = []
    for path in files.groups():
        samples = read_results(ROOT / path)["benchmarks"]
        times.append({s["name"]: s["real_time"] for s in samples})
    assert times[0].keys() == times[1].keys()
    pooled = [name for name in times[0] if "/pooled/" in name]
    # 1 and 16 pools, four CPU counts.
    assert len(pooled) == 2 * 4
    for name in times[0]:
        if "/pooled/" not in name:
            assert times[1][name] == times[0][name], name
        elif "cpus:1/" in name:
            assert 1.05 < times[1][name] / times[0][name] < 1.3, name
    same = len(times[0]) - len(pooled)
    said = " ".join(simulated.split())
    assert f"{same} identical in all figures of all seeds" in said
