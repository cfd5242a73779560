"""Signed statements: DSSE envelopes (https://github.com/secure-systems-lab/dsse) by Ed25519 or ECDSA P-256."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import msgspec

from protoctl.errors import ArtifactError, MachineError, UsageError
from protoctl.kit.json_text import json_text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey
    PublicKey = Ed25519PublicKey | EllipticCurvePublicKey

FILE_NAME = "provenance.dsse.json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
CURVE = "secp256r1"
KINDS = "an Ed25519 or ECDSA P-256 key in PEM, not encrypted"
MISSING = "pip install 'protoctl[sign]'"


class Signature(msgspec.Struct):
    """One signature of an envelope, base64."""

    sig: str
    keyid: str = ""


class Envelope(msgspec.Struct):
    """A payload in base64 and who signed it."""

    payload: str
    payload_type: str = msgspec.field(name="payloadType")
    signatures: list[Signature]


class Signer:
    """Signs with one private key, which nothing shows."""

    def __init__(self, key: PrivateKey) -> None:
        """Take the key."""
        self.__key = key

    def __repr__(self) -> str:
        """Give which key it is by its public half."""
        return f"Signer({key_name(self.__key.public_key())})"

    def sign(self, payload: bytes) -> bytes:
        """Give the envelope of a statement, JSON."""
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.hashes import SHA256

        key, message = self.__key, encode(payload)
        if isinstance(key, EllipticCurvePrivateKey):
            signature = key.sign(message, ECDSA(SHA256()))
        else:
            signature = key.sign(message)
        value = {
            "payloadType": PAYLOAD_TYPE,
            "payload": base64.b64encode(payload).decode(),
            "signatures": [{"keyid": key_name(key.public_key()), "sig": base64.b64encode(signature).decode()}],
        }
        return f"{json_text(value)}\n".encode()


def read_signer(pem: bytes, where: str) -> Signer:
    """Give what signs with a private key; `where` is where it came from.

    Raises UsageError for another kind of key, and MachineError without the library. No error shows any of the key.
    """
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise MachineError("signing needs a library that is not installed", where=where, hint=MISSING) from None
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError("holds no private key that can be read", where=where, hint=f"it takes {KINDS}") from None
    if not isinstance(key, Ed25519PrivateKey) and not (
        isinstance(key, EllipticCurvePrivateKey) and key.curve.name == CURVE
    ):
        raise UsageError("holds a private key of another kind", where=where, hint=f"it takes {KINDS}")
    return Signer(key)


def open_envelope(data: bytes, pem: bytes, where: str) -> bytes:
    """Give the statement in an envelope that a key signed; `where` is where the public key came from.

    Raises ArtifactError for an envelope that is damaged or signed by nobody with that key, UsageError for what is no
    public key, and MachineError without the library.
    """
    key = read_public_key(pem, where)
    try:
        envelope = msgspec.json.decode(data, type=Envelope)
        payload = base64.b64decode(envelope.payload, validate=True)
        signatures = [base64.b64decode(one.sig, validate=True) for one in envelope.signatures]
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError) as error:
        raise ArtifactError(f"is no signed statement: {error}", where=FILE_NAME) from error
    if envelope.payload_type != PAYLOAD_TYPE:
        raise ArtifactError("holds something else than an in-toto statement", where=FILE_NAME)
    if not any(is_signed(key, one, encode(payload)) for one in signatures):
        hint = "see whose key it was signed with, and whether the file was changed"
        raise ArtifactError(f"no signature is of the key {key_name(key)}", where=FILE_NAME, hint=hint)
    return payload


def read_public_key(pem: bytes, where: str) -> PublicKey:
    """Give a public key; raises UsageError for what is none, MachineError without the library."""
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError:
        raise MachineError("signatures need a library that is not installed", where=where, hint=MISSING) from None
    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError("holds no public key that can be read", where=where, hint=f"it takes {KINDS}") from None
    if not isinstance(key, Ed25519PublicKey) and not (
        isinstance(key, EllipticCurvePublicKey) and key.curve.name == CURVE
    ):
        raise UsageError("holds a public key of another kind", where=where, hint=f"it takes {KINDS}")
    return key


def is_signed(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Tell whether a key made a signature."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        if isinstance(key, EllipticCurvePublicKey):
            key.verify(signature, message, ECDSA(SHA256()))
        else:
            key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def key_name(key: PublicKey) -> str:
    """Give the name of a key: `sha256:` and the digest of its public half as SubjectPublicKeyInfo."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"sha256:{hashlib.sha256(public).hexdigest()}"


def encode(payload: bytes) -> bytes:
    """Give the bytes that are signed: type and payload, each after its length (DSSE's pre-authentication encoding)."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
