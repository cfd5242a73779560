"""Envelopes: signed by a key, opened by its public half and by no other."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from protoctl.errors import ArtifactError, UsageError
from protoctl.publishing.signature import open_envelope, read_signer

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

PAYLOAD = b'{"_type": "https://in-toto.io/Statement/v1"}'
KINDS: dict[str, Callable[[], PrivateKeyTypes]] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
}


def private_pem(key: PrivateKeyTypes, password: bytes = b"") -> bytes:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def public_pem(key: PrivateKeyTypes) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture(params=KINDS)
def key(request: pytest.FixtureRequest) -> PrivateKeyTypes:
    return KINDS[request.param]()


def test_the_public_half_opens_what_the_private_one_signed(key: PrivateKeyTypes) -> None:
    envelope = read_signer(private_pem(key), "key").sign(PAYLOAD)
    assert open_envelope(envelope, public_pem(key), "key") == PAYLOAD


def test_what_is_signed_is_what_the_specification_says(key: PrivateKeyTypes) -> None:
    value = json.loads(read_signer(private_pem(key), "key").sign(PAYLOAD))
    signature = base64.b64decode(value["signatures"][0]["sig"])
    text = b"DSSEv1 28 application/vnd.in-toto+json %d %s" % (len(PAYLOAD), PAYLOAD)
    public = key.public_key()
    if isinstance(public, ed25519.Ed25519PublicKey):
        public.verify(signature, text)
    else:
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(signature, text, ec.ECDSA(SHA256()))


def test_another_key_and_another_payload_are_refused(key: PrivateKeyTypes) -> None:
    envelope = read_signer(private_pem(key), "key").sign(PAYLOAD)
    with pytest.raises(ArtifactError, match="no signature is of the key"):
        open_envelope(envelope, public_pem(ed25519.Ed25519PrivateKey.generate()), "key")
    value = json.loads(envelope)
    value["payload"] = base64.b64encode(PAYLOAD + b" ").decode()
    with pytest.raises(ArtifactError, match="no signature is of the key"):
        open_envelope(json.dumps(value).encode(), public_pem(key), "key")


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 10000, b'{"payload":"\xc3\x28","payloadType":"","signatures":[]}'])
def test_damaged_envelopes_are_refused(data: bytes) -> None:
    with pytest.raises(ArtifactError, match="is no signed statement"):
        open_envelope(data, public_pem(ed25519.Ed25519PrivateKey.generate()), "key")


def test_a_payload_of_another_type_is_refused() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    value = json.loads(read_signer(private_pem(key), "key").sign(PAYLOAD)) | {"payloadType": "text/plain"}
    with pytest.raises(ArtifactError, match="something else"):
        open_envelope(json.dumps(value).encode(), public_pem(key), "key")


@pytest.mark.parametrize(
    "pem",
    [
        b"no key",
        private_pem(ed25519.Ed25519PrivateKey.generate(), b"password"),
        private_pem(ec.generate_private_key(ec.SECP384R1())),
        private_pem(rsa.generate_private_key(65537, 2048)),
    ],
    ids=["text", "encrypted", "p384", "rsa"],
)
def test_other_private_keys_are_refused_and_not_shown(pem: bytes) -> None:
    with pytest.raises(UsageError, match="private key") as caught:
        read_signer(pem, "PROTOCTL_SIGNING_KEY")
    assert pem.decode() not in str(caught.value)


def test_other_public_keys_are_refused() -> None:
    for pem in (b"no key", public_pem(ec.generate_private_key(ec.SECP384R1()))):
        with pytest.raises(UsageError, match="public key"):
            open_envelope(b"", pem, "key.pub")


def test_a_signer_shows_its_public_half_only(key: PrivateKeyTypes) -> None:
    assert repr(read_signer(private_pem(key), "key")).startswith("Signer(sha256:")
