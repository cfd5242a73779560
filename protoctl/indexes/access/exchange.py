"""What is asked of a server, what it may take, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What an index may take."""

    connect: float = 10
    """Seconds to connect."""
    read: float = 20
    """Seconds without a byte."""
    total: float = 60
    """Seconds for an answer, all attempts together."""
    fetch: float = 300
    """Seconds for a package, all attempts together."""
    store: float = 120
    """Seconds without a byte after something was sent: some servers unpack a package before they answer."""
    upload: float = 600
    """Seconds to hand something over, all attempts together."""
    page: int = 64 << 20
    """Bytes of an answer."""
    file: int = 512 << 20
    """Bytes of a package."""
    redirects: int = 5
    """How often an answer may send elsewhere."""
    retries: int = 3
    """Attempts after the first."""
    backoff: float = 0.5
    """Seconds before the third attempt are twice this, and double with each; the second comes at once."""


@dataclass(frozen=True)
class Message:
    """What is sent along with a request."""

    method: str
    """`POST` or `PUT`."""
    media_type: str
    """Of the body, with its parameters."""
    body: bytes
    """The same in every attempt."""


@dataclass(frozen=True)
class Question:
    """What is asked for, or sent."""

    url: str
    """An http or https address."""
    accept: str
    """The media types that are understood."""
    seconds: float
    """Time for all attempts together."""
    limit: int
    """Bytes that the answer may have; 0 when only the status matters."""
    message: Message | None = None
    """What is sent; without one it is asked for."""
    absence: frozenset[int] = frozenset({404})
    """Statuses that mean that there is no such thing."""
    is_for_home: bool = False
    """Whether only the index's own host can answer; one that sends elsewhere has no such thing."""


@dataclass(frozen=True)
class Answer:
    """What a server said: that there is something, or that there is not."""

    url: str
    """Where it came from in the end."""
    is_found: bool
    """Whether there is such a thing: status 200, else 404; of what was sent, that it was taken."""
    media_type: str
    """Like `text/html`, without parameters; empty when the server does not tell."""
    body: bytes
    """What it holds, decoded; also of a 404."""


class NonsenseError(ValueError):
    """An answer that no index of its kind gives."""
