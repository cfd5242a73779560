"""The graph between modules, read off the imports of the compiled schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.errors import ModuleCycleError
from protoctl.kit.dag import find_cycle, order
from protoctl.schema.view import DEPENDENCY

if TYPE_CHECKING:
    from protoctl.schema.view import Schema


def module_needs(schema: Schema) -> dict[str, set[str]]:
    """Give module → modules whose files it imports."""
    needs: dict[str, set[str]] = {owner: set() for path, owner in schema.owners.items() if path in schema.files}
    for file in schema.own_files():
        owner = schema.owners[file.name]
        needs[owner] |= {schema.owners[need] for need in file.dependency if need in schema.owners} - {owner}
    return needs


def module_order(schema: Schema) -> list[str]:
    """Give every module after those it imports; raises ModuleCycleError."""
    needs = module_needs(schema)
    cycle = find_cycle(needs)
    if cycle:
        steps = [closing_import(schema, one, other) for one, other in zip(cycle, cycle[1:], strict=False)]
        raise ModuleCycleError(cycle, steps)
    return order(needs)


def closing_import(schema: Schema, module: str, needed: str) -> str:
    """Give `file:line: imports "path"` for the first import from one module into another."""
    return next(
        f'{path}:{schema.place(path, (DEPENDENCY, at)).line}: imports "{need}"'
        for path in schema.module_files(module)
        for at, need in enumerate(schema.files[path].dependency)
        if schema.owners.get(need) == needed
    )
