"""The release plan as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.model.change import Change

if TYPE_CHECKING:
    from protoctl.model.acceptance import Acceptance
    from protoctl.versioning.reason import Reason
    from protoctl.versioning.release import Release
    from protoctl.versioning.standing import Standing


@dataclass(frozen=True)
class ModulePlan:
    """What comes next for one module."""

    standing: Standing
    """What was known of it."""
    last: Release | None
    """The release that was compared with; nothing when there is none."""
    change: Change
    """The largest step that a reason asks for."""
    next: Release | None
    """The release that follows; nothing when the module is not released."""
    reasons: tuple[Reason, ...]
    """Largest step first, then by place; none when nothing changed."""
    dist_tag: str = ""
    """npm's tag for the next release; nothing without one."""
    expired: tuple[Acceptance, ...] = ()
    """Entries that name a break of it and count no longer."""

    @property
    def module(self) -> str:
        """Its name."""
        return self.standing.module

    @property
    def breaks(self) -> tuple[Reason, ...]:
        """What breaks under the policy, accepted or not."""
        return tuple(one for one in self.reasons if one.matter and one.change is Change.MAJOR)

    @property
    def accepted(self) -> tuple[Reason, ...]:
        """The breaks that the team means."""
        return tuple(reason for reason in self.reasons if reason.acceptance)

    @property
    def unaccepted(self) -> tuple[Reason, ...]:
        """The breaks that nobody wrote down as meant; a plan that is checked must have none."""
        return tuple(reason for reason in self.reasons if reason.is_unaccepted)


@dataclass(frozen=True)
class ReleasePlan:
    """What comes next for the workspace."""

    modules: tuple[ModulePlan, ...]
    """Each after those it needs: the order of publishing."""
    unused: tuple[Acceptance, ...] = ()
    """Entries that name no break of any planned module."""
    notes: tuple[str, ...] = ()
    """Sentences about what is not planned, like modules left for another time."""

    @property
    def released(self) -> tuple[ModulePlan, ...]:
        """The modules that are released."""
        return tuple(module for module in self.modules if module.next)

    @property
    def unaccepted(self) -> tuple[Reason, ...]:
        """The breaks that nobody wrote down as meant; one that several modules inherit counts once."""
        found = [reason for module in self.modules for reason in module.unaccepted]
        return tuple({reason.matter: reason for reason in reversed(found)}.values())[::-1]
