"""Two schemas side by side: every element that is not the same in both, by kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from protoctl.versioning.elements import oneof_name
from protoctl.versioning.matcher import Matcher
from protoctl.versioning.matching import Matched

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import (
        DescriptorProto,
        EnumDescriptorProto,
        EnumValueDescriptorProto,
        FieldDescriptorProto,
        FileDescriptorProto,
        MethodDescriptorProto,
        OneofDescriptorProto,
        ServiceDescriptorProto,
    )

    from protoctl.schema.view import Schema
    from protoctl.versioning.elements import Element, Field, File
    from protoctl.versioning.matching import Pair


@dataclass(frozen=True)
class Comparison:
    """What differs between two schemas; made by `compare_schemas`."""

    baseline: Schema
    """As it was released."""
    current: Schema
    """As it is."""
    files: Matched[FileDescriptorProto] = field(default_factory=Matched)
    messages: Matched[DescriptorProto] = field(default_factory=Matched)
    fields: Matched[FieldDescriptorProto] = field(default_factory=Matched)
    oneofs: Matched[OneofDescriptorProto] = field(default_factory=Matched)
    enums: Matched[EnumDescriptorProto] = field(default_factory=Matched)
    values: Matched[EnumValueDescriptorProto] = field(default_factory=Matched)
    extensions: Matched[FieldDescriptorProto] = field(default_factory=Matched)
    services: Matched[ServiceDescriptorProto] = field(default_factory=Matched)
    methods: Matched[MethodDescriptorProto] = field(default_factory=Matched)
    renames: dict[str, str] = field(default_factory=dict)
    """Full name in the baseline to another one in current, for messages, enums and services that are certainly the
    same, nested ones included."""
    oneof_names: dict[str, str] = field(default_factory=dict)
    """Full name of a oneof in the baseline to its name now, where that is another one."""
    counterparts: dict[Element[Any], Element[Any]] = field(default_factory=dict)
    """Every paired element of the baseline to its like in current, and the other way round."""

    def is_same_type(self, before: str, now: str) -> bool:
        """Tell whether two type names of descriptors, with leading dots, mean the same message or enum."""
        return self.renames.get(before[1:], before[1:]) == now[1:]

    def oneof_now(self, field: Field) -> str:
        """Give what the oneof around a field of the baseline is called now, though it may be gone; nothing without."""
        name = oneof_name(field)
        return self.oneof_names.get(f"{field.around.full_name}.{name}", name) if name and field.around else ""

    def is_at_home(self, pair: Pair[Any]) -> bool:
        """Tell whether a pair stands in the same file on both sides, which may have another path now."""
        return self.counterparts.get(pair.baseline.home) is pair.current.home

    def matched_in(self, file: File) -> dict[str, Element[Any]]:
        """Give what of the top of a file is on the other side too, by its name here, as it is there."""
        return {one.name: other for one, other in self.counterparts.items() if one.around is file}

    @cached_property
    def services_now(self) -> dict[str, str]:
        """Full name to path of every service of current, whatever its module."""
        files = self.current.files.values()
        return {".".join(filter(None, (file.package, one.name))): file.name for file in files for one in file.service}

    @property
    def has_any(self) -> bool:
        """Whether messages of the baseline may be packed into an Any, which names them in bytes and JSON."""
        return "google/protobuf/any.proto" in self.baseline.files

    def nearest_current(self, element: Element[Any]) -> Element[Any] | None:
        """Give what the closest surroundings of an element of the baseline are now; nothing when all is gone."""
        around = element.around
        while around is not None and around not in self.counterparts:
            around = around.around
        return self.counterparts[around] if around is not None else None


def compare_schemas(baseline: Schema, current: Schema) -> Comparison:
    """Match two schemas.

    Files are matched by path within a module; those that nobody owns are imports, and only looked at where both sides
    have them. A file or symbol that is in another module than before counts as deleted there and added here.
    """
    comparison = Comparison(baseline, current)
    Matcher(comparison).match_files()
    return comparison
