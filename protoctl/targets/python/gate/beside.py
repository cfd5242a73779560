"""The wheels that others require: a build makes siblings together, and they lie side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from protoctl.errors import ArtifactError
from protoctl.targets.python.naming import normalise
from protoctl.verification.parcel import read_parcel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.verification.parcel import Parcel


def find_beside(wheels: Sequence[Parcel]) -> list[Parcel]:
    """Give what some wheels require, directly or not, of the wheels in their folders; damaged ones are passed over."""
    known = {wheel.path for wheel in wheels}
    folders = {path.parent for path in known}
    others = {normalise(path.name.partition("-")[0]): path for one in folders for path in sorted(one.glob("*.whl"))}
    found = {}
    for name, path in others.items():
        if path not in known:
            try:
                found[name] = read_parcel(path)
            except ArtifactError:
                continue
    return find_needed(wheels, found)


def find_needed(wheels: Sequence[Parcel], others: Mapping[str, Parcel]) -> list[Parcel]:
    """Give what some wheels require, directly or not, of others by normalised name."""
    known = {normalise(wheel.embedded.distribution) for wheel in wheels}
    found: list[Parcel] = []
    pending = list(wheels)
    while pending:
        for text in pending.pop().embedded.requires:
            name = normalise(Requirement(text).name)
            if name in others and name not in known:
                known.add(name)
                found.append(others[name])
                pending.append(others[name])
    return found
