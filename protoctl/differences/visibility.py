"""Symbols that protos of others may name, or may not, since edition 2024.

https://protobuf.dev/editions/features#default_symbol_visibility
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import DescriptorProto, Edition, FeatureSet, SymbolVisibility

from protoctl.differences.rule import CONDITIONAL, Rule
from protoctl.kit.text import listing
from protoctl.model.change import Change, Effects
from protoctl.versioning.elements import enums_in, messages_in
from protoctl.versioning.features import default_of, edition_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Enum, File, Message

Feature = FeatureSet.VisibilityFeature
LOCAL = Rule(
    "symbol-local",
    "A message or enum may no longer be named by other files: protos of others that do no longer compile",
    Change.MAJOR,
    Effects(python=CONDITIONAL, node=CONDITIONAL),
)
EXPORTED = Rule("symbol-exported", "A message or enum may be named by other files", Change.MINOR)
RULES = (LOCAL, EXPORTED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give files of which other symbols are visible than before, whether one says so or the file for all."""
    for pair in comparison.files.both:
        if all(edition_number(side.descriptor) < Edition.EDITION_2024 for side in (pair.baseline, pair.current)):
            continue
        before, now = exported(pair.baseline), exported(pair.current)
        changed = [name for name, is_exported in now.items() if before.get(name, is_exported) != is_exported]
        for rule, words in ((LOCAL, "makes local"), (EXPORTED, "exports")):
            names = [name for name in changed if now[name] == (rule is EXPORTED)]
            if names:
                yield rule.on_pair(comparison, pair, f"file {pair.current.full_name} {words} {listing(names)}")


def exported(file: File) -> dict[str, bool]:
    """Give every message and enum of a file by its name within the package: whether other files may name it."""
    default = default_visibility(file.descriptor)
    return {one.relative_name: is_exported(one, default) for one in symbols_in(file)}


def symbols_in(around: File | Message) -> Iterator[Message | Enum]:
    """Give the messages and enums within something, however deep."""
    yield from enums_in(around)
    for message in messages_in(around):
        yield message
        yield from symbols_in(message)


def is_exported(symbol: Message | Enum, default: int) -> bool:
    """Tell whether other files may name a symbol: as it says itself, else as its file says for all."""
    if symbol.descriptor.visibility != SymbolVisibility.VISIBILITY_UNSET:
        return symbol.descriptor.visibility == SymbolVisibility.VISIBILITY_EXPORT
    is_nested = isinstance(symbol.scope.descriptor, DescriptorProto)
    return default == Feature.EXPORT_ALL or (default == Feature.EXPORT_TOP_LEVEL and not is_nested)


def default_visibility(file: FileDescriptorProto) -> int:
    """Give what a file says of its symbols, or its edition."""
    written: int = file.options.features.default_symbol_visibility
    return written or default_of("default_symbol_visibility", edition_number(file))
