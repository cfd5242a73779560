"""Names of hosts."""

from __future__ import annotations

import pytest

from protoctl.kit.hosts import is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "10.0.0.1", "shop.example"])
def test_this_machine_is_known(host: str) -> None:
    assert is_loopback(host) == (host in {"127.0.0.1", "::1", "localhost"})
