"""What a build knows of its inputs and packages when it is done, so that the next one need not find out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from protoctl.kit.digest import digest_bytes
from protoctl.model.artifact import Artifact  # noqa: TC001  msgspec reads annotations at run time
from protoctl.schema.trim import Comments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.codegen.descriptors import Descriptors
    from protoctl.model.finding import Finding
    from protoctl.model.workspace import Workspace

ENTRY = "record"
"""The one file of an entry of the store."""


class FileFact(Struct, frozen=True, array_like=True):
    """What a build knows of a proto of the workspace."""

    source: str
    """Digest of its content."""
    bare: str
    """Digest of its descriptor without places and comments: all that others embed of it."""
    package: str
    """Its proto_package."""
    imports: tuple[str, ...]
    """Paths, of others' protos too."""
    names: tuple[str, ...]
    """Of what it declares in its proto_package: messages, enums and their values, services, extensions."""
    has_extensions: bool
    """Whether it declares any, nested ones included."""
    warnings: int
    """How many findings it has."""


class PackageFact(Struct, frozen=True, array_like=True):
    """What a build knows of a package."""

    module: str
    """The module."""
    target: str
    """The language."""
    key: str
    """Key of its artifacts in the store."""
    artifacts: tuple[Artifact, ...]
    """As the manifest lists them."""


class Record(Struct, frozen=True):
    """What a build knows; equal sources and settings give an equal record."""

    settings: str
    """Digest of all that packages depend on besides protos."""
    files: dict[str, FileFact]
    """By path."""
    foreign: tuple[str, ...]
    """Paths of the protos of others that any file imports, directly or not; sorted."""
    packages: tuple[PackageFact, ...]
    """By target and module."""

    @property
    def warnings(self) -> int:
        """How many findings the workspace has."""
        return sum(fact.warnings for fact in self.files.values())


DECODER = msgspec.msgpack.Decoder(Record)


def encode_record(record: Record) -> dict[str, bytes]:
    """Give the entry of the store."""
    return {ENTRY: msgspec.msgpack.encode(record)}


def decode_record(entry: Mapping[str, bytes] | None) -> Record | None:
    """Give the record of an entry; None for what is none."""
    try:
        return DECODER.decode(entry[ENTRY]) if entry else None
    except (KeyError, msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def describe_files(
    workspace: Workspace,
    paths: Iterable[str],
    files: Mapping[str, FileDescriptorProto],
    descriptors: Descriptors,
    findings: Sequence[Finding],
) -> dict[str, FileFact]:
    """Give the facts about some protos of a workspace that compile."""
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.file] = counts.get(finding.file, 0) + 1
    return {
        path: FileFact(
            digest_bytes(workspace.sources.files[path]),
            descriptors.digest(path, Comments.NONE),
            files[path].package,
            tuple(files[path].dependency),
            tuple(top_names(files[path])),
            has_extensions(files[path]),
            counts.get(path, 0),
        )
        for path in paths
    }


def top_names(file: FileDescriptorProto) -> list[str]:
    """Give what a file declares in its proto_package; values of an enum stand beside it."""
    values = [value.name for enum in file.enum_type for value in enum.value]
    types = [one.name for one in file.message_type] + [one.name for one in file.enum_type]
    return types + [one.name for one in file.service] + [one.name for one in file.extension] + values


def has_extensions(file: FileDescriptorProto) -> bool:
    """Tell whether a file declares any extension."""
    waiting = list(file.message_type)
    found = bool(file.extension)
    while waiting and not found:
        message = waiting.pop()
        found = bool(message.extension)
        waiting += message.nested_type
    return found
