"""From a session to a compiled schema and what is wrong with the sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from protoctl.checks import check_all
from protoctl.checks.rule import Context
from protoctl.errors import SourceError
from protoctl.flows.floors import check_floors
from protoctl.kit.text import plural
from protoctl.model.event import Event, Level
from protoctl.model.finding import Severity, by_place
from protoctl.model.invocation import Outcome
from protoctl.model.toolchain import PYTHON
from protoctl.model.tree import Tree
from protoctl.schema.compile import compile_sources
from protoctl.schema.sources import Sources
from protoctl.workspace.absent import explain_absence
from protoctl.workspace.imports import read_imports

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protoctl.flows.session import Session
    from protoctl.model.finding import Finding
    from protoctl.model.invocation import Invocation
    from protoctl.schema.compile import Compiled
    from protoctl.schema.view import Schema

FATAL = {"compile", "import-cycle", "import-missing", "source-refused"}
"""Rules whose findings mean that a file has no descriptor."""
STDERR = "stderr"
"""Where the store keeps a successful tool's warnings; no output of a compiler has this name."""


def inspect_sources(session: Session) -> tuple[Schema, list[Finding]]:
    """Compile and check everything; give the schema of what compiles and every finding, sorted by place."""
    workspace = session.workspace
    if workspace.unused:  # a pattern with a slip of the pen leaves a file in; one for files that come and go is fine
        listed = ", ".join(map(repr, workspace.unused))
        session.emit(Event(f"workspace.exclude: nothing matches {listed}", Level.WARNING))
    foreign = session.foreign_protos()
    imports = OwnImports(workspace.sources.files)
    with session.trace.span("compile"):
        compiled = compile_workspace(session, foreign, imports)
    context = Context(workspace, compiled.schema, imports, foreign)
    with session.trace.span("check"):
        findings = [*workspace.refused, *compiled.findings, *check_all(context)]
    return compiled.schema, sorted(findings, key=by_place)


def compile_workspace(
    session: Session, foreign: Mapping[str, bytes], known: Mapping[str, tuple[str, ...]] | None = None
) -> Compiled:
    """Compile everything; give the schema of what compiles and what the compiler finds.

    `known` is what the protos import, where that was read already.
    """
    workspace = session.workspace
    imports = OwnImports(workspace.sources.files) if known is None else known
    explain = partial(explain_absence, workspace, foreign)
    sources = Sources(workspace.sources.files, foreign, workspace.owners, imports, explain)
    return compile_sources(sources, session.component_digest(PYTHON), partial(run_cached, session))


class OwnImports(Mapping[str, tuple[str, ...]]):
    """What each proto's text imports, also of those that do not compile; read when somebody asks."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Take the protos by path."""
        self.files = files
        self.read: dict[str, tuple[str, ...]] = {}

    def __getitem__(self, path: str) -> tuple[str, ...]:
        """Give the imports of one proto."""
        if path not in self.read:
            self.read[path] = tuple(one.path for one in read_imports(self.files[path].decode()))
        return self.read[path]

    def __iter__(self) -> Iterator[str]:
        """Give every path."""
        return iter(self.files)

    def __len__(self) -> int:
        """Give how many protos there are."""
        return len(self.files)


def build_schema(session: Session) -> Schema:
    """Give a schema that packages can be made from; raises what `sound_schema` raises."""
    return sound_schema(session)[0]


def sound_schema(session: Session) -> tuple[Schema, list[Finding]]:
    """Give a schema that packages can be made from, and the findings that do not forbid it.

    Raises SourceError with every finding that does, and ConfigurationError for runtime floors that do not fit.
    """
    schema, findings = inspect_sources(session)
    root = PurePosixPath(session.workspace.configuration.workspace.proto)
    errors = [replace(one, file=str(root / one.file)) for one in findings if one.severity is Severity.ERROR]
    if errors:
        raise SourceError(errors)
    tell_warnings(session, len(findings))
    check_floors(session.workspace, schema)
    return schema, findings


def tell_warnings(session: Session, count: int) -> None:
    """Say how many findings forbid no build, if there are any."""
    if count:
        text = f"{plural(count, 'warning')} in the protos; `protoctl check` lists them"
        session.emit(Event(text, Level.NOTE))


def run_cached(session: Session, invocations: Sequence[Invocation]) -> list[Outcome]:
    """Run what the store does not know, and keep what succeeds."""
    known = session.store.load_all(invocation.digest for invocation in invocations)
    missing = [one for one in invocations if one.digest not in known]
    fresh = iter(session.runner.run(missing) if missing else [])
    outcomes = []
    for invocation in invocations:
        found = known.get(invocation.digest)
        if found is None:
            outcome = next(fresh)
            session.trace.note(invocation.argv[0], "compiles", outcome.seconds)
            if outcome.returncode == 0:
                files = {**outcome.outputs.files, STDERR: outcome.stderr.encode()}
                session.store.save(invocation.digest, files)
        else:
            stderr = found.pop(STDERR, b"").decode(errors="replace")
            outcome = Outcome(0, stderr, Tree(found))
        outcomes.append(outcome)
    return outcomes
