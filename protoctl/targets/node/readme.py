"""What the readme of a package shows; the example is chosen from the schema and true for this package."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from protoctl.packaging.addresses import consumer_address
from protoctl.packaging.description import escape_markdown
from protoctl.targets.node.naming import code_stem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protoctl.targets.node.code import Code
    from protoctl.targets.target import Request

SCHEMA = re.compile(r"^export const ([\w$]+) = /\*@__PURE__\*/\n  messageDesc(?:\$\d+)?\([\w$]+, 0\);", re.MULTILINE)


class CallExample(NamedTuple):
    """A call of a service."""

    source: str
    """What to import client and server from."""
    descriptors: str
    """What to import Connect's descriptor from."""
    service: str
    """What the names of client, server and definition begin with."""
    descriptor: str
    """Name of Connect's descriptor."""
    method: str
    """Name of the method."""
    streams_request: bool
    streams_response: bool


class MessageExample(NamedTuple):
    """A message that goes to bytes and back."""

    source: str
    """What to import the schema from."""
    schema: str
    """Name of the message's schema."""


class ServiceRow(NamedTuple):
    """A service and its methods."""

    name: str
    methods: list[str]


class EntryRow(NamedTuple):
    """Something to import from and what is there."""

    source: str
    content: str


class ReadmeView(NamedTuple):
    """Everything that the template may use."""

    package: str
    scope: str
    scopes: list[str]
    """Its own and those of siblings that it requires, which differ only where the configuration says so."""
    address: str
    """The registry; nothing when nobody knows it."""
    version: str
    module: str
    description: str
    services: list[ServiceRow]
    entries: list[EntryRow]
    files: list[EntryRow]
    call: CallExample | None
    example: MessageExample | None
    int64: str


def readme_view(request: Request, package: str, description: str, code: Code, siblings: Iterable[str]) -> ReadmeView:
    """Give the view of one module; `siblings` are the packages of the workspace that it requires."""
    call = find_call(package, code)
    return ReadmeView(
        package,
        package.partition("/")[0],
        sorted({name.partition("/")[0] for name in (package, *siblings)}),
        consumer_address(request.configuration, "node"),
        request.releases[request.module.name].npm,
        request.module.folder,
        escape_markdown(description),
        [
            ServiceRow(service.full_name, [method.name for method in service.methods])
            for view in code.services
            for service in view.services
        ],
        [EntryRow(f"{package}/{entry.name}".rstrip("/"), entry.content) for entry in code.entries if entry.content],
        [EntryRow(f"{package}/{stem}.js", f"{stem.rpartition('_')[0]}.proto") for stem in sorted(code.exports)],
        call,
        None if call else find_message(request, package, code),
        request.configuration.node.int64,
    )


def find_call(package: str, code: Code) -> CallExample | None:
    """Give a call of the first service, a unary one if there is any."""
    calls = [
        (view, service, method) for view in code.services for service in view.services for method in service.methods
    ]
    if not calls:
        return None
    view, service, method = min(calls, key=lambda call: (call[2].streams_request, call[2].streams_response))
    return CallExample(
        short_name(package, code, code_stem(view.proto, "grpc")),
        short_name(package, code, code_stem(view.proto)),
        service.name,
        service.descriptor,
        method.name,
        method.streams_request,
        method.streams_response,
    )


def find_message(request: Request, package: str, code: Code) -> MessageExample | None:
    """Give the first message of the module."""
    for path in request.module.files:
        stem = code_stem(path)
        found = SCHEMA.search(code.files[f"esm/{stem}.js"])
        if found:
            return MessageExample(short_name(package, code, stem), found[1])
    return None


def short_name(package: str, code: Code, stem: str) -> str:
    """Give the shortest thing to import a file's exports from."""
    folder, _, name = stem.rpartition("/")
    for entry in code.entries:
        if entry.name and entry.stem.rpartition("/")[0] == folder and f"./{name}" in entry.members:
            return f"{package}/{entry.name}"
    return f"{package}/{stem}.js"
