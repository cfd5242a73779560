"""Image: from `build/` to the toolchain as a container image, pushed and locked by digest."""

from __future__ import annotations

import os
from dataclasses import replace
from textwrap import shorten
from typing import TYPE_CHECKING

from protoctl.errors import ConfigurationError, EngineError
from protoctl.flows.session import current_lock
from protoctl.kit.archive import pack_tar
from protoctl.model.event import Event, Level
from protoctl.runners.docker import Engine
from protoctl.runners.image import local_tag
from protoctl.toolchain.lock_file import FOLDER, write_lock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from protoctl.flows.session import Options
    from protoctl.model.event import Emit
    from protoctl.model.toolchain import Lock
    from protoctl.model.workspace import Workspace

ARGUMENTS = ("PIP_INDEX_URL", "NPM_CONFIG_REGISTRY")
"""Variables that the Dockerfile takes over; they stay in a stage that is not pushed."""
STEP_WIDTH = 72
"""Characters of a step that are shown."""
SAID_LINES = 20
"""Last lines of the builder that an error shows."""


def build_image(workspace: Workspace, options: Options, emit: Emit) -> Lock:
    """Build the image of the current lock; where a repository is configured, push it and lock its digest.

    Gives the lock as it is then on disk. Raises LockError, ConfigurationError, EngineError, MachineError.
    """
    table = workspace.configuration.image
    if table.repository and "@sha256:" not in table.base:
        hint = 'write it as "NAME@sha256:…"'
        raise ConfigurationError("[image] base has no digest, so what is pushed could not be built again", hint=hint)
    lock = current_lock(workspace, options, emit)
    engine = Engine.open()
    tag = local_tag(lock)
    emit(Event(f"building {tag} on {lock.image.base}"))
    build(engine, workspace.root, lock, table.network, emit)
    if not table.repository:
        emit(Event(f"{tag} is on {engine.address} only; [image] repository would share it", Level.NOTE))
        return lock
    emit(Event(f"pushing to {table.repository}"))
    reference = f"{table.repository}@{push(engine, tag, table.repository)}"
    emit(Event(f"locked {reference}", Level.NOTE))
    pinned = replace(lock, image=replace(lock.image, reference=reference))
    write_lock(workspace.root, pinned, {})
    return pinned


def build(engine: Engine, root: Path, lock: Lock, network: str, emit: Emit) -> None:
    """Build from the locked files and nothing else; each step of the Dockerfile is an event."""
    context = pack_tar({path: (root / FOLDER / path).read_bytes() for path in lock.files})
    arguments = {"BASE": lock.image.base} | given(os.environ)
    said: list[str] = []
    for report in engine.build(context, local_tag(lock), label=lock.digest, arguments=arguments, network=network):
        line = str(report.get("stream", "")).strip()
        said.append(line)
        if line.startswith("Step "):
            emit(Event(shorten(line.partition(" : ")[2], STEP_WIDTH, placeholder=" …")))
        if "error" in report:
            words = "\n".join([*filter(None, said[-SAID_LINES:]), report["error"]])
            hint = "check [image] base and network, and the index that PIP_INDEX_URL and NPM_CONFIG_REGISTRY name"
            raise EngineError("the toolchain image cannot be built", said=words, hint=hint)


def given(environment: Mapping[str, str]) -> dict[str, str]:
    """Give the index settings that the user made by environment variables."""
    return {name: environment[name] for name in ARGUMENTS if environment.get(name)}


def push(engine: Engine, tag: str, repository: str) -> str:
    """Push an image and give its digest, `sha256:…`."""
    digest = ""
    for report in engine.push(tag, repository, tag.rpartition(":")[2]):
        if "error" in report:
            hint = "`docker login` where the registry asks for it"
            raise EngineError(f"the image cannot be pushed to {repository}", said=report["error"], hint=hint)
        digest = report.get("aux", {}).get("Digest", digest)
    if not digest:
        raise EngineError(f"{repository} did not tell the digest of what was pushed")
    return digest
