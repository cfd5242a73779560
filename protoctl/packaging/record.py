"""What every package carries of its origin: the compiled schema and the record of the build."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from protoctl import __version__
from protoctl.kit.digest import digest_bytes, digest_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.model.toolchain import Lock
    from protoctl.model.workspace import Module
    from protoctl.schema.view import Schema

SCHEMA_FILE = "schema.binpb"
RECORD_FILE = "build.json"
FORMAT = 1


def embed_schema(schema: Schema, module: Module) -> bytes:
    """Give the FileDescriptorSet of a module: its own files with places and comments, its imports without."""
    own = set(module.files)
    result = FileDescriptorSet()
    for path in schema.closure(module.files):
        file = FileDescriptorProto()
        file.CopyFrom(schema.files[path])
        if path not in own:
            file.ClearField("source_code_info")
        result.file.append(file)
    return result.SerializeToString(deterministic=True)


def build_record(
    module: Module,
    version: str,
    descriptors: bytes,
    sources: Mapping[str, bytes],
    lock: Lock,
    settings: Mapping[str, str],
) -> bytes:
    """Give the record as JSON: what was built from what with what; no time, no machine."""
    record = {
        "format": FORMAT,
        "module": module.name,
        "version": version,
        "folder": module.folder,
        "files": list(module.files),
        "schema": digest_bytes(descriptors),
        "sources": digest_mapping(sources),
        "toolchain": lock.digest,
        "settings": dict(settings),
        "pins": [
            {"source": pin.source, "name": pin.name, "version": pin.version, "component": pin.component}
            for pin in lock.pins
        ],
        "generator": f"protoctl {__version__}",
    }
    return (json.dumps(record, indent=2, sort_keys=True) + "\n").encode()
