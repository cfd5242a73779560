"""Answers of plugins are data: what protoc would refuse is refused."""

from __future__ import annotations

import pytest
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorResponse
from google.protobuf.descriptor_pb2 import (
    EDITION_2023,
    EDITION_2024,
    Edition,
    FieldDescriptorProto,
    FileDescriptorProto,
)

from protoctl.codegen.response import RESPONSE, read_response
from protoctl.errors import ToolError

File = CodeGeneratorResponse.File
OPTIONAL = CodeGeneratorResponse.FEATURE_PROTO3_OPTIONAL
EDITIONS = CodeGeneratorResponse.FEATURE_SUPPORTS_EDITIONS


def read(response: CodeGeneratorResponse, *files: FileDescriptorProto) -> dict[str, bytes]:
    """Give what an answer is read as."""
    return read_response("plugin", {RESPONSE: response.SerializeToString()}, files)


def test_two_answers_in_a_row_are_one() -> None:
    answers = [CodeGeneratorResponse(file=[File(name=name, content=name.upper())]) for name in ("a", "b")]
    data = b"".join(answer.SerializeToString() for answer in answers)
    assert read_response("plugin", {RESPONSE: data}, []) == {"a": b"A", "b": b"B"}


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (CodeGeneratorResponse(error="no such option"), "plugin failed\n  no such option"),
        (CodeGeneratorResponse(error=""), "plugin failed"),
        (CodeGeneratorResponse(file=[File(name="a"), File(name="a")]), "plugin wrote a file twice"),
        (CodeGeneratorResponse(file=[File(name="a", insertion_point="imports")]), "'a': plugin wants to insert"),
    ],
)
def test_what_is_no_set_of_files_is_refused(response: CodeGeneratorResponse, message: str) -> None:
    with pytest.raises(ToolError) as caught:
        read(response)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "outputs",
    [{}, {RESPONSE: b"\xff"}, {RESPONSE: CodeGeneratorResponse(file=[File(name="a")]).SerializeToString()[:-1]}],
)
def test_what_is_no_answer_is_refused(outputs: dict[str, bytes]) -> None:
    with pytest.raises(ToolError, match="plugin gave an answer that cannot be read"):
        read_response("plugin", outputs, [])


@pytest.mark.parametrize("file", [File(name="a", content="?"), File(name="?", content="a")])
def test_text_that_is_no_text_is_refused(file: CodeGeneratorResponse.File) -> None:
    data = CodeGeneratorResponse(file=[file]).SerializeToString().replace(b"?", b"\xff")
    with pytest.raises(ToolError, match="plugin gave an answer that cannot be read"):
        read_response("plugin", {RESPONSE: data}, [])


def test_optional_fields_in_proto3_need_support() -> None:
    file = FileDescriptorProto(name="a.proto", syntax="proto3")
    file.message_type.add(name="M", field=[FieldDescriptorProto(name="f", proto3_optional=True)])
    assert read(CodeGeneratorResponse(supported_features=OPTIONAL), file) == {}
    with pytest.raises(ToolError, match="plugin does not support optional fields") as caught:
        read(CodeGeneratorResponse(supported_features=EDITIONS), file)
    assert caught.value.where == "a.proto"


def test_editions_need_support() -> None:
    file = FileDescriptorProto(name="a.proto", syntax="editions", edition=EDITION_2024)

    def claim(features: int, newest: Edition.ValueType) -> CodeGeneratorResponse:
        return CodeGeneratorResponse(supported_features=features, minimum_edition=EDITION_2023, maximum_edition=newest)

    assert read(claim(EDITIONS, EDITION_2024), file) == {}
    for refused in (claim(EDITIONS, EDITION_2023), claim(OPTIONAL, EDITION_2024)):
        with pytest.raises(ToolError, match="plugin does not support the edition") as caught:
            read(refused, file)
        assert caught.value.where == "a.proto"
