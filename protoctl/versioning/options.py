"""Options that somebody declared as extensions of those of descriptor.proto: what is written, and what it is called.

A compiled schema keeps them as unknown fields; names and types are read from the definitions in the schema itself, so
that nothing need be known about anybody's options.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from google.protobuf.unknown_fields import UnknownFieldSet

from protoctl.schema.view import messages_of, without_source_info

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
    from google.protobuf.message import Message

    from protoctl.schema.view import Schema

Raw = tuple[Any, ...]
"""Wire types and values of one option, in order."""
PREFIX = ".google.protobuf."


class OptionReader:
    """Reads the custom options of one schema."""

    def __init__(self, schema: Schema) -> None:
        """Take a schema; its definitions are looked for when the first value is asked for."""
        self.schema = schema

    @cached_property
    def definers(self) -> dict[tuple[str, int], str]:
        """Options message, like `FieldOptions`, and number of an option to its full name."""
        return {
            (one.extendee.removeprefix(PREFIX), one.number): ".".join(filter(None, (scope, one.name)))
            for file in self.schema.files.values()
            for scope, extensions in extensions_by_scope(file)
            for one in extensions
            if is_option(one)
        }

    @cached_property
    def pool(self) -> descriptor_pool.DescriptorPool | None:
        """The definitions linked with all that they refer to; nothing when the runtime cannot link them."""
        pool = descriptor_pool.DescriptorPool()
        files = [
            path
            for path, file in self.schema.files.items()
            if any(is_option(one) for _, extensions in extensions_by_scope(file) for one in extensions)
        ]
        try:
            for path in self.schema.closure(files):
                pool.AddSerializedFile(without_source_info(self.schema.files[path]).SerializeToString())
        except TypeError:
            return None
        return pool

    def name_of(self, kind: str, number: int) -> str:
        """Give the full name of an option of a kind of options, its number where the schema does not define it."""
        return self.definers.get((kind, number), str(number))

    def text_of(self, options: Message, number: int) -> str:
        """Give the value of an option as text format writes it on one line; nothing when unset or unknown."""
        kind = options.DESCRIPTOR.name
        if self.pool is None or (kind, number) not in self.definers:
            return ""
        read = message_factory.GetMessageClass(self.pool.FindMessageTypeByName(options.DESCRIPTOR.full_name))
        parsed = read.FromString(options.SerializeToString())
        values = [(field, value) for field, value in parsed.ListFields() if field.number == number]
        return " ".join(spelled(field, value) for field, value in values)


def is_option(extension: FieldDescriptorProto) -> bool:
    """Tell whether an extension declares a custom option."""
    return extension.extendee.startswith(PREFIX)


def extensions_by_scope(file: FileDescriptorProto) -> Iterable[tuple[str, Any]]:
    """Give the full name of a file's package and messages with the extensions that each declares."""
    yield file.package, file.extension
    for message in messages_of(file):
        yield message.full_name, message.descriptor.extension


def spelled(field: Any, value: Any) -> str:  # noqa: ANN401  a field of any type
    """Give one option's value as text, an enum's by its name."""
    values = value if field.is_repeated else [value]
    texts = []
    for one in values:
        if field.message_type:
            texts.append("{" + text_format.MessageToString(one, as_one_line=True) + "}")
        elif field.enum_type:
            known = field.enum_type.values_by_number.get(one)
            texts.append(known.name if known else str(one))
        else:
            texts.append(f'"{one}"' if isinstance(one, str) else repr(one))
    return ", ".join(texts)


def custom_options(options: Message) -> dict[int, Raw]:
    """Give the custom options that an options message holds, by number."""
    if not options.ByteSize():
        return {}
    blank = blank_class(options.DESCRIPTOR.full_name).FromString(options.SerializeToString())
    result: dict[int, Raw] = {}
    for field in UnknownFieldSet(blank):  # type: ignore[attr-defined]
        result[field.field_number] = (*result.get(field.field_number, ()), field.wire_type, plain(field.data))
    return result


def plain(data: Any) -> Any:  # noqa: ANN401  a number, bytes or a group
    """Give the value of an unknown field as something that can be compared."""
    if isinstance(data, UnknownFieldSet):
        return tuple((field.field_number, field.wire_type, plain(field.data)) for field in data)  # type: ignore[attr-defined]
    return data


@cache
def blank_class(name: str) -> Any:  # noqa: ANN401  made at run time
    """Give the class of an options message that knows no custom option, whatever was imported into this process."""
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(descriptor_pb2.DESCRIPTOR.serialized_pb)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
