"""From sources to a schema: one run of protoc for all of them; when it fails, `search` finds every fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.model.invocation import Invocation
from protoctl.model.toolchain import PYTHON
from protoctl.model.tree import Tree
from protoctl.schema.faults import to_findings
from protoctl.schema.search import Search
from protoctl.schema.view import Schema, read_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.model.finding import Finding
    from protoctl.model.invocation import Outcome
    from protoctl.schema.sources import Sources

    Run = Callable[[Sequence[Invocation]], list[Outcome]]

OUTPUT = "schema.binpb"
ROOT = "0.proto"
"""A proto that imports others; no proto of a workspace can have this name."""


@dataclass(frozen=True)
class Compiled:
    """What a compilation gave."""

    schema: Schema
    """Of all files that compile, those included that only clash with another."""
    findings: tuple[Finding, ...]
    """Errors of the files that do not, and unused imports; sorted by place."""


def compile_sources(sources: Sources, toolchain: str, run: Run) -> Compiled:
    """Compile all files as one schema; files with faults are found, reported and left out.

    `toolchain` is the digest of the Python component, `run` gives outcomes for invocations. Raises ToolError when
    protoc fails without naming a file.
    """
    compiler = Compiler(sources, toolchain, run)
    search = Search(sources, compiler)
    files = search.compile_all(sorted(sources.own))
    return Compiled(Schema(files, sources.owners), to_findings(search.diagnostics, sources, files))


class Compiler:
    """Runs protoc on some of the sources."""

    def __init__(self, sources: Sources, toolchain: str, run: Run) -> None:
        """Take what `compile_sources` took."""
        self.sources = sources
        self.toolchain = toolchain
        self.run = run

    def compile(self, groups: Sequence[Sequence[str]]) -> list[Outcome]:
        """Compile groups of files, each into one set; protoc stops at the first file that fails."""
        return self.run([self.invocation([f"proto/{path}" for path in paths], {}) for paths in groups])

    def compile_each(self, groups: Sequence[Sequence[str]]) -> list[Outcome]:
        """Compile groups of files, each through a proto that imports all its files: every fault is named."""
        return self.run([self.invocation([f"every/{ROOT}"], {f"every/{ROOT}": import_all(one)}) for one in groups])

    def read(self, outcome: Outcome) -> dict[str, FileDescriptorProto]:
        """Give the files of a set that `compile` made, with all that they import, each after its imports."""
        return read_files(outcome.outputs.files[OUTPUT])

    def invocation(self, names: Sequence[str], more: dict[str, bytes]) -> Invocation:
        """Give the run of protoc for some files; names stand in a file, where none can be taken for an option."""
        folders = ["proto", *(["foreign"] if self.sources.foreign else []), *(["every"] if more else [])]
        arguments = [*(f"-I{folder}" for folder in folders), "--include_imports", "--include_source_info"]
        arguments += [f"-oout/{OUTPUT}", *names]
        files = {f"proto/{path}": data for path, data in self.sources.own.items()}
        files |= {f"foreign/{path}": data for path, data in self.sources.foreign.items()}
        files["arguments"] = "\n".join(arguments).encode()
        return Invocation(PYTHON, self.toolchain, ("protoc", "@arguments"), Tree(files | more))


def import_all(paths: Sequence[str]) -> bytes:
    """Give a proto that imports every path."""
    return "\n".join(['syntax = "proto3";', *(f'import "{path}";' for path in paths)]).encode()
