"""Small packages as protoctl makes them, of any version, made without a toolchain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from loopback import write_wheel

from protoctl.kit.archive import pack_tgz
from protoctl.kit.digest import digest_bytes
from protoctl.versioning.release import parse_release

if TYPE_CHECKING:
    from pathlib import Path


def schema_of(module: str) -> bytes:
    """Give the compiled schema of a module with one file."""
    file = FileDescriptorProto(name=f"acme/{module}/v1/{module}.proto", package=f"acme.{module}.v1", syntax="proto3")
    return FileDescriptorSet(file=[file]).SerializeToString(deterministic=True)


def origin(module: str, version: str) -> dict[str, bytes]:
    """Give schema and build record by name."""
    record = {
        "format": 1,
        "module": module,
        "version": version,
        "folder": f"acme/{module}",
        "files": [f"acme/{module}/v1/{module}.proto"],
        "schema": digest_bytes(schema_of(module)),
        "sources": "0" * 64,
        "toolchain": "1" * 64,
        "pins": [],
        "generator": "protoctl 0.1.0",
    }
    return {"schema.binpb": schema_of(module), "build.json": json.dumps(record).encode()}


def make_wheel(folder: Path, module: str, version: str, *, is_ours: bool = True, requires: str = "") -> Path:
    """Write the wheel of a module; one that is not ours carries neither schema nor record."""
    name = f"acme_{module}-{version}"
    files = origin(module, version) if is_ours else {}
    inside = {f"{name}.dist-info/extra_metadata/protoctl/{path}": data.decode() for path, data in files.items()}
    target = folder / f"{name}-py3-none-any.whl"
    folder.mkdir(parents=True, exist_ok=True)
    write_wheel(target, f"acme-{module}", version, inside, requires)
    return target


def make_sdist(folder: Path, module: str, version: str) -> Path:
    """Write the sdist of a module."""
    name = f"acme_{module}-{version}"
    files = {f"{name}/protoctl/{path}": data for path, data in origin(module, version).items()}
    files[f"{name}/PKG-INFO"] = f"Metadata-Version: 2.1\nName: acme-{module}\nVersion: {version}\n".encode()
    return write(folder / f"{name}.tar.gz", pack_tgz(files))


def make_tarball(folder: Path, module: str, version: str) -> Path:
    """Write the npm tarball of a module, its version given as Python writes it."""
    npm = parse_release(version).npm
    files = {f"package/protoctl/{path}": data for path, data in origin(module, version).items()}
    files["package/package.json"] = json.dumps({"name": f"@acme/{module}", "version": npm}).encode()
    return write(folder / f"acme-{module}-{npm}.tgz", pack_tgz(files))


def write(path: Path, data: bytes) -> Path:
    """Write a file and give it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
