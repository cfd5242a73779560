"""Addresses of indexes: which are taken, and how they are shown."""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit

from protoctl.errors import ConfigurationError

PORTS = {"http": 80, "https": 443}


def check_address(name: str, url: str, setting: str = "url") -> str:
    """Give an address of an index; raises ConfigurationError, which names the setting, unless it is plain http(s)."""
    where = f"protoctl.toml: indexes.{name}.{setting}"
    parts = split_address(url)
    if parts is None:
        raise ConfigurationError(
            f"{without_userinfo(url)!r} is no http or https address",
            where=where,
            hint='write https://HOST/PATH, or kind = "directory" for a folder',
        )
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(
            "holds a user name or password: protoctl.toml is committed, and addresses are shown in messages and logs",
            where=where,
            hint=f"take it out and set {variable(name, 'USERNAME')} and {variable(name, 'PASSWORD')}",
        )
    if parts.query or parts.fragment:
        raise ConfigurationError("holds a query or fragment, which no index has", where=where)
    return url


def variable(name: str, what: str) -> str:
    """Give the environment variable of an index for `USERNAME`, `PASSWORD` or `TOKEN`."""
    return f"PROTOCTL_INDEX_{name.upper().replace('-', '_')}_{what}"


def split_address(url: str) -> SplitResult | None:
    """Give the parts of an http or https address, or None for anything else."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if known and url.isprintable() else None


def join_address(base: str, target: str) -> str:
    """Give what an address means beside another one, or the address as it is when it means nothing."""
    try:
        return urljoin(base, target)
    except ValueError:
        return target


def origin(url: str) -> tuple[str, str, int]:
    """Give scheme, host and port of an address that was taken (RFC 6454)."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme]


def shown(url: str) -> str:
    """Give an address for people: without user, and without a query, which may be a signature that opens doors."""
    return without_userinfo(url).partition("?")[0].partition("#")[0]


def without_userinfo(url: str) -> str:
    """Give any text that may be an address without what stands before the last @ of its host."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return url.rpartition("@")[2]
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
