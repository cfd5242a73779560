"""Why an import is not there, and what to write so that it is."""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING

from protoctl.kit.dag import closure
from protoctl.kit.globs import is_match
from protoctl.workspace.imports import read_imports
from protoctl.workspace.known_owners import find_owner
from protoctl.workspace.sources import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.model.workspace import Workspace


def explain_absence(workspace: Workspace, foreign: Mapping[str, bytes], path: str) -> str:
    """Give one sentence for an import, as written, that no file of the workspace or its dependencies answers."""
    said = f'import "{path}" is not in the workspace or its dependencies'
    if path in foreign:
        return explain_foreign(foreign, path)
    advice = (
        explain_exclusion(workspace, path) or suggest(workspace, foreign, path) or explain_dependency(workspace, path)
    )
    return f"{said}; {advice}"


def explain_foreign(foreign: Mapping[str, bytes], path: str) -> str:
    """Say what keeps a proto of a dependency from compiling."""
    imports = {
        name: [one.path for one in read_imports(data.decode(errors="replace"))] for name, data in foreign.items()
    }
    needed = closure([path], imports)
    absent = sorted(name for name in needed if name not in foreign and not name.startswith("google/protobuf/"))
    reason = f"; it needs {', '.join(absent)}, which no distribution of [dependencies] holds" if absent else ""
    return f'import "{path}" comes from a dependency and does not compile{reason}'


def explain_exclusion(workspace: Workspace, path: str) -> str:
    """Say which setting or finding keeps a file of the proto root out, or nothing."""
    pattern = next((one for one in workspace.configuration.workspace.exclude if is_match(one, path)), "")
    if pattern:
        return f'it is excluded by "{pattern}" of workspace.exclude'
    if path in workspace.strays:
        return "it lies in no module (file-stray)"
    if any(finding.file == path for finding in workspace.refused):
        return "the file is refused (source-refused)"
    return ""


def suggest(workspace: Workspace, foreign: Mapping[str, bytes], path: str) -> str:
    """Name the file that was meant, or nothing."""
    known = [*workspace.sources.files, *foreign]
    plain = normpath(path.replace("\\", "/")).lstrip("/")
    meant = [one for one in known if fold(one) == fold(plain)]
    meant += [one for one in known if one.endswith(f"/{plain}") or plain.endswith(f"/{one}")]
    if not meant:
        return ""
    return f'did you mean "{meant[0]}"? Imports are written from the proto root, with "/" and in the same case'


def explain_dependency(workspace: Workspace, path: str) -> str:
    """Say what to write in `[dependencies]`."""
    dependencies = workspace.configuration.dependencies
    named = next((owner.distribution for pattern, owner in dependencies.items() if is_match(pattern, path)), "")
    if named:
        return f"[dependencies] expects it in {named}, which does not hold it"
    owner = find_owner(path)
    if owner and owner.has_protos:
        return f'add to [dependencies]: "{owner.advice}" = {{ python = "{owner.distribution}" }}'
    if owner:
        return f"{owner.distribution} owns it, but its wheel holds no such proto"
    folder = path.rpartition("/")[0]
    if any(module.folder == folder or folder.startswith(f"{module.folder}/") for module in workspace.modules.values()):
        return "the module that it would be in has no such file"
    pattern = f"{folder}/**" if folder else path
    return f'add the file, or add to [dependencies]: "{pattern}" = {{ python = "DISTRIBUTION THAT HOLDS IT" }}'
