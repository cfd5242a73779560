"""Graph: the modules in release order, and what each imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.flows.modules import module_needs, module_order
from protoctl.flows.schema import build_schema
from protoctl.flows.session import Session

if TYPE_CHECKING:
    from protoctl.flows.session import Options
    from protoctl.model.event import Emit
    from protoctl.model.workspace import Workspace


@dataclass(frozen=True)
class Node:
    """A module among the others."""

    module: str
    """Its name."""
    folder: str
    """Below the proto root."""
    imports: tuple[str, ...]
    """Names of the modules whose files it imports, sorted."""


@dataclass(frozen=True)
class Result:
    """The graph between the modules."""

    modules: tuple[Node, ...]
    """Each after those it imports: the order of releases."""


def graph(workspace: Workspace, options: Options, emit: Emit) -> Result:
    """Give the graph; raises SourceError and ModuleCycleError."""
    schema = build_schema(Session(workspace, options, emit))
    needs = module_needs(schema)
    ordered = module_order(schema, workspace.configuration.workspace.proto)
    return Result(tuple(Node(name, workspace.modules[name].folder, tuple(sorted(needs[name]))) for name in ordered))
