"""Where a cluster is: `grpcs://HOST[:PORT][/INSTANCE]`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from protoctl.errors import ConfigurationError
from protoctl.kit.hosts import is_loopback

PORTS = {"grpc": 80, "grpcs": 443}
RESERVED = {"blobs", "uploads", "actions", "actionResults", "operations", "capabilities", "compressed-blobs"}
"""What no segment of an instance's name may be called (remote_execution.proto, ContentAddressableStorage)."""


@dataclass(frozen=True)
class Address:
    """An address that was taken."""

    text: str
    """As it was written, for people."""
    target: str
    """`host:port`, as gRPC takes it."""
    is_secure: bool
    """Whether it is spoken to over TLS."""
    instance: str
    """The instance's name, with slashes in the middle, or nothing."""

    def resource(self, *parts: str) -> str:
        """Give the name of a resource of the instance (google/bytestream/bytestream.proto)."""
        return "/".join((self.instance, *parts) if self.instance else parts)


def parse_address(text: str, where: str, *, plaintext: bool) -> Address:
    """Give the parts of an address; raises ConfigurationError, which names the setting `where`, for any other text.

    An address without TLS is taken of this machine only, unless `plaintext`.
    """
    example = "write grpcs://HOST:PORT or grpcs://HOST:PORT/INSTANCE"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise ConfigurationError(f"is no address: {error}", where=where, hint=example) from error
    if not (port and host and text.isprintable() and text.isascii()):
        raise ConfigurationError("is no address of a cluster", where=where, hint=example)
    if parts.username is not None or parts.password is not None:
        hint = "take it out and set PROTOCTL_REMOTE_HEADER"
        raise ConfigurationError("holds a user name or password, and is committed", where=where, hint=hint)
    instance = parts.path.strip("/")
    if parts.query or parts.fragment or RESERVED.intersection(instance.split("/")):
        raise ConfigurationError("holds what no instance of a cluster is called", where=where, hint=example)
    if parts.scheme == "grpc" and not plaintext and not is_loopback(host):
        hint = "write grpcs://, or say plaintext = true where everybody between here and there may read and change it"
        raise ConfigurationError(f"speaks to {host} without TLS", where=where, hint=hint)
    name = f"[{host}]" if ":" in host else host
    return Address(text, f"{name}:{port}", parts.scheme == "grpcs", instance)
