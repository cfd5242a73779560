"""The wheels that lie beside others and are required by them: a build makes siblings together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from protoctl.errors import ArtifactError
from protoctl.targets.python.naming import normalise
from protoctl.verification.parcel import read_parcel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.verification.parcel import Parcel


def find_needed(wheels: Sequence[Parcel]) -> list[Parcel]:
    """Give what some wheels require, directly or not, of the wheels in their folders; damaged ones are passed over."""
    known = {normalise(wheel.embedded.distribution) for wheel in wheels}
    folders = {wheel.path.parent for wheel in wheels}
    near = {normalise(path.name.partition("-")[0]): path for folder in folders for path in sorted(folder.glob("*.whl"))}
    found: list[Parcel] = []
    pending = list(wheels)
    while pending:
        for text in pending.pop().embedded.requires:
            name = normalise(Requirement(text).name)
            if name in known or name not in near:
                continue
            known.add(name)
            try:
                found.append(read_parcel(near[name]))
            except ArtifactError:
                continue
            pending.append(found[-1])
    return found
