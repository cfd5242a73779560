"""Comments by what they are about, so that those of two files can be compared though places differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protoctl.schema.view import commented_locations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.schema.view import Path

Texts = tuple[str, str, tuple[str, ...]]
"""A leading, a trailing and detached comments."""
Subject = tuple[int | str, ...]
"""A location path with names in place of indexes, as far as there are names."""


def has_new_comments(before: FileDescriptorProto, now: FileDescriptorProto) -> bool:
    """Tell whether comments or their places differ; a file that was compiled without them has none to compare."""
    if not before.source_code_info.location or not now.source_code_info.location:
        return False
    return raw_comments(before) != raw_comments(now)


def raw_comments(file: FileDescriptorProto) -> dict[Path, Texts]:
    """Give every comment of a file by the location that it belongs to."""
    return {
        tuple(one.path): (one.leading_comments, one.trailing_comments, tuple(one.leading_detached_comments))
        for one in commented_locations(file)
    }


def changed_comments(before: FileDescriptorProto, now: FileDescriptorProto) -> list[Subject]:
    """Give what is in both files and has other comments, in the order of current; space does not count.

    The same comments one after the other are taken for the same on everything: what moved between them is told as such.
    """
    if not before.source_code_info.location or not now.source_code_info.location:
        return []
    raw = raw_comments(before), raw_comments(now)
    if list(raw[0].values()) == list(raw[1].values()):
        return []
    old, new = comments_of(before, raw[0]), comments_of(now, raw[1])
    return [
        one
        for one in {**new, **old}
        if old.get(one) != new.get(one) and (one in old or is_there(before, one)) and (one in new or is_there(now, one))
    ]


def comments_of(file: FileDescriptorProto, raw: Mapping[Path, Texts]) -> dict[Subject, tuple[str, ...]]:
    """Give the comments of a file by what they are about."""
    return {
        subject_of(file, path): tuple(map(stripped, (leading, trailing, *detached)))
        for path, (leading, trailing, detached) in raw.items()
    }


def stripped(text: str) -> str:
    """Give a comment without the space around its lines."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def subject_of(file: FileDescriptorProto, path: Path) -> Subject:
    """Give what a location is about."""
    subject: list[int | str] = []
    scope: Any = file
    for at, step in enumerate(path):
        if at % 2 and scope is not None and 0 <= step < len(scope):
            scope = scope[step]
            subject.append(getattr(scope, "name", "") or step)
        else:
            scope = declared(scope, step) if not at % 2 else None
            subject.append(step)
    return tuple(subject)


def declared(scope: Any, tag: int) -> Any:  # noqa: ANN401  a list of descriptors of any kind
    """Give what a descriptor declares under one of its fields; nothing where that is no list of descriptors."""
    field = scope.DESCRIPTOR.fields_by_number.get(tag) if hasattr(scope, "DESCRIPTOR") else None
    if field is None or not field.is_repeated or field.message_type is None:
        return None
    return getattr(scope, field.name)


def is_there(file: FileDescriptorProto, subject: Subject) -> bool:
    """Tell whether a file declares what a subject names; what has no name is not looked for, but what is around it."""
    scope: Any = file
    for at in range(0, len(subject) - 1, 2):
        tag, name = subject[at], subject[at + 1]
        if not isinstance(name, str) or not isinstance(tag, int):
            break
        scope = next((one for one in declared(scope, tag) or () if one.name == name), None)
        if scope is None:
            return False
    return True


def spelled(subject: Subject) -> str:
    """Give the names of a subject, like `User.name`; nothing for the file itself."""
    return ".".join(one for one in subject if isinstance(one, str))
