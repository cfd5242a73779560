"""Digests are read in both spellings, the strongest is taken, and what does not fit is refused."""

from __future__ import annotations

import base64
import hashlib

import pytest

from protoctl.errors import PackageIndexError
from protoctl.indexes.access.digests import check_digest, choose_hash, choose_integrity, is_digest_of, is_strong

DATA = b"package"
SHA256 = hashlib.sha256(DATA).hexdigest()
SHA1 = hashlib.sha1(DATA, usedforsecurity=False).hexdigest()
INTEGRITY = f"sha512-{base64.b64encode(hashlib.sha512(DATA).digest()).decode()}"


def test_the_strongest_hash_is_taken() -> None:
    assert choose_hash({"md5": "0", "sha256": "AB", "sha512": "CD"}) == "sha512:cd"
    assert choose_hash({"sha256": "AB"}) == "sha256:ab"


def test_a_weak_hash_is_none() -> None:
    assert choose_hash({"md5": "0", "sha1": "0", "": ""}) == ""


def test_the_strongest_integrity_is_taken() -> None:
    assert choose_integrity("sha1-AA== sha512-BB==?option sha256-CC==", SHA1) == "sha512-BB=="


def test_a_shasum_stands_in() -> None:
    digest = choose_integrity("", SHA1)
    assert digest.startswith("sha1-")
    assert is_digest_of(digest, DATA)
    assert not is_strong(digest)


@pytest.mark.parametrize("shasum", ["", "no hex", "abc"])
def test_nothing_is_no_digest(shasum: str) -> None:
    assert choose_integrity("", shasum) == ""


@pytest.mark.parametrize("digest", [f"sha256:{SHA256}", INTEGRITY])
def test_both_spellings_are_compared(digest: str) -> None:
    assert is_strong(digest)
    assert is_digest_of(digest, DATA)
    assert not is_digest_of(digest, DATA + b"x")


@pytest.mark.parametrize("digest", ["sha999:00", "shake_128:00", "rot13-00", "sha256:", "sha256"])
def test_what_nobody_knows_fits_nothing(digest: str) -> None:
    assert not is_digest_of(digest, DATA)


def test_a_wrong_digest_is_told_with_both() -> None:
    with pytest.raises(PackageIndexError) as caught:
        check_digest("shop", "x.whl", "sha256:00", DATA)
    assert str(caught.value).splitlines()[:3] == [
        "shop: x.whl is not what the index lists",
        "  listed sha256:00",
        f"  fetched sha256:{SHA256}, 7 bytes",
    ]


def test_without_a_digest_nothing_is_compared() -> None:
    check_digest("shop", "x.whl", "", DATA)
