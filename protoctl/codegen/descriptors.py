"""The files of a schema as plugins get them, each encoded once for all that want the same of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.codegen.plugin import PROTOC
from protoctl.kit.digest import digest_bytes
from protoctl.schema.trim import Comments, Wants, add_prefix, trim_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.codegen.plugin import Plugin
    from protoctl.schema.view import Schema


@dataclass(frozen=True)
class Descriptor:
    """One file, encoded."""

    data: bytes
    """A FileDescriptorProto."""
    digest: str
    """Of the data."""


class Descriptors:
    """What was encoded of a schema."""

    def __init__(self, schema: Schema) -> None:
        """Take the schema."""
        self.schema = schema
        self.encoded: dict[tuple[str, Wants, str], Descriptor] = {}

    def closure(self, plugin: Plugin, files: Sequence[str]) -> list[Descriptor]:
        """Give files for a plugin with all that they import, which comes first and without comments."""
        wanted = set(files)
        result = []
        for path in self.schema.closure(files):
            comments = plugin.comments if path in wanted else Comments.NONE
            wants = Wants(
                comments,
                json_names=plugin.tool != PROTOC,
                int64_as_string=plugin.int64_as_string,
                custom_options=plugin.custom_options,
            )
            result.append(self.encode(path, wants, plugin.prefix))
        return result

    def encode(self, path: str, wants: Wants, prefix: str) -> Descriptor:
        """Give one file; threads that ask at once encode it twice, alike."""
        key = (path, wants, prefix)
        if key not in self.encoded:
            file = trim_file(self.schema, path, wants)
            if prefix:
                file = add_prefix(file, prefix, self.schema.owners)
            data = file.SerializeToString(deterministic=True)
            self.encoded[key] = Descriptor(data, digest_bytes(data))
        return self.encoded[key]

    def renamed(self, plugin: Plugin, path: str) -> str:
        """Give the path of a file as a plugin sees it."""
        return f"{plugin.prefix}/{path}" if plugin.prefix and path in self.schema.owners else path
