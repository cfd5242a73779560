"""What a package carries is read with suspicion: each kind of damage is told, none is believed."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from loopback import digest

from protoctl.errors import ArtifactError
from protoctl.kit.archive import UnsafeArchiveError, pack_tgz, read_gzip, read_tar, read_zip
from protoctl.kit.digest import digest_bytes
from protoctl.packaging.embedded import read_embedded

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = b"any bytes"
RECORD = {
    "format": 1,
    "module": "user",
    "version": "1.0.0",
    "folder": "acme/user",
    "files": ["acme/user/v1/user.proto"],
    "schema": digest_bytes(SCHEMA),
    "sources": "0" * 64,
    "toolchain": "1" * 64,
    "pins": [{"source": "pypi", "name": "grpcio-tools", "version": "1.80.1"}],
    "generator": "protoctl 0.1.0",
}
METADATA = (
    b"Metadata-Version: 2.4\nName: acme-user\nVersion: 1.0.0\nRequires-Dist: protobuf>=6\nRequires-Dist: grpcio\n\nText"
)
INFO = "acme_user-1.0.0.dist-info"
WHEEL = "acme_user-1.0.0-py3-none-any.whl"


def origin(folder: str, **changes: object) -> dict[str, bytes]:
    """Give schema and record below a folder, fields of the record changed."""
    return {f"{folder}/schema.binpb": SCHEMA, f"{folder}/build.json": json.dumps(RECORD | changes).encode()}


def wheel_files(**changes: object) -> dict[str, bytes]:
    """Give the files of a wheel without its RECORD."""
    return {
        "acme/user/py.typed": b"",
        f"{INFO}/METADATA": METADATA,
        **origin(f"{INFO}/extra_metadata/protoctl", **changes),
    }


def zipped(files: Mapping[str, bytes], record: str | None = None) -> bytes:
    """Give a wheel with a true RECORD, or the given one."""
    rows = "".join(f"{path},sha256={digest(data)},{len(data)}\n" for path, data in files.items())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
        archive.writestr(f"{INFO}/RECORD", f"{rows}{INFO}/RECORD,,\n" if record is None else record)
    return buffer.getvalue()


def npm_files(**metadata: object) -> dict[str, bytes]:
    """Give the files of an npm package."""
    value = {"name": "@acme/user", "version": "1.0.0", "dependencies": {"b": "^2"}, "peerDependencies": {"a": "^1"}}
    text = json.dumps(value | metadata).encode()
    return {"package/package.json": text, **origin("package/protoctl")}


def test_a_wheel_is_read() -> None:
    found = read_embedded(WHEEL, zipped(wheel_files()))
    assert (found.kind, found.distribution, found.version) == ("wheel", "acme-user", "1.0.0")
    assert found.requires == ("grpcio", "protobuf>=6")
    assert found.record.module == "user"
    assert found.record.pins[0].name == "grpcio-tools"
    assert found.descriptors == SCHEMA
    assert f"{INFO}/RECORD" in found.files


def test_an_sdist_is_read() -> None:
    files = {"acme_user-1.0.0/PKG-INFO": METADATA, **origin("acme_user-1.0.0/protoctl")}
    found = read_embedded("acme_user-1.0.0.tar.gz", pack_tgz(files))
    assert (found.kind, found.distribution, found.requires) == ("sdist", "acme-user", ("grpcio", "protobuf>=6"))
    assert found.files == ("PKG-INFO", "protoctl/build.json", "protoctl/schema.binpb")


def test_an_npm_tarball_is_read() -> None:
    found = read_embedded("acme-user-1.0.0.tgz", pack_tgz(npm_files()))
    assert (found.kind, found.distribution, found.requires) == ("npm", "@acme/user", ("a ^1", "b ^2"))


@pytest.mark.parametrize("name", ["a.whl", "a.tar.gz", "a.tgz", "a.zip", "a"])
@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"x" * 5000, gzip.compress(b"x" * 5000, mtime=0)], ids=len
)
def test_bytes_that_are_no_package_are_refused(name: str, data: bytes) -> None:
    with pytest.raises(ArtifactError):
        read_embedded(name, data)


@pytest.mark.parametrize("kind", ["wheel", "npm"])
def test_damage_anywhere_is_refused_or_harmless(kind: str) -> None:
    """Whatever byte is flipped, the answer is the same package or an ArtifactError."""
    name, data = (WHEEL, zipped(wheel_files())) if kind == "wheel" else ("a.tgz", pack_tgz(npm_files()))
    expected = read_embedded(name, data)
    refused = 0
    for at in range(0, len(data), 3):
        damaged = bytearray(data)
        damaged[at] ^= 0x55
        try:
            assert read_embedded(name, bytes(damaged)) == expected
        except ArtifactError:
            refused += 1
    assert refused > len(data) // 3 // 3
    for length in range(0, len(data) - 10, 97):
        with pytest.raises(ArtifactError):
            read_embedded(name, data[:length])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": "0" * 64}, "carries another schema"),
        ({"format": 2}, "build record of format 2, made by protoctl 0.1.0"),
        ({"pins": "none"}, "damaged build record"),
        ({"version": "1.0.1"}, "has version 1.0.0 in"),
    ],
)
def test_a_record_that_does_not_fit_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ArtifactError, match=said) as caught:
        read_embedded(WHEEL, zipped(wheel_files(**changes)))
    assert caught.value.where == WHEEL


def test_a_wheel_of_others_is_told_so() -> None:
    with pytest.raises(ArtifactError, match="was not made by protoctl"):
        read_embedded(WHEEL, zipped({f"{INFO}/METADATA": METADATA}))


def test_a_renamed_wheel_is_refused() -> None:
    with pytest.raises(ArtifactError, match=r"was renamed: inside it is acme_user-1\.0\.0"):
        read_embedded(WHEEL.replace("1.0.0", "2.0.0"), zipped(wheel_files()))


def test_a_wheel_is_compared_with_its_record() -> None:
    files = wheel_files()
    rows = [f"{path},sha256={digest(data)},{len(data)}" for path, data in files.items()]
    for record in (
        "\n".join(rows[1:]),
        "\n".join([*rows, "more.py,sha256=x,1"]),
        "\n".join([rows[0].replace("=", "=x"), *rows[1:]]),
    ):
        with pytest.raises(ArtifactError, match="was changed"):
            read_embedded(WHEEL, zipped(files, f"{record}\n{INFO}/RECORD,,\n"))


@pytest.mark.parametrize("metadata", [{"name": None, "dependencies": ["a"]}, {"dependencies": "a"}])
def test_metadata_of_npm_that_is_none_is_refused(metadata: dict[str, object]) -> None:
    with pytest.raises(ArtifactError, match=r"package\.json"):
        read_embedded("a.tgz", pack_tgz(npm_files(**metadata)))


@pytest.mark.parametrize("name", ["../a", "/a", "a/../b", "a//b", "a\\b", "./a"])
def test_paths_that_leave_a_zip_are_refused(name: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, b"")
    with pytest.raises(UnsafeArchiveError, match="leaves the archive's root"):
        read_zip(buffer.getvalue(), limit=100)


def test_links_and_twins_in_a_zip_are_refused() -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    for members in ([link], ["twin", "twin"]):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive, pytest.warns() if len(members) > 1 else io.BytesIO():
            for member in members:
                archive.writestr(member, b"target")
        with pytest.raises(UnsafeArchiveError, match=r"no regular file|appears twice"):
            read_zip(buffer.getvalue(), limit=100)


def test_a_bomb_is_not_unpacked() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(10_000))
    with pytest.raises(UnsafeArchiveError, match="more than 9999 bytes"):
        read_zip(buffer.getvalue(), limit=9999)
    with pytest.raises(UnsafeArchiveError, match="more than 9999 bytes"):
        read_gzip(gzip.compress(bytes(10_000)), limit=9999)


@pytest.mark.parametrize("kind", [tarfile.DIRTYPE, tarfile.REGTYPE])
def test_a_tar_that_leads_its_reader_backwards_is_refused(kind: bytes) -> None:
    """CVE-2025-8194: a member of negative size let some readers loop for ever."""
    header = bytearray(tarfile.TarInfo("a").tobuf())
    header[156:157] = kind
    header[124:136] = b"\xff" * 10 + b"\xfc\x00"  # -1024 in base 256
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    with pytest.raises(UnsafeArchiveError):
        read_tar(bytes(header) + bytes(1024))


@pytest.mark.parametrize("record", ['"' + "a" * 200_000, "a\0,"], ids=["a long field", "a zero"])
def test_a_damaged_record_of_a_wheel_is_told(record: str) -> None:
    with pytest.raises(ArtifactError, match=r"damaged|was changed"):
        read_embedded(WHEEL, zipped(wheel_files(), record))


@pytest.mark.parametrize("build", [b"\xff", b'{"a":' + b"[" * 100_000])
def test_a_build_record_that_the_reader_chokes_on_is_told(build: bytes) -> None:
    files = {**npm_files(), "package/protoctl/build.json": build}
    with pytest.raises(ArtifactError, match="damaged build record"):
        read_embedded("a.tgz", pack_tgz(files))


def test_a_package_json_that_the_reader_chokes_on_is_told() -> None:
    with pytest.raises(ArtifactError, match="can be read"):
        read_embedded("a.tgz", pack_tgz({**npm_files(), "package/package.json": b"[" * 100_000}))
