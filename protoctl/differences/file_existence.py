"""Files that are gone, new or under another path; code is generated for each file."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.kit.text import listing
from protoctl.model.change import Change, Effects
from protoctl.schema.view import without_source_info
from protoctl.versioning.elements import extensions_within, messages_in, services_in, top_level
from protoctl.versioning.options import extensions_by_scope, is_option
from protoctl.versioning.routes import has_routes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.elements import File

BROKEN = Effects(wire=SAFE, json=SAFE, python=BREAK, node=BREAK)
DELETED = Rule("file-deleted", "A file is gone: imports of its code fail", Change.MAJOR, BROKEN)
RENAMED = Rule("file-renamed", "A file has another path: imports of its code fail", Change.MAJOR, BROKEN)
ADDED = Rule("file-added", "A file is new", Change.MINOR)
RULES = (DELETED, RENAMED, ADDED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give files that only one side has under their path; what was or is in them is told with them."""
    for file in comparison.files.deleted:
        yield deleted(comparison, file)
    for pair in comparison.files.renamed:
        before, now = pair.baseline.full_name, pair.current.full_name
        effects = BROKEN._replace(python=SAFE) if python_module(before) == python_module(now) else BROKEN
        yield RENAMED.on_pair(comparison, pair, f"file {before} is {now} now", effects=effects)
    for file in comparison.files.added:
        known = comparison.matched_in(file)
        names = [one.name for one in top_level(file) if one.name not in known]
        message = f"file {file.full_name} is new" + (f": {listing(names)}" if names else "")
        yield ADDED.on_added(comparison, file, message, effects=Effects(json=CONDITIONAL) if extends(file) else None)


def extends(file: File) -> bool:
    """Tell whether a file extends messages, which strict readers of JSON that do not know it then refuse."""
    return any(not is_option(one) for _, found in extensions_by_scope(file.descriptor) for one in found)


def deleted(comparison: Comparison, file: File) -> Difference:
    """Give the finding about a file that its module no longer has: what went with it, and what is elsewhere."""
    elsewhere = comparison.current.files.get(file.full_name)
    if elsewhere is not None:
        owner = comparison.current.owners.get(file.full_name)
        message = f"file {file.full_name} is in {f'module {owner}' if owner else 'another module'} now"
        is_same = without_source_info(file.descriptor) == without_source_info(elsewhere)
        effects = BROKEN if is_same else BROKEN._replace(wire=CONDITIONAL, json=CONDITIONAL)
        return DELETED.on_deleted(comparison, file, message, effects=effects)
    kept, moved = comparison.matched_in(file), defaultdict(list)
    for name, other in kept.items():
        moved[other.file.name].append(name)
    gone = [one.name for one in top_level(file) if one.name not in kept]
    parts = [f"with it {listing(gone)}"] if gone else []
    parts += [f"{path} has {listing(names)} now" for path, names in sorted(moved.items())]
    message = "; ".join([f"file {file.full_name} is deleted", *parts])
    return DELETED.on_deleted(comparison, file, message, effects=effects_of(comparison, file, kept))


def effects_of(comparison: Comparison, file: File, kept: Collection[str]) -> Effects:
    """Give whom it hurts that a file is gone: those who call its services and routes, or find its messages by name."""
    services = [one for one in services_in(file) if one.name not in kept]
    lost = [one for one in services if one.full_name not in comparison.services_now]
    is_routed = any(has_routes(method) for one in lost for method in one.descriptor.method)
    packed = CONDITIONAL if comparison.has_any and any(one.name not in kept for one in messages_in(file)) else SAFE
    extensions = [one for one in extensions_within(file) if one.name not in kept and not is_option(one.descriptor)]
    json = BREAK if is_routed else CONDITIONAL if extensions else packed
    return BROKEN._replace(wire=BREAK if lost else packed, json=json)


def python_module(path: str) -> str:
    """Give the module that protoc writes for a file."""
    return path.removesuffix(".proto").replace("-", "_").replace("/", ".")
