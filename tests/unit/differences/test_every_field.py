"""Whatever protoc can write into a descriptor is compared: no field of descriptor.proto is overlooked.

Every scalar of some descriptors is set to another value, one at a time; where the result links, something is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from compiled import compile_texts
from google.protobuf.descriptor_pb2 import FeatureSet, FieldDescriptorProto, FieldOptions, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool

from protoctl.differences import find_differences
from protoctl.schema.view import Schema
from protoctl.versioning.comparison import compare_schemas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from google.protobuf.descriptor import FieldDescriptor

    Step = tuple[str, int | None]

PUBLIC = 'syntax = "proto3"; package acme.a.v1; message P {}'
PROTO2 = """
syntax = "proto2"; package acme.a.v1;
message M {
  optional int32 a = 1 [default = 3]; repeated int32 b = 2 [packed = true]; oneof o { string c = 3; string d = 4; }
  extensions 100 to 200; reserved 50 to 60; reserved "zz"; map<string, int32> m = 9; optional E e = 10;
  required string r = 11; optional group G = 12 { optional int32 q = 1; } optional bytes y = 13; optional N n = 14;
  message N { optional int32 x = 1; enum I { I0 = 0; } extend M { optional int32 inner = 120; } }
}
enum E { E_A = 0; E_B = 1; reserved 7; reserved "OLD"; }
extend M { optional string outer = 110; }
"""
PROTO3 = """
syntax = "proto3"; package acme.a.v1; import "acme/a/v1/two.proto"; import public "acme/a/v1/public.proto";
message Q { int32 a = 1; optional string b = 2; repeated int64 c = 3; }
enum F { F_A = 0; F_B = 1; }
service S { rpc Do(Q) returns (stream Q); rpc Other(stream Q) returns (Q); }
"""
EDITION = """
edition = "2023"; package acme.a.v1;
message Z {
  string a = 1; repeated int32 b = 2; Y y = 3; X x = 4; oneof o { string p = 5; string q = 6; }
  message Y { int32 k = 1; } enum X { X_0 = 0; }
}
service ES { rpc Do(Z) returns (Z); }
"""
FILES = {
    "acme/a/v1/public.proto": PUBLIC,
    "acme/a/v1/two.proto": PROTO2,
    "acme/a/v1/three.proto": PROTO3,
    "acme/a/v1/edition.proto": EDITION,
}
WITHOUT_MEANING = {"source_code_info", "uninterpreted_option", "weak_dependency", "visibility", "extendee"}
"""What no proto of these editions can say, and what says nothing about a field that is no extension."""
KINDS = {
    "message_type": FieldOptions.TARGET_TYPE_MESSAGE,
    "nested_type": FieldOptions.TARGET_TYPE_MESSAGE,
    "enum_type": FieldOptions.TARGET_TYPE_ENUM,
    "value": FieldOptions.TARGET_TYPE_ENUM_ENTRY,
    "field": FieldOptions.TARGET_TYPE_FIELD,
    "extension": FieldOptions.TARGET_TYPE_FIELD,
    "oneof_decl": FieldOptions.TARGET_TYPE_ONEOF,
    "service": FieldOptions.TARGET_TYPE_SERVICE,
    "method": FieldOptions.TARGET_TYPE_METHOD,
    "extension_range": FieldOptions.TARGET_TYPE_EXTENSION_RANGE,
}
"""Field of a descriptor to what a feature says it can be written on."""
SENSE: dict[str, Callable[[FieldDescriptorProto], bool]] = {
    "repeated_field_encoding": lambda field: field.label == field.LABEL_REPEATED and field.type != field.TYPE_STRING,
    "field_presence": lambda field: field.label != field.LABEL_REPEATED and not field.HasField("oneof_index"),
    "utf8_validation": lambda field: field.type == field.TYPE_STRING,
    "message_encoding": lambda field: field.type == field.TYPE_MESSAGE,
}
"""Feature to the fields that protoc takes it on."""
MEANS_NOTHING_HERE = {
    "extension.json_name": "JSON has extensions under their full names",
    "extension.label": "no extension can be required",
    "extension.proto3_optional": "an extension has presence anyway",
    "oneof_decl.name": "the oneof that `optional` stands for has no name that anybody sees",
    "field.default_value": "a group has none",
}


def scalars(message: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], FieldDescriptor]]:  # noqa: ANN401
    """Give where a scalar could be set in a descriptor and all that is in it, but for what protoc writes for maps."""
    for field in message.DESCRIPTOR.fields:
        if field.name in WITHOUT_MEANING:
            continue
        value = getattr(message, field.name)
        if field.message_type is None:
            yield path, field
        elif field.is_repeated:
            for at, one in enumerate(value):
                if not (field.name == "nested_type" and one.options.map_entry):
                    yield from scalars(one, (*path, (field.name, at)))
        else:
            yield from scalars(value, (*path, (field.name, None)))


def can_say(file: FileDescriptorProto, path: tuple[Step, ...], field: FieldDescriptor) -> bool:
    """Tell whether a proto can write a feature at that place."""
    if path[-1:] != (("features", None),):
        return True
    scope: Any = file
    for name, at in path[:-2]:
        scope = getattr(scope, name)[at]
    kind = next((KINDS[name] for name, at in reversed(path) if at is not None), FieldOptions.TARGET_TYPE_FILE)
    targets = FeatureSet.DESCRIPTOR.fields_by_name[field.name].GetOptions().targets
    fits = SENSE.get(field.name, lambda _: True) if kind == FieldOptions.TARGET_TYPE_FIELD else lambda _: True
    return file.syntax == "editions" and kind in targets and fits(scope)


def set_other(message: Any, field: FieldDescriptor) -> bool:  # noqa: ANN401
    """Set a scalar to another value, and tell whether that was possible."""
    value = getattr(message, field.name)
    try:
        if field.is_repeated:
            value[:] = value[:-1] if len(value) else ["zz" if field.type == field.TYPE_STRING else 1]
        elif field.enum_type:
            values = field.enum_type.values
            setattr(message, field.name, [one.number for one in values if one.number != value][-1])
        else:
            more: Any = "x" if isinstance(value, str) else b"x" if isinstance(value, bytes) else 1
            setattr(message, field.name, not value if isinstance(value, bool) else value + more)
    except (ValueError, IndexError):
        return False
    return True


def links(files: Mapping[str, FileDescriptorProto]) -> bool:
    """Tell whether files make a schema."""
    pool = DescriptorPool()
    try:
        for file in files.values():
            pool.Add(file)
    except TypeError:
        return False
    return True


@pytest.mark.parametrize("path", FILES)
def test_nothing_is_overlooked(path: str) -> None:
    base = compile_texts(FILES)
    tried = 0
    overlooked = set()
    for steps, field in scalars(base.files[path]):
        changed = FileDescriptorProto()
        changed.CopyFrom(base.files[path])
        target: Any = changed
        for name, at in steps:
            target = getattr(target, name) if at is None else getattr(target, name)[at]
        files = {**base.files, path: changed}
        if (
            not can_say(base.files[path], steps, field)
            or not set_other(target, field)
            or changed.name != path
            or not links(files)
        ):
            continue
        tried += 1
        if not find_differences(compare_schemas(base, Schema(files, base.owners))):
            overlooked.add(".".join([*(name for name, _ in steps[-1:]), field.name]))
    assert tried > 20
    assert overlooked - MEANS_NOTHING_HERE.keys() == set()
