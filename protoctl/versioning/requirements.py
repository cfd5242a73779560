"""What a package requires, read from its metadata, and the step that another requirement takes.

A floor that rises is a minor step, since installers then leave the consumer at the release before; across a break of
what is required it is a major one, because the consumer's own code must follow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from protoctl.model.change import Change
from protoctl.versioning.standing import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from protoctl.versioning.release import Release

NUMBER = r"\d+(?:\.\d+){0,2}(?:-[0-9A-Za-z.-]+)?"
NPM_FLOOR = re.compile(rf"(?:\^|>=|~|=)?\s*({NUMBER})")
NPM_CEILING = re.compile(rf"<\s*({NUMBER})")


@dataclass(frozen=True)
class Bound:
    """What a package requires of another, or of the language."""

    name: str
    """As an index lists it, normalised."""
    floor: str = ""
    """The lowest version that it may be; nothing when any may."""
    ceiling: str = ""
    """The first version that it may not be; nothing when all may, and where the kind of range implies it."""
    text: str = ""
    """As the metadata write it, for people."""
    is_exact: bool = False
    """Whether only the lowest version will do."""

    def admits(self, release: Release) -> bool:
        """Tell whether a version fits; without a ceiling, whatever breaks nothing since the floor does."""
        if not self.floor:
            return True
        floor = read_version(self.floor)
        if self.is_exact:
            return floor == release.version
        if self.ceiling:
            return floor <= release.version < read_version(self.ceiling)
        return floor <= release.version and compatible_part(self.floor) == compatible_part(release.python)


def read_python(text: str) -> Bound:
    """Give a requirement of core metadata (PEP 508)."""
    requirement = Requirement(text)
    return read_specifiers(canonicalize_name(requirement.name), str(requirement.specifier))


def split_python(text: str) -> tuple[str, str]:
    """Give name and specifiers of a requirement of core metadata, both as they are written."""
    name = Requirement(text).name
    return name, text.removeprefix(name)


def read_specifiers(name: str, text: str) -> Bound:
    """Give what specifiers (PEP 440) say of a name, like `>=3.9` of Python."""
    specifiers = SpecifierSet(text)
    floors = [one.version for one in specifiers if one.operator in {">=", "==", "~="}]
    ceilings = [one.version for one in specifiers if one.operator == "<"]
    is_exact = any(one.operator == "==" for one in specifiers)
    return Bound(name, floors[0] if floors else "", ceilings[0] if ceilings else "", f"{name}{text}", is_exact)


def read_npm(name: str, text: str) -> Bound:
    """Give what a range of npm says of a name."""
    floor, ceiling = NPM_FLOOR.match(text.strip()), NPM_CEILING.search(text)
    is_exact = bool(re.fullmatch(rf"=?\s*{NUMBER}", text.strip()))
    return Bound(name, floor[1] if floor else "", ceiling[1] if ceiling else "", f"{name} {text}", is_exact)


def compare_bounds(before: Mapping[str, Bound], now: Mapping[str, Bound]) -> Iterator[Cause]:
    """Give a step for every requirement that is another, sorted by name."""
    for name in sorted({*before, *now}):
        old, new = before.get(name), now.get(name)
        if old is None and new is not None:
            yield Cause(Change.MINOR, f"requires {new.text}, which it did not")
        elif old is not None and new is None:
            yield Cause(Change.PATCH, f"no longer requires {old.text}")
        elif old is not None and new is not None and (old.floor, old.ceiling) != (new.floor, new.ceiling):
            yield Cause(step_between(old, new), f"requires {new.text} instead of {old.text}")


def step_between(old: Bound, new: Bound) -> Change:
    """Give the step that another requirement on the same thing takes."""
    rises = is_lower(old.floor, new.floor)
    if rises and old.floor and compatible_part(old.floor) != compatible_part(new.floor):
        return Change.MAJOR
    falls = bool(new.ceiling) and (not old.ceiling or is_lower(new.ceiling, old.ceiling))
    return Change.MINOR if rises or falls else Change.PATCH


def is_lower(one: str, other: str) -> bool:
    """Tell whether a version, or the absence of one, comes before another."""
    return bool(other) and (not one or read_version(one) < read_version(other))


def compatible_part(text: str) -> tuple[int, ...]:
    """Give the numbers that stay the same as long as nothing breaks: the major, below 1.0.0 the minor too."""
    major, minor = (*read_version(text).release, 0)[:2]
    return (major,) if major else (major, minor)


def read_version(text: str) -> Version:
    """Give a version that Python or npm wrote; of one that Python cannot read, its numbers."""
    try:
        return Version(text)
    except InvalidVersion:
        return Version(text.partition("-")[0])
