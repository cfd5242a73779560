"""Packed: the schemas inside packages as one baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from google.protobuf.message import DecodeError

from protoctl.errors import BaselineError, UsageError
from protoctl.flows.baseline import Baseline, link
from protoctl.kit.dag import order
from protoctl.packaging.embedded import read_embedded
from protoctl.schema.view import Schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from protoctl.packaging.embedded import Embedded


def read_packages(paths: Iterable[Path]) -> Baseline:
    """Read the schemas inside packages."""
    found = []
    for path in paths:
        try:
            found.append(read_embedded(path.name, path.read_bytes()))
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror}") from error
    return join_packages(found)


def join_packages(packages: Iterable[Embedded]) -> Baseline:
    """Give the schema that packages of several modules carry together; each knows its own files best."""
    owners: dict[str, str] = {}
    own: dict[str, FileDescriptorProto] = {}
    imported: dict[str, FileDescriptorProto] = {}
    names: dict[str, str] = {}
    by_module: dict[str, Embedded] = {}
    for package in packages:
        record = package.record
        label = f"{package.distribution} {package.version}"
        names[record.module], by_module[record.module] = label, package
        for path, file in link(read_set(package.descriptors, label), label).items():
            (own if path in record.files else imported)[path] = file
        owners |= dict.fromkeys(record.files, record.module)
    files = imported | own
    ordered = order({path: [need for need in file.dependency if need in files] for path, file in files.items()})
    return Baseline(Schema({path: files[path] for path in ordered}, owners), names, by_module, is_whole=False)


def outdated_imports(baseline: Baseline, packages: Mapping[str, Embedded]) -> dict[str, dict[str, FileDescriptorProto]]:
    """Give module → all files of its package, for packages that carry a sibling's file otherwise than its owner does.

    Places and comments do not count: packages carry none of what they import.
    """
    owned = {path: without_places(baseline.schema.files[path]) for path in baseline.schema.owners}
    found = {}
    for module, package in packages.items():
        label = baseline.names[module]
        files = read_set(package.descriptors, label)
        others = files.keys() & owned.keys() - set(package.record.files)
        if any(without_places(files[path]) != owned[path] for path in others):
            found[module] = link(files, label)
    return found


def without_places(file: FileDescriptorProto) -> bytes:
    """Give a file without what tells where its elements stand."""
    bare = FileDescriptorProto()
    bare.CopyFrom(file)
    bare.ClearField("source_code_info")
    return bare.SerializeToString(deterministic=True)


def read_set(data: bytes, label: str) -> dict[str, FileDescriptorProto]:
    """Give path → file for the set of a package; raises BaselineError when it is none."""
    try:
        return {file.name: file for file in FileDescriptorSet.FromString(data).file}
    except DecodeError as error:
        raise BaselineError("carries a schema that is no FileDescriptorSet", where=label) from error
