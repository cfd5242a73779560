"""Where the files of a release come from: an in-toto statement with SLSA's provenance.

Sources: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md and https://slsa.dev/spec/v1.0/provenance.
No clock stands in it, so that whoever releases the same again writes the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003  msgspec reads annotations
from dataclasses import dataclass
from typing import Any

import msgspec

from protoctl import __version__
from protoctl.kit.json_text import json_text

FILE_NAME = "provenance.json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "urn:protoctl:release:1"
"""How to read the parameters: a module of a workspace at a version, made by `protoctl publish`."""
BUILDER = "urn:protoctl:builder:1"
"""A command on some machine; nothing but the signature tells whose."""


@dataclass(frozen=True)
class Material:
    """Something that a release was made with."""

    name: str
    digest: Mapping[str, str]
    """Algorithm to hexadecimal digits; empty where another material holds them, for each platform one."""
    uri: str = ""
    """Where it is known by; empty when only its digest identifies it."""


@dataclass(frozen=True)
class Making:
    """How a release was made."""

    module: str
    version: str
    """PEP 440."""
    workspace: str
    """The folder in its repository, `.` for the whole."""
    materials: tuple[Material, ...]
    """In the order of the statement."""
    digests: Mapping[str, str]
    """What the build record tells of sources, schema and toolchain."""


def make_statement(making: Making, files: Mapping[str, str]) -> bytes:
    """Give the statement about files, name to sha256, as JSON."""
    definition = {
        "buildType": BUILD_TYPE,
        "externalParameters": {
            "module": making.module,
            "version": making.version,
            "workspace": making.workspace,
        },
        "internalParameters": dict(sorted(making.digests.items())),
        "resolvedDependencies": [describe(one) for one in making.materials],
    }
    statement = {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(files.items())],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": definition,
            "runDetails": {"builder": {"id": BUILDER, "version": {"protoctl": __version__}}},
        },
    }
    return f"{json_text(statement)}\n".encode()


def describe(material: Material) -> dict[str, Any]:
    """Give a resource descriptor, empty fields left out."""
    value = {"name": material.name, "uri": material.uri, "digest": dict(material.digest)}
    return {key: part for key, part in value.items() if part}


def read_subjects(data: bytes) -> dict[str, str] | None:
    """Give file name → sha256 of what a statement is about; None for what is no statement."""
    try:
        statement = msgspec.json.decode(data, type=Statement)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    if statement.type != STATEMENT or statement.predicate_type != PREDICATE:
        return None
    return {subject.name: subject.digest.get("sha256", "") for subject in statement.subject}


class Subject(msgspec.Struct):
    """A file that a statement is about."""

    name: str
    digest: dict[str, str]


class Statement(msgspec.Struct):
    """What is read of a statement."""

    type: str = msgspec.field(name="_type")
    predicate_type: str = msgspec.field(name="predicateType")
    subject: Sequence[Subject] = ()
