"""Who refers to which type: where all users of one refer to another now, that is the same under another name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from protoctl.schema.view import messages_of, services_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.descriptor_pb2 import FileDescriptorProto


def successors(before: Iterable[FileDescriptorProto], now: Iterable[FileDescriptorProto]) -> dict[str, str]:
    """Give each type that has other users no more to the one that all of them refer to now, both by full name.

    A type that several others led to, or to which some still lead, succeeds none.
    """
    old, new = ({user: name for file in files for user, name in uses_of(file)} for files in (before, now))
    followers: dict[str, set[str]] = defaultdict(set)
    leaders: dict[str, set[str]] = defaultdict(set)
    for user in old.keys() & new.keys():
        followers[old[user]].add(new[user])
        leaders[new[user]].add(old[user])
    single = {name: next(iter(names)) for name, names in followers.items() if len(names) == 1}
    return {name: follower for name, follower in single.items() if name != follower and len(leaders[follower]) == 1}


def uses_of(file: FileDescriptorProto) -> Iterator[tuple[tuple[str, str], str]]:
    """Give what refers to a type, a field or one side of a method, and the type's full name."""
    for message in messages_of(file):
        for field in message.descriptor.field:
            if field.type_name:
                yield (message.full_name, f"{field.name} = {field.number}"), field.type_name[1:]
    for service in services_of(file):
        for method in service.descriptor.method:
            yield (service.full_name, f"takes {method.name}"), method.input_type[1:]
            yield (service.full_name, f"gives {method.name}"), method.output_type[1:]
