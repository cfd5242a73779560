"""What a finished package carries of its origin: read from a wheel, an sdist or an npm tarball, with suspicion."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
from collections.abc import Mapping  # noqa: TC003  msgspec reads annotations
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser

import msgspec

from protoctl.errors import ArtifactError, OriginError
from protoctl.kit.archive import UnsafeArchiveError, read_gzip, read_tar, read_zip
from protoctl.kit.digest import digest_bytes
from protoctl.packaging.record import FORMAT, RECORD_FILE, SCHEMA_FILE

SIZE_LIMIT = 512 << 20
"""Bytes of all files of a package."""
FOLDER = "protoctl"
"""The folder of schema and record in an sdist and an npm package."""


@dataclass(frozen=True)
class PackagePin:
    """A locked package of the toolchain that a package was made with."""

    source: str
    name: str
    version: str


@dataclass(frozen=True)
class Record:
    """The record of a build, as `packaging.record` writes it."""

    format: int
    module: str
    version: str
    """In the spelling of PEP 440, whatever the package's language."""
    folder: str
    files: tuple[str, ...]
    """The module's protos, sorted."""
    schema: str
    """Digest of the compiled schema."""
    sources: str
    """Digest of the protos."""
    toolchain: str
    pins: tuple[PackagePin, ...]
    generator: str
    settings: Mapping[str, str] = field(default_factory=dict)
    """What of the configuration consumers can see, and the digest of all of it that goes into packages."""


RECORD = msgspec.json.Decoder(Record)
"""Made here, since threads that use a type for the first time at once crash msgspec 0.22."""


@dataclass(frozen=True)
class Embedded:
    """A package that protoctl made, as found inside its file."""

    kind: str
    """`wheel`, `sdist` or `npm`."""
    distribution: str
    """The name as an index lists it."""
    version: str
    """As this kind writes it."""
    requires: tuple[str, ...]
    """Run-time dependencies as this kind writes them, sorted."""
    files: tuple[str, ...]
    """Paths inside the package, sorted."""
    record: Record
    descriptors: bytes
    """The serialised FileDescriptorSet of the module, its imports included."""
    runtime: str = ""
    """What it runs on, as this kind writes it: `Requires-Python`, or Node's range in `engines`."""


def read_embedded(name: str, data: bytes) -> Embedded:
    """Give what the file of a package holds, `name` deciding how it is read; raises ArtifactError when it cannot be."""
    try:
        if name.endswith(".whl"):
            return read_wheel(name, read_zip(data, limit=SIZE_LIMIT))
        if name.endswith((".tar.gz", ".tgz")):
            files = read_tar(read_gzip(data, limit=SIZE_LIMIT), limit=SIZE_LIMIT)
            return read_npm(files) if "package/package.json" in files else read_sdist(files)
    except UnsafeArchiveError as error:
        raise ArtifactError(f"cannot be read: {error}", where=name) from error
    except ArtifactError as error:
        raise type(error)(error.what, where=name, hint=error.hint) from error
    raise ArtifactError("is no .whl, .tar.gz or .tgz", where=name)


def read_wheel(name: str, files: Mapping[str, bytes]) -> Embedded:
    """Read a wheel, each file compared with its RECORD (the binary distribution format of PyPA)."""
    infos = {path.partition("/")[0] for path in files if path.partition("/")[0].endswith(".dist-info")}
    if len(infos) != 1:
        raise ArtifactError(f"has {len(infos)} .dist-info folders instead of one")
    info = infos.pop()
    if "-".join(name.split("-")[:2]) != info.removesuffix(".dist-info"):
        raise ArtifactError(f"was renamed: inside it is {info.removesuffix('.dist-info')}")
    check_record(files, f"{info}/RECORD")
    record, descriptors = read_origin(files, f"{info}/extra_metadata/{FOLDER}")
    return python_package("wheel", files, f"{info}/METADATA", record, descriptors)


