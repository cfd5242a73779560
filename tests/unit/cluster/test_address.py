"""Addresses of clusters, and what opens them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protoctl.cluster.address import Address, parse_address
from protoctl.cluster.credentials import read_credentials
from protoctl.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

WORD = "canary-word"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("grpcs://cache.example", ("cache.example:443", True, "")),
        ("grpcs://cache.example:8980/", ("cache.example:8980", True, "")),
        ("grpcs://cache.example/main", ("cache.example:443", True, "main")),
        ("grpcs://cache.example/a/b", ("cache.example:443", True, "a/b")),
        ("grpc://127.0.0.1:50051", ("127.0.0.1:50051", False, "")),
        ("grpc://[::1]:50051/main", ("[::1]:50051", False, "main")),
        ("grpc://localhost", ("localhost:80", False, "")),
    ],
)
def test_an_address_has_a_host_and_an_instance(text: str, expected: tuple[str, bool, str]) -> None:
    assert parse_address(text, "here", plaintext=False) == Address(text, *expected)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("grpc://cache.example:80", "without TLS"),
        ("grpc://10.0.0.1:80", "without TLS"),
        ("https://cache.example", "no address"),
        ("grpcs://", "no address"),
        ("grpcs://:443", "no address"),
        ("grpcs://cache.example:http", "no address"),
        ("grpcs://cache.example:99999", "no address"),
        ("grpcs://cache.example/ma\nin", "no address"),
        ("grpcs://[::1", "no address"),
        ("grpcs://joe:word@cache.example", "user name or password"),
        ("grpcs://cache.example/main?x=1", "no instance"),
        ("grpcs://cache.example/blobs", "no instance"),
    ],
)
def test_other_addresses_are_refused(text: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as caught:
        parse_address(text, "here", plaintext=False)
    assert caught.value.where == "here"


def test_plaintext_has_to_be_said() -> None:
    assert parse_address("grpc://cache.example:80", "here", plaintext=True).target == "cache.example:80"


def test_resources_carry_the_instance() -> None:
    assert parse_address("grpcs://h/a/b", "", plaintext=False).resource("blobs", "0") == "a/b/blobs/0"
    assert parse_address("grpcs://h", "", plaintext=False).resource("blobs", "0") == "blobs/0"


def test_the_environment_opens_clusters(tmp_path: Path) -> None:
    pem = tmp_path / "all.pem"
    pem.write_text("-----BEGIN CERTIFICATE-----")
    files = {f"PROTOCTL_REMOTE_{name}": str(pem) for name in ("CA", "CERTIFICATE", "KEY")}
    found = read_credentials({**files, "PROTOCTL_REMOTE_HEADER": f"Authorization = Bearer {WORD}\n\nx-team=a=b\n"})
    assert [(name, secret.reveal()) for name, secret in found.headers] == [
        ("authorization", f"Bearer {WORD}"),
        ("x-team", "a=b"),
    ]
    assert found.authority == found.certificate == pem.read_bytes()
    assert found.key
    assert found.key.reveal() == pem.read_text()
    assert WORD not in repr(found)
    assert "BEGIN" not in repr(found.key)


@pytest.mark.parametrize(
    "header", [WORD, f"={WORD}", f"a b={WORD}", f"key-bin={WORD}", f"grpc-timeout={WORD}", "a=", f"a={WORD}\x07", "a=ü"]
)
def test_what_is_no_header_is_refused_and_not_shown(header: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_credentials({"PROTOCTL_REMOTE_HEADER": header})
    assert WORD not in str(caught.value)


def test_files_have_to_be_there_and_pem(tmp_path: Path) -> None:
    (tmp_path / "der").write_bytes(b"\x30")
    for path in ("nowhere", "der"):
        with pytest.raises(ConfigurationError, match="PROTOCTL_REMOTE_CA"):
            read_credentials({"PROTOCTL_REMOTE_CA": str(tmp_path / path)})


def test_half_a_pair_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pem").write_bytes(b"-----BEGIN")
    with pytest.raises(ConfigurationError, match="PROTOCTL_REMOTE_KEY alone"):
        read_credentials({"PROTOCTL_REMOTE_KEY": str(tmp_path / "pem")})
