"""A build of the modules that a change reaches, where it is certain that nothing else would be other than it is.

Whatever is not certain is left to a build of everything: faults, new files, names that others may have, extensions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from protoctl.checks import check_all
from protoctl.checks.rule import Context
from protoctl.codegen.descriptors import Descriptors
from protoctl.flows.floors import check_floors
from protoctl.flows.record import describe_files
from protoctl.flows.schema import OwnImports, compile_workspace
from protoctl.kit.dag import closure, find_cycle
from protoctl.model.finding import Severity
from protoctl.model.tree import Tree
from protoctl.schema.search import users_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from protoctl.flows.record import FileFact, Record
    from protoctl.flows.session import Session
    from protoctl.model.finding import Finding
    from protoctl.schema.view import Schema

MOST = 50
"""Changed files; more are quicker compiled together with everything."""


@dataclass(frozen=True)
class Part:
    """Some modules of a workspace, compiled with all that they import."""

    modules: frozenset[str]
    """Names."""
    files: tuple[str, ...]
    """Paths of their protos."""
    schema: Schema
    """Of these and what they import."""
    findings: tuple[Finding, ...]
    """Warnings about these files."""


class Narrow:
    """Finds out what a change reaches."""

    def __init__(self, session: Session, record: Record) -> None:
        """Take the session and what the last build knew, whose settings are the same."""
        self.session = session
        self.workspace = session.workspace
        self.record = record
        self.foreign = session.foreign_protos()
        self.texts = OwnImports(self.workspace.sources.files)

    def find(self) -> tuple[Part, dict[str, FileFact]] | None:
        """Give the modules to make again with the facts about their files; None where that is not certain."""
        changed = self.changed
        if not changed:
            return None
        first = frozenset(self.workspace.owners[path] for path in changed)
        part = self.compile(first)
        if not part:
            return None
        facts = self.describe(part)
        dirty = [path for path in changed if facts[path].bare != self.record.files[path].bare]
        if not all(self.is_contained(path, facts[path]) for path in dirty):
            return None
        reached = first | self.users_of(dirty, facts)
        if reached != first:
            if self.is_most(reached):
                return None
            part = self.compile(frozenset(reached))
            if not part:
                return None
            facts = self.describe(part)
        return None if self.is_circular(facts) else (part, facts)

    @cached_property
    def imports(self) -> dict[str, tuple[str, ...]]:
        """Path to what a proto imports: as the last build knew, or as its text says where that is another."""
        known = {path: fact.imports for path, fact in self.record.files.items()}
        return known | {path: self.texts[path] for path in self.changed}

    @cached_property
    def changed(self) -> set[str]:
        """Give the paths whose content is another; none when files came or went, or when they are many."""
        digests = self.workspace.sources.digests
        if digests.keys() != self.record.files.keys() or self.workspace.strays or self.workspace.refused:
            return set()
        found = {path for path, digest in digests.items() if digest != self.record.files[path].source}
        is_many = len(found) > MOST or self.is_most({self.workspace.owners[path] for path in found})
        return set() if is_many else found

    def is_most(self, modules: Collection[str]) -> bool:
        """Tell whether so much has to be compiled that everything may be."""
        return 2 * sum(len(self.workspace.modules[name].files) for name in modules) > len(self.record.files)

    def compile(self, modules: frozenset[str]) -> Part | None:
        """Compile and check some modules; None when they have any fault."""
        files = tuple(path for name in sorted(modules) for path in self.workspace.modules[name].files)
        own = self.workspace.sources.files
        needed = sorted(closure(files, self.imports) & own.keys())
        narrowed = replace(self.workspace, sources=Tree({path: own[path] for path in needed}))
        session = self.session.beside(narrowed)
        with self.session.trace.span("compile"):
            compiled = compile_workspace(session, self.foreign, self.texts)
        if any(path not in compiled.schema.files for path in needed):
            return None
        with self.session.trace.span("check"):
            context = Context(narrowed, compiled.schema, self.texts, self.foreign)
            found = [one for one in (*compiled.findings, *check_all(context)) if one.file in set(files)]
        if any(one.severity is Severity.ERROR for one in found):
            return None
        check_floors(narrowed, compiled.schema)
        return Part(modules, files, compiled.schema, tuple(found))

    def describe(self, part: Part) -> dict[str, FileFact]:
        """Give the facts about a part's files."""
        schema = part.schema
        return describe_files(self.workspace, part.files, schema.files, Descriptors(schema), part.findings)

    def is_contained(self, path: str, fact: FileFact) -> bool:
        """Tell whether what a changed file declares and imports can clash with nothing outside the compiled part."""
        before = self.record.files[path]
        known = {*self.record.files, *self.record.foreign}
        if fact.package != before.package or fact.has_extensions or before.has_extensions:
            return False
        if not known.issuperset(fact.imports):
            return False
        added = {f"{fact.package}.{name}" for name in {*fact.names} - {*before.names}}
        return not added or added.isdisjoint(self.all_names())

    def all_names(self) -> set[str]:
        """Give every full name at the top of a proto_package, and every proto_package with all around it."""
        facts = self.record.files.values()
        names = {f"{fact.package}.{name}" for fact in facts for name in fact.names}
        packages = {fact.package for fact in facts}
        parts = [package.split(".") for package in packages]
        return names | {".".join(part[:end]) for part in parts for end in range(1, len(part) + 1)}

    def users_of(self, paths: Iterable[str], facts: Mapping[str, FileFact]) -> frozenset[str]:
        """Give the modules of all files that import one of the paths, directly or not."""
        known = {**self.record.files, **facts}
        users = users_of({path: fact.imports for path, fact in known.items()})
        return frozenset(self.workspace.owners[path] for path in closure(paths, users))

    def is_circular(self, facts: Mapping[str, FileFact]) -> bool:
        """Tell whether modules import each other in a circle now."""
        owners = self.workspace.owners
        needs: dict[str, set[str]] = {name: set() for name in self.workspace.modules}
        for path, fact in {**self.record.files, **facts}.items():
            needs[owners[path]] |= {owners[one] for one in fact.imports if one in owners} - {owners[path]}
        return bool(find_cycle(needs))
