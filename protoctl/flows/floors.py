"""Whether the runtime floors of modules fit each other and the protos."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from packaging.version import Version

from protoctl.errors import ConfigurationError
from protoctl.flows.modules import closing_imports, module_needs
from protoctl.model.gencode import SERIES, series_for
from protoctl.schema.view import edition_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protoctl.flows.modules import Step
    from protoctl.model.configuration import PythonTable
    from protoctl.model.workspace import Workspace
    from protoctl.schema.view import Schema


def check_floors(workspace: Workspace, schema: Schema) -> None:
    """Raise ConfigurationError for imports of modules with higher floors, and editions that a floor's protoc lacks."""
    table = workspace.configuration.python
    root = PurePosixPath(workspace.configuration.workspace.proto)
    for module, needs in sorted(module_needs(schema).items()):
        for need in sorted(needs):
            if is_higher(table.floor(need), table.floor(module)):
                raise higher_import(root, closing_imports(schema, module, need), (module, table.floor(module)), need)
    for path, floor, lowest in too_new(schema, table):
        raise ConfigurationError(
            f"its edition is too new for the protoc of runtime floor {floor}",
            where=f"{root / path}:1",
            hint=f"runtime floors from {lowest} on have one that takes it",
        )


def higher_import(
    root: PurePosixPath, steps: Sequence[Step], importer: tuple[str, str], needed: str
) -> ConfigurationError:
    """Give the error for a module with a floor, which could not be installed beside what it imports."""
    module, floor = importer
    return ConfigurationError(
        f'{module} has the runtime floor {floor} and imports "{steps[0].path}" of {needed}, whose floor is higher',
        where=f"{root / steps[0].file}:{steps[0].place.line}",
        said="\n".join(f"{root}/{step}" for step in steps[1:]),
        hint=f'write {needed} = "{floor}" in [python.runtime-floors]',
    )


def is_higher(one: str, other: str) -> bool:
    """Tell whether a floor is higher than another; without any the toolchain decides, which is the highest."""
    return bool(other) and (not one or Version(one) > Version(other))


def too_new(schema: Schema, table: PythonTable) -> Iterator[tuple[str, str, str]]:
    """Give path, floor, and the lowest floor that would do, for each proto whose edition its module's protoc lacks."""
    for path, module in sorted(schema.owners.items()):
        floor = table.floor(module)
        series = series_for(floor) if floor else None
        if series and path in schema.files and edition_of(schema.files[path]) > series.edition:
            fitting = [one.runtime for one in SERIES if one.edition >= edition_of(schema.files[path])]
            yield path, floor, fitting[0] if fitting else "no known one"
