"""Custom options by value."""

from __future__ import annotations

from compiled import compile_texts
from google.protobuf.descriptor_pb2 import FieldOptions, FileDescriptorProto

from protoctl.schema.view import Schema
from protoctl.versioning.options import OptionReader, custom_options

OPTIONS, PATH = "acme/user/v1/options.proto", "acme/user/v1/user.proto"
TEXTS = {
    OPTIONS: """syntax = "proto3"; package acme.user.v1; import "google/protobuf/descriptor.proto";
        enum Kind { KIND_A = 0; KIND_B = 1; }
        extend google.protobuf.FieldOptions { string note = 50001; repeated Kind kinds = 50002; }""",
    PATH: f"""syntax = "proto3"; package acme.user.v1; import "{OPTIONS}";
        message User {{ string name = 1 [(note) = "x", (kinds) = KIND_A, (kinds) = KIND_B, deprecated = true]; }}""",
}


def options_of(schema: Schema) -> FieldOptions:
    """Give the options of the only field."""
    return schema.files[PATH].message_type[0].field[0].options


def test_values_and_names() -> None:
    """Names and texts come from the definitions in the schema; what descriptor.proto defines is not custom."""
    schema = compile_texts(TEXTS)
    options, reader = options_of(schema), OptionReader(schema)
    assert sorted(custom_options(options)) == [50001, 50002]
    assert [reader.name_of("FieldOptions", number) for number in (50001, 50003)] == ["acme.user.v1.note", "50003"]
    assert [reader.text_of(options, number) for number in (50001, 50002, 50003)] == ['"x"', "KIND_A, KIND_B", ""]
    assert custom_options(FieldOptions()) == {}


def test_definitions_that_do_not_link() -> None:
    """A schema whose definitions the runtime refuses still tells values apart, by number."""
    schema = compile_texts(TEXTS)
    broken = FileDescriptorProto.FromString(schema.files[OPTIONS].SerializeToString())
    broken.extension[1].type_name = ".acme.user.v1.Missing"
    options, reader = options_of(schema), OptionReader(Schema({**schema.files, OPTIONS: broken}, schema.owners))
    assert reader.text_of(options, 50001) == ""
    assert custom_options(options)[50001] == (2, b"x")
