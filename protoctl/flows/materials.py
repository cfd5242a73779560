"""Materials: what a release is made with, as its provenance lists it."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING

from protoctl.flows.requests import toolchain_part
from protoctl.kit.digest import digest_file
from protoctl.packaging.sbom import purl
from protoctl.publishing.provenance import Material
from protoctl.toolchain.lock_file import FILE_NAME as LOCK
from protoctl.toolchain.lock_file import FOLDER as BUILD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from protoctl.flows.session import Session
    from protoctl.model.configuration import Configuration

NODE_LOCK = "node/package-lock.json"
INSIDE = "node_modules/"
INTEGRITY = "sha512-"
SHA256 = "sha256:"


def list_materials(session: Session, module: str, commit: str) -> tuple[Material, ...]:
    """Give sources, lock, image and packages of the toolchain that a module is made with.

    A package on the Python index has a file for each platform: its hashes are in the file of `build/` that is listed.
    """
    root = session.workspace.root
    lock = toolchain_part(session, module)
    sources = [Material("sources", {"gitCommit": commit}, repository(session.workspace.configuration))]
    files = [Material(f"{BUILD}/{path}", {"sha256": digest}) for path, digest in sorted(lock.files.items())]
    hashes = npm_hashes(root / BUILD / NODE_LOCK)
    pins = [
        Material(pin.component, hashes.get((pin.name, pin.version), {}), purl(pin.source, pin.name, pin.version))
        for pin in lock.pins
    ]
    own = Material(LOCK, {"sha256": digest_file(root / LOCK)})
    return (*(sources if commit else []), own, *image_of(session), *files, *pins)


def repository(configuration: Configuration) -> str:
    """Give where the sources are, as SLSA spells it; nothing when the metadata do not tell."""
    urls = {label.lower(): url for label, url in configuration.metadata.urls.items()}
    return f"git+{urls['repository']}" if "repository" in urls else ""


def image_of(session: Session) -> Iterator[Material]:
    """Give the image in which code was generated in this run, if any was."""
    name, _, digest = image_name(session).partition("@")
    if name:
        yield Material(f"image {name}", {"sha256": digest.removeprefix(SHA256)})


def image_name(session: Session) -> str:
    """Give the image with its digest, or nothing where no container ran."""
    runner = session.shared.runner
    if runner is None or runner.name not in {"docker", "remote"}:
        return ""
    if runner.name == "remote":
        from protoctl.runners.remote import RemoteRunner  # loaded already, since it ran

        return session.lock.image.reference if isinstance(runner, RemoteRunner) and runner.has_run else ""
    from protoctl.runners.docker import DockerRunner  # as above

    if not isinstance(runner, DockerRunner):
        return ""
    name = runner.image.name
    return name if "@" in name else f"{name}@{runner.image.identifier}"


def npm_hashes(path: Path) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """Give the digests of npm packages by name and version, as npm's lock has them; nothing where there is none."""
    try:
        packages = json.loads(path.read_bytes())["packages"]
    except FileNotFoundError:
        return {}
    found = {}
    for place, entry in packages.items():
        integrity = str(entry.get("integrity", ""))
        if INSIDE in place and integrity.startswith(INTEGRITY):
            digest = binascii.hexlify(base64.b64decode(integrity.removeprefix(INTEGRITY))).decode()
            found[place.rpartition(INSIDE)[2], str(entry.get("version", ""))] = {"sha512": digest}
    return found
