"""What a target asks of the compiler: plugins, their options, and the files that each may write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from protoctl.schema.trim import Comments

PROTOC = "protoc"


@dataclass(frozen=True)
class Plugin:
    """A set of generators that run together in one process."""

    name: str
    """Unique; part of no output."""
    component: str
    """The part of the toolchain that holds them."""
    arguments: tuple[str, ...]
    """protoc's options, like `--python_out=out`; for another tool the parts of its parameter."""
    comments: Comments
    """Which comments they print."""
    outputs: Callable[[str], tuple[str, ...]]
    """Path of a proto to the paths that may be written for it; anything else is refused."""
    tool: str = PROTOC
    """What is started: protoc, or a plugin, to which protoc would only pass on what it is given."""
    weight: int = 1
    """Milliseconds for 10,000 bytes of descriptors, about, by which work is divided."""
    int64_as_string: bool = False
    """Whether 64-bit integers are to be strings in JavaScript."""
    custom_options: bool = True
    """Whether they print what options say that protos declare."""
    prefix: str = ""
    """The folder that own protos are moved below before they are generated, or nothing."""


@dataclass(frozen=True)
class Job:
    """One module's share of a plugin's work."""

    module: str
    """Name of the module."""
    plugin: Plugin
    """What generates."""
    files: tuple[str, ...]
    """Paths of the protos to generate for, sorted, as the schema lists them."""
