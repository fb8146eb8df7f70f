# SPDX-License-Identifier: GPL-2.0-or-later
"""Virtual machines: a kernel, an initramfs with our programs, and what comes out."""

import gzip
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Mapping, Sequence, Tuple

# Nothing takes nearly as long on an idle machine.
SECONDS = 400


class Failed(Exception):
    """A check did not hold; the text says which."""


@dataclass(frozen=True)
class Machine:
    """What QEMU is told for one architecture."""

    arch: str
    emulator: Tuple[str, ...]
    console: str
    cpus: int
    model: str  # what is found of the CPU's name; Linux gives none on aarch64

    def command(self, kernel: Path, initramfs: Path) -> List[str]:
        """The command line; nothing of it touches the network or a disk."""
        return [
            *self.emulator,
            *("-nographic", "-no-reboot", "-nic", "none"),
            *("-kernel", str(kernel), "-initrd", str(initramfs)),
            *("-append", f"quiet panic=-1 {self.console}".strip()),
        ]


# All clocks count instructions: a busy host changes nothing that is measured. And CPUs
# take turns: with a host thread each, those that spin on a lock and those that want an
# interrupt fight for QEMU's own lock, for seconds where the host has fewer CPUs.
PSERIES = (
    *("qemu-system-ppc64", "-M", "pseries,x-vof=on", "-cpu", "power9"),
    *("-smp", "4", "-m", "1G", "-vga", "none", "-icount", "shift=2"),
)
MACHINES = {
    machine.arch: machine
    for machine in (
        Machine("ppc64le", PSERIES, "", 4, "POWER9"),
        Machine("ppc64", PSERIES, "", 4, "POWER9"),
        # One CPU that counts: instructions are exact, and so are times.
        Machine(
            "aarch64",
            (
                *("qemu-system-aarch64", "-M", "virt", "-cpu", "max,pauth=off"),
                *("-m", "1G", "-icount", "shift=2,sleep=off"),
            ),
            "console=ttyAMA0",
            1,
            "unknown",
        ),
        # QEMU's sun4u has one CPU.
        Machine(
            "sparc64",
            (
                *("qemu-system-sparc64", "-M", "sun4u", "-m", "512", "-vga", "none"),
                *("-icount", "shift=2,sleep=off"),
            ),
            "console=ttyS0",
            1,
            "TI UltraSparc IIi",
        ),
    )
}


def cpio(files: Mapping[str, bytes]) -> bytes:
    """An archive in the format "newc", which the kernel unpacks; all are programs."""
    archive = b""
    for number, (name, data) in enumerate({**files, "TRAILER!!!": b""}.items()):
        head = (number + 1, 0o100755, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1)
        archive += b"070701" + b"".join(b"%08X" % n for n in head) + b"0" * 8
        archive += name.encode() + b"\0"
        archive += b"\0" * (-len(archive) % 4) + data
        archive += b"\0" * (-len(archive) % 4)
    return archive


def fnv1a(data: bytes) -> int:
    """The hash that init.c gives beside each file."""
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


@dataclass
class Outcome:
    """What a guest said before it powered off."""

    status: List[int] = field(default_factory=list)
    files: Dict[str, str] = field(default_factory=dict)


FILE = re.compile(
    rb"^@@ file (\S+) (\d+) ([0-9a-f]{8})\n(.*?)\n@@ done \1\n", re.M | re.S
)


def understand(console: bytes) -> Outcome:
    """Reads init.c's lines; fails unless it came to its end and all arrived whole."""
    text = console.replace(b"\r\n", b"\n")
    outcome = Outcome()
    for found in FILE.finditer(text):
        name, size, digest, data = found.groups()
        if len(data) != int(size) or fnv1a(data) != int(digest, 16):
            raise Failed(f"{name.decode()} was damaged on its way over the console")
        outcome.files[name.decode()] = data.decode(errors="replace")
    ends = re.findall(rb"^@@ end \d+ (-?\d+)$", text, re.M)
    outcome.status = [int(status) for status in ends]
    errors = re.findall(rb"^@@ error: (.*)$", text, re.M)
    if errors:
        raise Failed(errors[0].decode(errors="replace"))
    if b"\n@@ finished\n" not in text:
        raise Failed("the guest did not come to its end")
    return outcome


def boot(
    machine: Machine,
    kernel: Path,
    programs: Mapping[str, Path],
    commands: Sequence[str],
    folder: Path,
) -> Outcome:
    """Runs the commands in a guest; its console is kept in the folder."""
    files = {name: path.read_bytes() for name, path in programs.items()}
    files["commands"] = "".join(f"{line}\n" for line in commands).encode()
    initramfs = folder / "initramfs"
    initramfs.write_bytes(gzip.compress(cpio(files), 1))
    log = folder / "console.log"
    with open(log, "wb") as console:
        try:
            subprocess.run(
                machine.command(kernel, initramfs),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                timeout=SECONDS,
                check=True,
            )
        except subprocess.TimeoutExpired as error:
            raise Failed(f"hangs: killed after {SECONDS} s, see {log}") from error
        except subprocess.CalledProcessError as error:
            raise Failed(f"QEMU: exit {error.returncode}, see {log}") from error
    try:
        return understand(log.read_bytes())
    except Failed as error:
        raise Failed(f"{error}, see {log}") from error
