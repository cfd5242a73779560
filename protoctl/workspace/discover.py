"""From a folder to a workspace value."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import ConfigurationError, WorkspaceError
from protoctl.kit.globs import compile_glob
from protoctl.kit.text import nearest
from protoctl.model.tree import Tree
from protoctl.model.workspace import Module, Workspace
from protoctl.workspace.configuration_file import FILE_NAME, parse_configuration, read_text
from protoctl.workspace.sources import take_snapshot
from protoctl.workspace.toml_lines import locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protoctl.model.configuration import Configuration
    from protoctl.workspace.sources import Earlier, Snapshot


def discover(root: Path, earlier: Earlier | None = None) -> Workspace:
    """Read configuration and protos of a workspace folder, but for protos that surely are as they were earlier.

    Raises WorkspaceError and ConfigurationError; single files that cannot be read are `Workspace.refused`.
    """
    root = Path(root).absolute()
    text = read_text(root)
    configuration = parse_configuration(text)
    protos = proto_root(root, configuration, text)
    workspace = survey(root, configuration, take_snapshot(protos, configuration.workspace.exclude, earlier))
    paths = [*workspace.sources.files, *workspace.strays, *(finding.file for finding in workspace.refused)]
    check_globs(configuration, paths, text)
    check_names(configuration, workspace.modules, text)
    check_floors(configuration, workspace.modules, text)
    return workspace


def survey(root: Path, configuration: Configuration, snapshot: Snapshot) -> Workspace:
    """Give the workspace that a configuration makes of some protos, whatever it says about what is not there.

    Raises WorkspaceError.
    """
    modules = find_modules(configuration, snapshot.files)
    owned = {path for module in modules.values() for path in module.files}
    return Workspace(
        root=root,
        configuration=configuration,
        modules=modules,
        sources=Tree({path: data for path, data in snapshot.files.items() if path in owned}),
        strays=tuple(path for path in snapshot.files if path not in owned),
        refused=snapshot.refused,
        unused=snapshot.unused,
        stamps=snapshot.stamps,
    )


def proto_root(root: Path, configuration: Configuration, text: str) -> Path:
    """Give the include root; raises ConfigurationError when a link leads out of the workspace."""
    folder = root / configuration.workspace.proto
    try:
        is_inside = folder.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a loop of links
        is_inside = False
    if not is_inside:
        where = f"{FILE_NAME}:{locate(text, ['workspace', 'proto'])}"
        raise ConfigurationError("workspace.proto is a link that leads out of the workspace", where=where)
    return folder


def check_globs(configuration: Configuration, paths: Iterable[str], text: str) -> None:
    """Raise ConfigurationError for a glob of modules that matches no folder with protos."""
    used = {pattern for path in paths for pattern in find_folder(path, configuration.workspace.modules)[1]}
    unused = [pattern for pattern in configuration.workspace.modules if pattern not in used]
    if unused:
        raise ConfigurationError(
            f"workspace.modules: no folder with protos matches {', '.join(map(repr, unused))}",
            where=f"{FILE_NAME}:{locate(text, ['workspace', 'modules'])}",
            hint=f"globs match folders below {configuration.workspace.proto}/",
        )


def check_floors(configuration: Configuration, modules: Iterable[str], text: str) -> None:
    """Raise ConfigurationError for the runtime floor of a module that does not exist."""
    names = sorted(modules)
    for name in configuration.python.runtime_floors:
        if name not in names:
            guess = nearest(name, names)
            raise ConfigurationError(
                f"python.runtime-floors.{name}: there is no module {name!r}",
                where=f"{FILE_NAME}:{locate(text, ['python', 'runtime-floors', name])}",
                hint=f"did you mean {guess}?" if guess else f"one of {', '.join(names)}",
            )


def find_modules(configuration: Configuration, paths: Iterable[str]) -> dict[str, Module]:
    """Assign each path to the longest matching folder; raises WorkspaceError for two modules of one name."""
    files: dict[str, list[str]] = {}
    for path in paths:
        folder, _ = find_folder(path, configuration.workspace.modules)
        if folder:
            files.setdefault(folder, []).append(path)
    return name_modules(files, configuration)


def check_names(configuration: Configuration, modules: Mapping[str, Module], text: str) -> None:
    """Raise ConfigurationError when several modules would be one package."""
    templates = {("python", "distribution"): configuration.python.distribution}
    templates[("node", "package")] = configuration.node.package
    for keys, template in templates.items():
        if "{module}" not in template and len(modules) > 1:
            raise ConfigurationError(
                f"{'.'.join(keys)}: {len(modules)} modules would all be {template!r}",
                where=f"{FILE_NAME}:{locate(text, keys)}",
                hint="add {module} to it",
            )


def find_folder(path: str, patterns: Iterable[str]) -> tuple[str, frozenset[str]]:
    """Give the deepest folder of the path that a pattern matches, and every pattern that matches some folder."""
    return match_folder(path.rpartition("/")[0], tuple(patterns))


@lru_cache(maxsize=1 << 14)
def match_folder(parent: str, patterns: tuple[str, ...]) -> tuple[str, frozenset[str]]:
    """Give the same for all files of a folder."""
    segments = parent.split("/") if parent else []
    folders = ["/".join(segments[:end]) for end in range(1, len(segments) + 1)]
    matches = {folder: {glob for glob in patterns if compile_glob(glob).fullmatch(folder)} for folder in folders}
    deepest = next((folder for folder in reversed(folders) if matches[folder]), "")
    return deepest, frozenset().union(*matches.values())


def name_modules(files: dict[str, list[str]], configuration: Configuration) -> dict[str, Module]:
    """Name each folder after the segments that its glob leaves open, else after its last one.

    Names that package indexes take for one (PEP 503) are refused as well.
    """
    modules: dict[str, Module] = {}
    taken: dict[str, Module] = {}
    for folder in sorted(files):
        name = module_name(folder, configuration.workspace.modules)
        module = Module(name, folder, tuple(sorted(files[folder])))
        other = taken.setdefault(re.sub(r"[-_.]+", "-", name).lower(), module)
        if other is not module:
            both = name if other.name == name else f"{other.name} and {name}, which package indexes take for one name"
            raise WorkspaceError(
                f"two folders would be the module {both}: {other.folder} and {folder}",
                hint="rename one, or choose globs with more open segments, like `*/*`",
            )
        modules[name] = module
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
