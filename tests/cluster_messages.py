"""Compares each field of our messages with BuildGrid's, and prints how many messages there are.

Run by the Python that BuildGrid is installed for, with `cluster_pb2` on its path.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import cluster_pb2
from buildgrid._protos.build.bazel.remote.execution.v2 import remote_execution_pb2
from buildgrid._protos.google.bytestream import bytestream_pb2
from buildgrid._protos.google.longrunning import operations_pb2
from buildgrid._protos.google.rpc import status_pb2
from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto

if TYPE_CHECKING:
    from types import ModuleType

MODULES = (status_pb2, operations_pb2, bytestream_pb2, remote_execution_pb2)


def messages(module: ModuleType) -> dict[str, DescriptorProto]:
    """Give the messages of a module by name."""
    file = FileDescriptorProto()
    module.DESCRIPTOR.CopyToProto(file)
    return {message.name: message for message in file.message_type}


def compare(ours: DescriptorProto, theirs: DescriptorProto) -> None:
    """Raise AssertionError unless all of ours is theirs too."""
    known = {(field.name, field.number, field.type, field.label) for field in theirs.field}
    strange = {(field.name, field.number, field.type, field.label) for field in ours.field} - known
    if strange:
        raise AssertionError(ours.name, strange)
    nested = {message.name: message for message in theirs.nested_type}
    for message in ours.nested_type:
        compare(message, nested[message.name])
    enums = {enum.name: values(enum) for enum in theirs.enum_type}
    for enum in ours.enum_type:
        if not values(enum) <= enums[enum.name]:
            raise AssertionError(ours.name, enum.name)


def values(enum: EnumDescriptorProto) -> set[tuple[str, int]]:
    """Give names and numbers."""
    return {(value.name, value.number) for value in enum.value}


if __name__ == "__main__":
    theirs = {name: message for module in MODULES for name, message in messages(module).items()}
    ours = messages(cluster_pb2)
    for name, message in ours.items():
        compare(message, theirs[name])
    sys.stdout.write(str(len(ours)))
