"""How npm names packages and tarballs, and how protoc-gen-es names files and methods."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from protoctl.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protoctl.model.configuration import Configuration

SCOPED_NAME = re.compile(r"@[a-z0-9-][a-z0-9._-]*/[a-z0-9-][a-z0-9._-]*")
"""What the registry takes for new packages (github.com/npm/validate-npm-package-name)."""
NAME_LIMIT = 214
BUILT_INS = {"constructor", "toString", "toJSON", "valueOf"}
"""Properties of every object: protobuf-es appends `$` to a method of such a name."""
CLIENT_MEMBERS = {
    *("close", "getChannel", "waitForReady", "checkOptionalUnaryResponseArguments", "checkMetadataAndOptions"),
    *("makeUnaryRequest", "makeClientStreamRequest", "makeServerStreamRequest", "makeBidiStreamRequest"),
}
"""What a `Client` of grpc-js already has; an rpc of such a name gets a `$` too, or it would replace the member."""


def package_name(configuration: Configuration, module: str) -> str:
    """Give the scoped name of a module's package; raises ConfigurationError for one that npm refuses."""
    template = configuration.node.package
    name = template.replace("{workspace}", configuration.workspace.name).replace("{module}", module.replace("_", "-"))
    if not is_package_name(name):
        raise ConfigurationError(
            f"node.package gives {name!r} for the module {module}, which is no scoped package name",
            where="protoctl.toml",
            hint="write @scope/name in lower-case letters, digits, - . and _",
        )
    return name


def package_names(configuration: Configuration, modules: Iterable[str]) -> dict[str, str]:
    """Give module to package name; raises ConfigurationError when two modules would share one."""
    names = {module: package_name(configuration, module) for module in modules}
    owners: dict[str, str] = {}
    for module, name in names.items():
        other = owners.setdefault(name, module)
        if other != module:
            raise ConfigurationError(
                f"node.package gives {name} for the modules {other} and {module}",
                where="protoctl.toml",
                hint="keep {module} in node.package, and module names apart by more than - and _",
            )
    return names


def is_package_name(name: str) -> bool:
    """Tell whether npm takes a name, and the name has a scope: without one anybody could register it first."""
    return bool(SCOPED_NAME.fullmatch(name)) and len(name) <= NAME_LIMIT


def tarball_name(package: str, version: str) -> str:
    """Give the file name that `npm pack` gives: `acme-user-0.1.0-dev.0.tgz`."""
    return f"{package.removeprefix('@').replace('/', '-')}-{version}.tgz"


def outputs(proto: str) -> tuple[str, ...]:
    """Give the paths that protoc-gen-es writes for a proto."""
    stem = code_stem(proto)
    return (f"{stem}.js", f"{stem}.d.ts")


def code_stem(proto: str, kind: str = "pb") -> str:
    """Give the path of a proto's generated code without suffix: `a-b/c.proto` becomes `a-b/c_pb`."""
    return f"{proto.removesuffix('.proto')}_{kind}"


def property_name(rpc: str) -> str:
    """Give the property of a method in the descriptor that protoc-gen-es writes."""
    name = rpc[:1].lower() + rpc[1:]
    return f"{name}$" if name in BUILT_INS else name


def method_name(rpc: str) -> str:
    """Give the property of a method in clients and servers."""
    name = property_name(rpc)
    return f"{name}$" if name in CLIENT_MEMBERS else name
