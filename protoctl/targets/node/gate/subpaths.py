"""What `exports` of a package.json lets others import, and which file each name stands for.

The rules are Node's: https://nodejs.org/api/packages.html#subpath-patterns
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

DEFAULT = "default"
TYPES = "types"
REQUIRE = "require"


class Subpath(NamedTuple):
    """One name that can be imported, and what it stands for under one chain of conditions."""

    name: str
    """Below the package: `.`, `./v1`, `./acme/user/v1/user_pb.js`."""
    conditions: tuple[str, ...]
    """From the outside in, without `default`: `("import", "types")`."""
    target: str
    """A path inside the package."""

    def specifier(self, package: str) -> str:
        """Give what to write into an import statement."""
        return package + self.name.removeprefix(".")


def expand(exports: object, files: Collection[str]) -> list[Subpath]:
    """Give every subpath of `exports` in a package with these files, most specific key first; a target may be missing.

    A pattern stands for each name for which any of its targets exists.
    """
    found: dict[str, list[Subpath]] = {}
    for key, value in sorted(by_key(exports).items(), key=lambda item: specificity(item[0])):
        targets = list(flatten(value))
        stars = {star for _, target in targets for star in match_stars(target, files)} if "*" in key else {""}
        for star in sorted(stars):
            name = key.replace("*", star)
            if name not in found:
                found[name] = [
                    Subpath(name, conditions, target.replace("*", star).removeprefix("./"))
                    for conditions, target in targets
                ]
    return [subpath for subpaths in found.values() for subpath in subpaths]


def by_key(exports: object) -> Mapping[str, Any]:
    """Give `exports` with its names spelled out: a target alone, or conditions alone, stand for the package itself."""
    if isinstance(exports, dict) and all(str(key).startswith(".") for key in exports):
        return exports
    return {} if exports is None else {".": exports}


def flatten(value: object, conditions: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give each target of a key with the conditions that lead to it; `null` forbids and gives none."""
    if isinstance(value, str):
        yield conditions, value
    elif isinstance(value, list):
        for one in value:
            yield from flatten(one, conditions)
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from flatten(one, conditions if key == DEFAULT else (*conditions, str(key)))


def match_stars(target: str, files: Collection[str]) -> Iterator[str]:
    """Give what the `*` of a target stands for in each file that it fits."""
    before, star, after = target.removeprefix("./").partition("*")
    for file in files if star else ():
        if len(file) > len(before) + len(after) and file.startswith(before) and file.endswith(after):
            yield file[len(before) : len(file) - len(after)]


def specificity(key: str) -> tuple[int, int, str]:
    """Give what sorts keys as Node tries them: names first, then patterns by the length before and around the star."""
    before, star, _ = key.partition("*")
    return (-len(before), -len(key), key) if star else (-len(key) - 1_000_000, 0, key)
