"""Resolved features: what a proto's syntax, edition and options say about how a thing behaves.

https://protobuf.dev/editions/features and https://protobuf.dev/editions/implementation#feature-resolution; the defaults
of each edition are read from descriptor.proto itself. proto2 and proto3 are editions too, and what they write as
`required`, `optional`, `group` or `packed` is told by descriptors, not by features.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from google.protobuf.descriptor_pb2 import Edition, FeatureSet

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

IMPLICIT, REQUIRED = FeatureSet.IMPLICIT, FeatureSet.LEGACY_REQUIRED
DELIMITED, PACKED = FeatureSet.DELIMITED, FeatureSet.PACKED


class Features(NamedTuple):
    """The features that act on data or code, as numbers of descriptor.proto's enums."""

    field_presence: int
    enum_type: int
    repeated_field_encoding: int
    utf8_validation: int
    message_encoding: int
    json_format: int

    def within(self, options: Any) -> Features:  # noqa: ANN401  every kind of element has its own options
        """Give the features of something that stands within this and writes some of its own in its options."""
        if not options.HasField("features"):
            return self
        written = options.features
        own = {name: getattr(written, name) for name in self._fields if written.HasField(name)}
        return self._replace(**own)


@cache
def defaults_of(edition: int) -> Features:
    """Give the defaults of an edition, by its number in descriptor.proto."""
    return Features(*(default_of(name, edition) for name in Features._fields))


def default_of(feature: str, edition: int) -> int:
    """Give the default that the last edition up to this one brought."""
    field = FeatureSet.DESCRIPTOR.fields_by_name[feature]
    known = [one for one in field.GetOptions().edition_defaults if one.edition <= edition]
    value: str = max(known, key=lambda one: one.edition).value
    return field.enum_type.values_by_name[value].number  # type: ignore[union-attr]


def edition_number(file: FileDescriptorProto) -> int:
    """Give the number of a file's edition; proto2 and proto3 have their own."""
    if file.syntax == "editions":
        return file.edition
    return Edition.EDITION_PROTO3 if file.syntax == "proto3" else Edition.EDITION_PROTO2


def features_of(file: FileDescriptorProto) -> Features:
    """Give what holds at the top of a file."""
    return defaults_of(edition_number(file)).within(file.options)
