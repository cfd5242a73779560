"""Check: every problem of a workspace in one run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.checks import all_rules
from protoctl.errors import SourceError
from protoctl.flows.modules import module_cycles
from protoctl.flows.schema import inspect_sources
from protoctl.flows.session import Session
from protoctl.model.finding import Finding, by_place
from protoctl.reports import Listing

if TYPE_CHECKING:
    from protoctl.flows.session import Options
    from protoctl.model.event import Emit
    from protoctl.model.workspace import Workspace
    from protoctl.schema.view import Schema

REFUSALS = {"compile", "symbol-clash", "import-cycle", "import-missing", "source-refused", "module-cycle"}
"""Rules whose findings mean that no schema of all files exists."""


@dataclass(frozen=True)
class Result:
    """What a check found."""

    findings: tuple[Finding, ...]
    """Sorted by place."""
    proto_root: str
    """The folder that the findings' files are below, relative to the workspace."""

    @property
    def exit_code(self) -> int:
        """0 for nothing, 3 when files do not compile or are refused, else 1."""
        if any(finding.rule in REFUSALS for finding in self.findings):
            return SourceError.exit_code
        return 1 if self.findings else 0

    @property
    def listing(self) -> Listing:
        """What reports are made of."""
        return Listing(self.findings, self.proto_root, {rule.id: rule.sentence for rule in all_rules()})


def check(workspace: Workspace, options: Options, emit: Emit) -> Result:
    """Give every finding; raises only for what is no fault of the protos."""
    schema, findings = inspect_sources(Session(workspace, options, emit))
    findings += cycle_findings(schema)
    return Result(tuple(sorted(findings, key=by_place)), workspace.configuration.workspace.proto)


def cycle_findings(schema: Schema) -> list[Finding]:
    """Give cycles between modules as findings, one for each import that is part of one."""
    return [
        Finding(
            step.file,
            step.place.line,
            step.place.column,
            "module-cycle",
            f'modules import each other: {" → ".join(cycle.modules)}; this imports "{step.path}"',
        )
        for cycle in module_cycles(schema)
        for step in cycle.steps
    ]
