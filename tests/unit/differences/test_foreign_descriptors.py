"""Descriptors that another program wrote say less than ours and mean the same."""

from __future__ import annotations

from compiled import compile_texts
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from protoctl.differences import find_differences
from protoctl.schema.view import Schema
from protoctl.versioning.comparison import compare_schemas

PATH = "acme/user/v1/user.proto"
TEXT = """
syntax = "proto3";
package acme.user.v1;
message User { string full_name = 1; string other_name = 2 [json_name = "other"]; map<string, User> by_name = 3; }
"""


def without_json_names(file: FileDescriptorProto) -> FileDescriptorProto:
    """Give a copy without names that follow from others, and without places."""
    result = FileDescriptorProto()
    result.CopyFrom(file)
    result.ClearField("source_code_info")
    [message] = result.message_type
    for one in (*message.field, *message.nested_type[0].field):
        if one.json_name != "other":
            one.ClearField("json_name")
    return result


def test_absent_json_names() -> None:
    """A default JSON name that is not written out is the same name, whichever side leaves it out."""
    whole = compile_texts({PATH: TEXT})
    bare = Schema({PATH: without_json_names(whole.files[PATH])}, whole.owners)
    assert bare.files[PATH] != whole.files[PATH]
    assert find_differences(compare_schemas(bare, whole)) == []
    assert find_differences(compare_schemas(whole, bare)) == []
