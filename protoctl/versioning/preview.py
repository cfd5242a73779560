"""Previews of the next release: development releases of a branch, alphas, betas and candidates.

A preview comes before the release that the plan computed, so it never takes its version, and no installer takes it
unasked: pip and uv leave pre-releases out, npm follows dist-tags, and a preview's is never `latest`. Numbers begin at
1, since `.dev0` is what a local build is called, and go on after the highest there is, withdrawn ones included; all
branches count together.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from protoctl.errors import UsageError
from protoctl.kit.text import nearest
from protoctl.versioning.dist_tag import branch_tag
from protoctl.versioning.release import PHASES, parse_release

if TYPE_CHECKING:
    from collections.abc import Collection

    from protoctl.versioning.release import Release
    from protoctl.versioning.release_plan import ModulePlan, ReleasePlan

DEVELOPMENT = "dev"
PREVIEW = re.compile(r"(.*\D)(\d+)")
"""A version of PEP 440 and the number of its preview."""


def preview_plan(plan: ReleasePlan, branch: str, phase: str = DEVELOPMENT) -> ReleasePlan:
    """Give the plan with a preview in place of every next release.

    `phase` is `dev`, `a`, `b` or `rc`; `branch` names npm's dist-tag for `dev` and may be empty for the others. Raises
    UsageError for another phase, a branch without a name, and a phase that would come before a preview that exists.
    """
    check_phase(phase)
    tag = branch_tag(branch) if phase == DEVELOPMENT else PHASES[phase]
    return replace(plan, modules=tuple(preview_module(module, tag, phase) for module in plan.modules))


def preview_module(module: ModulePlan, tag: str, phase: str) -> ModulePlan:
    """Give a module's plan with a preview in place of the next release; of a line, its tag says so."""
    if module.next is None:
        return module
    line = module.standing.line
    following = next_preview(module.next, phase, module.standing.history.taken)
    return replace(module, next=following, dist_tag=f"{line.dist_tag}-{tag}" if line else tag)


def next_preview(release: Release, phase: str, taken: Collection[Release]) -> Release:
    """Give the preview of a final release with the next number of a phase.

    Raises UsageError when a later phase of it exists, because the newer preview would sort before the older one;
    development releases, which belong to branches, may always be made.
    """
    check_phase(phase)
    versions = [one.version for one in taken if one.numbers == release.numbers and not one.is_final]
    if phase == DEVELOPMENT:
        numbers = [version.dev for version in versions if version.pre is None and version.dev is not None]
        return parse_release(f"{release.python}.dev{max(numbers, default=0) + 1}")
    reached = [version.pre for version in versions if version.pre is not None]
    later = max((one for one in reached if one[0] > phase), default=None)
    if later:
        raise UsageError(
            f"{release.python}{later[0]}{later[1]} exists, and {phase!r} comes before {later[0]!r}",
            hint=f"go on with {later[0]!r}, or release {release.python}",
        )
    return parse_release(f"{release.python}{phase}{max((one[1] for one in reached if one[0] == phase), default=0) + 1}")


def preview_before(release: Release, live: Collection[Release]) -> Release | None:
    """Give the preview that precedes another of the same phase and release, unless it was withdrawn."""
    found = None if release.is_final else PREVIEW.fullmatch(release.python)
    wanted = f"{found[1]}{int(found[2]) - 1}" if found else ""
    return next((one for one in live if one.python == wanted), None)


def check_phase(phase: str) -> None:
    """Raise UsageError for a word that is no phase."""
    known = [DEVELOPMENT, *PHASES]
    if phase not in known:
        near = nearest(phase, known) or ", ".join(known)
        raise UsageError(f"{phase!r} is no phase of a preview", hint=f"write {near}")
