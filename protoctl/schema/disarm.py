"""Comments that a generator for Python prints as they are, made harmless within a string in triple quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FileDescriptorProto, ServiceDescriptorProto

from protoctl.schema.view import SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from google.protobuf.descriptor_pb2 import SourceCodeInfo

METHOD = ServiceDescriptorProto.METHOD_FIELD_NUMBER


def disarm_docstrings(file: FileDescriptorProto) -> None:
    """Change every comment: the gRPC plugin prints those of services unescaped (grpc#43022)."""
    for location in file.source_code_info.location:
        rewrite(location, escape)


def disarm_deprecations(file: FileDescriptorProto) -> None:
    """Change comments on options, and on methods that are deprecated: mypy-protobuf makes warnings of them, unescaped.

    It prints the comment of a method as documentation too, and escapes it there.
    """
    for location in file.source_code_info.location:
        if is_option(location.path):
            rewrite(location, escape)
        elif is_deprecated_method(file, location.path):
            rewrite(location, lambda text: text.replace('"""', "'''"))


def rewrite(location: SourceCodeInfo.Location, change: Callable[[str], str]) -> None:
    """Change the comments of a location."""
    if location.leading_comments:
        location.leading_comments = change(location.leading_comments)
    if location.trailing_comments:
        location.trailing_comments = change(location.trailing_comments)
    location.leading_detached_comments[:] = [change(text) for text in location.leading_detached_comments]


def escape(text: str) -> str:
    """Give text that cannot end a Python string in triple quotes, nor begin an escape."""
    return text.replace("\\", "\\\\").replace('"""', r"\"\"\"")


def is_option(path: Sequence[int]) -> bool:
    """Tell whether a location is an option or within one."""
    descriptor = FileDescriptorProto.DESCRIPTOR
    steps = iter(path)
    for number in steps:
        field = descriptor.fields_by_number.get(number)
        if not field or not field.message_type:
            return False
        if field.name == "options":
            return True
        descriptor = field.message_type
        next(steps, None)
    return False


def is_deprecated_method(file: FileDescriptorProto, path: Sequence[int]) -> bool:
    """Tell whether a location is a method of which Python is to warn."""
    match list(path):
        case [first, at, second, inner] if (first, second) == (SERVICE, METHOD):
            methods = file.service[at].method if at < len(file.service) else ()
            return inner < len(methods) and (file.options.deprecated or methods[inner].options.deprecated)
        case _:
            return False
