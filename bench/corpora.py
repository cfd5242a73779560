"""The proto trees that are built."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bench.contenders import AbsentError
from bench.equipment import REPOSITORY
from bench.trees import grow
from protoctl.kit.globs import is_match
from protoctl.workspace.known_owners import REGISTERED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bench.equipment import Equipment

CLOUDFORET = REPOSITORY.parent / "shared/corpora/cloudforet/proto"


@dataclass(frozen=True)
class Corpus:
    """A proto tree and how it is configured."""

    name: str
    """Of the folder that it is laid out in; unique."""
    title: str
    """As tables print it."""
    read: Callable[[Equipment], Mapping[str, bytes]]
    """Gives import path to content; what an index has is installed now. Raises AbsentError."""
    workspace: str
    """The name in `protoctl.toml`."""
    modules: tuple[str, ...]
    """The globs of its modules."""
    only: tuple[str, ...] = ("**",)
    """Globs of what is taken of it."""
    exclude: tuple[str, ...] = ()
    """Globs of what no contender sees of that."""
    owners: Mapping[str, str] = field(default_factory=dict)
    """Globs of imports to the requirement whose distribution has them; none are the repository's own."""

    def __hash__(self) -> int:
        """Give the same for the same name."""
        return hash(self.name)

    def files(self, equipment: Equipment) -> dict[str, bytes]:
        """Give import path to content of what contenders see, sorted."""
        found = self.read(equipment)
        return {path: found[path] for path in sorted(found) if self.has(path)}

    def has(self, path: str) -> bool:
        """Tell whether contenders see a file."""
        return any(is_match(glob, path) for glob in self.only) and not any(
            is_match(glob, path) for glob in self.exclude
        )


def read_folder(folder: Path) -> dict[str, bytes]:
    """Give every proto below a folder, under the path by which others import it."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.proto")}
    return {REGISTERED.get(path, path): data for path, data in found.items()}


def read_cloudforet(_: Equipment) -> dict[str, bytes]:
    """Give the tree of another team; raises AbsentError where it is not."""
    if not CLOUDFORET.is_dir():
        message = "the cloudforet tree is not here"
        raise AbsentError(message)
    return read_folder(CLOUDFORET)


def read_grown(files: int, modules: int, _: Equipment) -> dict[str, bytes]:
    """Give a generated tree."""
    return {path: text.encode() for path, text in grow(files, modules).items()}


def grown(files: int, modules: int) -> Corpus:
    """Give the corpus that is a generated tree."""
    title = f"{files:,} generated files in {modules:,} module{'s'[: modules > 1]}"
    return Corpus(f"tree-{files}-{modules}", title, partial(read_grown, files, modules), "acme", ("acme/*",))


SAMPLE = Corpus("sample", "the sample workspace", lambda _: read_folder(REPOSITORY / "proto"), "acme", ("acme/*",))
COMMON = Corpus(
    "common", "googleapis-common-protos", lambda equipment: read_folder(equipment.foreign), "google", ("google/*",)
)
REAL = Corpus(
    "cloudforet",
    "the cloudforet tree",
    read_cloudforet,
    "spaceone",
    ("spaceone/api/*",),
    exclude=(  # one declares the wrong proto_package, two repeat messages of other files: nobody can build all
        "spaceone/api/alert_manager/plugin/webhook.proto",
        "spaceone/api/identity/plugin/external_auth.proto",
        "spaceone/api/inventory_v2/v1/metric_data.proto",
    ),
)
TREES = tuple(grown(files, modules) for files, modules in ((10, 1), (100, 10), (1_000, 100), (10_000, 1_000)))
"""Each ten times as large as the one before it; in each, a module has ten files."""
