"""From a folder to a workspace value."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import ConfigurationError, WorkspaceError
from protoctl.kit.globs import compile_glob
from protoctl.model.tree import Tree
from protoctl.model.workspace import Module, Workspace
from protoctl.workspace.configuration_file import FILE_NAME, locate, read_configuration
from protoctl.workspace.sources import take_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protoctl.model.configuration import Configuration


def discover(root: Path) -> Workspace:
    """Read configuration and protos of a workspace folder.

    Raises WorkspaceError and ConfigurationError; single files that cannot be read are `Workspace.refused`.
    """
    root = Path(root).absolute()
    configuration = read_configuration(root)
    snapshot = take_snapshot(proto_root(root, configuration), configuration.workspace.exclude)
    modules = find_modules(configuration, snapshot.files, root)
    owned = {path for module in modules.values() for path in module.files}
    return Workspace(
        root=root,
        configuration=configuration,
        modules=modules,
        sources=Tree({path: data for path, data in snapshot.files.items() if path in owned}),
        strays=tuple(path for path in snapshot.files if path not in owned),
        refused=snapshot.refused,
    )


def proto_root(root: Path, configuration: Configuration) -> Path:
    """Give the include root; raises ConfigurationError when it leaves the workspace."""
    relative = Path(configuration.workspace.proto)
    if relative.is_absolute() or ".." in relative.parts:
        raise ConfigurationError("workspace.proto must lie below the workspace", where=FILE_NAME)
    return root / relative


def find_modules(configuration: Configuration, paths: Iterable[str], root: Path) -> dict[str, Module]:
    """Assign each path to the longest matching folder; raises ConfigurationError for a glob without match."""
    files: dict[str, list[str]] = {}
    used: set[str] = set()
    for path in paths:
        folder, patterns = find_folder(path, configuration.workspace.modules)
        used.update(patterns)
        if folder:
            files.setdefault(folder, []).append(path)
    unused = [pattern for pattern in configuration.workspace.modules if pattern not in used]
    if unused:
        line = locate((root / FILE_NAME).read_text("utf-8-sig"), ["workspace", "modules"])
        raise ConfigurationError(
            f"workspace.modules: no folder with protos matches {', '.join(map(repr, unused))}",
            where=f"{FILE_NAME}:{line}",
            hint=f"globs match folders below {configuration.workspace.proto}/",
        )
    return name_modules(files, configuration)


def find_folder(path: str, patterns: Iterable[str]) -> tuple[str, set[str]]:
    """Give the deepest folder of the path that a pattern matches, and every pattern that matches some folder."""
    segments = path.split("/")[:-1]
    folders = ["/".join(segments[:end]) for end in range(1, len(segments) + 1)]
    matches = {folder: {glob for glob in patterns if compile_glob(glob).fullmatch(folder)} for folder in folders}
    deepest = next((folder for folder in reversed(folders) if matches[folder]), "")
    return deepest, set().union(*matches.values())


def name_modules(files: dict[str, list[str]], configuration: Configuration) -> dict[str, Module]:
    """Name each folder after the segments that its glob leaves open, else after its last one."""
    modules: dict[str, Module] = {}
    for folder in sorted(files):
        name = module_name(folder, configuration.workspace.modules)
        if name in modules:
            raise WorkspaceError(
                f"two folders would be the module {name}: {modules[name].folder} and {folder}",
                hint="choose globs with more open segments, like `*/*`",
            )
        modules[name] = Module(name, folder, tuple(sorted(files[folder])))
    return dict(sorted(modules.items()))


def module_name(folder: str, patterns: Iterable[str]) -> str:
    """Give the part of the folder from the glob's first open segment on, joined by `-`."""
    pattern = next(glob for glob in patterns if compile_glob(glob).fullmatch(folder))
    fixed = 0
    for segment in pattern.strip("/").split("/"):
        if "*" in segment or "?" in segment:
            break
        fixed += 1
    segments = folder.split("/")
    return "-".join(segments[fixed:] or segments[-1:])
