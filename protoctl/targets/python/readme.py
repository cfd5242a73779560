"""What the readme of a package shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from protoctl.packaging.addresses import consumer_address
from protoctl.packaging.description import escape_markdown
from protoctl.schema.view import services_of
from protoctl.targets.python.example import CallExample, MessageExample, below, find_example
from protoctl.targets.python.naming import module_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.targets.target import Request


class ServiceRow(NamedTuple):
    """A service and its methods."""

    name: str
    methods: list[str]


class FileRow(NamedTuple):
    """A proto and the module generated from it."""

    proto: str
    module: str


class InstallView(NamedTuple):
    """Where a package and what it requires come from."""

    address: str
    """The index; nothing when nobody knows it."""
    name: str
    """What a configuration may call it."""
    others: list[str]
    """Requirements that others publish."""


class ReadmeView(NamedTuple):
    """Everything that the template may use."""

    distribution: str
    version: str
    install: InstallView
    module: str
    description: str
    services: list[ServiceRow]
    files: list[FileRow]
    call: CallExample | None
    example: MessageExample | None


def readme_view(request: Request, distribution: str, description: str, prefix: str, install: InstallView) -> ReadmeView:
    """Give the view of one module; a comment cannot start a heading, a fence or a tag in it."""
    schema, files = request.schema, request.module.files
    example = find_example(schema, files, prefix)
    return ReadmeView(
        distribution,
        request.releases[request.module.name].python,
        install,
        request.module.folder,
        escape_markdown(description),
        [
            ServiceRow(service.full_name, [method.name for method in service.descriptor.method])
            for path in files
            for service in services_of(schema.files[path])
        ],
        [FileRow(path, module_path(below(prefix, path)).replace("/", ".") + "_pb2") for path in files],
        example if isinstance(example, CallExample) else None,
        example if isinstance(example, MessageExample) else None,
    )


def install_view(request: Request, names: Mapping[str, str], requires: Sequence[str]) -> InstallView:
    """Give how a module's package is installed; `names` is module to distribution, `requires` what metadata say.

    What siblings require is not told: their other files are no part of this package, and may change without it.
    """
    configuration = request.configuration
    ours = {canonicalize_name(name) for name in names.values()}
    others = [one for one in requires if canonicalize_name(Requirement(one).name) not in ours]
    return InstallView(consumer_address(configuration, "python"), configuration.workspace.name, others)
