"""What we say about Node is what protoc-gen-es writes: absence, wrappers, keys of maps, integers, enums."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from compiled import compile_texts
from fuzz.consumers import generate_stubs

from protoctl.versioning.elements import fields_in, file_element, map_entry_of, messages_in
from protoctl.versioning.field_types import node_type
from protoctl.versioning.type_effects import has_undefined, is_number_key

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.versioning.elements import Field

FIELDS = """
  {optional} string text = 1;
  {optional} int64 large = 2;
  {optional} int64 spelled = 3 [jstype = JS_STRING];
  {optional} int64 counted = 4 [jstype = JS_NUMBER];
  {optional} double number = 5;
  {optional} Kind kind = 6;
  {optional} bool flag = 7;
  {optional} bytes raw = 8;
  {optional} M message = 9;
  {optional} google.protobuf.StringValue wrapper = 10;
"""
MAPS = """
  map<int32, string> by_number = 11;
  map<fixed32, string> by_fixed = 12;
  map<int64, string> by_large = 13;
  map<bool, string> by_flag = 14;
  map<string, string> by_text = 15;
"""
IMPORT = 'import "google/protobuf/wrappers.proto";'
ENUM = "enum Kind { KIND_UNSPECIFIED = 0; }"
WRITTEN = {
    "implicit": ('syntax = "proto3";', ""),
    "optional": ('syntax = "proto3";', "optional"),
    "proto2": ('syntax = "proto2";', "optional"),
    "required": ('syntax = "proto2";', "required"),
    "edition": ('edition = "2023";', ""),
}
"""What fields can be written like: the head of the file and the label."""
PROPERTY = re.compile(r"^  (?P<name>\w+)(?P<open>\??): (?P<type>.+);$", re.MULTILINE)
SHOWN = {"number": ("number", "Kind"), "bigint": ("bigint",), "string": ("string",), "bool": ("boolean",)}
"""Types as we call them to what TypeScript calls them, where that is not told by name."""


def texts() -> dict[str, str]:
    """Give a proto for each way to write fields."""
    bodies = {name: f"message M {{ {FIELDS.format(optional=label)} {MAPS} }}" for name, (_, label) in WRITTEN.items()}
    heads = {name: f"{head} package a.{name}; {IMPORT} {ENUM}" for name, (head, _) in WRITTEN.items()}
    return {f"a/{name}.proto": f"{heads[name]} {bodies[name]}" for name in WRITTEN}


@cache
def fields(name: str) -> dict[str, Field]:
    """Give the fields of a proto by the name that they have in Node."""
    [message] = messages_in(file_element(compile_texts(texts()).files[f"a/{name}.proto"]))
    return {one.descriptor.json_name: one for one in fields_in(message)}


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the types that protoc-gen-es writes."""
    folder = tmp_path_factory.mktemp("stubs")
    generate_stubs(texts(), folder, "--es_out=../out", "--es_opt=target=dts")
    return folder / "out/a"


def properties(stubs: Path, name: str) -> dict[str, Any]:
    """Give what is declared for each field of a proto."""
    return {found["name"]: found for found in PROPERTY.finditer((stubs / f"{name}_pb.d.ts").read_text())}


@pytest.mark.parametrize("name", WRITTEN)
def test_absence(stubs: Path, name: str) -> None:
    """What may be undefined is declared so, and nothing else."""
    declared = properties(stubs, name)
    single = {key: one for key, one in fields(name).items() if map_entry_of(one) is None}
    assert {key: declared[key]["open"] == "?" for key in single} == {
        key: has_undefined(one) for key, one in single.items()
    }


@pytest.mark.parametrize("name", WRITTEN)
def test_types(stubs: Path, name: str) -> None:
    """Scalars and enums are declared as what we take them for."""
    declared = properties(stubs, name)
    for key in ("text", "large", "spelled", "counted", "number", "kind", "flag"):
        shown = declared[key]["type"].removesuffix(" | undefined")
        assert shown in SHOWN[node_type(fields(name)[key].descriptor)], key
    assert declared["wrapper"]["type"] == "string | undefined"


def test_keys(stubs: Path) -> None:
    """Keys of a map are numbers to TypeScript where we say so."""
    declared = properties(stubs, "implicit")
    for key, one in fields("implicit").items():
        entry = map_entry_of(one)
        if entry is not None:
            assert declared[key]["type"].startswith("{ [key: number]") == is_number_key(entry.field[0]), key
