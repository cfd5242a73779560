"""An environment like a stranger's: releases from the index, and the packages that are tried."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from protoctl.errors import MachineError, ToolError
from protoctl.kit import process
from protoctl.toolchain.clients import run_uv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.targets.python.gate.pythons import Interpreter
    from protoctl.targets.python.gate.resolution import Resolved
    from protoctl.verification.workbench import Workbench

PROGRAMS = Path(__file__).parent / "programs"
SECONDS = 900
"""For one program; the largest trees take a minute."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment of this run."""

    name: str
    """Unique in the run, like `lowest`."""
    folder: Path
    """Where it is."""
    interpreter: Interpreter
    """What it was made of."""

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.folder / "bin" / "python"

    @property
    def site(self) -> Path:
        """Where packages are installed."""
        return next(self.folder.glob("lib/python*/site-packages"))

    def run(self, program: str, request: object) -> Any:  # noqa: ANN401  any JSON value
        """Give what one of our programs answers to a request, both JSON; raises ToolError when it dies.

        Warnings are errors, as in many a team's tests. Nothing of the caller's environment reaches it.
        """
        variables = {"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "GRPC_VERBOSITY": "NONE"}
        return ask([str(self.python), "-I", "-W", "error"], program, request, variables)


def ask(python: Sequence[str], program: str, request: object, variables: Mapping[str, str]) -> Any:  # noqa: ANN401
    """Give what one of our programs, started by an interpreter, answers to a request; raises ToolError when it dies."""
    try:
        argv = [*python, str(PROGRAMS / program)]
        done = process.run(argv, stdin=json.dumps(request).encode(), environment=variables, timeout=SECONDS)
        return json.loads(done.stdout)
    except TimeoutError as error:
        raise ToolError(f"{program} did not end within {SECONDS} seconds") from error
    except ValueError as error:
        raise ToolError(f"{program} died with {done.returncode}", said=done.stderr) from error


def make_environment(
    name: str, resolved: Resolved, wheels: Sequence[Path], python: Interpreter, workbench: Workbench
) -> Environment:
    """Give an environment with releases and wheels; uv links them from its own cache, which takes a tenth of a second.

    Raises MachineError when a release cannot be fetched or has another hash.
    """
    environment = Environment(name, workbench.scratch / name, python)
    what = f"cannot make an environment with the {name} requirements"
    run_uv(["venv", "--quiet", "--python", python.path, str(environment.folder)], what=what, offline=workbench.offline)
    install = ["pip", "install", "--quiet", "--python", str(environment.python), "--no-deps", "--no-build"]
    if resolved.requirements:
        pins = environment.folder / "requirements.txt"
        pins.write_text(resolved.requirements)
        run_uv([*install, "--require-hashes", "--requirement", str(pins)], what=what, offline=workbench.offline)
    run_uv([*install, "--no-index", *map(str, wheels)], what="uv refuses the wheels", offline=workbench.offline)
    return environment


def find_conflicts(environment: Environment) -> str:
    """Give what contradicts the bounds of an installed package, in uv's words; nothing when all fit."""
    try:
        run_uv(["pip", "check", "--python", str(environment.python)], what="packages do not fit together")
    except MachineError as error:
        return error.said
    return ""
