"""Modules that took each other's names are known by what they hold."""

from __future__ import annotations

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from protoctl.schema.view import Schema
from protoctl.versioning.swaps import find_swaps

USER = ("User", "GetUserRequest", "UserService")
SHOP = ("Order", "Basket", "ShopService")


def schema(**modules: tuple[str, ...]) -> Schema:
    """Give a schema of one file for each module, with messages of some names."""
    files = {}
    for module, names in modules.items():
        file = FileDescriptorProto(name=f"acme/{module}/v1/all.proto", package=f"acme.{module}.v1")
        for name in names:
            file.message_type.add(name=name)
        files[file.name] = file
    return Schema(files, {path: path.split("/")[1] for path in files})


def test_two_modules_that_swapped_are_found() -> None:
    assert find_swaps(schema(user=USER, shop=SHOP), schema(user=SHOP, shop=USER)) == [("shop", "user")]


def test_a_swap_is_found_although_both_changed_meanwhile() -> None:
    now = schema(user=(*SHOP, "Coupon"), shop=(*USER, "Role"))
    assert find_swaps(schema(user=USER, shop=SHOP), now) == [("shop", "user")]


def test_what_stayed_is_no_swap() -> None:
    before = schema(user=USER, shop=SHOP)
    assert find_swaps(before, before) == []
    assert find_swaps(before, schema(user=USER, shop=("Cart",))) == []


def test_one_way_is_a_move() -> None:
    assert find_swaps(schema(user=USER, shop=SHOP), schema(user=(), shop=(*SHOP, *USER))) == []


def test_modules_that_look_alike_prove_nothing() -> None:
    same = ("GetRequest", "ListRequest", "Service")
    before = schema(user=same, shop=same)
    assert find_swaps(before, before) == []
    assert find_swaps(before, schema(user=(*same, "User"), shop=same)) == []
