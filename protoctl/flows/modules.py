"""The graph between modules, read off the imports of the compiled schema."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from protoctl.errors import ModuleCycleError
from protoctl.kit.dag import find_cycle, order
from protoctl.schema.view import DEPENDENCY

if TYPE_CHECKING:
    from protoctl.schema.view import Place, Schema


@dataclass(frozen=True)
class Step:
    """An import from one module into another."""

    file: str
    """Path of the proto that imports."""
    place: Place
    """Where its import statement stands."""
    path: str
    """What it imports."""

    def __str__(self) -> str:
        """Give `file:line: imports "path"`."""
        return f'{self.file}:{self.place.line}: imports "{self.path}"'


@dataclass(frozen=True)
class Cycle:
    """Modules that import each other in a circle."""

    modules: tuple[str, ...]
    """Names in order, the first repeated last."""
    steps: tuple[Step, ...]
    """Every import from each of them into the next."""


def module_needs(schema: Schema) -> dict[str, set[str]]:
    """Give module → modules whose files it imports."""
    needs: dict[str, set[str]] = {owner: set() for path, owner in schema.owners.items() if path in schema.files}
    for file in schema.own_files():
        owner = schema.owners[file.name]
        needs[owner] |= {schema.owners[need] for need in file.dependency if need in schema.owners} - {owner}
    return needs


def module_order(schema: Schema, proto_root: str) -> list[str]:
    """Give every module after those it imports; raises ModuleCycleError, whose places lie below `proto_root`."""
    cycles = module_cycles(schema)
    if cycles:
        steps = [f"{proto_root}/{step}" for cycle in cycles for step in cycle.steps]
        raise ModuleCycleError(cycles[0].modules, steps)
    return order(module_needs(schema))


def module_cycles(schema: Schema) -> list[Cycle]:
    """Give cycles until each circle of modules is broken by leaving out the last step of those given."""
    needs = module_needs(schema)
    cycles = []
    while path := find_cycle(needs):
        steps = [step for one, other in pairwise(path) for step in closing_imports(schema, one, other)]
        cycles.append(Cycle(path, tuple(steps)))
        needs[path[-2]].discard(path[-1])
    return cycles


def closing_imports(schema: Schema, module: str, needed: str) -> list[Step]:
    """Give every import from one module into another, in order of files."""
    return [
        Step(path, schema.place(path, (DEPENDENCY, at)), need)
        for path in schema.module_files(module)
        for at, need in enumerate(schema.files[path].dependency)
        if schema.owners.get(need) == needed
    ]
