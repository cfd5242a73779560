"""What a container of ours may do, and what the way it ended means; the engine's client is elsewhere."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import Any

from protoctl.errors import EngineError, ToolError
from protoctl.runners.exchange import RESPONSE_LIMIT


@dataclass(frozen=True)
class Limits:
    """How much of a container's answer is waited for."""

    seconds: float = 600
    """Without any answer; the image's entry point ends itself at 1800."""
    output: int = RESPONSE_LIMIT
    """Bytes of one answer."""


MEMORY = 4 << 30
"""Bytes, files in /tmp included; 200,000 enum values take 0.7 GiB."""
USER = "65534:65534"
ENVIRONMENT = {"HOME": "/tmp", "LC_ALL": "C.UTF-8", "TZ": "UTC"}  # noqa: S108  in the container
RIGHTS: dict[str, Any] = {
    "NetworkMode": "none",
    "ReadonlyRootfs": True,
    "Tmpfs": {"/tmp": f"rw,nosuid,nodev,noexec,size={MEMORY // 2},mode=1777"},  # noqa: S108
    "CapDrop": ["ALL"],
    "SecurityOpt": ["no-new-privileges"],
    "IpcMode": "none",
    "Init": True,
    "PidsLimit": 512,
    "Memory": MEMORY,
    "MemorySwap": MEMORY,
    "Ulimits": [
        {"Name": "core", "Soft": 0, "Hard": 0},
        {"Name": "fsize", "Soft": MEMORY, "Hard": MEMORY},
        {"Name": "nofile", "Soft": 4096, "Hard": 4096},
    ],
    "LogConfig": {"Type": "none", "Config": {}},
}
"""HostConfig of the engine's API (docs.docker.com/reference/api/engine, ContainerCreate): nothing but a /tmp in memory
can be written, nothing that is written can be executed, and nobody can be reached."""


def check_end(code: int, messages: str, *, out_of_memory: bool) -> None:
    """Raise EngineError for a container that did not end well, ToolError when only its program failed."""
    if out_of_memory:
        hint = "build fewer modules at once, or use --runner local, which has no such limit"
        raise EngineError(f"the container ran out of memory ({MEMORY >> 30} GiB)", said=messages, hint=hint)
    if code in {126, 127}:
        raise EngineError("the image cannot start its program", said=messages, hint="run `protoctl lock --image`")
    if code == 128 + signal.SIGKILL:
        raise EngineError("the container was killed", said=messages, hint="run again, or use --runner local")
    if code:
        raise ToolError(f"the toolchain's driver failed with {code}", said=messages)
