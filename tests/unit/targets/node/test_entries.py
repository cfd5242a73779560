"""Short names to import from, and when there are none."""

from __future__ import annotations

from protoctl.targets.node.entries import entry_files, find_entries

USER = {"acme/user/v1/user_pb": ("User", "UserSchema"), "acme/user/v1/service_pb": ("Service",)}


def test_a_folder_is_an_entry_and_a_namespace_of_the_root() -> None:
    root, folder = find_entries("acme/user", USER)
    assert (root.name, root.members, root.namespaces) == ("", (), (("v1", "./acme/user/v1/index"),))
    assert (folder.name, folder.members) == ("v1", ("./service_pb", "./user_pb"))


def test_grpc_code_has_an_entry_of_its_own() -> None:
    entries = find_entries("acme/user", {**USER, "acme/user/v1/service_grpc": ("ServiceClient",)})
    assert [entry.name for entry in entries] == ["", "v1", "v1/grpc"]
    assert entries[2].members == ("./service_grpc",)


def test_names_that_collide_give_no_entry() -> None:
    exports = {**USER, "acme/user/v1/other_pb": ("User",), "acme/user/v2/user_pb": ("User",)}
    root, folder = find_entries("acme/user", exports)
    assert folder.name == "v2"
    assert root.namespaces == (("v2", "./acme/user/v2/index"),)


def test_namespaces_that_collide_give_an_empty_root() -> None:
    root, *_ = find_entries("acme/user", {"acme/user/a-b/x_pb": ("X",), "acme/user/a_b/x_pb": ("X",)})
    assert root.namespaces == ()
    assert root.content == ""
    assert entry_files(root)["esm/index.js"] == "export {};\n"


def test_protos_in_a_folder_named_grpc_come_before_grpc_code() -> None:
    exports = {"acme/user/v1/user_pb": ("A",), "acme/user/v1/user_grpc": ("B",), "acme/user/v1/grpc/x_pb": ("C",)}
    entries = {entry.name: entry.stem for entry in find_entries("acme/user", exports)}
    assert entries["v1/grpc"] == "acme/user/v1/grpc/index"


def test_protos_in_the_modules_own_folder_are_the_root() -> None:
    root, grpc = find_entries("acme/user", {"acme/user/user_pb": ("User",), "acme/user/user_grpc": ("C",)})
    assert root.members == ("./acme/user/user_pb",)
    assert grpc.name == "grpc"
