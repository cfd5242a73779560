"""Symbols that protos of others may name, or may not, since edition 2024.

https://protobuf.dev/editions/features#default_symbol_visibility
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from google.protobuf.descriptor_pb2 import Edition, SymbolVisibility

from protoctl.differences.rule import CONDITIONAL, Rule
from protoctl.kit.text import listing
from protoctl.model.change import Change, Effects
from protoctl.versioning.elements import enums_in, messages_in
from protoctl.versioning.features import edition_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Enum, File, Message

LOCAL = Rule(
    "symbol-local",
    "A message or enum may no longer be named by other files: protos of others that do no longer compile",
    Change.MAJOR,
    Effects(python=CONDITIONAL, node=CONDITIONAL),
)
EXPORTED = Rule("symbol-exported", "A message or enum may be named by other files", Change.MINOR)
RULES = (LOCAL, EXPORTED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give files of which other symbols are visible than before, as far as a compiled schema tells."""
    for pair in comparison.files.both:
        if all(edition_number(side.descriptor) < Edition.EDITION_2024 for side in (pair.baseline, pair.current)):
            continue
        before, now = visibilities(pair.baseline), visibilities(pair.current)
        shared = [name for name in now if name in before]
        local = [name for name in shared if is_closed(before[name], now[name])]
        exported = [name for name in shared if is_closed(now[name], before[name])]
        for rule, words, names in ((LOCAL, "makes local", local), (EXPORTED, "exports", exported)):
            if names:
                yield rule.on_pair(comparison, pair, f"file {pair.current.full_name} {words} {listing(names)}")


class Visibility(NamedTuple):
    """Whether other files may name a symbol."""

    is_exported: bool | None
    """Nothing when it depends on a feature that no compiled schema holds."""
    is_written: bool
    """Whether the symbol says so itself."""


def is_closed(before: Visibility, now: Visibility) -> bool:
    """Tell whether a symbol is visible no more; `export` that is written no more counts where the rest is unknown."""
    if now.is_exported is None:
        return before == Visibility(is_exported=True, is_written=True)
    return now.is_exported is False and before.is_exported is not False


def visibilities(file: File) -> dict[str, Visibility]:
    """Give every message and enum of a file by its name within the package."""
    return {one.relative_name: visibility_of(one) for one in symbols_in(file)}


def symbols_in(around: File | Message) -> Iterator[Message | Enum]:
    """Give the messages and enums within something, however deep."""
    yield from enums_in(around)
    for message in messages_in(around):
        yield message
        yield from symbols_in(message)


def visibility_of(symbol: Message | Enum) -> Visibility:
    """Give whether other files may name a symbol: as it says itself, else as the file's edition says for all.

    A file may say otherwise for all by `default_symbol_visibility`, which compilers leave out of what they write
    (RETENTION_SOURCE), but not the features that held it.
    """
    written = symbol.descriptor.visibility
    if written != SymbolVisibility.VISIBILITY_UNSET:
        return Visibility(written == SymbolVisibility.VISIBILITY_EXPORT, is_written=True)
    if edition_number(symbol.file) < Edition.EDITION_2024:
        return Visibility(is_exported=True, is_written=False)
    if symbol.file.options.HasField("features"):
        return Visibility(is_exported=None, is_written=False)
    return Visibility(symbol.around is symbol.home, is_written=False)
