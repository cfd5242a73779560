"""Doctor for a consumer: whether installed stubs work with the runtimes beside them, and what would help."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from protoctl.errors import UsageError
from protoctl.flows.consumer_indexes import look_at_indexes
from protoctl.flows.doctor import Part, Result, Status
from protoctl.kit import process
from protoctl.model.gencode import floor_within
from protoctl.packaging.installed import read_environment
from protoctl.targets.python.bounds import GRPC, lowest_runtime

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from protoctl.packaging.installed import Stubs

ASK = "import json, sys; print(json.dumps(['.'.join(map(str, sys.version_info[:3])), sys.path]))"
SECONDS = 20
"""For an interpreter to answer."""
REFUSES = b"raise RuntimeError("
"""In gRPC code that does not import with an older grpcio; code without it only warns."""
UNUSABLE = 1
"""Exit code: something was found that does not work."""


@dataclass(frozen=True)
class Needs:
    """What generated code asks of its runtimes."""

    protobuf: Version | None
    """The oldest that it works with; None when it says nothing."""
    grpcio: Version | None
    """The oldest that it was made for; None without services."""
    refuses: bool
    """Whether an older grpcio is an error, not only a warning."""


def look_at_consumer(python: str, environment: Mapping[str, str]) -> Result:
    """Look at the environment of an interpreter, or of the active one; its code is read and not run.

    Raises UsageError for what is no Python.
    """
    found = find_python(python, environment)
    version, path = ask(found)
    parts = [Part("python", Status.OK, f"{version} at {found}")]
    installed = read_environment(path)
    runtimes = {name: parse(installed.versions.get(name, "")) for name in ("protobuf", "grpcio")}
    parts += [look_at_runtime(name, runtimes[name]) for name in runtimes]
    parts += [
        Part("metadata", Status.FAILED, f"{folder} names no distribution", "install it again", UNUSABLE)
        for folder in installed.broken
    ]
    for stubs in installed.stubs:
        parts += look_at_stubs(stubs, runtimes["protobuf"], runtimes["grpcio"], found)
    if not installed.stubs:
        parts.append(Part("stubs", Status.NOTE, "no package here was made by protoctl"))
    parts += look_at_indexes(environment, found.parent.parent)
    return Result(tuple(parts))


def find_python(python: str, environment: Mapping[str, str]) -> Path:
    """Give the interpreter that is meant: a path, a name, an environment's folder, or the active environment's."""
    told = python or environment.get("VIRTUAL_ENV", "") or "python3"
    inside = Path(told) / "bin" / "python"
    found = inside if inside.exists() else shutil.which(told, path=environment.get("PATH"))
    if not found:
        hint = "name an interpreter, or the folder of a virtual environment"
        raise UsageError(f"there is no Python {told}", hint=hint)
    return Path(os.path.abspath(found))  # noqa: PTH100  resolving a link would leave the environment


def ask(python: Path) -> tuple[str, list[str]]:
    """Give version and search path of an interpreter; raises UsageError when it gives none."""
    try:
        done = process.run([str(python), "-I", "-c", ASK], timeout=SECONDS)
        version, path = json.loads(done.stdout)
        return str(version), [str(folder) for folder in path]
    except (OSError, ValueError, TypeError) as error:  # a timeout is an OSError, too
        said = str(error) if isinstance(error, OSError) else done.stderr
        raise UsageError(f"{python} does not answer as a Python does", said=said) from error


def parse(text: str) -> Version | None:
    """Give a version, None when there is none or it is no version."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def look_at_runtime(name: str, version: Version | None) -> Part:
    """Tell which runtime is there."""
    return Part(name, Status.OK, str(version)) if version else Part(name, Status.NOTE, "is not installed")


def look_at_stubs(stubs: Stubs, protobuf: Version | None, grpcio: Version | None, python: Path) -> Iterator[Part]:
    """Tell of a package what its code needs and whether that is there: one part for each fault, or one for all well."""
    name = f"{stubs.name} {stubs.version}"
    if stubs.fault:
        yield Part(name, Status.FAILED, stubs.fault, "install it again", UNUSABLE)
        return
    needs = read_needs(stubs)
    faults = list(explain(needs, protobuf, grpcio))
    for runtime, needed, text, status in faults:
        install = f"{shlex.quote(str(python))} -m pip install '{runtime}>={needed}'"
        hint = f"{install}{advise(protobuf, grpcio if needs.grpcio else None)}"
        yield Part(name, status, text, hint, UNUSABLE if status is Status.FAILED else 0)
    if not faults:
        grpc = f", grpcio {needs.grpcio}" if needs.grpcio else ""
        yield Part(name, Status.OK, f"works: its code is for protobuf {needs.protobuf}{grpc} and later")


def read_needs(stubs: Stubs) -> Needs:
    """Give what the code of a package needs; the highest of its files counts."""
    grpc = [found[1].decode() for data in stubs.code if (found := GRPC.search(data))]
    return Needs(
        max((lowest for data in stubs.code if (lowest := lowest_runtime(data))), default=None),
        max((version for text in grpc if (version := parse(text))), default=None),
        any(GRPC.search(data) and REFUSES in data for data in stubs.code),
    )


def explain(
    needs: Needs, protobuf: Version | None, grpcio: Version | None
) -> Iterator[tuple[str, Version, str, Status]]:
    """Give runtime, release, sentence and gravity of everything that does not fit."""
    if needs.protobuf and (not protobuf or protobuf < needs.protobuf):
        text = f"its code is for protobuf {needs.protobuf}, and {protobuf} is there: a VersionError at import"
        missing = f"its code is for protobuf {needs.protobuf}, and none is there"
        yield "protobuf", needs.protobuf, text if protobuf else missing, Status.FAILED
    if needs.grpcio and (not grpcio or grpcio < needs.grpcio):
        how = "error" if needs.refuses else "warning"
        text = f"its code is for grpcio {needs.grpcio}, and {grpcio} is there: a Runtime{how.title()} at import"
        missing = f"its code is for grpcio {needs.grpcio}, and none is there"
        refused = needs.refuses or not grpcio
        yield "grpcio", needs.grpcio, text if grpcio else missing, Status.FAILED if refused else Status.NOTE


def advise(protobuf: Version | None, grpcio: Version | None) -> str:
    """Say which runtime floor would fit what is installed; `grpcio` is None where the package needs none."""
    floor = floor_within(protobuf, grpcio) if protobuf else ""
    if floor:
        return f', or build the package with [python] runtime-floor = "{floor}" in protoctl.toml'
    beside = f" with grpcio {grpcio}" if grpcio else ""
    return f"; no runtime floor goes as low as protobuf {protobuf}{beside}" if protobuf else ""
