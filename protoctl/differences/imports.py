"""What a file imports; what a public import brings is handed on by the code of the file in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.kit.text import listing
from protoctl.model.change import Change, Effect, Effects
from protoctl.versioning.exports import declared_names, hiding, public_reach

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


class Loss(NamedTuple):
    """What a file handed on."""

    path: str
    """The public import that is gone, as it is called now."""
    names: set[str]
    """What code found by it."""
    effect: Effect
    """Whether only type checkers miss it."""


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give files with other imports; files under another path are the same ones."""
    moved = {pair.baseline.full_name: pair.current.full_name for pair in comparison.files.renamed}
    for pair in comparison.files.both:
        written = imports_of(pair.baseline.descriptor)
        before, now = {moved.get(path, path): way for path, way in written.items()}, imports_of(pair.current.descriptor)
        changed = {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}
        if changed:
            gone = [path for path, way in written.items() if way == PUBLIC and moved.get(path, path) in changed]
            lost = [one for path in gone for one in losses(comparison, pair.current.full_name, path, moved)]
            yield from told(comparison, pair, lost, sorted(path for path in changed if now.get(path) == PUBLIC))
            others = changed - {one.path for one in lost} - {path for path in changed if now.get(path) == PUBLIC}
            if others:
                words = spelled(before, now, sorted(others))
                yield CHANGED.on_pair(comparison, pair, f"file {pair.current.full_name} {words}")


def told(
    comparison: Comparison, pair: Pair[FileDescriptorProto], lost: list[Loss], new: list[str]
) -> Iterator[Difference]:
    """Give the findings about public imports: what is handed on no more, and new ones."""
    name = pair.current.full_name
    if lost:
        names = listing(sorted({one for loss in lost for one in loss.names}))
        paths = listing(dict.fromkeys(one.path for one in lost))
        worst = max(one.effect for one in lost)
        where = "code has" if worst is BREAK else "stubs name"
        message = f"file {name} no longer imports {paths} publicly: its {where} no {names}"
        yield REMOVED.on_pair(comparison, pair, message, effects=REMOVED.effects._replace(python=worst))
    if new:
        yield ADDED.on_pair(comparison, pair, f"file {name} imports {listing(new)} publicly")


def imports_of(file: FileDescriptorProto) -> dict[str, str]:
    """Give every imported path with the word before it."""
    found = dict.fromkeys(file.dependency, "") | dict.fromkeys(file.option_dependency, "option")
    found |= {file.dependency[at]: "weak" for at in file.weak_dependency}
    return found | {file.dependency[at]: PUBLIC for at in file.public_dependency}


def losses(comparison: Comparison, path: str, gone: str, moved: dict[str, str]) -> Iterator[Loss]:
    """Give what a file hands on no more because a public import, by its path in the baseline, is gone.

    What came through that import from others was never in stubs, so it is only lost when code has it no more.
    """
    baseline, current = comparison.baseline, comparison.current
    for other in sorted(public_reach(baseline, gone)):
        there = moved.get(other, other)
        effect = hiding(current, path, there) if there in current.files else SAFE
        if effect is BREAK or (effect is CONDITIONAL and other == gone):
            names = declared_names(baseline, other) & declared_names(current, there)
            if names:
                yield Loss(moved.get(gone, gone), names, effect)


def spelled(before: dict[str, str], now: dict[str, str], paths: list[str]) -> str:
    """Give what is different about imports that nobody depends on, as a person says it."""
    groups = {
        "imports {}": [path for path in paths if path not in before],
        "no longer imports {}": [path for path in paths if path not in now],
        "imports {} in another way": [path for path in paths if path in before and path in now],
    }
    return ", and ".join(words.format(listing(found)) for words, found in groups.items() if found)
