"""Bounds that are true: with the release before the lowest that a package allows, something fails."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.kit.digest import digest_json
from protoctl.model.trial import Fault
from protoctl.targets.node.gate.imported import package_of
from protoctl.targets.node.gate.metadata import line_of
from protoctl.targets.node.gate.package import METADATA, Package, with_requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from protoctl.targets.node.gate.load import Faults
    from protoctl.targets.node.gate.plan import Setup

STATEMENT = re.compile(r"""^(?:import|const)\b[^;"'`]*(?:from |require\()"([^"\n]+)"\)?;$""", re.MULTILINE)
"""An import with the names that it takes, as generated code writes it."""
NEEDED, EXCESSIVE = "needed", "excessive"
CONFLICT = "code ERESOLVE"
"""npm's word for versions that do not go together."""


def lowered(setup: Setup, below: Mapping[tuple[str, str], str], failed: Iterable[str]) -> Iterator[tuple[str, Setup]]:
    """Give, for each package of others, its name and the setup in which one release less of it is there.

    Only modules that require it themselves are tried, and none that `failed` before; what has no release before its
    lowest is left out.
    """
    for name, version in setup.resolution.items():
        release = below.get((name, version), "")
        tried = tuple(one for one in setup.tried if name in one.requires and one.module not in failed)
        if release and tried:
            resolution = dict(setup.resolution) | {name: release}
            yield name, replace(setup, label=f"{name} {release}", resolution=resolution, tried=tried)


def find_excessive(setup: Setup, attempts: Iterable[Callable[[Setup], Faults]]) -> set[str]:
    """Give the modules that no attempt shows to need their bound; a module that failed is not tried again.

    Raises MachineError when that cannot be found out.
    """
    left = setup
    for attempt in attempts:
        try:
            faults = attempt(left)
        except MachineError as error:
            if CONFLICT in error.said:
                return set()
            raise
        left = replace(left, tried=tuple(one for one in left.tried if not faults.get(one.module)))
        if not left.tried:
            break
    return {package.module for package in left.tried}


def needless(name: str, package: Package, release: str) -> Fault:
    """Give the fault of a bound that is only safe."""
    text = package.files[METADATA].decode(errors="replace")
    cause = f"the bound {package.requires[name]} on {name} is higher than needed: everything works with {release}"
    return Fault(cause, METADATA, line_of(text, name))


def floor_digest(name: str, package: Package, setup: Setup) -> str:
    """Give the digest of what a bound depends on: what is imported from packages of others, and their versions.

    Messages that come and go do not change it, so that a build after a change need not find it out again.
    """
    around = with_requirements(package, setup.packages)
    ours = {one.name for one in setup.packages}
    taken = {
        found[0]
        for one in around
        for path, data in one.files.items()
        if path.endswith((".js", ".d.ts"))
        for found in STATEMENT.finditer(data.decode(errors="replace"))
        if not found[1].startswith(".") and package_of(found[1]) not in ours
    }
    syntaxes = {
        f"{file.syntax} {file.edition}" for one in around if one.parcel for file in one.parcel.schema.files.values()
    }
    return digest_json([name, dict(setup.resolution), sorted(taken), sorted(syntaxes)])
