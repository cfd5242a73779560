"""The files of a schema as plugins get them, each encoded once for all that want the same of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import SourceCodeInfo

from protoctl.codegen.plugin import PROTOC
from protoctl.kit.digest import digest_bytes
from protoctl.schema.trim import Comments, Wants, add_prefix, kept_comments, trim_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.codegen.plugin import Plugin
    from protoctl.schema.view import Schema


class Descriptors:
    """What was encoded of a schema, and the digests of what is encoded."""

    def __init__(self, schema: Schema) -> None:
        """Take the schema."""
        self.schema = schema
        self.imports: dict[tuple[str, Wants, str], bytes] = {}
        self.digests: dict[tuple[str, Comments], str] = {}

    def encode(self, plugin: Plugin, files: Sequence[str]) -> list[bytes]:
        """Give files for a plugin with all that they import, which comes first and without comments.

        What is imported is kept, since others import it too.
        """
        wanted, result = set(files), []
        for path in self.schema.closure(files):
            wants = wants_of(plugin, plugin.comments if path in wanted else Comments.NONE)
            key = (path, wants, plugin.prefix)
            data = self.imports.get(key) or self.encode_one(*key)
            if path not in wanted:
                self.imports[key] = data
            result.append(data)
        return result

    def encode_one(self, path: str, wants: Wants, prefix: str) -> bytes:
        """Give one file as a FileDescriptorProto."""
        file = trim_file(self.schema, path, wants)
        if prefix:
            file = add_prefix(file, prefix, self.schema.owners)
        return file.SerializeToString(deterministic=True)

    def fingerprint(self, plugin: Plugin, files: Sequence[str]) -> list[tuple[str, str]]:
        """Give path, as the plugin sees it, and digest of all that `encode` encodes, without encoding it."""
        wanted = set(files)
        return [
            (self.renamed(plugin, path), self.digest(path, plugin.comments if path in wanted else Comments.NONE))
            for path in self.schema.closure(files)
        ]

    def digest(self, path: str, comments: Comments) -> str:
        """Give the digest of a file with some of its comments."""
        key = (path, comments)
        if key not in self.digests:
            if comments is Comments.NONE:
                data = self.schema.bare[path].SerializeToString(deterministic=True)
            else:
                kept = SourceCodeInfo(location=kept_comments(self.schema, path, comments))
                data = self.digest(path, Comments.NONE).encode() + kept.SerializeToString(deterministic=True)
            self.digests[key] = digest_bytes(data)
        return self.digests[key]

    def size(self, plugin: Plugin, files: Sequence[str]) -> int:
        """Give about how many bytes the files have for a plugin, without what they import."""
        bare = sum(self.schema.bare[path].ByteSize() for path in files)
        commented = sum(one.ByteSize() for path in files for one in kept_comments(self.schema, path, plugin.comments))
        return bare + commented

    def renamed(self, plugin: Plugin, path: str) -> str:
        """Give the path of a file as a plugin sees it."""
        return f"{plugin.prefix}/{path}" if plugin.prefix and path in self.schema.owners else path


def wants_of(plugin: Plugin, comments: Comments) -> Wants:
    """Give what a plugin is given of a file."""
    return Wants(
        comments,
        json_names=plugin.tool != PROTOC,
        int64_as_string=plugin.int64_as_string,
        custom_options=plugin.custom_options,
    )
