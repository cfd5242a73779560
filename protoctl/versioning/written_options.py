"""Options as somebody wrote them: an option that says what holds anyway is another text and the same meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protoctl.kit.text import listing

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from protoctl.versioning.matching import Pair


def rewritten_options(pair: Pair[Any]) -> list[str]:
    """Give the names of the options of descriptor.proto that are written otherwise, in the order of their numbers."""
    before, now = pair.baseline.descriptor, pair.current.descriptor
    if not before.HasField("options") and not now.HasField("options"):
        return []
    old, new = written(before.options), written(now.options)
    return [name for number, name in sorted({**old, **new}) if old.get((number, name)) != new.get((number, name))]


def written(options: Message) -> dict[tuple[int, str], object]:
    """Give the options of descriptor.proto that are written, by number and name; custom ones are not among them."""
    return {(field.number, field.name): value for field, value in options.ListFields() if not field.is_extension}


def told_options(names: list[str]) -> str:
    """Give one name or more as a person says them, like `options lazy and debug_redact`."""
    return f"option{'s' if names[1:] else ''} {listing(names)}"
