"""Which element of the current schema is which of the baseline: by name, and by what cannot be a coincidence.

Only what differs is looked at: a file, message, enum or service whose descriptor and inherited features are equal on
both sides is left out with everything in it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from google.protobuf.descriptor_pb2 import DescriptorProto

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from protoctl.versioning.elements import Element

D = TypeVar("D")


@dataclass(frozen=True, slots=True, eq=False)
class Pair(Generic[D]):
    """One element in both schemas."""

    baseline: Element[D]
    """As it was."""
    current: Element[D]
    """As it is."""

    @property
    def is_equal(self) -> bool:
        """Whether descriptor, inherited features and file are the same."""
        before, now = self.baseline, self.current
        return (
            before.features == now.features
            and before.file.name == now.file.name
            and before.file.package == now.file.package
            and before.descriptor == now.descriptor
        )


@dataclass(frozen=True, slots=True)
class Matched(Generic[D]):
    """What became of the elements of one kind."""

    pairs: list[Pair[D]] = field(default_factory=list)
    """The same in both by name, where something differs; top-level ones may stand in another file of the module."""
    renamed: list[Pair[D]] = field(default_factory=list)
    """The same under another name, where that is certain; they are among no other list."""
    added: list[Element[D]] = field(default_factory=list)
    """New; nothing within a new element is listed."""
    deleted: list[Element[D]] = field(default_factory=list)
    """Gone; nothing within a deleted element is listed."""

    @property
    def both(self) -> list[Pair[D]]:
        """Every pair, renamed ones after the others."""
        return [*self.pairs, *self.renamed]


Same = tuple[list[Pair[D]], "list[Element[D]]", "list[Element[D]]"]


def match(
    baseline: Iterable[Element[D]], current: Iterable[Element[D]], key: Callable[[Element[D]], Hashable]
) -> Same[D]:
    """Pair elements whose keys are equal; give pairs, the rest of the baseline and the rest of current.

    A key that several elements of one side share pairs nothing: it proves nothing. The key None pairs nothing either.
    """
    before, now = list(baseline), list(current)
    if not before or not now:
        return [], before, now
    left, right = by_key(before, key), by_key(now, key)
    pairs = [
        Pair(ours[0], right[one][0])
        for one, ours in left.items()
        if one is not None and len(ours) == 1 and len(right.get(one, ())) == 1
    ]
    paired = {id(side) for pair in pairs for side in (pair.baseline, pair.current)}
    deleted = [one for group in left.values() for one in group if id(one) not in paired]
    added = [one for group in right.values() for one in group if id(one) not in paired]
    return pairs, deleted, added


def by_key(elements: Iterable[Element[D]], key: Callable[[Element[D]], Hashable]) -> dict[Hashable, list[Element[D]]]:
    """Give elements grouped by a key, in order."""
    groups: dict[Hashable, list[Element[D]]] = defaultdict(list)
    for one in elements:
        groups[key(one)].append(one)
    return dict(groups)


def by_shape(element: Element[Any]) -> Hashable:
    """Give all that a descriptor says but its name; nothing for an empty one, which proves nothing.

    What refers to the element itself or to something within it, like a map to its entry, counts as the same too.
    """
    if not any(field.name != "name" for field, _ in element.descriptor.ListFields()):
        return None
    nameless = type(element.descriptor)()
    nameless.CopyFrom(element.descriptor)
    nameless.ClearField("name")
    if isinstance(nameless, DescriptorProto):
        clear_own_name(nameless, f".{element.full_name}")
    return nameless.SerializeToString(deterministic=True)  # type: ignore[no-any-return]


def clear_own_name(message: DescriptorProto, name: str) -> None:
    """Leave a message's own full name out of the types of its fields."""
    for one in (*message.field, *message.extension):
        for attribute in ("type_name", "extendee"):
            written = getattr(one, attribute)
            if written == name or written.startswith(f"{name}."):
                setattr(one, attribute, written.removeprefix(name))
    for nested in message.nested_type:
        clear_own_name(nested, name)
