"""What a target is asked to make: one module with all that its package depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from protoctl import __version__
from protoctl.kit.digest import digest_bytes, digest_json, digest_mapping
from protoctl.model.toolchain import COMPONENTS
from protoctl.packaging.addresses import KINDS, consumer_address
from protoctl.packaging.record import build_record, embed_schema
from protoctl.targets.target import Request
from protoctl.toolchain.lock_file import part_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.flows.session import Session
    from protoctl.model.configuration import Configuration
    from protoctl.model.toolchain import Lock
    from protoctl.schema.view import Schema
    from protoctl.versioning.release import Release


def make_request(
    session: Session, schema: Schema, name: str, releases: Mapping[str, Release], license_text: bytes
) -> Request:
    """Give everything that a target needs to know about a module; all modules that it imports have a release."""
    workspace = session.workspace
    module = workspace.modules[name]
    descriptors = embed_schema(schema, module)
    sources = {path: workspace.sources.files[path] for path in module.files}
    lock = toolchain_part(session, name)
    settings = package_settings(workspace.configuration, license_text)
    record = build_record(module, releases[name].python, descriptors, sources, lock, settings)
    return Request(
        module=module,
        configuration=workspace.configuration,
        lock=lock,
        schema=schema,
        sources=sources,
        license_text=license_text,
        releases=releases,
        descriptors=descriptors,
        record=record,
    )


def toolchain_part(session: Session, module: str) -> Lock:
    """Give the part of the lock that a module's packages are made with."""
    component = session.workspace.configuration.python.component(module)
    return part_of(session.lock, {*COMPONENTS, component})


def package_settings(configuration: Configuration, license_text: bytes) -> dict[str, str]:
    """Give what of the configuration consumers write code against, and the digest of all that packages show of it.

    Floors of the runtime are told by the toolchain, which only has those of the module.
    """
    python = configuration.python
    languages = [python.distribution, python.prefix, python.requires_python, configuration.node]
    addresses = [consumer_address(configuration, target) for target in sorted(KINDS)]
    shown = [configuration.metadata, languages, configuration.dependencies, addresses]
    return {
        "prefix": configuration.python.prefix,
        "int64": configuration.node.int64,
        "digest": digest_json([msgspec.json.encode(shown).decode(), digest_bytes(license_text)]),
    }


def request_digest(request: Request) -> str:
    """Give the digest of all that a package may depend on besides generated code."""
    return digest_json(
        [
            __version__,
            request.module.folder,
            msgspec.json.encode(request.configuration.of_packages).decode(),
            request.lock.digest,
            digest_mapping(request.sources),
            digest_bytes(request.license_text),
            digest_bytes(request.descriptors),
            digest_bytes(request.record),
            [[name, request.releases[name].python] for name in imported_modules(request)],
        ]
    )


def imported_modules(request: Request) -> list[str]:
    """Give the modules whose files the module's own files need, directly or not, sorted."""
    owners = request.schema.owners
    return sorted({owners[path] for path in request.schema.closure(request.module.files) if path in owners})
