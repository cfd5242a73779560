"""What a host's name tells."""

from __future__ import annotations

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, so that what is said to it reaches nobody else."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