def read_sdist(files: Mapping[str, bytes]) -> Embedded:
    """Read an sdist, whose files lie in one folder."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) != 1:
        raise ArtifactError(f"has {len(tops)} top-level entries instead of one folder")
    inner = {path.partition("/")[2]: data for path, data in files.items()}
    return python_package("sdist", inner, "PKG-INFO", *read_origin(inner, FOLDER))


def read_npm(files: Mapping[str, bytes]) -> Embedded:
    """Read an npm tarball, whose files lie in `package/`."""
    inner = {path.removeprefix("package/"): data for path, data in files.items()}
    record, descriptors = read_origin(inner, FOLDER)
    try:
        metadata = json.loads(inner["package.json"])
        needs = {**metadata.get("peerDependencies", {}), **metadata.get("dependencies", {})}
        requires = tuple(f"{need} {bound}" for need, bound in sorted(needs.items()))
        named = str(metadata["name"]), str(metadata["version"])
        runtime = str(metadata.get("engines", {}).get("node", ""))
        return Embedded("npm", *named, requires, tuple(sorted(inner)), record, descriptors, runtime)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ArtifactError("has a package.json without name, version or dependencies that can be read") from error


def python_package(kind: str, files: Mapping[str, bytes], path: str, record: Record, descriptors: bytes) -> Embedded:
    """Read the core metadata of a wheel or an sdist."""
    if path not in files:
        raise ArtifactError(f"has no {path}")
    headers = BytesHeaderParser().parsebytes(files[path])
    requires = tuple(sorted(str(value) for value in headers.get_all("Requires-Dist", [])))
    name, version = str(headers.get("Name", "")), str(headers.get("Version", ""))
    if version != record.version:
        raise ArtifactError(f"has version {version or 'none'} in {path} and {record.version} in its build record")
    runtime = str(headers.get("Requires-Python", ""))
    return Embedded(kind, name, version, requires, tuple(sorted(files)), record, descriptors, runtime)


def read_origin(files: Mapping[str, bytes], folder: str) -> tuple[Record, bytes]:
    """Give the build record and the schema that lie in a folder of a package."""
    data, descriptors = (files.get(f"{folder}/{name}") for name in (RECORD_FILE, SCHEMA_FILE))
    if data is None or descriptors is None:
        raise OriginError("was not made by protoctl: it carries no compiled schema and no build record")
    record = decode_record(data)
    if record.format > FORMAT:
        hint = "use a newer protoctl"
        raise ArtifactError(f"has a build record of format {record.format}, made by {record.generator}", hint=hint)
    if digest_bytes(descriptors) != record.schema:
        raise ArtifactError("carries another schema than its build record tells")
    return record, descriptors


def decode_record(data: bytes) -> Record:
    """Give a build record; raises ArtifactError for what is none."""
    try:
        return RECORD.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ArtifactError(f"has a damaged build record: {error}") from error


def check_record(files: Mapping[str, bytes], path: str) -> None:
    """Raise ArtifactError unless RECORD lists each file of a wheel with its digest, and nothing else."""
    if path not in files:
        raise ArtifactError(f"has no {path}")
    try:
        rows = [row for row in csv.reader(files[path].decode("utf-8", errors="replace").splitlines()) if row]
    except csv.Error as error:
        raise ArtifactError(f"has a damaged {path}: {error}") from error
    listed = {row[0]: row[1] if len(row) > 1 else "" for row in rows}
    wrong = sorted(set(files) ^ set(listed))
    wrong += [
        one for one in sorted(set(files) & set(listed)) if one != path and listed[one] != wheel_digest(files[one])
    ]
    if wrong:
        raise ArtifactError(f"was changed: {', '.join(wrong)} not as its RECORD tells")


def wheel_digest(data: bytes) -> str:
    """Give a digest as RECORD writes it: URL-safe base64 without padding."""
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
