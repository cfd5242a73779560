"""The search for every file that does not compile, in as few runs of protoc as possible."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from protoctl.errors import ToolError
from protoctl.kit.dag import closure
from protoctl.schema.diagnostics import Diagnostic, by_file, read_diagnostics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Protocol

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.model.invocation import Outcome
    from protoctl.schema.sources import Sources

    class Compiler(Protocol):
        """What runs protoc."""

        def compile(self, groups: Sequence[Sequence[str]]) -> list[Outcome]:
            """Compile groups of files, each into one set."""

        def compile_each(self, groups: Sequence[Sequence[str]]) -> list[Outcome]:
            """Compile groups of files so that every fault is named."""

        def read(self, outcome: Outcome) -> dict[str, FileDescriptorProto]:
            """Give the files of the set that `compile` made."""


class Search:
    """Takes out the files that fail, with those that import them, until the rest compiles.

    Files that fail only because another file defines the same symbol, and those that import them, are then
    compiled without that other file, so that their other faults are found too.
    """

    def __init__(self, sources: Sources, compiler: Compiler) -> None:
        """Take the sources and what compiles them."""
        self.sources = sources
        self.compiler = compiler
        self.diagnostics: list[Diagnostic] = []

    @cached_property
    def users(self) -> dict[str, set[str]]:
        """Path to the files that import it; only looked at when something fails."""
        return users_of(self.sources.imports)

    def compile_all(self, paths: Sequence[str]) -> dict[str, FileDescriptorProto]:
        """Give the files that compile, each after its imports; what is wrong is then in `diagnostics`."""
        files = self.settle(paths)
        retried = self.sound_files(set(paths) - set(files))
        if retried:
            self.diagnostics = [one for one in self.diagnostics if one.file not in retried or one.is_about_clash]
            files = {
                **files,
                **{path: file for path, file in self.settle(sorted(retried)).items() if path not in files},
            }
        return files

    def settle(self, paths: Sequence[str]) -> dict[str, FileDescriptorProto]:
        """Give the files that compile together and note what is said about all."""
        rest = list(paths)
        while rest:
            outcome = self.compiler.compile([rest])[0]
            if outcome.returncode == 0:
                self.diagnostics += read_diagnostics(outcome.stderr)
                return self.compiler.read(outcome)
            failed = self.find_failed(rest, outcome)
            rest = [path for path in rest if path not in failed]
        return {}

    def find_failed(self, paths: Sequence[str], outcome: Outcome) -> set[str]:
        """Note what is wrong with the files, and give those that fail with those that cannot compile without them."""
        said = self.compiler.compile_each([paths])[0]
        # Editions and options are only looked at in files that protoc is started with.
        found = next((one for one in map(read_diagnostics, (said.stderr, outcome.stderr)) if names(one, paths)), [])
        named = names(found, paths)
        if not named:
            crash = (
                Crash(said, self.compiler.compile_each) if said.returncode else Crash(outcome, self.compiler.compile)
            )
            found = [crash.find(paths, self.sources)]
            named = {found[0].file}
        self.diagnostics += [one for one in found if one.file in named]
        return closure(named, self.users)

    def sound_files(self, failed: set[str]) -> set[str]:
        """Give the files that may compile once what defines the same symbols is left out."""
        if not failed:
            return set()
        groups = by_file(self.diagnostics)
        broken = {path for path in failed if self.is_broken(groups.get(path, ()))}
        return failed - closure(broken, self.users)

    def is_broken(self, group: Sequence[Diagnostic]) -> bool:
        """Tell whether some message about a file stays true whatever happens to the other files."""
        may_be_declared = any(one.missing_import or one.clashing_symbol for one in group)
        return any(
            not (one.is_warning or one.is_about_clash or one.missing_import in self.sources.own)
            and not (one.undefined_name and may_be_declared)
            for one in group
        )


class Crash:
    """Finds the file on which protoc dies without naming it."""

    def __init__(self, outcome: Outcome, compile_groups: Callable[[Sequence[Sequence[str]]], list[Outcome]]) -> None:
        """Take what is left of protoc, and what it died in."""
        self.outcome = outcome
        self.compile_groups = compile_groups

    def find(self, paths: Sequence[str], sources: Sources) -> Diagnostic:
        """Give a message about the file; raises ToolError when protoc dies on none alone."""
        suspects, seen = list(paths), set[str]()
        while suspects:
            path = self.halve(suspects)
            seen.add(path)
            suspects = sorted((closure([path], sources.imports) & set(sources.own)) - seen)
            if suspects and not is_crash(self.compile_groups([suspects])[0]):
                break
        code = self.outcome.returncode
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        reason = re.search(r"Check failed: .*", self.outcome.stderr)
        message = f"protoc dies on this file by {how}" + (f": {reason[0].strip()}" if reason else "")
        return Diagnostic(path, 1, 1, message, is_warning=False)

    def halve(self, suspects: list[str]) -> str:
        """Give the one file of the suspects on which protoc dies."""
        while len(suspects) > 1:
            middle = len(suspects) // 2
            halves = [suspects[:middle], suspects[middle:]]
            outcomes = self.compile_groups(halves)
            suspects = next((half for half, done in zip(halves, outcomes, strict=True) if is_crash(done)), [])
        if not suspects:
            raise ToolError(f"protoc failed with {self.outcome.returncode}", said=self.outcome.stderr)
        return suspects[0]


def names(diagnostics: Iterable[Diagnostic], paths: Iterable[str]) -> set[str]:
    """Give the files among the paths that have an error."""
    return {one.file for one in diagnostics if not one.is_warning} & set(paths)


def is_crash(outcome: Outcome) -> bool:
    """Tell whether protoc failed without a word about any file."""
    return outcome.returncode != 0 and all(one.is_warning for one in read_diagnostics(outcome.stderr))


def users_of(imports: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Turn file → imports into file → those that import it."""
    users: dict[str, set[str]] = {}
    for path, needs in imports.items():
        for need in needs:
            users.setdefault(need, set()).add(path)
    return users
