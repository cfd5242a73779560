"""The search for faults with a compiler that is scripted: crashes that a real one shows on few files only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protoctl.errors import ToolError
from protoctl.model.invocation import Outcome
from protoctl.model.tree import Tree
from protoctl.schema.diagnostics import Diagnostic, read_diagnostics
from protoctl.schema.faults import LIMIT, to_findings
from protoctl.schema.search import Search
from protoctl.schema.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from google.protobuf.descriptor_pb2 import FileDescriptorProto


def make_sources(imports: Mapping[str, tuple[str, ...]]) -> Sources:
    """Give sources of empty files."""
    return Sources(dict.fromkeys(imports, b""), {}, dict.fromkeys(imports, "m"), imports, lambda path: f"no {path}")


class Scripted:
    """A compiler that dies on some files, with what they import, and reports others."""

    def __init__(self, imports: Mapping[str, tuple[str, ...]], dies: Callable[[set[str]], bool], *faulty: str) -> None:
        """Take the imports, on which sets of files it dies, and the files that it reports."""
        self.imports = imports
        self.dies = dies
        self.faulty = faulty
        self.runs = 0

    def compile(self, groups: Sequence[Sequence[str]]) -> list[Outcome]:
        """Compile groups of files."""
        return [self.outcome(set(group)) for group in groups]

    def compile_each(self, groups: Sequence[Sequence[str]]) -> list[Outcome]:
        """Compile groups of files."""
        return self.compile(groups)

    def outcome(self, paths: set[str]) -> Outcome:
        """Give what is left of one run."""
        self.runs += 1
        queue = list(paths)
        while queue:
            needed = set(self.imports[queue.pop()]) - paths
            paths |= needed
            queue += needed
        if self.dies(paths):
            return Outcome(-6, "Check failed: depth < 100\n*** stack ***", Tree({}))
        said = "".join(f"proto/{path}:1:1: Expected ;\n" for path in self.faulty if path in paths)
        return Outcome(1 if said else 0, said, Tree({}))

    def read(self, outcome: Outcome) -> dict[str, FileDescriptorProto]:
        """Give no files."""
        assert outcome.returncode == 0
        return {}


def test_a_crash_is_named_by_the_file_that_causes_it() -> None:
    """`a` imports the file that kills protoc, and is sorted before it."""
    imports = {"a.proto": ("z.proto",), "b.proto": (), "c.proto": (), "z.proto": ("b.proto",)}
    search = Search(make_sources(imports), Scripted(imports, lambda paths: "z.proto" in paths))
    search.compile_all(sorted(imports))
    message = "protoc dies on this file by signal 6: Check failed: depth < 100"
    assert search.diagnostics == [Diagnostic("z.proto", 1, 1, message, is_warning=False)]


def test_crashes_in_a_circle_end() -> None:
    imports = {"a.proto": ("b.proto",), "b.proto": ("a.proto",)}
    search = Search(make_sources(imports), Scripted(imports, bool))
    search.compile_all(sorted(imports))
    assert {one.file for one in search.diagnostics} <= {"a.proto", "b.proto"}


def test_faults_beside_a_crash_are_found() -> None:
    imports = {f"{name}.proto": () for name in "abcdef"}
    compiler = Scripted(imports, lambda paths: "d.proto" in paths and "b.proto" not in paths, "b.proto", "f.proto")
    search = Search(make_sources(imports), compiler)
    search.compile_all(sorted(imports))
    assert sorted(one.file for one in search.diagnostics) == ["b.proto", "d.proto", "f.proto"]


def test_a_crash_of_no_single_file_is_a_fault_of_the_tool() -> None:
    imports = {f"{name}.proto": () for name in "abcd"}
    many = 4
    search = Search(make_sources(imports), Scripted(imports, lambda paths: len(paths) == many))
    with pytest.raises(ToolError, match="protoc failed with -6"):
        search.compile_all(sorted(imports))


def test_messages_without_a_place_are_left_out() -> None:
    said = "a/x.proto: File not found.\nproto/a.proto:-1:0: Odd.\nnoise\n"
    said += "proto/a.proto:2:3: warning: Import b.proto is unused.\n"
    assert read_diagnostics(said * 2) == [
        Diagnostic("a.proto", 1, 1, "Odd.", is_warning=False),
        Diagnostic("a.proto", 2, 3, "Import b.proto is unused.", is_warning=True),
    ]


def test_a_flood_is_cut_and_says_so() -> None:
    sources = make_sources({"a.proto": ()})
    flood = [Diagnostic("a.proto", line, 1, f"Odd {line}.", is_warning=False) for line in range(1, LIMIT + 11)]
    findings = to_findings(flood, sources, {})
    assert len(findings) == LIMIT + 1
    assert findings[-1].message == "10 more problems in this file are not listed"


@pytest.mark.parametrize("end", ["\r", "\v", "\f", "\x1c", "\x85", "\u2028"])
def test_a_string_that_a_message_quotes_makes_no_message(end: str) -> None:
    said = f'proto/a.proto:2:1: Import "x{end}proto/b.proto:{"9" * 5000}:1: Odd.'
    assert [one.file for one in read_diagnostics(said)] == ["a.proto"]


def test_a_place_that_is_no_number_for_python_is_no_place() -> None:
    assert read_diagnostics(f"proto/a.proto:{'9' * 5000}:1: Odd.") == []


class Lenient(Scripted):
    """A compiler that reports files only when it is started with them, as protoc does for editions."""

    def compile_each(self, groups: Sequence[Sequence[str]]) -> list[Outcome]:
        """Find nothing."""
        return [Outcome(0, "", Tree({})) for _ in groups]


def test_a_fault_that_only_the_plain_run_tells_is_no_crash() -> None:
    imports: dict[str, tuple[str, ...]] = {"a.proto": (), "b.proto": (), "c.proto": ("b.proto",)}
    sources = make_sources(imports)
    search = Search(sources, Lenient(imports, lambda _: False, "b.proto"))
    search.compile_all(sorted(imports))
    assert search.diagnostics == [Diagnostic("b.proto", 1, 1, "Expected ;", is_warning=False)]
