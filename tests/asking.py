"""Asking servers as indexes do, with the limits and variables of a test."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from protoctl.indexes.access.credentials import Door, Keys
from protoctl.indexes.access.exchange import Limits
from protoctl.indexes.access.transport import Transport

if TYPE_CHECKING:
    from scripted_server import ScriptedServer

    from protoctl.indexes import Surroundings

QUICK = Limits(connect=2, read=2, total=10, fetch=10, store=10, upload=20, retries=1, backoff=0)
"""Limits that no test waits long for."""


class Asker:
    """Asks servers with limits and variables of a test."""

    def __init__(self, surroundings: Surroundings) -> None:
        """Take where they are asked from."""
        self.surroundings = surroundings

    def transport(self, server: ScriptedServer, variables: dict[str, str] | None = None, **limits: Any) -> Transport:  # noqa: ANN401  numbers
        """Give how an index called `shop` at `/simple/` of a server is asked."""
        environment = {**self.surroundings.environment, **(variables or {})}
        door = Door("shop", "pypi", f"{server.url}/simple/", "", self.surroundings.root)
        changed = replace(QUICK, **limits)
        return Transport(Keys(door, environment), changed, environment)
