"""A break that the team means to make, written down before it is released."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Acceptance:
    """One entry of `[[versions.accepted]]`."""

    rule: str
    """The rule's identifier, like `field-deleted`."""
    element: str
    """Glob of full names or, for files, of paths: `*` within one name, `**` for any number of them."""
    reason: str
    """One sentence for consumers; the changelog repeats it."""
    until: str
    """The version from which on it no longer counts, like `2.0.0`."""
