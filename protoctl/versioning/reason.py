"""Why a module takes a step: one sentence, with the difference behind it where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from protoctl.model.change import Change
from protoctl.model.difference import by_site

if TYPE_CHECKING:
    from protoctl.model.acceptance import Acceptance
    from protoctl.model.change import Consumer
    from protoctl.model.difference import Difference
    from protoctl.versioning.standing import Cause


class Subject(Enum):
    """What a reason is about."""

    SCHEMA = "schema"
    """A difference in protos."""
    DEPENDENCY = "dependency"
    """A sibling, the toolchain, a requirement."""
    RELEASE = "release"
    """The releases themselves: the first one, one that is asked for, one that cannot be compared with."""


@dataclass(frozen=True)
class Reason:
    """What asks for a step."""

    change: Change
    """The step that it asks for, the policy applied."""
    message: str
    """One sentence without a full stop."""
    subject: Subject = Subject.RELEASE
    """What it is about."""
    difference: Difference | None = None
    """What differs; only of a schema."""
    cause: Cause | None = None
    """What the team changed beside the protos."""
    reached: tuple[Consumer, ...] = ()
    """The counted consumers for whom something can stop working."""
    origin: str = ""
    """The module or distribution that it is in; nothing for the module's own."""
    is_sibling: bool = False
    """Whether the origin is a module of this workspace."""
    acceptance: Acceptance | None = None
    """Why the team means it; only on a break."""

    @property
    def is_unaccepted(self) -> bool:
        """Whether it is a break of the team's own making that nobody wrote down as meant."""
        return self.matter is not None and self.change is Change.MAJOR and self.acceptance is None

    @property
    def matter(self) -> Difference | Cause | None:
        """What an acceptance can be about; a sibling that breaks was accepted there."""
        return self.difference or self.cause

    def place(self, proto_root: str = "") -> str:
        """Give `file:line` of the difference, the root before what is of this workspace; nothing without one."""
        if self.difference is None:
            return ""
        site = self.difference.now
        is_ours = self.is_sibling or not self.origin
        root = f"{proto_root}/" if is_ours and proto_root not in {"", "."} else ""
        return f"{root}{site.file}:{site.line}"

    def sentence(self, proto_root: str = "") -> str:
        """Give `file:line: message (rule)`, whose it is first, or what is known of it."""
        rule = f" ({self.matter.rule})" if self.matter and self.matter.rule else ""
        return ": ".join(filter(None, (self.origin, self.place(proto_root), self.message))) + rule


def by_weight(reason: Reason) -> tuple[int, bool, str, tuple[object, ...], str]:
    """Give the key that sorts reasons: the largest step first, without a place before those with one, then by place."""
    site = by_site(reason.difference) if reason.difference else ()
    return (-reason.change, reason.difference is not None, reason.origin, site, reason.message)
