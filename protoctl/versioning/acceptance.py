"""Breaks that are meant: which differences an entry of the configuration accepts, and which entries are stale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from protoctl.kit.globs import compile_glob
from protoctl.versioning.release import parse_release

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from protoctl.model.acceptance import Acceptance
    from protoctl.versioning.release import Release


class Named(Protocol):
    """A difference, or a cause beside the protos."""

    @property
    def rule(self) -> str:
        """The rule's identifier."""
        ...

    @property
    def element(self) -> str:
        """Full name of what it is about."""
        ...


def is_about(acceptance: Acceptance, difference: Named) -> bool:
    """Tell whether an entry names a difference, expired or not."""
    if acceptance.rule != difference.rule:
        return False
    pattern = compile_glob(acceptance.element.replace(".", "/"))
    return pattern.fullmatch(difference.element.replace(".", "/")) is not None


def has_expired(acceptance: Acceptance, last: Release | None) -> bool:
    """Tell whether a module's last release has reached the version until which an entry counts.

    Raises UsageError when that is no version.
    """
    return last is not None and last.version >= parse_release(acceptance.until).version


def find_acceptance(difference: Named, acceptances: Iterable[Acceptance], last: Release | None) -> Acceptance | None:
    """Give the first entry that accepts a break of a module with that last release."""
    named = (one for one in acceptances if is_about(one, difference))
    return next((one for one in named if not has_expired(one, last)), None)


def find_expired(breaks: Sequence[Named], acceptances: Iterable[Acceptance], last: Release | None) -> list[Acceptance]:
    """Give the entries that name a break of a module and no longer count for it."""
    expired = (one for one in acceptances if has_expired(one, last))
    return [one for one in expired if any(is_about(one, difference) for difference in breaks)]


def find_unused(breaks: Sequence[Named], acceptances: Iterable[Acceptance]) -> list[Acceptance]:
    """Give the entries that name no break of any module: it was released, taken back, or the pattern is wrong."""
    return [one for one in acceptances if not any(is_about(one, difference) for difference in breaks)]
