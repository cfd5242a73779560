"""How far a difference between two schemas reaches: whom it affects, and which version step that takes."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import NamedTuple


class Change(IntEnum):
    """A version step; a larger one compares greater."""

    NONE = 0
    """Nothing that a consumer could notice."""
    PATCH = 1
    """Nothing that a consumer's code or data could depend on: comments, order, options of other languages."""
    MINOR = 2
    """Something new; what works goes on working."""
    MAJOR = 3
    """Something that works can stop working."""

    def __str__(self) -> str:
        """Give the word that reports use, like `minor`."""
        return self.name.lower()


class Consumer(Enum):
    """Who depends on a schema."""

    WIRE = "wire"
    """Bytes already stored or in flight, and the paths of gRPC."""
    JSON = "json"
    """The JSON mapping of protobuf and the routes of `google.api.http`."""
    PYTHON = "python"
    """Code against the Python stubs."""
    NODE = "node"
    """Code against the Node stubs."""


class Effect(IntEnum):
    """What a difference does to one consumer; a worse one compares greater."""

    SAFE = 0
    """Nothing stops working."""
    CONDITIONAL = 1
    """Depends on values or on how strict the other side is."""
    BREAK = 2
    """Stops working."""


class Effects(NamedTuple):
    """The effect on each consumer."""

    wire: Effect = Effect.SAFE
    json: Effect = Effect.SAFE
    python: Effect = Effect.SAFE
    node: Effect = Effect.SAFE

    def of(self, consumer: Consumer) -> Effect:
        """Give the effect on one consumer."""
        return getattr(self, consumer.value)  # type: ignore[no-any-return]

    def worst(self, other: Effects) -> Effects:
        """Give the worse of two for each consumer."""
        return Effects(*map(max, self, other))


HARMLESS = Effects()
"""Nothing stops working for anybody."""
