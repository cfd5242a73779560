"""What a file imports; what a public import brings is handed on by the code of the file in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.differences.rule import BREAK, Rule
from protoctl.kit.text import listing
from protoctl.model.change import Change, Effects
from protoctl.versioning.exports import exported_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.matching import Pair

REMOVED = Rule(
    "import-public-removed",
    "A file no longer hands on what another one declares: code that imports it from there fails in Python",
    Change.MAJOR,
    Effects(python=BREAK),
)
ADDED = Rule("import-public-added", "A file hands on what another one declares", Change.MINOR)
CHANGED = Rule("import-changed", "A file imports other files than before, or in another way", Change.PATCH)
RULES = (REMOVED, ADDED, CHANGED)
PUBLIC = "public"


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give files with other imports; files under another path are the same ones."""
    moved = {pair.baseline.full_name: pair.current.full_name for pair in comparison.files.renamed}
    for pair in comparison.files.both:
        before = {moved.get(path, path): way for path, way in imports_of(pair.baseline.descriptor).items()}
        now = imports_of(pair.current.descriptor)
        changed = {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}
        if changed:
            former = {new: old for old, new in moved.items()}
            gone = {path: former.get(path, path) for path in changed if before.get(path) == PUBLIC}
            lost = lost_names(comparison, pair.current.full_name, gone)
            yield from told(comparison, pair, lost, sorted(path for path in changed if now.get(path) == PUBLIC))
            others = spelled(before, now, sorted(path for path in changed - lost.keys() if now.get(path) != PUBLIC))
            if others:
                yield CHANGED.on_pair(comparison, pair, f"file {pair.current.full_name} {others}")


def told(
    comparison: Comparison, pair: Pair[FileDescriptorProto], lost: dict[str, set[str]], new: list[str]
) -> Iterator[Difference]:
    """Give the findings about public imports: names lost by the file that has them, new paths."""
    name = pair.current.full_name
    if lost:
        names = listing(sorted({one for names in lost.values() for one in names}))
        message = f"file {name} no longer imports {listing(sorted(lost))} publicly: its code has no {names}"
        yield REMOVED.on_pair(comparison, pair, message)
    if new:
        yield ADDED.on_pair(comparison, pair, f"file {name} imports {listing(new)} publicly")


def imports_of(file: FileDescriptorProto) -> dict[str, str]:
    """Give every imported path with the word before it."""
    found = dict.fromkeys(file.dependency, "") | dict.fromkeys(file.option_dependency, "option")
    found |= {file.dependency[at]: "weak" for at in file.weak_dependency}
    return found | {file.dependency[at]: PUBLIC for at in file.public_dependency}


def lost_names(comparison: Comparison, path: str, gone: dict[str, str]) -> dict[str, set[str]]:
    """Give the names that a file hands on no more, by the file that has them, of paths now and before."""
    found = {}
    for now, before in gone.items():
        if now in comparison.current.files:
            names = exported_names(comparison.current, now) & exported_names(comparison.baseline, before)
            found[now] = names - exported_names(comparison.current, path)
    return {now: names for now, names in found.items() if names}


def spelled(before: dict[str, str], now: dict[str, str], paths: list[str]) -> str:
    """Give what is different about imports that nobody depends on, as a person says it."""
    groups = {
        "imports {}": [path for path in paths if path not in before],
        "no longer imports {}": [path for path in paths if path not in now],
        "imports {} in another way": [path for path in paths if path in before and path in now],
    }
    return ", and ".join(words.format(listing(found)) for words, found in groups.items() if found)
