"""CI: the pipeline of a workspace, rendered for a system, written, or compared with what is there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING

from protoctl import __version__
from protoctl.ci import load_system
from protoctl.ci.commands import Environment, Make
from protoctl.ci.pipeline import make_pipeline
from protoctl.errors import MachineError, UsageError
from protoctl.kit.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.ci.commands import Caller
    from protoctl.model.workspace import Workspace

BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*+")
"""Branches whose names need no quotes in any of the files."""
VERBS = ("check", "diff", "plan", "build", "verify", "publish")
"""What a Makefile has to have so that a pipeline goes through it."""


@dataclass(frozen=True)
class Rendered:
    """A pipeline as it should be, and what is there."""

    path: Path
    """Where the system looks for it."""
    text: str
    """As it should be."""
    drift: tuple[str, ...]
    """Lines of a unified diff from what is there to what should be; none when they are equal."""


def render_pipeline(workspace: Workspace, system: str, branch: str) -> Rendered:
    """Give the pipeline of a workspace; raises UsageError for a branch that no file can name."""
    if not BRANCH.fullmatch(branch):
        raise UsageError(f"{branch!r} cannot be named in a pipeline", hint="use letters, digits, ., _, / and -")
    command = f"protoctl ci {system}" + (f" --branch {branch}" if branch != "main" else "")
    loaded = load_system(system)
    pipeline = make_pipeline(command, branch, find_caller(workspace.root), workspace.configuration.indexes)
    text = loaded.render(pipeline)
    path = workspace.root / loaded.PATH
    return Rendered(path, text, tuple(find_drift(path, text, loaded.PATH)))


def find_caller(root: Path) -> Caller:
    """Give how the pipeline calls protoctl: through a Makefile that has every verb, else on its own."""
    try:
        text = (root / "Makefile").read_text("utf-8", errors="replace")
    except OSError:
        return Environment(__version__)
    has_all = all(re.search(rf"^{verb}:", text, re.MULTILINE) for verb in VERBS)
    return Make() if has_all else Environment(__version__)


def find_drift(path: Path, text: str, name: str) -> list[str]:
    """Give the lines in which a file is not what it should be; a missing one has none of them."""
    there = path.read_text("utf-8", errors="replace") if path.is_file() else ""
    return list(unified_diff(there.splitlines(), text.splitlines(), name, f"{name} as it would be", lineterm=""))


def write_pipeline(rendered: Rendered) -> None:
    """Write the file where its system looks for it; raises MachineError."""
    try:
        write_atomic(rendered.path, rendered.text.encode())
    except OSError as error:
        raise MachineError(f"cannot write {rendered.path}: {error.strerror}") from error
