"""The search for every file that does not compile, in as few runs of protoc as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.errors import ToolError
from protoctl.kit.dag import closure
from protoctl.schema.diagnostics import Diagnostic, by_file, read_diagnostics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Protocol

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.model.invocation import Outcome
    from protoctl.schema.sources import Sources

    class Compiler(Protocol):
        """What runs protoc."""

        def compile(self, paths: Sequence[str]) -> Outcome:
            """Compile files into one set."""

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
        self.users = users_of(sources.imports)
        self.diagnostics: list[Diagnostic] = []

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
            outcome = self.compiler.compile(rest)
            if outcome.returncode == 0:
                self.diagnostics += read_diagnostics(outcome.stderr)
                return self.compiler.read(outcome)
            failed = self.find_failed(rest, outcome)
            rest = [path for path in rest if path not in failed]
        return {}

    def find_failed(self, paths: Sequence[str], outcome: Outcome) -> set[str]:
        """Note what is wrong with the files, and give those that fail with those that cannot compile without them."""
        said = self.compiler.compile_each([paths])[0]
        if said.returncode == 0:
            raise ToolError(f"protoc failed with {outcome.returncode}", said=outcome.stderr)
        found = read_diagnostics(said.stderr)
        named = {one.file for one in found if not one.is_warning} & set(paths)
        if not named:
            found = [self.find_crash(paths, said)]
            named = {found[0].file}
        self.diagnostics += [one for one in found if one.file in named]
        return closure(named, self.users)

    def find_crash(self, paths: Sequence[str], outcome: Outcome) -> Diagnostic:
        """Halve the files until one remains on which protoc dies; raises ToolError when none does."""
        suspects, seen = list(paths), set[str]()
        while True:
            suspects = self.halve(suspects, outcome)
            seen |= set(suspects)
            needed = sorted((closure(suspects, self.sources.imports) & set(self.sources.own)) - seen)
            if not needed or not is_crash(self.compiler.compile_each([needed])[0]):
                break
            suspects = needed
        said = (outcome.stderr.strip().splitlines() or [""])[-1]
        how = f"signal {-outcome.returncode}" if outcome.returncode < 0 else f"exit code {outcome.returncode}"
        return Diagnostic(suspects[0], 1, 1, f"protoc crashes on this file ({how}) {said}".strip(), is_warning=False)

    def halve(self, suspects: list[str], outcome: Outcome) -> list[str]:
        """Give the one file of the suspects without which protoc does not crash."""
        while len(suspects) > 1:
            middle = len(suspects) // 2
            halves = [suspects[:middle], suspects[middle:]]
            outcomes = self.compiler.compile_each(halves)
            suspects = next((half for half, done in zip(halves, outcomes, strict=True) if is_crash(done)), [])
        if not suspects:
            raise ToolError(f"protoc failed with {outcome.returncode}", said=outcome.stderr)
        return suspects

    def sound_files(self, failed: set[str]) -> set[str]:
        """Give the files that may compile once what defines the same symbols is left out."""
        groups = by_file(self.diagnostics)
        broken = {path for path in failed if any(self.is_fatal(one, groups[path]) for one in groups.get(path, ()))}
        return failed - closure(broken, self.users)

    def is_fatal(self, one: Diagnostic, group: Sequence[Diagnostic]) -> bool:
        """Tell whether a message stays true whatever happens to the other files."""
        if one.is_warning or one.is_about_clash or one.missing_import in self.sources.own:
            return False
        return not one.undefined_name or not any(other.missing_import or other.clashing_symbol for other in group)


def is_crash(outcome: Outcome) -> bool:
    """Tell whether protoc failed without a word about any file."""
    return outcome.returncode != 0 and not any(not one.is_warning for one in read_diagnostics(outcome.stderr))


def users_of(imports: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Turn file → imports into file → those that import it."""
    users: dict[str, set[str]] = {}
    for path, needs in imports.items():
        for need in needs:
            users.setdefault(need, set()).add(path)
    return users
