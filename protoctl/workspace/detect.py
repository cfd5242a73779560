"""What a folder that is no workspace yet holds: its proto root, its modules, and the files of others in it.

Nothing is compiled. A file votes for the root below which its path equals its proto_package; where no file has such a
root, the paths that files import each other by decide.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import WorkspaceError
from protoctl.kit.globs import is_match
from protoctl.workspace.discover import find_folder, module_name
from protoctl.workspace.imports import read_imports, read_proto_package
from protoctl.workspace.known_owners import find_owner
from protoctl.workspace.sources import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

TOOLS = {"node_modules", "venv", "site-packages", "__pycache__"}
"""Folders that tools fill with copies, wherever they lie; hidden folders are left out too."""
PRODUCTS = {"build", "dist", "out", "target"}
"""Folders beside the sources that builds fill; deeper down such a name may be a module."""
THIRD_PARTY = {"third_party", "third-party", "thirdparty", "vendor"}
"""Folders that hold files of others by convention."""
VERSION = re.compile(r"v\d+((alpha|beta)\d*)?(p\d+((alpha|beta)\d*)?)?")
"""The last segment of a versioned proto_package (https://buf.build/docs/lint/rules/#package_version_suffix)."""
RUNTIME = "google/protobuf/**"
"""The well-known types, which every compiler brings."""
NEEDS = {"google/iam/v1/**": ("google/api/annotations.proto", "google/type/expr.proto")}
"""Protos of distributions that import those of another."""


@dataclass(frozen=True)
class ProtoFile:
    """What the text of a proto says."""

    path: str
    """Below the folder that was searched."""
    proto_package: str
    """As declared, or nothing."""
    imports: tuple[str, ...]
    """As written, in file order."""

    @property
    def folder(self) -> str:
        """Where it lies, empty for the folder that was searched."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True)
class Detected:
    """A proto tree as `protoctl.toml` will describe it."""

    proto: str
    """The proto root, `.` for the folder itself."""
    namespace: str
    """The folders that all modules share, like `spaceone/api`, or nothing."""
    modules: tuple[str, ...]
    """Globs for `workspace.modules`."""
    names: tuple[str, ...]
    """What the modules will be called, sorted."""
    files: int
    """How many protos lie in modules."""
    exclude: tuple[str, ...]
    """Globs for `workspace.exclude`: files of others, and what tools leave."""
    dependencies: Mapping[str, str]
    """Glob of import paths to the distribution that owns them, for those that are imported."""
    unknown: tuple[str, ...]
    """Imported paths that neither lie below the root nor have a known owner."""
    elsewhere: tuple[str, ...]
    """Folders with protos of ours outside of the root."""


def detect(folder: Path) -> Detected | None:
    """Describe the proto tree of a folder, None when it holds no proto; raises WorkspaceError when no module can be."""
    paths, skipped = scan(folder)
    files = [read_proto(folder, path) for path in paths]
    if not files:
        return None
    ours = [file for file in files if not is_foreign(file)] or files
    root = find_root(ours)
    inside = {below(root, file.path): file for file in ours if is_below(root, file.path)}
    foreign = {below(root, file.path) for file in files if file not in ours and is_below(root, file.path)}
    folders = {module_folder(path) for path in inside} - {""}
    if not folders:
        raise files_at_root(root, inside)
    namespace = shared_folder(folders)
    globs = find_globs(folders, namespace)
    matched = {path: find_folder(path, globs)[0] for path in inside}
    imported = {one for file in inside.values() for one in file.imports} - inside.keys()
    return Detected(
        proto=root,
        namespace=namespace,
        modules=globs,
        names=tuple(sorted({module_name(found, globs) for found in matched.values() if found})),
        files=sum(map(bool, matched.values())),
        exclude=(*exclude_tools(root, skipped), *exclude_foreign(inside, foreign)),
        dependencies=find_owners(imported),
        unknown=tuple(sorted(one for one in imported if not is_match(RUNTIME, one) and not find_owners([one]))),
        elsewhere=tuple(sorted({file.folder for file in ours if not is_below(root, file.path)})),
    )


def scan(folder: Path) -> tuple[list[str], set[str]]:
    """Give the paths of protos below a folder, sorted, and the folders that were left out; links are not followed."""
    protos: list[str] = []
    skipped: set[str] = set()
    for parent, folders, names in os.walk(folder):
        here = Path(parent).relative_to(folder)
        left_out = {name for name in folders if is_skipped(name, is_top=not here.parts)}
        skipped |= {(here / name).as_posix() for name in left_out}
        folders[:] = [name for name in folders if name not in left_out]
        protos += [(here / name).as_posix() for name in names if name.endswith(SUFFIX)]
    return sorted(protos), skipped


def is_skipped(name: str, *, is_top: bool) -> bool:
    """Tell whether a folder holds what tools made."""
    return name.startswith(".") or name in TOOLS or (is_top and name in PRODUCTS)


def read_proto(folder: Path, path: str) -> ProtoFile:
    """Read one file; what cannot be read declares nothing, and `check` will say why."""
    try:
        text = (folder / path).read_bytes().decode("utf-8-sig", errors="replace") if (folder / path).is_file() else ""
    except OSError:
        text = ""
    return ProtoFile(path, read_proto_package(text), tuple(one.path for one in read_imports(text)))


def is_foreign(file: ProtoFile) -> bool:
    """Tell whether a file belongs to others: Google's, or below a folder named so that is no part of its package."""
    outer = next(package_roots(file), file.folder)
    return file.proto_package.split(".")[0] == "google" or not THIRD_PARTY.isdisjoint(outer.split("/"))


def find_root(files: Sequence[ProtoFile]) -> str:
    """Give the folder that most files vote for, the shallower on a tie; without votes the one that holds all."""
    votes = Counter(root for file in files for root in package_roots(file))
    if not votes:
        paths = {file.path for file in files}
        votes = Counter(root for file in files for one in file.imports for root in import_roots(one, paths))
    if votes:
        return min(votes, key=lambda root: (-votes[root], root.count("/"), root))
    return shared_folder({file.folder for file in files}) or "."


def package_roots(file: ProtoFile) -> Iterator[str]:
    """Give the folder below which the file's path equals its proto_package, if there is one."""
    tail = file.proto_package.replace(".", "/")
    if tail and f"/{file.folder}".endswith(f"/{tail}"):
        yield file.folder.removesuffix(tail).rstrip("/") or "."


def import_roots(path: str, known: Iterable[str]) -> Iterator[str]:
    """Give the folders below which an imported path names a known file."""
    for one in known:
        if f"/{one}".endswith(f"/{path}"):
            yield one.removesuffix(path).rstrip("/") or "."


def is_below(root: str, path: str) -> bool:
    """Tell whether a path lies below the root."""
    return root == "." or path.startswith(f"{root}/")


def below(root: str, path: str) -> str:
    """Give a path relative to the root that it lies below."""
    return path if root == "." else path.removeprefix(f"{root}/")


def exclude_tools(root: str, skipped: Iterable[str]) -> list[str]:
    """Give globs for the folders of tools below the root; where it is the workspace, hidden ones may come any day."""
    names = {below(root, path) for path in skipped if is_below(root, path)}
    hidden = {"**/.*"} if root == "." or any(name.rpartition("/")[2].startswith(".") for name in names) else set()
    tools = {f"**/{name.rpartition('/')[2]}" for name in names if name.rpartition("/")[2] in TOOLS}
    return sorted(hidden | tools | (names & PRODUCTS))


def exclude_foreign(own: Iterable[str], foreign: set[str]) -> list[str]:
    """Give the folders that hold nothing but files of others, and the single files among ours."""
    found = set()
    for path in foreign:
        folders = [path[: end.start()] for end in re.finditer("/", path)]
        found.add(next((folder for folder in folders if not any(is_match(folder, one) for one in own)), path))
    return sorted(found)


def module_folder(path: str) -> str:
    """Give the folder of a proto without its version and what lies below: `acme/user` for `acme/user/v1/a.proto`.

    A folder at the root that is a version gives nothing.
    """
    segments = path.split("/")[:-1]
    end = next((at for at, segment in enumerate(segments) if VERSION.fullmatch(segment)), len(segments))
    return "/".join(segments[:end])


def shared_folder(folders: Iterable[str]) -> str:
    """Give the longest folder that all folders lie in or below."""
    return os.path.commonpath(list(folders))


def find_globs(folders: set[str], shared: str) -> tuple[str, ...]:
    """Give globs that match a module for each folder below the shared one, and no version.

    A single folder gets a glob for the siblings that it may have one day. Where protos lie in the shared folder
    itself, modules are listed one by one.
    """
    if folders == {shared}:
        parent = shared.rpartition("/")[0]
        return (f"{parent}/*" if parent else "*",)
    if shared not in folders:
        return (f"{shared}/*" if shared else "*",)
    depth = shared.count("/") + 2
    return tuple(sorted({"/".join(folder.split("/")[:depth]) for folder in folders}))


def find_owners(imported: Iterable[str]) -> dict[str, str]:
    """Give the distributions that hold imported paths, by the glob to write for them, sorted."""
    known = [owner for owner in map(find_owner, imported) if owner and owner.has_protos]
    found = {owner.advice: owner.distribution for owner in known}
    for glob in list(found):
        found |= find_owners(NEEDS.get(glob, ()))
    return dict(sorted(found.items()))


def files_at_root(root: str, own: Mapping[str, ProtoFile]) -> WorkspaceError:
    """Make the error for a tree in which every file lies at the root, where no module can be."""
    listed = []
    for path, file in sorted(own.items()):
        package = file.proto_package.replace(".", "/")
        target = package if package and not VERSION.fullmatch(package.partition("/")[0]) else f"NAME/{package or 'v1'}"
        declared = f"`package {file.proto_package};`" if package else "no package"
        listed.append(f"{path} declares {declared}: move it to {target}/{path.rpartition('/')[2]}")
    where = "this folder" if root == "." else f"{root}/"
    return WorkspaceError(
        f"every proto lies directly in {where}, where no module can be",
        said="\n".join(listed),
        hint="a module is a folder, and the path of a proto below the proto root equals its proto_package",
    )
