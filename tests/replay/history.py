"""A git repository, read without a work tree: its tags and the protos that each of them holds."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from protoctl.errors import ProtoctlError
from protoctl.kit.digest import digest_json
from protoctl.workspace.sources import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

PLAIN = {"100644", "100755"}
"""Modes of files; links and submodules are none."""


class HistoryError(ProtoctlError):
    """A repository that git does not read."""


@dataclass(frozen=True, eq=False)
class Tag:
    """A tag and the protos at it; tags are compared by identity."""

    name: str
    """As the repository spells it."""
    kind: str
    """`annotated` or `lightweight`."""
    blobs: Mapping[str, str]
    """Path of each proto in the repository to the object that holds it."""

    @cached_property
    def protos(self) -> str:
        """Digest of paths and contents, equal for tags between which no proto changed."""
        return digest_json(dict(self.blobs))


class History:
    """A copy of a repository."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of a bare repository."""
        self.folder = folder

    def tags(self) -> list[Tag]:
        """Give every tag that leads to a tree, in order of names; an annotated tag is followed to its end."""
        listed = self.git("for-each-ref", "--format=%(objecttype) %(refname)", "refs/tags").decode().splitlines()
        rows = [line.partition(" ")[::2] for line in listed]
        asked = "".join(f"{name}^{{tree}}\n" for _, name in rows)
        answers = self.git("cat-file", "--batch-check", text=asked.encode()).decode().splitlines()
        trees: dict[str, dict[str, str]] = {}
        tags = []
        for (kind, name), answer in zip(rows, answers, strict=True):
            tree = answer.split(" ")[0]
            if answer.split(" ")[1:2] == ["tree"]:
                if tree not in trees:
                    trees[tree] = self.list_protos(tree)
                short = name.removeprefix("refs/tags/")
                tags.append(Tag(short, "annotated" if kind == "tag" else "lightweight", trees[tree]))
        return tags

    def list_protos(self, tree: str) -> dict[str, str]:
        """Give path → object of every proto in a tree; names that are no UTF-8 are left out, as protoc refuses them."""
        found = {}
        for row in self.git("ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0"):
            head, _, path = row.partition(b"\t")
            mode, _, rest = head.decode().partition(" ")
            if mode in PLAIN and path.endswith(SUFFIX.encode()) and is_text(path):
                found[path.decode()] = rest.rpartition(" ")[2]
        return found

    def read(self, blobs: Iterable[str]) -> dict[str, bytes]:
        """Give the content of objects."""
        wanted = sorted(set(blobs))
        data = self.git("cat-file", "--batch", text="".join(f"{one}\n" for one in wanted).encode())
        found, at = {}, 0
        for one in wanted:
            head, end = data[at : data.index(b"\n", at)], data.index(b"\n", at) + 1
            size = int(head.rpartition(b" ")[2])
            found[one] = data[end : end + size]
            at = end + size + 1
        return found

    def git(self, *arguments: str, text: bytes = b"") -> bytes:
        """Give what git prints; raises HistoryError."""
        return run_git(["--git-dir", str(self.folder), *arguments], text)


def open_history(source: str, folder: Path) -> History:
    """Copy a repository, bundle or address into a folder, or bring the copy up to date; raises HistoryError.

    The source itself is only read.
    """
    if (folder / "HEAD").exists():
        run_git(["--git-dir", str(folder), "fetch", "--quiet", "--prune", "origin"])
    else:
        run_git(["clone", "--quiet", "--mirror", "--", source, str(folder)])
    return History(folder)


def run_git(arguments: list[str], text: bytes = b"") -> bytes:
    """Run git without a terminal and without anybody's configuration; raises HistoryError."""
    own = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    argv = ["git", "-c", "safe.directory=*", *arguments]
    done = subprocess.run(argv, input=text, capture_output=True, env={**os.environ, **own}, check=False)
    if done.returncode:
        raise HistoryError(f"git {arguments[0]} failed", said=done.stderr.decode(errors="replace"))
    return done.stdout


def is_text(data: bytes) -> bool:
    """Tell whether bytes are UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
