# SPDX-License-Identifier: GPL-2.0-or-later
"""How the tests run the program and read what it wrote."""

import json
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import jsonschema

from report.read.schema import schema as schema_with_figures

ROOT = Path(__file__).resolve().parent.parent.parent
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*.trace"))

# So many seconds are no matter of speed: what takes longer hangs, at any load.
PATIENCE = 300

# One cell that is measured in no time; tests add or override by giving more.
TINY = (
    "--allocators=sun4u",
    "--workloads=pair",
    "--cpus=1",
    "--flush=none",
    "--seconds=0.01",
    "--repetitions=2",
)
# A run of 12 samples that is long enough to be stopped in its middle.
LONG = (
    "--allocators=sun4u,pooled/pools:1,ppc",
    "--workloads=pair,ring",
    "--cpus=1",
    "--flush=none",
    "--seconds=0.1",
    "--repetitions=2",
)
LONG_SAMPLES = 12

Done = subprocess.CompletedProcess[str]
Document = Dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """The program, run in a folder of its own."""

    program: Path
    folder: Path

    def _settings(
        self, env: Optional[Mapping[str, str]], rest: Mapping[str, Any]
    ) -> Dict[str, Any]:
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HWLOC_", "BENCHMARK_"))
        }
        settings: Dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "encoding": "utf-8",
            "errors": "surrogateescape",
            "cwd": self.folder,
            "env": {**clean, **(env or {})},
        }
        if "input" in rest:
            del settings["stdin"]
        return {**settings, **rest}

    def __call__(
        self,
        *words: str,
        env: Optional[Mapping[str, str]] = None,
        prefix: Sequence[str] = (),
        **rest: Any,
    ) -> Done:
        """Runs it to its end; `prefix` is a command that runs commands (taskset)."""
        command = [*prefix, str(self.program), *words]
        settings = self._settings(env, {"timeout": PATIENCE, **rest})
        return subprocess.run(command, check=False, **settings)

    def start(self, *words: str, **rest: Any) -> "subprocess.Popen[str]":
        """Starts it."""
        return subprocess.Popen(
            [str(self.program), *words], **self._settings(None, rest)
        )

    def run(self, *words: str, exit_code: int = 0) -> Tuple[Done, Document]:
        """`run` with these options, and the results it wrote."""
        path = self.folder / "run.json"
        done = self("run", *words, "--out", str(path))
        assert done.returncode == exit_code, done.stderr
        return done, read_results(path)


def _only_once(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    keys = [key for key, _ in pairs]
    assert len(set(keys)) == len(keys), f"a key occurs twice among {keys}"
    return dict(pairs)


def _no_constant(text: str) -> float:
    raise AssertionError(f"{text} is not JSON")


def parse_strictly(text: str) -> Document:
    """The JSON document: no key twice, no NaN."""
    document: Document = json.loads(
        text, object_pairs_hook=_only_once, parse_constant=_no_constant
    )
    return document


def check_schema(document: Document) -> None:
    """Fails unless the document fits the schema; with the figures in it and without."""
    alone = json.loads((ROOT / "results" / "schema.json").read_text(encoding="utf-8"))
    for schema in (schema_with_figures(), alone):
        jsonschema.Draft7Validator.check_schema(schema)
        errors = [
            f"{list(error.absolute_path)}: {error.message}"
            for error in jsonschema.Draft7Validator(schema).iter_errors(document)
        ]
        assert not errors, errors[:5]


def read_results(path: Path) -> Document:
    """A results file, checked against the schema."""
    document = parse_strictly(path.read_text(encoding="utf-8"))
    check_schema(document)
    return document


def suite(document: Document) -> Dict[str, Any]:
    """What the file says of the run."""
    ours: Dict[str, Any] = document["context"]["iommubench"]
    return ours


def which_samples(document: Document) -> List[Tuple[str, int]]:
    """Name and repetition of every sample, sorted."""
    return sorted(
        (sample["name"], sample["repetition_index"])
        for sample in document["benchmarks"]
    )


def failed_samples(document: Document) -> List[Dict[str, Any]]:
    """The samples that failed."""
    return [s for s in document["benchmarks"] if s.get("error_occurred")]


def blocks(document: Document) -> "Dict[Tuple[int, int], List[Dict[str, Any]]]":
    """The samples of a comparison: of each cell's blocks, in order."""
    result: Dict[Tuple[int, int], List[Dict[str, Any]]] = {}
    for sample in document["benchmarks"]:
        result.setdefault((sample["family_index"], sample["block"]), []).append(sample)
    return result


def hash_of(program: Path) -> str:
    """FNV-1a of a program's content, by which comparisons know it."""
    value = 0xCBF29CE484222325
    for byte in program.read_bytes():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return f"{value:016x}"


def children(pid: int) -> List[int]:
    """The processes that a process started and that have not been waited for."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for child in text.split()]


def sample_process(runner: "subprocess.Popen[Any]") -> Optional[int]:
    """The sample that a runner waits for, once it is executed; None between two."""
    for child in children(runner.pid):
        try:
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if words[1:2] == [b"sample"]:
            return child
    return None


def is_alive(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def unwrapped(text: str) -> str:
    """What is printed under a table, each line in one."""
    return re.sub(r"\n  (?=\S)", " ", text)


def fits_a_page(text: str) -> None:
    """Fails if a line is too long, but for the results' path, which is the user's."""
    lines = [line for line in text.splitlines() if not line.startswith("results: ")]
    assert max(map(len, lines)) <= 100, max(lines, key=len)


def wait_for(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Waits until it holds, and gives what it returned."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.002)
    raise AssertionError("what was waited for did not happen")


def samples_in(path: Path) -> int:
    """How many samples a file holds by now; 0 if there is none yet.

    0 as well where it is read while a comparison appends to it.
    """
    try:
        return len(json.loads(path.read_text(encoding="utf-8"))["benchmarks"])
    except (FileNotFoundError, json.JSONDecodeError):
        return 0


def snapshot(folder: Path) -> Dict[str, Optional[bytes]]:
    """Every file and folder below, and the files' contents."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def refused(done: Done, *words: str) -> None:
    """Fails unless the program refused: one line that has these words, exit 2."""
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert done.stdout == ""
    one_line(done.stderr, *words)


def one_line(text: str, *words: str) -> None:
    """Fails unless it is one line of the program's, of a length one can read."""
    assert text.startswith("iommubench: "), text
    assert text.endswith("\n") and text.count("\n") == 1, repr(text)
    assert text[:-1].isprintable() or not text.isascii(), repr(text)
    assert len("iommubench: ") + 8 < len(text) < 600, text
    for word in words:
        assert word in text, (word, text)
