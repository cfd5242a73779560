"""What a `package.json` may say: files that exist, packages of a registry, and nothing that runs on its own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from protoctl.model.trial import Fault
from protoctl.targets.node.gate.package import METADATA, REQUIREMENTS
from protoctl.targets.node.gate.subpaths import by_key, expand

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

RUNNING = {
    "scripts": "npm runs scripts at installation, or whoever works with the package does",
    "bin": "npm puts programs where every shell finds them",
    "bundleDependencies": "bundled packages hide what is installed",
    "bundledDependencies": "bundled packages hide what is installed",
    "gypfile": "npm compiles such packages at installation",
    "workspaces": "a published package is no workspace",
}
"""Fields that no generated package needs, and why not."""
FORBIDDEN_FILES = re.compile(r"(?:.*/)?(?:binding\.gyp|\.npmrc|npm-shrinkwrap\.json|node_modules/.*)")
"""`binding.gyp` alone makes npm compile; a shrinkwrap overrides the bounds."""
ELSEWHERE = re.compile(r"[:/@]")
"""In the place of a range: an address, a file, an alias."""


def judge_metadata(text: str, files: Collection[str]) -> list[Fault]:
    """Give every fault of the package.json of a package with these files, those of structure alone if it has any."""
    try:
        metadata = json.loads(text, object_pairs_hook=unique)
    except ValueError as error:
        return [Fault("is no JSON that every reader reads alike", METADATA, getattr(error, "lineno", 0), str(error))]
    shapes = list(judge_shapes(metadata, text))
    if shapes:
        return shapes
    return [
        *judge_running(metadata, text, files),
        *judge_requirements(metadata, text),
        *judge_targets(metadata, text, files),
    ]


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Give an object; raises ValueError for a key that occurs twice: readers differ in which one counts."""
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        message = f"twice: {', '.join(sorted({key for key in keys if keys.count(key) > 1}))}"
        raise ValueError(message)
    return result


def judge_shapes(metadata: object, text: str) -> Iterator[Fault]:
    """Give a fault for each field of another type than npm documents."""
    if not isinstance(metadata, dict):
        yield Fault("is no object", METADATA, 1)
        return
    for key in ("name", "version"):
        if not isinstance(metadata.get(key), str):
            yield Fault(f"has no {key}", METADATA, line_of(text, key))
    for key in (*REQUIREMENTS, "optionalDependencies", "engines"):
        value = metadata.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            yield Fault(f"has {key} that are no texts by name", METADATA, line_of(text, key))


def judge_running(metadata: Mapping[str, Any], text: str, files: Collection[str]) -> Iterator[Fault]:
    """Give a fault for each field and file that makes npm do more than unpack."""
    for key, why in RUNNING.items():
        if key in metadata:
            yield Fault(f"has {key}: {why}", METADATA, line_of(text, key))
    for path in sorted(files):
        if FORBIDDEN_FILES.fullmatch(path):
            yield Fault("has no place in a package: npm obeys it", path)


def judge_requirements(metadata: Mapping[str, Any], text: str) -> Iterator[Fault]:
    """Give a fault for each requirement that no registry answers."""
    for key in (*REQUIREMENTS, "optionalDependencies"):
        for name, bound in metadata.get(key, {}).items():
            if ELSEWHERE.search(bound):
                cause = f"requires {name} from {bound!r}, which is no range of a registry's versions"
                yield Fault(cause, METADATA, line_of(text, bound))


def judge_targets(metadata: Mapping[str, Any], text: str, files: Collection[str]) -> Iterator[Fault]:
    """Give a fault for each file that package.json names and the package does not have."""
    known = set(files)
    exports = metadata.get("exports")
    expanded = expand(exports, known)
    for subpath in expanded:
        if subpath.target not in known:
            under = "".join(f"{one}: " for one in subpath.conditions)
            cause = f"exports {subpath.name} as {under}{subpath.target}, which is not there"
            yield Fault(cause, METADATA, line_of(text, f"./{subpath.target}"))
    for key in sorted(by_key(exports).keys() - {one.name for one in expanded}):
        if "*" in key and not any(fits(key, one.name) for one in expanded):
            yield Fault(f"exports {key}, for which there is no file", METADATA, line_of(text, key))
    for key in ("main", "module", "types", "typings"):
        target = metadata.get(key)
        if target is not None and str(target).removeprefix("./") not in known:
            yield Fault(f"has {key} {target}, which is not there", METADATA, line_of(text, key))
    yield from judge_types_versions(metadata.get("typesVersions", {}), text, known)


def judge_types_versions(value: object, text: str, files: Collection[str]) -> Iterator[Fault]:
    """Give a fault for each target of `typesVersions` that fits no file."""
    tables = value.values() if isinstance(value, dict) else ()
    for table in tables:
        for key, targets in table.items() if isinstance(table, dict) else ():
            for target in targets if isinstance(targets, list) else ():
                if not any(fits(str(target).removeprefix("./"), file) for file in files):
                    cause = f"has typesVersions {key} as {target}, which is not there"
                    yield Fault(cause, METADATA, line_of(text, str(target)))


def fits(pattern: str, name: str) -> bool:
    """Tell whether a name is the pattern, its one `*` standing for anything that is not empty."""
    before, star, after = pattern.partition("*")
    if not star:
        return pattern == name
    return len(name) > len(before) + len(after) and name.startswith(before) and name.endswith(after)


def line_of(text: str, word: str) -> int:
    """Give the first line, from 1, that holds a text of JSON; 0 when none does."""
    quoted = {json.dumps(word), json.dumps(word, ensure_ascii=False)}
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if any(one in line for one in quoted)), 0)
