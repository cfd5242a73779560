"""Init: a folder becomes a workspace, from the protos that it has or with a first one."""

from __future__ import annotations

import json
import keyword
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.checks.python_folder import WELL_KNOWN, is_standard
from protoctl.errors import MachineError, WorkspaceError
from protoctl.kit.files import write_atomic
from protoctl.kit.templates import render
from protoctl.model.event import Event, Level
from protoctl.workspace.configuration_file import FILE_NAME
from protoctl.workspace.detect import Detected, detect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protoctl.model.event import Emit

TEMPLATES = Path(__file__).parent / "templates"
IGNORED = (".protoctl/", "dist/")
"""What git must not see: intermediate files and artifacts."""
GENERIC = {"api", "apis", "grpc", "idl", "proto", "protobuf", "protos", "schema", "schemas", "src"}
"""Folder names that do not name a team."""
FALLBACK = "acme"
SHOWN = 5
"""Paths that a warning lists before it only counts."""


@dataclass(frozen=True)
class Result:
    """What init found and did."""

    root: Path
    """The new workspace."""
    found: Detected | None
    """The tree that was there, None for a folder without protos."""
    written: tuple[str, ...]
    """Paths below the root, in the order of writing."""


@dataclass(frozen=True)
class View:
    """What the template of `protoctl.toml` shows; every value is TOML."""

    name: str
    proto: str
    modules: str
    exclude: str
    distribution: str
    package: str
    dependencies: tuple[tuple[str, str], ...]


def init(root: Path, emit: Emit) -> Result:
    """Make a folder a workspace; no file is ever overwritten.

    Raises WorkspaceError for a folder that is one or in which no module can be, MachineError when it cannot be written.
    """
    try:
        if (root / FILE_NAME).exists():
            raise WorkspaceError(f"{root} has a {FILE_NAME} already", hint="change it, or delete it and run this again")
        if root.exists() and not root.is_dir():
            raise WorkspaceError(f"{root} is no folder")
        found = detect(root)
        files = describe(root, found) if found else start(root)
        for path, text in files.items():
            write_atomic(root / path, text.encode())
        ignored = ignore(root)
    except OSError as error:
        raise MachineError(f"cannot make {root} a workspace: {error.strerror}: {error.filename}") from error
    if found:
        warn(found, emit)
    return Result(root, found, (*files, *ignored))


def describe(root: Path, found: Detected) -> dict[str, str]:
    """Give the configuration of a tree that is there."""
    name = workspace_name(found.namespace.split("/")[0], root.name)
    return {FILE_NAME: configuration(name, found, found.names[0])}


def start(root: Path) -> dict[str, str]:
    """Give the files of a workspace with one service; raises WorkspaceError rather than overwrite one."""
    name = workspace_name(root.name)
    namespace = name.replace("-", "_")
    found = Detected("proto", namespace, (f"{namespace}/*",), ("greeter",), 1, (), {}, (), ())
    proto = f"proto/{namespace}/greeter/v1/greeter.proto"
    return {proto: render(TEMPLATES, "greeter.proto", namespace), FILE_NAME: configuration(name, found, "greeter")}


def workspace_name(*candidates: str) -> str:
    """Give the first candidate that can name a workspace, its packages and a folder of protos, made lower-case."""
    for candidate in candidates:
        name = re.sub(r"[^a-z0-9]+", "-", candidate.lower()).strip("-")
        is_taken = name in GENERIC | WELL_KNOWN or is_standard(name) or keyword.iskeyword(name)
        if re.match("[a-z]", name) and not is_taken:
            return name
    return FALLBACK


def configuration(name: str, found: Detected, module: str) -> str:
    """Give the text of `protoctl.toml`, `module` serving as the example of its comments."""
    view = View(
        name=quote(name),
        proto=quote(found.proto),
        modules=array(found.modules),
        exclude=array(found.exclude) if found.exclude else "",
        distribution=f"{name}-{module}".replace("_", "-"),
        package=f"@{name}/{module}",
        dependencies=tuple((quote(glob), quote(owner)) for glob, owner in found.dependencies.items()),
    )
    return render(TEMPLATES, FILE_NAME, view)


def quote(text: str) -> str:
    """Give a TOML basic string, whose escapes are those of JSON."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def array(texts: Iterable[str]) -> str:
    """Give a TOML array."""
    return f"[{', '.join(map(quote, texts))}]"


def ignore(root: Path) -> tuple[str, ...]:
    """Add what git must not see to `.gitignore`, in a git repository; give the files that were changed."""
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return ()
    path = root / ".gitignore"
    text = path.read_text("utf-8", errors="surrogateescape") if path.exists() else ""
    known = {line.strip().strip("/") for line in text.splitlines()}
    missing = [entry for entry in IGNORED if entry.strip("/") not in known]
    if not missing:
        return ()
    start_of_line = "" if not text or text.endswith("\n") else "\n"
    text += start_of_line + "".join(f"{entry}\n" for entry in missing)
    write_atomic(path, text.encode(errors="surrogateescape"))
    return (path.name,)


def warn(found: Detected, emit: Emit) -> None:
    """Say what a person has to look at."""
    if found.exclude:
        emit(Event(f"left out below {found.proto}: {', '.join(found.exclude)}", Level.NOTE))
    if found.unknown:
        text = f"nothing here holds {shorten(found.unknown)}; name the distributions that do in [dependencies]"
        emit(Event(text, Level.WARNING))
    if found.elsewhere:
        text = f"a workspace has one proto root, {found.proto}; there are other protos in {shorten(found.elsewhere)}"
        emit(Event(text, Level.WARNING))


def shorten(paths: tuple[str, ...]) -> str:
    """Give the first paths and how many more there are."""
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return ", ".join(path or "." for path in paths[:SHOWN]) + more
