"""From the protos of a tag to a compiled schema: proto roots are found, what does not compile is left out and named."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from protoctl.model.finding import Severity
from protoctl.model.toolchain import PYTHON
from protoctl.schema.compile import compile_sources
from protoctl.schema.sources import Sources
from protoctl.schema.view import Schema
from protoctl.workspace.detect import ProtoFile, below, find_root, is_below, is_foreign, is_skipped, package_roots
from protoctl.workspace.imports import read_imports, read_proto_package

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.flows.session import Session

MODULE = "history"
"""All protos of a repository are taken for one module: what one release holds."""


@dataclass(frozen=True)
class Layout:
    """The protos of a tag by import path."""

    roots: tuple[str, ...]
    """Folders of the repository that are include roots, the one with most files first."""
    own: Mapping[str, bytes]
    """What the repository publishes."""
    foreign: Mapping[str, bytes]
    """Copies of what others publish."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Path in the repository to the reason why a file cannot be taken."""


@dataclass(frozen=True)
class Compiled:
    """A tag's schema as a value that can be kept."""

    roots: tuple[str, ...]
    """As in `Layout`."""
    data: bytes
    """A serialised FileDescriptorSet with places, each file after its imports."""
    own: tuple[str, ...]
    """Import paths of what the repository publishes and protoc takes, sorted."""
    refused: dict[str, str]
    """Path of what is left out to the reason, in protoc's words where protoc refused."""

    @cached_property
    def schema(self) -> Schema:
        """The schema, with all files in one module."""
        return to_schema(self.data, self.own)


def to_schema(data: bytes, own: Sequence[str]) -> Schema:
    """Give a schema whose own files are one module."""
    files = {file.name: file for file in FileDescriptorSet.FromString(data).file}
    return Schema(files, {path: MODULE for path in own if path in files})


def lay_out(files: Mapping[str, bytes]) -> Layout:
    """Give every proto its import path: below the root that most files vote for, then below that of the rest."""
    protos = [read_proto(path, data) for path, data in sorted(files.items()) if not is_product(path)]
    ours = [one for one in protos if not is_foreign(one)] or protos
    theirs = [one for one in protos if one not in ours]
    own: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    roots: list[str] = []
    rest = ours
    while rest:
        root = find_root(rest)
        inside = [one for one in rest if is_below(root, one.path)]
        for one in inside:
            if below(root, one.path) in own:
                refused[one.path] = f"{below(root, one.path)} lies below {' and '.join(roots)} too"
            own.setdefault(below(root, one.path), clean(files[one.path]))
        roots.append(root)
        rest = [one for one in rest if one not in inside]
    copies = {below(root, one.path): clean(files[one.path]) for one in theirs for root in package_roots(one)}
    return Layout(tuple(roots), own, copies, refused)


def read_proto(path: str, data: bytes) -> ProtoFile:
    """Read what the text of a proto says."""
    text = data.decode("utf-8-sig", errors="replace")
    return ProtoFile(path, read_proto_package(text), tuple(one.path for one in read_imports(text)))


def clean(data: bytes) -> bytes:
    """Give a proto as a workspace reads it: without a byte order mark, lines ended by LF."""
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def is_product(path: str) -> bool:
    """Tell whether a file lies where tools put copies."""
    return any(is_skipped(name, is_top=not at) for at, name in enumerate(path.split("/")[:-1]))


def compile_layout(layout: Layout, session: Session) -> Compiled:
    """Compile what can be compiled; a file that repeats a symbol is left out, as no program can load both."""
    texts = {path: data.decode(errors="replace") for path, data in layout.own.items()}
    imports = {path: tuple(one.path for one in read_imports(text)) for path, text in texts.items()}
    foreign = {path: data for path, data in session.foreign_protos().items() if path not in layout.own}
    foreign |= {path: data for path, data in layout.foreign.items() if path not in layout.own}
    owners = dict.fromkeys(layout.own, MODULE)
    sources = Sources(layout.own, foreign, owners, imports, lambda path: f"{path} is not in the repository")
    found = compile_sources(sources, session.component_digest(PYTHON), session.runner.run)
    errors = [one for one in found.findings if one.severity is Severity.ERROR]
    refused = {one.file: f"{one.rule}: {one.message}" for one in reversed(errors)}
    sound, left_out = close(found.schema, refused)
    refused |= {path: f"needs {needed}" for path, needed in left_out.items()}
    missing = layout.own.keys() - sound - refused.keys()
    refused |= dict.fromkeys(missing, "imports what does not compile")
    schema_files = needed_files(found.schema, sound)
    data = FileDescriptorSet(file=[found.schema.files[path] for path in schema_files]).SerializeToString()
    return Compiled(layout.roots, data, tuple(sorted(sound)), {**layout.refused, **dict(sorted(refused.items()))})


def close(schema: Schema, refused: Mapping[str, str]) -> tuple[set[str], dict[str, str]]:
    """Give the own files that stand without the refused ones, and the others with what they lack."""
    lacks: dict[str, str] = {}
    for path, file in schema.files.items():  # each after its imports
        needed = next((one for one in file.dependency if one in refused or one in lacks), "")
        if needed and path not in refused:
            lacks[path] = needed
    sound = {path for path in schema.owners if path in schema.files and path not in refused and path not in lacks}
    return sound, {path: needed for path, needed in lacks.items() if path in schema.owners}


def needed_files(schema: Schema, paths: set[str]) -> list[str]:
    """Give the paths and what they import, each after its imports."""
    return schema.closure(sorted(paths))
