"""Which symbol of one schema is which of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from compiled import compile_texts

from protoctl.schema.view import Schema
from protoctl.versioning.comparison import Comparison, compare_schemas

if TYPE_CHECKING:
    from protoctl.versioning.matching import Matched

PATH = "acme/user/v1/user.proto"
HEAD = 'syntax = "proto2"; package acme.user.v1;\n'


def compare(baseline: dict[str, str] | str, current: dict[str, str] | str) -> Comparison:
    """Compare protos; a bare text is `user.proto`."""
    sides = ({PATH: HEAD + one} if isinstance(one, str) else one for one in (baseline, current))
    return compare_schemas(*map(compile_texts, sides))


def told(matched: Matched[Any]) -> dict[str, list[str]]:
    """Give names by what became of them, pairs as `before > now`."""
    pairs = {name: getattr(matched, name) for name in ("pairs", "renamed")}
    single = {name: getattr(matched, name) for name in ("added", "deleted")}
    names = {
        **{
            name: [f"{one.baseline.full_name} > {one.current.full_name}" for one in found]
            for name, found in pairs.items()
        },
        **{name: [one.full_name for one in found] for name, found in single.items()},
    }
    return {name: sorted(found) for name, found in names.items() if found}


NESTED = "message M { message Inner { optional int32 a = 1; } optional Inner inner = 1; }"
TOP = "message M { optional Inner inner = 1; } message Inner { optional int32 a = 1; }"


@pytest.mark.parametrize(("before", "now"), [(NESTED, TOP), (TOP, NESTED)])
def test_nested_and_top(before: str, now: str) -> None:
    """A message that leaves another one, or enters it, with its name and shape is the same."""
    found = compare(before, now)
    names = {NESTED: "acme.user.v1.M.Inner", TOP: "acme.user.v1.Inner"}
    assert told(found.messages)["renamed"] == [f"{names[before]} > {names[now]}"]
    assert found.is_same_type(f".{names[before]}", f".{names[now]}")
    assert told(found.messages).keys() == {"pairs", "renamed"}


@pytest.mark.parametrize(
    "fields",
    [
        "optional int32 a = 1; optional Self other = 2;",
        "optional int32 a = 1; map<string, int32> b = 2;",
        "optional int32 a = 1; optional Inner b = 2; message Inner { optional int32 a = 1; }",
        "optional int32 a = 1; optional int32 b = 2; extensions 100; extend Self { optional int32 c = 100; }",
    ],
)
def test_renamed_message_refers_to_itself(fields: str) -> None:
    """A message with another name is the same though types within it have other full names too."""
    texts = [f"message {name} {{ {fields.replace('Self', name)} }}" for name in ("Old", "New")]
    found = compare(*texts)
    assert told(found.messages)["renamed"] == ["acme.user.v1.Old > acme.user.v1.New"]


def test_nested_of_other_shape_is_another() -> None:
    """A message that is at the top with another shape is a new one."""
    found = compare(NESTED, TOP.replace("int32", "int64"))
    assert told(found.messages)["deleted"] == ["acme.user.v1.M.Inner"]
    assert told(found.messages)["added"] == ["acme.user.v1.Inner"]


def test_extension_leaves_message() -> None:
    """An extension is known by what it extends under which number, wherever it stands."""
    base = "message M { extensions 100 to 199; }"
    found = compare(
        f"{base} message Z {{ extend M {{ optional int32 x = 100; }} }}",
        f"{base} message Z {{}} extend M {{ optional int32 x = 100; }}",
    )
    assert told(found.extensions) == {"renamed": ["acme.user.v1.Z.x > acme.user.v1.x"]}


def test_extension_of_a_renamed_package() -> None:
    """Extension and extendee change their package together."""
    text = "message M { extensions 100 to 199; } extend M { optional int32 x = 100; }"
    found = compare(text, {PATH: HEAD.replace("v1", "v2") + text})
    assert told(found.extensions) == {"renamed": ["acme.user.v1.x > acme.user.v2.x"]}


def test_extension_in_deleted_file_is_not_told() -> None:
    """Nothing within a deleted file is listed."""
    text = HEAD + "message M { extensions 100 to 199; }"
    more = f'{HEAD} import "{PATH}"; extend M {{ optional int32 x = 100; }}'
    found = compare({PATH: text, "acme/user/v1/more.proto": more}, {PATH: text})
    assert (told(found.files), told(found.extensions)) == ({"deleted": ["acme/user/v1/more.proto"]}, {})


def test_other_module() -> None:
    """A file that another module owns now is deleted there and new here, with nothing of it matched."""
    text = {PATH: HEAD + "message M { optional int32 a = 1; optional int32 b = 2; }"}
    before, now = (Schema(compile_texts(text).files, {PATH: owner}) for owner in ("acme", "user"))
    found = compare_schemas(before, now)
    assert told(found.files) == {"deleted": [PATH], "added": [PATH]}
    assert told(found.messages) == {}


def test_file_of_nobody_becomes_ours() -> None:
    """A file that was an import is new, not deleted."""
    schema = compile_texts({PATH: HEAD + "message M { optional int32 a = 1; }"})
    found = compare_schemas(Schema(schema.files, {}), Schema(schema.files, {PATH: "user"}))
    assert told(found.files) == {"added": [PATH]}


def test_package_renamed_at_the_same_path() -> None:
    """Symbols are known by their file and their name within the package."""
    text = "message M {} enum E { E_A = 0; } service S { rpc Get(M) returns (M); }"
    found = compare(text, {PATH: HEAD.replace("v1", "v2") + text})
    for matched, name in ((found.messages, "M"), (found.enums, "E"), (found.services, "S")):
        assert told(matched) == {"renamed": [f"acme.user.v1.{name} > acme.user.v2.{name}"]}


def test_moved_to_another_file() -> None:
    """A symbol in another file of its module is a pair, whatever else changes in it."""
    other = "acme/user/v1/other.proto"
    base = {PATH: HEAD + "message M { optional int32 a = 1; }", other: HEAD}
    found = compare(base, {PATH: HEAD, other: HEAD + "message M { optional int64 a = 1; }"})
    assert told(found.messages) == {"pairs": ["acme.user.v1.M > acme.user.v1.M"]}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("E_A = 0; E_B = 1;", "E_A = 0; E_C = 1;", {"renamed": ["E_B > E_C"]}),
        ("E_A = 0; E_B = 1;", "E_A = 0; E_C = 2;", {"deleted": ["E_B"], "added": ["E_C"]}),
        ("E_A = 0; E_B = 1; E_C = 2;", "E_A = 0; E_B = 2; E_C = 1;", {"pairs": ["E_B > E_B", "E_C > E_C"]}),
        ("E_A = 0; E_B = 1; E_C = 2;", "E_A = 0; E_C = 1;", {"pairs": ["E_C > E_C"], "deleted": ["E_B"]}),
        (
            "option allow_alias = true; E_A = 0; E_B = 1; E_X = 1;",
            "option allow_alias = true; E_A = 0; E_B = 1; E_C = 1;",
            {"deleted": ["E_X"], "added": ["E_C"]},
        ),
    ],
)
def test_values(before: str, now: str, expected: dict[str, list[str]]) -> None:
    """Values are matched by name; a number whose only name is a new one was renamed."""
    found = told(compare(f"enum E {{ {before} }}", f"enum E {{ {now} }}").values)
    assert {key: [one.replace("acme.user.v1.E.", "") for one in names] for key, names in found.items()} == expected
