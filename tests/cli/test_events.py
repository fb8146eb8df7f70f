# SPDX-License-Identifier: GPL-2.0-or-later
"""The event maps: libpfm4 encodes every event for every PMU that a map names."""

import os
import subprocess
from pathlib import Path
from typing import Dict, List, NamedTuple

import pytest

from cli import ROOT, Done

KEYS = (
    "cycles instructions l1d_misses llc_misses branch_misses dtlb_misses stalls"
    " remote_misses"
).split()
SOURCE = ROOT / "tests" / "cli" / "encode_events.c"


class EventMap(NamedTuple):
    """A file of harness/events: its models, and its events by short name."""

    models: List[str]
    events: Dict[str, str]


def read_map(path: Path) -> EventMap:
    """What a file says, without its sources."""
    models: List[str] = []
    events: Dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        key, _, rest = line.partition(" = ")
        value, _, source = rest.partition(" | ")
        if key == "models":
            models = value.split()
        elif key != "summary":
            assert key in KEYS, f"{path.name}: {key}"
            assert source.strip(), f"{path.name}: {key} has no source"
            events[key] = value.strip()
    return EventMap(models, events)


MAPS = {p.name: read_map(p) for p in sorted((ROOT / "harness" / "events").iterdir())}
MODELS = [(name, model) for name, each in MAPS.items() for model in each.models]


def tables_of(model: str) -> str:
    """Which of libpfm4's architectures knows the model; "" is x86."""
    for arch, prefixes in (
        ("powerpc", ("power",)),
        ("sparc", ("ultra", "niagara")),
        ("arm64", ("arm_",)),
    ):
        if model.startswith(prefixes):
            return arch
    return ""


@pytest.fixture(scope="session", name="encoders")
def make_encoders(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, object]:
    """The encoding program by tables, or the reason why there is none."""
    encoders: Dict[str, object] = {}
    folder = tmp_path_factory.mktemp("encoders")
    for arch in ("", "powerpc", "sparc", "arm64"):
        command = ["gcc", str(SOURCE), "-o", str(folder / f"encode-{arch or 'x86'}")]
        if arch:
            built = subprocess.run(
                [str(ROOT / "tests" / "cli" / "libpfm4-source.sh"), arch],
                check=False,
                capture_output=True,
                text=True,
            )
            cache = ROOT / "build" / "cache" / f"libpfm4-{arch}"
            command += [f"-I{cache / 'include'}", str(cache / "libpfm.a")]
            if built.returncode:
                said = built.stderr.strip().splitlines() or ["no message"]
                encoders[arch] = f"no libpfm4 source: {said[-1]}"
                continue
        else:
            command += ["-lpfm"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        encoders[arch] = (
            Path(command[3]) if done.returncode == 0 else "no libpfm4: libpfm4-dev"
        )
    return encoders


def encode(encoder: object, model: str, *events: str) -> Done:
    """What the encoder prints; skips where it can encode nothing."""
    if not isinstance(encoder, Path):
        pytest.skip(str(encoder))
    done = subprocess.run(
        [str(encoder)],
        check=False,
        input="\n".join(f"{model}::{event}:u" for event in events),
        capture_output=True,
        text=True,
        env={**os.environ, "LIBPFM_FORCE_PMU": model},
    )
    if done.returncode == 77:
        pytest.skip(done.stdout.strip())
    return done


@pytest.mark.parametrize("name,model", MODELS)
def test_events_encode(name: str, model: str, encoders: Dict[str, object]) -> None:
    """Every event of the map is one of the model's, and has a code of its own."""
    if not tables_of(model) and os.uname().machine != "x86_64":
        pytest.skip("this libpfm4 has no x86 tables")
    events = [event for event in MAPS[name].events.values() if event != "none"]
    done = encode(encoders[tables_of(model)], model, *events)
    assert done.returncode == 0, done.stdout
    codes = [line.rsplit(" ", 2)[1:] for line in done.stdout.splitlines()]
    assert len(codes) == len(events)
    assert len({tuple(code) for code in codes}) == len(codes), done.stdout


def test_encoding_notices_a_wrong_event(encoders: Dict[str, object]) -> None:
    """The test above can fail."""
    done = encode(encoders[""], "skx", "NOSUCH_EVENT")
    assert done.returncode == 1 and "NOSUCH_EVENT" in done.stdout


def test_encoding_notices_a_wrong_model(encoders: Dict[str, object]) -> None:
    """Nor is a model that libpfm4 does not know passed over."""
    done = encode(encoders[""], "no_such_model", "INSTRUCTION_RETIRED")
    assert done.returncode == 1, done.stdout


def test_no_model_twice() -> None:
    """A PMU has one map."""
    models = [model for _, model in MODELS]
    assert len(set(models)) == len(models)


@pytest.mark.parametrize(
    "model",
    "power8 power9 power10 ultra12 ultra3 ultra3i"
    " ultra3p ultra4p niagara1 niagara2 arm_n1 skx icx spr"
    " amd64_fam17h_zen1 amd64_fam19h_zen4".split(),
)
def test_promised_models_are_there(model: str) -> None:
    """Those that people will ask for."""
    assert model in [each for _, each in MODELS]
