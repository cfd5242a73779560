"""Stand-ins for what lies outside, for faults that nothing real can be brought to."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from protoctl.errors import AbsentIndexError, PackageIndexError
from protoctl.kit.digest import digest_bytes
from protoctl.kit.files import write_tree
from protoctl.model.index import Listed, Upload
from protoctl.model.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class FakeIndex:
    """An Index in memory that can be slow, silent, forgetful and false."""

    name: str = "team"
    targets: frozenset[str] = frozenset({"python", "node"})
    files: dict[str, bytes] = field(default_factory=dict)
    """File to content, in the order of uploading."""
    listed: dict[str, Listed] = field(default_factory=dict)
    """File to how it is listed."""
    said: list[str] = field(default_factory=list)
    """What it was asked, in order."""
    has_digests: bool = True
    """Whether it tells digests."""
    delay: int = 0
    """How many listings after an upload do not show it yet."""
    refuses: bool = False
    """Whether every upload is answered with an error."""
    keeps_refused: bool = False
    """Whether what was answered with an error is there all the same."""
    is_volatile: bool = False
    """Whether an upload takes the place of another file of its name."""
    spoils: bool = False
    """Whether it keeps something else than it was given."""
    rival: dict[str, bytes] = field(default_factory=dict)
    """What somebody else uploads, by file, just before the next upload."""

    def list_files(self, target: str, distribution: str) -> list[Listed]:  # noqa: ARG002  as every index has it
        """Give what is listed by now; AbsentIndexError for a name that is not known."""
        self.said.append(f"list {distribution}")
        mine = [one for one in self.listed.values() if one.distribution == distribution]
        if not mine:
            raise AbsentIndexError(f"there is no {distribution}", where=self.name)
        self.delay -= 1
        return [] if self.delay >= 0 else mine

    def fetch(self, listed: Listed) -> bytes:
        """Give a file."""
        self.said.append(f"fetch {listed.file}")
        return self.files[listed.file]

    def check_access(self) -> None:
        """Allow everything."""

    def upload(self, upload: Upload) -> None:
        """Take a file, or act as the fields say."""
        self.said.append(f"upload {upload.file}")
        for file, data in self.rival.items():
            self.keep(replace(upload, file=file, data=data))
        self.rival = {}
        if upload.file in self.files and not self.is_volatile:
            raise PackageIndexError("409 Conflict", where=self.name)
        if not self.refuses or self.keeps_refused:
            self.keep(replace(upload, data=upload.data[:-1]) if self.spoils else upload)
        if self.refuses:
            raise PackageIndexError("502 Bad Gateway", where=self.name)

    def keep(self, upload: Upload) -> None:
        """Have a file, and list it."""
        self.files[upload.file] = upload.data
        digest = f"sha256:{digest_bytes(upload.data)}" if self.has_digests else ""
        tags = (upload.dist_tag,) if upload.dist_tag else ()
        self.listed[upload.file] = Listed(
            upload.file, upload.distribution, upload.version, f"fake:{upload.file}", digest, tags=tags
        )

    def set_tag(self, distribution: str, version: str, tag: str) -> None:
        """Let a tag stand on a version, and on no other."""
        self.said.append(f"tag {distribution} {version} {tag}")
        for file, one in self.listed.items():
            tags = {*one.tags, tag} if one.version == version else {*one.tags} - {tag}
            self.listed[file] = replace(one, tags=tuple(sorted(tags)))

    def withdraw(self, target: str, distribution: str, version: str, reason: str) -> None:  # noqa: ARG002  as every index
        """Mark a version."""
        for file, one in self.listed.items():
            if one.version == version:
                self.listed[file] = replace(one, is_withdrawn=bool(reason))


@dataclass(frozen=True)
class LoudTarget:
    """A target that prints, and whose packages are one file."""

    name: str = "loud"

    def stage(self, *_: object) -> Tree:
        """Print, through Python and through the system."""
        sys.stdout.write("printed\n")
        os.write(1, b"written")
        return Tree({"said.txt": self.name.encode()})

    def pack(self, stage: Tree, folder: Path) -> list[Path]:
        """Write what was staged."""
        write_tree(folder, stage.files)
        return [folder / path for path in stage.files]
