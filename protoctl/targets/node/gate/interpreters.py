"""The Nodes of this machine."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from protoctl.kit import process

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT = 30
"""Seconds for a program to tell its version."""


class Node(NamedTuple):
    """One interpreter."""

    path: Path
    version: str
    """As it says itself, without the `v`."""


def find_nodes(own: Path, environment: Mapping[str, str]) -> list[Node]:
    """Give protoctl's own Node and each on the path that starts, one of each version, newest first."""
    folders = environment.get("PATH", "").split(os.pathsep)
    paths = dict.fromkeys(Path(folder, "node").resolve() for folder in folders if folder)
    with ThreadPoolExecutor(4) as threads:
        nodes = list(threads.map(ask_version, [own, *(path for path in paths if os.access(path, os.X_OK))]))
    found: dict[str, Node] = {}
    for node in nodes:
        if node.version:
            found.setdefault(node.version, node)
    return sorted(found.values(), key=lambda node: order_of(node.version), reverse=True)


def is_too_old(version: str, engines: str) -> bool:
    """Tell whether a Node is older than `engines` asks for; only `>=X.Y.Z`, which protoctl writes, is understood."""
    found = re.fullmatch(r">=\s*(\d+(?:\.\d+)*)", engines.strip())
    return found is not None and order_of(version) < order_of(found[1])


def ask_version(path: Path) -> Node:
    """Give an interpreter, without a version if it does not start or is none."""
    try:
        done = process.run([str(path), "--version"], timeout=TIMEOUT)
    except OSError:
        return Node(path, "")
    said = done.stdout.decode(errors="replace").strip()
    return Node(path, said.removeprefix("v") if not done.returncode and said.startswith("v") else "")


def order_of(version: str) -> tuple[int, ...]:
    """Give what sorts versions of Node, which are numbers but for those of nightly builds."""
    return tuple(int(part) for part in version.partition("-")[0].split(".") if part.isdigit())
