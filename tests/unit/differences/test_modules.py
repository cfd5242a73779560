"""What leaves one module for another."""

from __future__ import annotations

from compiled import compile_texts

from protoctl.differences import find_differences
from protoctl.schema.view import Schema
from protoctl.versioning.comparison import compare_schemas

PATH, OTHER = "acme/user/v1/user.proto", "acme/user/v1/other.proto"
HEAD = 'syntax = "proto3"; package acme.user.v1; message {} {{ string name = 1; }} '
SERVICE = "service Users {{ rpc Get({}) returns ({}); }}"


def found(
    baseline: dict[str, str], current: dict[str, str], owners: dict[str, str], now: dict[str, str]
) -> list[tuple[str, str, tuple[int, ...]]]:
    """Give rule, message and effects of every finding."""
    before, after = Schema(compile_texts(baseline).files, owners), Schema(compile_texts(current).files, now)
    return [
        (one.rule, one.message, tuple(map(int, one.effects)))
        for one in find_differences(compare_schemas(before, after))
    ]


def test_file_in_another_module() -> None:
    """A file leaves one module and is new in the other; calls of its service still arrive."""
    text = {PATH: HEAD.format("User") + SERVICE.format("User", "User")}
    assert found(text, text, {PATH: "user"}, {PATH: "acme"}) == [
        ("file-added", f"file {PATH} is new: User and Users", (0, 0, 0, 0)),
        ("file-deleted", f"file {PATH} is in module acme now", (0, 0, 2, 2)),
    ]


def test_file_in_a_module_that_is_not_compared() -> None:
    """A file that a module without a baseline has now is not new anywhere."""
    text = {PATH: HEAD.format("User")}
    assert found(text, text, {PATH: "user"}, {}) == [
        ("file-deleted", f"file {PATH} is in another module now", (0, 0, 2, 2))
    ]


def test_file_that_also_changed() -> None:
    """What else changed in a file that left its module may hurt bytes and JSON."""
    texts = {PATH: HEAD.format("User")}, {PATH: HEAD.format("User").replace("string", "int32")}
    [_, (rule, _, effects)] = found(*texts, {PATH: "user"}, {PATH: "acme"})
    assert (rule, effects) == ("file-deleted", (1, 1, 2, 2))


def test_service_in_another_module() -> None:
    """Code for a service that another module has now is imported from there; calls arrive as before."""
    parts = HEAD.format("User"), HEAD.format("Other"), SERVICE.format("User", "User")
    head = f'syntax = "proto3"; package acme.user.v1; import "{PATH}"; message Other {{ string name = 1; }} '
    owners = {PATH: "user", OTHER: "other"}
    before, now = {PATH: parts[0] + parts[2], OTHER: head}, {PATH: parts[0], OTHER: head + parts[2]}
    deleted = next(one for one in found(before, now, owners, owners) if one[0] == "service-deleted")
    assert deleted[1:] == (f"service acme.user.v1.Users is in {OTHER} of another module now", (0, 0, 2, 2))
