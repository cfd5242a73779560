"""From sources to a schema: one run of protoc for all, and a search for every fault when it fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.errors import ToolError
from protoctl.kit.dag import closure
from protoctl.model.finding import Finding
from protoctl.model.invocation import Invocation, Outcome
from protoctl.model.toolchain import PYTHON
from protoctl.model.tree import Tree
from protoctl.schema.diagnostics import Diagnostic, read_diagnostics, to_findings
from protoctl.schema.view import Schema, read_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Run = Callable[[Sequence[Invocation]], list[Outcome]]

OUTPUT = "schema.binpb"


@dataclass(frozen=True)
class Sources:
    """What is compiled."""

    own: Mapping[str, bytes]
    """Protos of the workspace by path."""
    foreign: Mapping[str, bytes]
    """Protos of other distributions by path."""
    owners: Mapping[str, str]
    """Path of an own proto to its module."""
    imports: Mapping[str, tuple[str, ...]]
    """Path of an own proto to what it imports, read from its text."""


@dataclass(frozen=True)
class Compiled:
    """What a compilation gave."""

    schema: Schema
    """Of all files that compile."""
    findings: tuple[Finding, ...]
    """Errors of the files that do not, and unused imports."""


def compile_sources(sources: Sources, toolchain: str, run: Run) -> Compiled:
    """Compile all files as one schema; files with faults are found, reported and left out.

    `toolchain` is the digest of the Python component, `run` gives outcomes for invocations. Raises ToolError when
    protoc fails without naming a file.
    """
    paths = sorted(sources.own)
    outcome = run([invocation(sources, paths, toolchain)])[0]
    if outcome.returncode == 0:
        return Compiled(schema_of(outcome, sources), to_findings(read_diagnostics(outcome.stderr), sources.own))
    return Search(sources, toolchain, run).compile(paths, outcome)


def invocation(sources: Sources, paths: Sequence[str], toolchain: str) -> Invocation:
    """Give the run of protoc for some files; names stand in a file, where none can be taken for an option."""
    folders = ["-Iproto", "-Iforeign"] if sources.foreign else ["-Iproto"]
    arguments = [*folders, "--include_imports", "--include_source_info", f"-oout/{OUTPUT}"]
    arguments += [f"proto/{path}" for path in paths]
    files = {f"proto/{path}": data for path, data in sources.own.items()}
    files |= {f"foreign/{path}": data for path, data in sources.foreign.items()}
    files["arguments"] = "\n".join(arguments).encode()
    return Invocation(PYTHON, toolchain, ("protoc", "@arguments"), Tree(files))


def schema_of(outcome: Outcome, sources: Sources) -> Schema:
    """Give the schema that a successful run wrote."""
    return read_schema(outcome.outputs.files[OUTPUT], sources.owners)


class Search:
    """Finds every file that does not compile.

    protoc stops at the first file that fails, so faulty files are taken out, together with those that import
    them, until the rest compiles. Those that import a faulty one are then tried alone, for faults of their own.
    """

    def __init__(self, sources: Sources, toolchain: str, run: Run) -> None:
        """Take what `compile_sources` took."""
        self.sources = sources
        self.toolchain = toolchain
        self.run = run
        self.users = users_of(sources.imports)
        self.diagnostics: list[Diagnostic] = []
        self.faulty: set[str] = set()
        self.blocked: set[str] = set()

    def compile(self, paths: Sequence[str], outcome: Outcome) -> Compiled:
        """Go on from a first run that failed."""
        rest = list(paths)
        while outcome.returncode:
            self.take(outcome, rest)
            rest = [path for path in rest if path not in self.faulty | self.blocked]
            if not rest:
                break
            outcome = self.run([invocation(self.sources, rest, self.toolchain)])[0]
        schema = schema_of(outcome, self.sources) if rest else Schema({}, self.sources.owners)
        self.diagnostics += read_diagnostics(outcome.stderr) if rest else []
        self.try_blocked()
        return Compiled(schema, to_findings(self.diagnostics, self.sources.own))

    def take(self, outcome: Outcome, rest: Sequence[str]) -> None:
        """Note the files that a failed run names, and those that cannot compile without them."""
        found = read_diagnostics(outcome.stderr)
        named = {one.file for one in found if not one.is_warning} & set(rest)
        if not named:
            crashed = self.find_crash(outcome, rest)
            found, named = [crashed], {crashed.file}
        self.diagnostics += [one for one in found if one.file in named]
        own = {one.file for one in found if one.file in named and not one.is_warning and not self.is_echo(one, named)}
        self.faulty |= own or named
        self.blocked |= closure(named, self.users) - self.faulty

    def is_echo(self, diagnostic: Diagnostic, named: set[str]) -> bool:
        """Tell whether a message only repeats that an import failed."""
        return diagnostic.missing_import in self.sources.own and diagnostic.missing_import in named | self.faulty

    def find_crash(self, outcome: Outcome, rest: Sequence[str]) -> Diagnostic:
        """Halve the files until one remains on which protoc dies; raises ToolError when none does."""
        suspects = list(rest)
        while len(suspects) > 1:
            middle = len(suspects) // 2
            first, second = suspects[:middle], suspects[middle:]
            outcomes = self.run([invocation(self.sources, half, self.toolchain) for half in (first, second)])
            failing = [half for half, done in zip((first, second), outcomes, strict=True) if done.returncode]
            if not failing:
                break
            suspects = failing[0]
        if len(suspects) != 1:
            raise ToolError(f"protoc failed with {outcome.returncode}", said=outcome.stderr)
        said = outcome.stderr.strip().splitlines()[-1:] or [f"ended by signal {-outcome.returncode}"]
        return Diagnostic(suspects[0], 1, 1, f"protoc cannot compile this file: {said[0]}", is_warning=False)

    def try_blocked(self) -> None:
        """Compile each blocked file alone and keep what it says about itself only."""
        blocked = sorted(self.blocked)
        outcomes = self.run([invocation(self.sources, [path], self.toolchain) for path in blocked]) if blocked else []
        for path, outcome in zip(blocked, outcomes, strict=True):
            own = [one for one in read_diagnostics(outcome.stderr) if one.file == path and not one.is_warning]
            self.diagnostics += [one for one in own if not one.is_consequence]


def users_of(imports: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Turn file → imports into file → those that import it."""
    users: dict[str, set[str]] = {}
    for path, needs in imports.items():
        for need in needs:
            users.setdefault(need, set()).add(path)
    return users


