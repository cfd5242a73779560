"""What is compiled, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Sources:
    """The protos of a workspace and what they may import."""

    own: Mapping[str, bytes]
    """Protos of the workspace by path."""
    foreign: Mapping[str, bytes]
    """Protos of other distributions by path."""
    owners: Mapping[str, str]
    """Path of an own proto to its module."""
    imports: Mapping[str, tuple[str, ...]]
    """Path of an own proto to what it imports, read from its text."""
    explain: Callable[[str], str]
    """Gives the reason why an import is not there, and what to do, for the path as written."""
