# SPDX-License-Identifier: GPL-2.0-or-later
"""list, doctor, --help and --version, and that the documents agree with them."""

import re
import shutil
import subprocess

import pytest

from cli import ROOT, Bench

COMMANDS = ("list", "run", "compare", "sim", "audit", "replay", "doctor")


def out(bench: Bench, *words: str) -> str:
    """What it prints, and nothing else."""
    done = bench(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("\n")
    return done.stdout


def run_options(bench: Bench, command: str = "run") -> "list[str]":
    """Every option in `run --help`, or another command's."""
    return re.findall(r"^  (--[a-z_-]+)", out(bench, command, "--help"), re.M)


def aliases(bench: Bench, command: str = "run") -> "dict[str, str]":
    """Other spellings of options, and of which."""
    text = " ".join(out(bench, command, "--help").split())
    return dict(re.findall(r"(--[a-z_-]+) for (--[a-z_-]+)", text))


def test_help_of_every_command(bench: Bench) -> None:
    text = out(bench, "--help")
    for command in COMMANDS:
        assert f"iommubench {command}" in text
        lines = out(bench, command, "--help").splitlines()
        assert lines[0].startswith(f"usage: iommubench {command}")
        assert max(map(len, lines)) <= 100, command
    for status in ("0", "1", "2", "77"):
        assert re.search(rf"\b{status}\b", text)


def test_options_of_the_design_are_in_the_help(bench: Bench) -> None:
    options = {*run_options(bench), *aliases(bench)}
    assert options >= {
        *"--allocators --pools --workloads --cpus --flush --occupancy".split(),
        *"--utilization --budget".split(),
        *"--entries --lock --think --repetitions --seconds --seed --out".split(),
        *"--resume --quick --dry-run --benchmark_filter --benchmark_format".split(),
        *"--benchmark_list_tests --benchmark_out --benchmark_repetitions".split(),
        "--benchmark_min_time",
    }


def test_version(bench: Bench) -> None:
    assert re.fullmatch(r"iommubench \d+\.\d+\.\d+, .+\n", out(bench, "--version"))


def test_list_names_everything(bench: Bench) -> None:
    text = out(bench, "list")
    for name in (
        "sun4u gart pooled ppc stale-local stale-hop ring pair churn sg"
        " coherent remote full"
        " none spin:NS mmio:WRITES,WRITE_NS,READ_NS tas ticket queued ref_ticks"
        " psycho schizo vt-d"
    ).split():
        assert re.search(rf"^  {re.escape(name)} ", text, re.M), name


def test_what_is_listed_can_be_planned(bench: Bench) -> None:
    section = ""
    for line in out(bench, "list").splitlines():
        if not line.startswith(" "):
            section = line.split()[0]
            continue
        option = {
            "allocators": "--allocators",
            "workloads": "--workloads",
            "locks": "--lock",
            "profiles": "--flush",
        }.get(section)
        if option:
            plan = bench("run", "--dry-run", option, line.split()[0])
            assert plan.returncode == 0, (line, plan.stderr)


def test_profiles_have_figures_and_sources(bench: Bench) -> None:
    text = out(bench, "list", "--profiles")
    for profile in ("psycho", "schizo", "vt-d"):
        assert re.search(rf"^  {profile}: ", text, re.M)
    figures = re.findall(r"^    (flush_\w+) +(\d+)  (\S.*)$", text, re.M)
    assert {name for name, _, _ in figures} == {
        "flush_writes",
        "flush_write_ns",
        "flush_read_ns",
    }


def test_doctor(bench: Bench) -> None:
    text = out(bench, "doctor")
    for subject in (
        "CPUs governor SMT load steal virtualisation clock perf_event plots"
    ).split():
        assert re.search(rf"^(ok|note|WARN) +{subject} ", text, re.M), subject
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if line.startswith("WARN"):
            assert lines[at + 1].lstrip().startswith("fix: "), line


def man_page() -> str:
    """docs/iommubench.1."""
    page = ROOT / "docs" / "iommubench.1"
    if not page.exists():
        pytest.skip("docs/iommubench.1 is not there")
    return page.read_text(encoding="utf-8")


def test_man_page_is_made_of_the_table(bench: Bench) -> None:
    text = man_page()
    made = out(bench, "options", "--man")
    begin = text.index(".Sh OPTIONS\n")
    end = text.index(".Sh ENVIRONMENT\n")
    assert text[begin:end] == made, "make man writes it anew"


def test_man_page_documents_every_option(bench: Bench) -> None:
    # Each command has a part; it names what is as `run` has it.
    parts = re.split(r"^\.Ss Options of iommubench (\w+)\n", man_page(), flags=re.M)
    sections = dict(zip(parts[1::2], parts[2::2]))
    assert set(sections) == set(COMMANDS)
    sections["doctor"] = sections["doctor"].split(".Sh ")[0]
    for command, text in sections.items():
        named = re.findall(r"^\.(?:It )?Fl -([a-z_-]+)", text, re.M)
        known = {*run_options(bench, command), *aliases(bench, command)}
        assert {f"--{name}" for name in named} <= known, command
        missing = set(run_options(bench, command)) - {f"--{name}" for name in named}
        assert not missing, command
    for text in ("Fl -help", "Fl -help | -version"):
        assert text in man_page()


def test_man_page_lints() -> None:
    if not shutil.which("mandoc"):
        pytest.skip("mandoc is not there")
    man_page()
    lint = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning", "docs/iommubench.1"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (lint.returncode, lint.stdout) == (0, "")


def test_other_spellings_are_those_of_the_option(bench: Bench) -> None:
    for command in ("run", "compare", "sim", "audit"):
        known = aliases(bench, command)
        assert known["--occupancy"] == "--utilization"
        assert set(known.values()) <= set(run_options(bench, command))
    plans = [
        out(bench, "run", "--dry-run", *words)
        for words in (["--occupancy", "7"], ["--utilization=7"])
    ]
    assert plans[0] == plans[1] and "/occupancy:7/" in plans[0]


def test_commands_in_the_readme_exist(bench: Bench) -> None:
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("README.md is not there")
    text = readme.read_text(encoding="utf-8")
    used = re.findall(r"^\s*(?:\$ )?(?:build/)?iommubench +([a-z]+)(.*)$", text, re.M)
    assert {command for command, _ in used} <= {*COMMANDS, "help"}
    options = {o for c in COMMANDS for o in run_options(bench, c)}
    options |= {"--help", *aliases(bench)}
    for _, rest in used:
        assert set(re.findall(r"(?<!\S)(--[a-z_-]+)", rest)) <= options, rest
    targets = set()
    for words in re.findall(r"^\s*(?:\$ )?make((?: +[a-z-]+)+)", text, re.M):
        targets |= {w for w in words.split() if not w.startswith("-")}
    assert targets
    for target in sorted(targets):
        made = subprocess.run(
            ["make", "-n", target],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert "No rule to make target" not in made.stderr, target
