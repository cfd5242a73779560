"""Who is asking: what opens a cluster, from the environment alone and never shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import ConfigurationError
from protoctl.kit.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER = "PROTOCTL_REMOTE_HEADER"
"""`NAME=VALUE`, one a line, as Bazel's `--remote_header` takes it."""
AUTHORITY = "PROTOCTL_REMOTE_CA"
"""A file of certificates: who vouches for the cluster, instead of the system's authorities."""
CERTIFICATE = "PROTOCTL_REMOTE_CERTIFICATE"
"""A file of certificates that this client shows."""
KEY = "PROTOCTL_REMOTE_KEY"
"""The file of its private key."""
PEM = b"-----BEGIN"
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
"""Where Debian, Red Hat, Alpine and macOS keep the authorities, whatever OpenSSL a Python was built with."""
NAME = re.compile(r"[0-9a-z_.-]+")
"""Of a header (grpc.github.io/grpc, PROTOCOL-HTTP2, Custom-Metadata)."""


@dataclass(frozen=True)
class Credentials:
    """What is shown to a cluster."""

    headers: tuple[tuple[str, Secret], ...] = ()
    """Name and value of what goes with every call."""
    authority: bytes | None = None
    """Certificates that the cluster's is checked with; None for those that gRPC brings."""
    certificate: bytes | None = None
    """This client's certificates."""
    key: Secret | None = None
    """Its private key."""


def read_credentials(environment: Mapping[str, str]) -> Credentials:
    """Give what the environment tells; raises ConfigurationError, which shows no secret, for what cannot be used."""
    certificate, key = (read_file(environment, name) for name in (CERTIFICATE, KEY))
    if (certificate is None) != (key is None):
        given, missing = (CERTIFICATE, KEY) if certificate else (KEY, CERTIFICATE)
        raise ConfigurationError(f"{given} alone opens no cluster", hint=f"set {missing} too")
    lines = environment.get(HEADER, "").splitlines()
    return Credentials(
        tuple(parse_header(line) for line in lines if line.strip()),
        read_file(environment, AUTHORITY) or system_authorities(),
        certificate,
        None if key is None else Secret(key.decode("latin-1")),
    )


def parse_header(line: str) -> tuple[str, Secret]:
    """Give name and value of a header."""
    name, mark, value = (part.strip() for part in line.partition("="))
    name = name.lower()
    if not (mark and NAME.fullmatch(name)) or name.endswith("-bin") or name.startswith("grpc-"):
        raise ConfigurationError(f"{HEADER} holds no header", hint="write authorization=Bearer TOKEN")
    if not value or not (value.isascii() and value.isprintable()):
        raise ConfigurationError(f"{HEADER} holds a value that no header has", hint="is it quoted or cut?")
    return name, Secret(value)


def read_file(environment: Mapping[str, str], name: str) -> bytes | None:
    """Give the content of the file that a variable names, None where it is not set."""
    path = environment.get(name)
    if not path:
        return None
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{name}: {error.strerror}: {path}") from error
    if PEM not in content:
        raise ConfigurationError(f"{name}: {path} holds no PEM, which begins with {PEM.decode()}")
    return content


def system_authorities() -> bytes | None:
    """Give the certificates that this system trusts, SSL_CERT_FILE first; None where it has no file of them."""
    from ssl import get_default_verify_paths  # slow to import

    candidates = (get_default_verify_paths().cafile, *BUNDLES)
    found = next((path for path in candidates if path and Path(path).is_file()), None)
    return Path(found).read_bytes() if found else None
