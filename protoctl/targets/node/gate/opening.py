"""Tarballs opened as strangers do: by Python's tarfile, by the machine's tar and by npm's own reader."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, NamedTuple

from protoctl.kit import process
from protoctl.kit.archive import UnsafeArchiveError, read_gzip
from protoctl.model.trial import Fault
from protoctl.packaging.embedded import FOLDER, SIZE_LIMIT
from protoctl.packaging.record import RECORD_FILE
from protoctl.targets.node.gate.metadata import judge_metadata
from protoctl.targets.node.gate.package import METADATA, ROOT
from protoctl.targets.node.gate.program import answer_of
from protoctl.toolchain import clients
from protoctl.verification.archives import (
    compare_readers,
    file_paths,
    judge_members,
    list_tar,
    parse_tar_listing,
    read_members,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from protoctl.verification.workbench import Workbench

RECORD = f"{ROOT}{FOLDER}/{RECORD_FILE}"
PACKAGE_JSON = f"{ROOT}{METADATA}"
TAR_TIMEOUT = 60
"""Seconds for the machine's tar with one tarball."""


class Listing(NamedTuple):
    """What one reader finds in a tarball."""

    paths: list[str]
    error: str
    """Why it cannot be read; nothing when it can."""


class Opened(NamedTuple):
    """What became of one tarball."""

    path: Path
    module: str
    """As its build record tells, nothing when that cannot be read."""
    faults: list[Fault]


def open_tarballs(paths: Sequence[Path], workbench: Workbench) -> list[Opened]:
    """Give what became of each tarball, every reader having read it; raises MachineError."""
    npm = (workbench.tools / clients.NPM).parent.parent
    by_npm = answer_of(workbench.node, "list.mjs", {"npm": str(npm), "files": [str(path) for path in paths]})
    return [open_tarball(path, Listing(**listing)) for path, listing in zip(paths, by_npm, strict=True)]


def open_tarball(path: Path, by_npm: Listing) -> Opened:
    """Give what became of one tarball, with npm's listing of it."""
    try:
        content = read_gzip(path.read_bytes(), limit=SIZE_LIMIT)
        members = list_tar(content)
        texts = read_members(content, {RECORD, PACKAGE_JSON})
    except (OSError, UnsafeArchiveError) as error:
        return Opened(path, "", [Fault("is no tarball", path.name, said=str(error))])
    module = module_of(texts.get(RECORD, b""))
    faults = judge_members(members, root=ROOT)
    if faults:  # readers may well differ on these, and nothing shall be unpacked from them
        return Opened(path, module, faults)
    paths = file_paths(members)
    return Opened(path, module, [*compare_listings(path, paths, by_npm), *judge_text(path, texts, paths)])


def compare_listings(path: Path, paths: list[str], by_npm: Listing) -> list[Fault]:
    """Give a fault for each reader that fails or finds other files."""
    by_tar = list_with_tar(path)
    others = {"npm": by_npm, **({"tar": by_tar} if by_tar else {})}
    broken = [Fault(f"{name} cannot read it", path.name, said=one.error) for name, one in others.items() if one.error]
    readers = {name: one.paths for name, one in others.items() if not one.error}
    return [*broken, *compare_readers({"Python": paths, **readers})]


def list_with_tar(path: Path) -> Listing | None:
    """Give what the machine's tar lists; None without one."""
    program = shutil.which("tar")
    if not program:
        return None
    done = process.run(
        [program, "-t", "-z", "-f", "-"],  # a path may have a colon, which is a host for GNU tar
        stdin=path.read_bytes(),
        environment=os.environ | {"LC_ALL": "C"},
        timeout=TAR_TIMEOUT,
    )
    return Listing(parse_tar_listing(done.stdout), done.stderr.strip() if done.returncode else "")


def judge_text(path: Path, texts: Mapping[str, bytes], paths: Sequence[str]) -> list[Fault]:
    """Give the faults of a tarball's package.json."""
    if PACKAGE_JSON not in texts:
        return [Fault(f"has no {METADATA}", path.name)]
    try:
        text = texts[PACKAGE_JSON].decode()
    except UnicodeDecodeError as error:
        return [Fault("is no UTF-8", METADATA, said=str(error))]
    return judge_metadata(text, [one.removeprefix(ROOT) for one in paths])


def module_of(record: bytes) -> str:
    """Give the module that a build record names, nothing when it cannot be read."""
    try:
        found = json.loads(record)
    except ValueError:
        return ""
    return str(found.get("module", "")) if isinstance(found, dict) else ""
