"""What a resolver makes of the bounds of packages: the oldest and the newest releases that they allow."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import msgspec

from protoctl.errors import MachineError
from protoctl.kit.files import write_atomic
from protoctl.toolchain.clients import run_uv
from protoctl.verification.workbench import environment_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from protoctl.targets.python.gate.pythons import Interpreter
    from protoctl.verification.workbench import Workbench

DAY = 24 * 3600
"""Seconds for which the newest releases are taken for the newest."""
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
UNSOLVABLE = re.compile(r"No solution found|unsatisfiable")
"""How uv says, in the first or the last lines, that bounds contradict each other or nothing on the index fits them."""


class Mode(Enum):
    """Which of the releases that fit are taken."""

    LOWEST = "lowest"
    NEWEST = "newest"


@dataclass(frozen=True)
class Resolved:
    """What was resolved."""

    requirements: str
    """Pins with hashes, as a requirements file; empty when nothing is needed."""
    contradiction: str = ""
    """The resolver's words when the bounds cannot be met; else nothing."""
    made: float = 0.0
    """When, in seconds since the epoch."""

    @property
    def pins(self) -> dict[str, str]:
        """Distribution to version."""
        return dict(PIN.findall(self.requirements))


RESOLVED = msgspec.json.Decoder(Resolved)
"""Made here, since threads that use a type for the first time at once crash msgspec 0.22."""


def resolve(
    bounds: Sequence[str], mode: Mode, python: Interpreter, workbench: Workbench, *, age: float = DAY
) -> Resolved:
    """Give what some requirements resolve to; the answer is remembered, that for the newest for `age` seconds.

    Raises MachineError when the index cannot be asked.
    """
    name = environment_key("resolution", sorted(bounds), mode.value, python.version)
    path = workbench.folder(f"resolutions/{name}.json")
    known = recall(path)
    if known and (workbench.offline or mode is Mode.LOWEST or time.time() - known.made < age):
        return known
    answer = ask(sorted(bounds), mode, python, workbench) if bounds else Resolved("")
    write_atomic(path, msgspec.json.encode(answer))
    return answer


def recall(path: Path) -> Resolved | None:
    """Give an answer that was written down, None when there is none that can be read."""
    try:
        return RESOLVED.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def ask(bounds: Sequence[str], mode: Mode, python: Interpreter, workbench: Workbench) -> Resolved:
    """Let uv resolve; nothing is built, and pins carry the index's hashes."""
    source, target = (
        workbench.scratch / f"{environment_key('ask', bounds, mode.value)}{end}" for end in (".in", ".txt")
    )
    source.write_text("\n".join(bounds))
    arguments = ["pip", "compile", str(source), "--output-file", str(target), "--quiet", "--python", python.path]
    arguments += ["--resolution", "lowest" if mode is Mode.LOWEST else "highest", "--no-build"]
    arguments += ["--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url"]
    try:
        run_uv(
            arguments, what=f"cannot resolve the {mode.value} requirements of the packages", offline=workbench.offline
        )
    except MachineError as error:
        if not UNSOLVABLE.search(error.said) or workbench.offline:
            raise
        return Resolved("", error.said, time.time())
    return Resolved(target.read_text(), "", time.time())
