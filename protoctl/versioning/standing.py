"""What planning knows of one module: what exists of it, what differs, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protoctl.versioning.history import History

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.model.change import Change
    from protoctl.model.difference import Difference
    from protoctl.versioning.line import Line
    from protoctl.versioning.release import Release


@dataclass(frozen=True)
class Inherited:
    """A difference in an imported file that is not the module's own."""

    origin: str
    """The module or distribution it is in, like `common` or `googleapis-common-protos 1.66.0`."""
    difference: Difference
    """What differs: in a distribution, between the version locked now and the one locked then."""
    is_sibling: bool = False
    """Whether the origin is a module of this workspace."""


@dataclass(frozen=True)
class Cause:
    """What asks for a step beside the protos: the toolchain, a requirement."""

    change: Change
    """The step that it asks for."""
    message: str
    """One sentence without a full stop, like `needs protobuf>=6.33 instead of >=6.31`."""
    rule: str = ""
    """What an acceptance calls it, like `package-settings`."""
    element: str = ""
    """What it is about: the name of a package."""


@dataclass(frozen=True)
class Standing:
    """One module before it is planned."""

    module: str
    """Its name."""
    history: History = field(default_factory=History)
    """The versions of all its distributions."""
    differences: tuple[Difference, ...] = ()
    """Between its own protos in the last release and now."""
    inherited: tuple[Inherited, ...] = ()
    """From imports that are part of its data or code; they count as its own."""
    causes: tuple[Cause, ...] = ()
    """What else changed."""
    needs: tuple[str, ...] = ()
    """The modules whose files it imports directly."""
    built_with: Mapping[str, Release] = field(default_factory=dict)
    """Sibling to the release that the last package requires at least; one that is not listed is at its last release."""
    distributions: Mapping[str, str] = field(default_factory=dict)
    """Target to the name on its index."""
    unstable: frozenset[str] = frozenset()
    """Files whose proto_package promises nothing (`policy.unstable_files`)."""
    line: Line | None = None
    """The line that is released on, when it is not the newest."""
    request: Release | None = None
    """The version that a person asks for."""
    is_unknown: bool = False
    """Whether the last release holds no schema to compare with."""

    @property
    def label(self) -> str:
        """The name that consumers know: of the Python distribution, else of any, else the module's."""
        return self.distributions.get("python") or next(iter(self.distributions.values()), self.module)
