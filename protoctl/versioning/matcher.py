"""Which element of the current schema is which of the baseline: files first, then symbols, then what is within them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FileDescriptorProto

from protoctl.versioning.comments import has_new_comments
from protoctl.versioning.elements import (
    enums_in,
    extensions_in,
    extensions_within,
    fields_in,
    file_element,
    map_entry_of,
    members_of,
    messages_in,
    methods_in,
    oneof_name,
    oneofs_in,
    services_in,
    top_level,
    values_in,
)
from protoctl.versioning.matching import Matched, Pair, by_shape, match
from protoctl.versioning.uses import successors

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

    from google.protobuf.descriptor_pb2 import FieldDescriptorProto, ServiceDescriptorProto

    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import Element, Field, File, Message, Value

COMPARED = tuple(one.name for one in FileDescriptorProto.DESCRIPTOR.fields if one.name != "source_code_info")
"""Everything that a file says beside places and comments."""


class Matcher:
    """Fills a comparison: first every symbol that others refer to by name, then what is within them."""

    def __init__(self, comparison: Comparison) -> None:
        """Take an empty comparison."""
        self.result = comparison
        self.differing: list[Pair[Any]] = []
        """Pairs of messages, enums and services to look into."""

    def match_files(self) -> None:
        """Match files, then all that stands in those that differ."""
        old, new = self.result.baseline, self.result.current
        before = [file_element(file) for path, file in old.files.items() if not self.is_unchanged(path)]
        now = [file_element(file) for path, file in new.files.items() if not self.is_unchanged(path)]
        shared = {path for path in old.files if path in new.files and old.owners.get(path) == new.owners.get(path)}
        before = [one for one in before if one.full_name in shared or one.full_name in old.owners]
        now = [one for one in now if one.full_name in shared or one.full_name in new.owners]
        pairs, deleted, added = match(before, now, lambda file: (self.owner(file), file.full_name))
        moved, deleted, added = match(deleted, added, self.names_key)
        self.note(self.result.files, (pairs, deleted, added), moved)
        self.match_symbols(before, now)

    def is_unchanged(self, path: str) -> bool:
        """Tell whether a file is the same in both, in the same module, whatever its places and comments."""
        old, new = self.result.baseline, self.result.current
        before, now = old.files.get(path), new.files.get(path)
        if before is None or now is None or old.owners.get(path) != new.owners.get(path):
            return False
        return before == now or (
            all(getattr(before, name) == getattr(now, name) for name in COMPARED) and not has_new_comments(before, now)
        )

    def names_key(self, file: File) -> Hashable:
        """Give what tells a file under another path: the names at its top, in one module."""
        names = [one.relative_name for one in top_level(file)]
        return (self.owner(file), *sorted(names)) if names else None

    def match_symbols(self, before: list[File], now: list[File]) -> None:
        """Match what stands at the top of files, then what is within."""
        for give, matched in ((messages_in, self.result.messages), (enums_in, self.result.enums)):
            self.match_top(matched, before, now, give)
            self.match_unnested(matched)
            self.match_used(matched, before, now)
        self.match_top(self.result.services, before, now, services_in)
        gone, new = ([one for file in files for one in extensions_in(file)] for files in (before, now))
        self.match_extensions(gone, new)
        for pair in self.differing:
            self.enter(pair)
        self.match_other_extensions()

    def match_top(
        self, matched: Matched[Any], before: list[File], now: list[File], give: Callable[[File], Iterator[Element[Any]]]
    ) -> None:
        """Match one kind at the top of files: by full name, by place in the file, by shape."""
        deleted: list[Element[Any]] = [one for file in before for one in give(file)]
        added: list[Element[Any]] = [one for file in now for one in give(file)]
        pairs, deleted, added = match(deleted, added, lambda one: (self.owner(one), one.full_name))
        renamed: list[Pair[Any]] = []
        for key in (self.place_key, self.shape_key, self.name_key):
            found, deleted, added = match(deleted, added, key)
            renamed += found
        files = self.result.files
        deleted = [one for one in deleted if one.around not in files.deleted]
        added = [one for one in added if one.around not in files.added]
        self.descend(matched, (pairs, deleted, added), renamed)

    def descend(
        self, matched: Matched[Any], found: tuple[list[Any], list[Any], list[Any]], renamed: list[Pair[Any]]
    ) -> None:
        """Keep matched symbols, and match the symbols within messages that differ."""
        self.note(matched, found, renamed)
        for pair in [*found[0], *renamed]:
            if pair.baseline.full_name != pair.current.full_name:
                self.result.renames[pair.baseline.full_name] = pair.current.full_name
            if not pair.is_equal:
                self.differing.append(pair)
                if isinstance(pair.baseline.descriptor, DescriptorProto):
                    self.match_nested(self.result.messages, messages_in, pair)
                    self.match_nested(self.result.enums, enums_in, pair)

    def match_nested(
        self, matched: Matched[Any], give: Callable[[Message], Iterator[Element[Any]]], around: Pair[DescriptorProto]
    ) -> None:
        """Match messages or enums within a message."""
        pairs, deleted, added = match(give(around.baseline), give(around.current), lambda one: one.name)
        renamed, deleted, added = match(deleted, added, shape_of)
        self.descend(matched, (pairs, deleted, added), renamed)

    def match_unnested(self, matched: Matched[Any]) -> None:
        """Match what was within a message and is at the top now, or the other way round, with its name and shape."""

        def key(element: Element[Any]) -> Hashable:
            shape = by_shape(element)
            return shape and (self.owner(element), element.name, shape)

        found, matched.deleted[:], matched.added[:] = match(matched.deleted, matched.added, key)
        self.descend(matched, ([], [], []), found)

    def match_used(self, matched: Matched[Any], before: list[File], now: list[File]) -> None:
        """Match what all fields and methods that referred to one now refer to, if nothing but its name differs."""
        if not (matched.deleted and matched.added):
            return
        followers = successors([one.descriptor for one in before], [one.descriptor for one in now])

        def key(element: Element[Any]) -> Hashable:
            return self.owner(element), followers.get(element.full_name, element.full_name), by_shape(element)

        found, matched.deleted[:], matched.added[:] = match(matched.deleted, matched.added, key)
        self.descend(matched, ([], [], []), found)

    def match_extensions(self, before: Iterable[Field], now: Iterable[Field]) -> None:
        """Match extensions in files or in messages by full name."""
        pairs, deleted, added = match(before, now, lambda one: (self.owner(one), one.full_name))
        self.note(self.result.extensions, (pairs, deleted, added), [])

    def match_other_extensions(self) -> None:
        """Match the rest of all extensions by what they extend under which number, wherever they stand.

        Those that went with a message are listed: that it is gone says nothing of what it extended.
        """
        matched, messages, files = self.result.extensions, self.result.messages, self.result.files
        gone = [*matched.deleted, *(one for message in messages.deleted for one in extensions_within(message))]
        new = [*matched.added, *(one for message in messages.added for one in extensions_within(message))]
        renamed, deleted, added = match(gone, new, self.extension_key)
        matched.deleted[:] = [one for one in deleted if one.around not in files.deleted]
        matched.added[:] = [one for one in added if one in matched.added and one.around not in files.added]
        self.note(matched, ([], [], []), renamed)

    def extension_key(self, extension: Field) -> Hashable:
        """Give the module, what an extension extends, as it is called now, and the number."""
        extendee = extension.descriptor.extendee[1:]
        return self.owner(extension), self.result.renames.get(extendee, extendee), extension.descriptor.number

    def enter(self, pair: Pair[Any]) -> None:
        """Match what is within a pair that differs."""
        descriptor = pair.baseline.descriptor
        if isinstance(descriptor, DescriptorProto):
            self.enter_message(pair)
        elif isinstance(descriptor, EnumDescriptorProto):
            self.enter_enum(pair)
        else:
            self.enter_service(pair)

    def enter_message(self, pair: Pair[DescriptorProto]) -> None:
        """Match fields, oneofs and extensions; a field with the same number and type was renamed."""
        before, now = pair.baseline, pair.current
        pairs, deleted, added = match(fields_in(before), fields_in(now), lambda one: one.name)
        renamed, deleted, added = match(deleted, added, self.field_key)
        self.match_oneofs(pair, [*pairs, *renamed])
        self.note(self.result.fields, (pairs, deleted, added), renamed)
        self.result.fields.pairs.extend(one for one in pairs if one.is_equal and self.is_elsewhere(one))
        self.match_extensions(extensions_in(before), extensions_in(now))

    def match_oneofs(self, around: Pair[DescriptorProto], fields: list[Pair[FieldDescriptorProto]]) -> None:
        """Match oneofs by name, then by the members that both have."""
        oneofs, gone, new = match(oneofs_in(around.baseline), oneofs_in(around.current), lambda one: one.name)
        if gone and new:
            names = {one.baseline.name: one.current.name for one in fields}
            kept = set(names.values())
            members = {one: frozenset(names[name] for name in members_of(one) if name in names) for one in gone}
            members |= {one: frozenset(name for name in members_of(one) if name in kept) for one in new}
            renamed, gone, new = match(gone, new, lambda one: members[one] or None)
        else:
            renamed = []
        self.result.oneof_names.update({one.baseline.full_name: one.current.name for one in renamed})
        self.note(self.result.oneofs, (oneofs, gone, new), renamed)

    def is_elsewhere(self, pair: Pair[FieldDescriptorProto]) -> bool:
        """Tell whether a field that reads the same is another map, or in another oneof."""
        before, now = pair.baseline, pair.current
        return map_entry_of(before) != map_entry_of(now) or self.result.oneof_now(before) != oneof_name(now)

    def enter_enum(self, pair: Pair[EnumDescriptorProto]) -> None:
        """Match values by name; a number whose only name is a new one was renamed."""
        pairs, deleted, added = match(values_in(pair.baseline), values_in(pair.current), lambda one: one.name)
        kept = {number for one in pairs for number in (one.baseline.descriptor.number, one.current.descriptor.number)}

        def number_of(value: Value) -> Hashable:
            return None if value.descriptor.number in kept else value.descriptor.number

        renamed, deleted, added = match(deleted, added, number_of)
        self.note(self.result.values, (pairs, deleted, added), renamed)

    def enter_service(self, pair: Pair[ServiceDescriptorProto]) -> None:
        """Match methods by name, then by shape."""
        pairs, deleted, added = match(methods_in(pair.baseline), methods_in(pair.current), lambda one: one.name)
        renamed, deleted, added = match(deleted, added, by_shape)
        self.note(self.result.methods, (pairs, deleted, added), renamed)

    def place_key(self, element: Element[Any]) -> Hashable:
        """Give the file, as it is called now, and the name within its package: a file may change its package."""
        return self.owner(element), self.path_now(element), element.relative_name

    def shape_key(self, element: Element[Any]) -> Hashable:
        """Give the file and all but the name, where that is enough to know it again."""
        shape = shape_of(element)
        return shape and (self.owner(element), self.path_now(element), shape)

    def name_key(self, element: Element[Any]) -> Hashable:
        """Give the module, the name without its package and all else: it may have moved to another package."""
        shape = shape_of(element)
        return shape and (self.owner(element), element.name, shape)

    def field_key(self, field: Field) -> Hashable:
        """Give number and type of a field, its type under the name that it has now."""
        one, entry = field.descriptor, map_entry_of(field)
        types = [(inner.type, inner.type_name) for inner in entry.field] if entry else [(one.type, one.type_name)]
        named = ((kind, self.result.renames.get(name[1:], name[1:])) for kind, name in types)
        return one.number, one.label, entry is None, *named

    def path_now(self, element: Element[Any]) -> str:
        """Give the path of an element's file in current."""
        file = element.home
        other = self.result.counterparts.get(file)
        in_baseline = self.result.baseline.files.get(file.full_name) is file.descriptor
        return other.full_name if other is not None and in_baseline else file.full_name

    def owner(self, element: Element[Any]) -> str:
        """Give the module of an element; nothing for files of others."""
        path = element.file.name
        side = self.result.baseline if self.result.baseline.files.get(path) is element.file else self.result.current
        return side.owners.get(path, "")

    def note(
        self, matched: Matched[Any], found: tuple[list[Any], list[Any], list[Any]], renamed: list[Pair[Any]]
    ) -> None:
        """Keep what was matched; pairs in which nothing differs are kept as counterparts only."""
        pairs, deleted, added = found
        matched.pairs.extend(pair for pair in pairs if not pair.is_equal)
        matched.renamed.extend(renamed)
        matched.deleted.extend(deleted)
        matched.added.extend(added)
        for pair in [*pairs, *renamed]:
            self.result.counterparts[pair.baseline] = pair.current
            self.result.counterparts[pair.current] = pair.baseline


def shape_of(element: Element[Any]) -> Hashable:
    """Give all but the name of a message, enum or service with two members or more: less is a coincidence."""
    descriptor = element.descriptor
    members = next(getattr(descriptor, name) for name in ("field", "value", "method") if hasattr(descriptor, name))
    return by_shape(element) if len(members) > 1 else None
