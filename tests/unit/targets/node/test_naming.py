"""Names of packages, tarballs and methods."""

from __future__ import annotations

import pytest

from protoctl.errors import ConfigurationError
from protoctl.model.configuration import Configuration, NodeTable, WorkspaceTable
from protoctl.targets.node.naming import method_name, outputs, package_name, package_names, property_name, tarball_name


def configuration(package: str) -> Configuration:
    """Give a configuration with a template for package names."""
    return Configuration(WorkspaceTable("acme", ("acme/*",)), node=NodeTable(package=package))


def test_the_default_is_scoped_and_has_no_underscore() -> None:
    assert package_name(configuration("@{workspace}/{module}"), "inventory_v2") == "@acme/inventory-v2"


@pytest.mark.parametrize(
    "package",
    [
        *("{workspace}-{module}", "@Acme/{module}", "@acme/{module}/x", "@acme/.{module}", "@acme/_{module}"),
        *("@/{module}", "@acme/{module} ", "@acme/" + "a" * 214, "@acme/{modul}", "@acme/é"),
    ],
)
def test_names_that_npm_refuses_are_refused(package: str) -> None:
    with pytest.raises(ConfigurationError, match="no scoped package name"):
        package_name(configuration(package), "user")


def test_an_upper_case_module_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="the module User"):
        package_name(configuration("@{workspace}/{module}"), "User")


@pytest.mark.parametrize(("package", "modules"), [("@acme/{module}", ["a_b", "a-b"]), ("@acme/all", ["a", "b"])])
def test_two_modules_of_one_name_are_refused(package: str, modules: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="for the modules"):
        package_names(configuration(package), modules)


def test_tarballs_are_named_as_npm_pack_does() -> None:
    assert tarball_name("@acme/user", "0.1.0-dev.0") == "acme-user-0.1.0-dev.0.tgz"


def test_paths_keep_their_hyphens() -> None:
    assert outputs("a-b/c-d.proto") == ("a-b/c-d_pb.js", "a-b/c-d_pb.d.ts")


@pytest.mark.parametrize(
    ("rpc", "descriptor", "client"),
    [
        ("GetUser", "getUser", "getUser"),
        ("Import", "import", "import"),
        ("Constructor", "constructor$", "constructor$"),
        ("Close", "close", "close$"),
    ],
)
def test_methods_are_lower_camel_and_replace_no_member(rpc: str, descriptor: str, client: str) -> None:
    assert property_name(rpc) == descriptor
    assert method_name(rpc) == client
