"""What differs in imports is a difference of the modules that are made of it, and of no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compiled import compile_texts

from protoctl.flows.baseline import Baseline
from protoctl.flows.diff import compare_modules
from protoctl.model.configuration import Configuration, DependencyTable, WorkspaceTable
from protoctl.schema.view import Schema

if TYPE_CHECKING:
    from protoctl.reports.diff import ModuleDifferences

CONFIGURATION = Configuration(
    WorkspaceTable("acme", ("*",)), dependencies={"other/**": DependencyTable("other-protos", "bundle")}
)
OTHER = 'syntax = "proto3"; package other.v1; message Color { int32 red = 1; } message Unused { int32 a = 1; }'
HEAD = 'syntax = "proto3"; package {name}.v1; import "other/v1/color.proto"; '


def schema(other: str, **bodies: str) -> Schema:
    """Give a schema whose modules import a file of others."""
    files = {f"{name}/v1/{name}.proto": HEAD.format(name=name) + body for name, body in bodies.items()}
    found = compile_texts({"other/v1/color.proto": other, **files})
    return Schema(found.files, {path: owner for path, owner in found.owners.items() if owner != "other"})


def compare(before: Schema, now: Schema) -> dict[str, ModuleDifferences]:
    """Compare two wholes."""
    names = dict.fromkeys(before.owners.values(), "then")
    return compare_modules(Baseline(before, names, {}, is_whole=True), now, CONFIGURATION)


USES = {"paint": "message Paint { other.v1.Color color = 1; }", "plain": "message Plain {}"}


def test_a_locked_import_counts_for_who_is_made_of_it() -> None:
    found = compare(schema(OTHER, **USES), schema(OTHER.replace("int32 red", "string red"), **USES))
    [inherited] = found["paint"].inherited
    assert (inherited.origin, inherited.is_sibling) == ("other-protos", False)
    assert inherited.difference.element == "other.v1.Color.red"
    assert found["plain"].inherited == ()
    assert not found["paint"].own
    assert not found["plain"].own


def test_what_nobody_is_made_of_counts_for_nobody() -> None:
    found = compare(schema(OTHER, **USES), schema(OTHER.replace("int32 a", "string a"), **USES))
    assert not any(one.own or one.inherited for one in found.values())


def test_types_are_reached_through_methods_and_maps() -> None:
    uses = {
        "calls": "service S { rpc Do(other.v1.Color) returns (other.v1.Unused); }",
        "keeps": "message K { map<string, other.v1.Color> by = 1; }",
    }
    found = compare(schema(OTHER, **uses), schema(OTHER.replace("int32 red", "string red"), **uses))
    assert [len(found[name].inherited) for name in ("calls", "keeps")] == [1, 1]


def test_siblings_are_told_by_name() -> None:
    base = "message Base { int32 a = 1; }"
    user = 'syntax = "proto3"; package user.v1; import "base/v1/base.proto"; message User { base.v1.Base b = 1; }'
    before, now = (
        compile_texts({"base/v1/base.proto": f'syntax = "proto3"; package base.v1; {body}', "user/v1/user.proto": user})
        for body in (base, base.replace("int32 a", "string a"))
    )
    found = compare(before, now)
    [inherited] = found["user"].inherited
    assert (inherited.origin, inherited.is_sibling) == ("base", True)
    assert [one.element for one in found["base"].own] == ["base.v1.Base.a"]
