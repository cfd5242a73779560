"""Where an edit of a schema is made: at a message, field, enum, service or method, each chosen at random."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from fuzz.schemas import Enum, Field, Message, Method, Protos, Service

    Edit = Callable[[Random, Protos], Protos]

T = TypeVar("T")


def put(values: tuple[T, ...], at: int, value: T) -> tuple[T, ...]:
    """Give the values with another one at a place."""
    return (*values[:at], value, *values[at + 1 :])


def drop(rng: Random, values: tuple[T, ...]) -> tuple[T, ...]:
    """Give the values without one of them."""
    if not values:
        return values
    at = rng.randrange(len(values))
    return values[:at] + values[at + 1 :]


def mix(rng: Random, values: tuple[T, ...]) -> tuple[T, ...]:
    """Give the values in another order."""
    return tuple(rng.sample(values, len(values)))


def at_message(change: Callable[[Random, Protos, Message], Message]) -> Edit:
    """Give an edit of a message at random."""

    def edit(rng: Random, protos: Protos) -> Protos:
        at = rng.randrange(len(protos.messages))
        return replace(protos, messages=put(protos.messages, at, change(rng, protos, protos.messages[at])))

    return edit


def at_field(change: Callable[[Random, Protos, Field], Field]) -> Edit:
    """Give an edit of a field at random; nothing happens where the message that is hit has none."""

    def inside(rng: Random, protos: Protos, message: Message) -> Message:
        if not message.fields:
            return message
        at = rng.randrange(len(message.fields))
        return replace(message, fields=put(message.fields, at, change(rng, protos, message.fields[at])))

    return at_message(inside)


def at_enum(change: Callable[[Random, Protos, Enum], Enum]) -> Edit:
    """Give an edit of an enum at random."""

    def edit(rng: Random, protos: Protos) -> Protos:
        at = rng.randrange(len(protos.enums))
        return replace(protos, enums=put(protos.enums, at, change(rng, protos, protos.enums[at])))

    return edit


def at_service(change: Callable[[Random, Protos, Service], Service]) -> Edit:
    """Give an edit of the service; nothing happens where there is none."""

    def edit(rng: Random, protos: Protos) -> Protos:
        return replace(protos, services=tuple(change(rng, protos, one) for one in protos.services))

    return edit


def at_method(change: Callable[[Random, Protos, Method], Method]) -> Edit:
    """Give an edit of a method at random."""

    def inside(rng: Random, protos: Protos, service: Service) -> Service:
        if not service.methods:
            return service
        at = rng.randrange(len(service.methods))
        return replace(service, methods=put(service.methods, at, change(rng, protos, service.methods[at])))

    return at_service(inside)


def kinds_of(protos: Protos) -> tuple[str, ...]:
    """Give the names of all messages and enums."""
    return (*(one.name for one in protos.messages), *(one.name for one in protos.enums))
