"""Who counts: the consumers a team keeps its promises to, and packages that promise nothing yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.model.change import Change, Consumer

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from protoctl.model.difference import Difference

UNSTABLE = re.compile(r"v[1-9][0-9]*(test.*|(p[1-9][0-9]*)?(alpha|beta)([1-9][0-9]*)?)")
"""The last part of an unstable proto_package: Buf's PackageVersion (https://buf.build/docs/lint/rules)."""


@dataclass(frozen=True)
class Policy:
    """What a team counts as a break."""

    counted: tuple[Consumer, ...] = tuple(Consumer)
    """Whose breaks count; all four unless the configuration says otherwise."""
    caps_unstable: bool = False
    """Whether breaks in proto_packages like `acme.user.v1alpha1` are minor ones."""


def step_of(difference: Difference, policy: Policy, unstable: Collection[str] = ()) -> Change:
    """Give the step of a difference under a policy; `unstable` are the files whose proto_package promises nothing."""
    change = difference.change_for(policy.counted)
    files = [site.file for site in (difference.now, difference.before) if site is not None]
    if policy.caps_unstable and change is Change.MAJOR and all(file in unstable for file in files):
        return Change.MINOR
    return change


def is_unstable(proto_package: str) -> bool:
    """Tell whether the last part of a proto_package says that it may change at will, like `v1beta2` or `v1p1alpha1`."""
    first, _, last = proto_package.rpartition(".")
    return bool(first) and UNSTABLE.fullmatch(last) is not None


def unstable_files(*sides: Mapping[str, str]) -> frozenset[str]:
    """Give the files of which every side's proto_package is unstable; each side is path to proto_package.

    A file that comes out of `v1alpha1` into `v1`, or goes the other way, is stable.
    """
    known = {path for side in sides for path in side}
    return frozenset(path for path in known if all(is_unstable(side[path]) for side in sides if path in side))
