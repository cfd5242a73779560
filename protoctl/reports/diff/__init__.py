"""Differences of schemas written for people and programs, one file per format; found by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from protoctl.model.change import Change
from protoctl.versioning.policy import Policy, step_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.model.difference import Difference, Site
    from protoctl.versioning.standing import Inherited


@dataclass(frozen=True)
class ModuleDifferences:
    """What differs for those who use one module."""

    module: str
    """Its name."""
    own: tuple[Difference, ...] = ()
    """In its own protos, in report order."""
    inherited: tuple[Inherited, ...] = ()
    """In what it imports, in report order."""
    unstable: frozenset[str] = frozenset()
    """Files whose proto_package promises nothing."""
    against: str = ""
    """What it was compared with, like `acme-user 1.4.0` or `git v1.4.0`; nothing when that is nothing."""


@dataclass(frozen=True)
class Row:
    """One difference as reports show it."""

    difference: Difference
    """What the rule says."""
    change: Change
    """Its step under the policy."""
    origin: str = ""
    """The module or distribution that it comes from; nothing for the module's own."""
    is_foreign: bool = False
    """Whether its files are not of this workspace."""


@dataclass(frozen=True)
class DiffListing:
    """What a report is about."""

    modules: tuple[ModuleDifferences, ...]
    """In the order that modules are released."""
    proto_root: str
    """The folder that files are below, relative to the workspace."""
    policy: Policy = field(default_factory=Policy)
    """Which consumers count."""
    sentences: Mapping[str, str] = field(default_factory=dict)
    """Id of a rule to what it is about."""

    def rows(self, module: ModuleDifferences) -> tuple[Row, ...]:
        """Give a module's differences, its own first."""
        own = [Row(one, step_of(one, self.policy, module.unstable)) for one in module.own]
        inherited = [
            Row(
                one.difference,
                step_of(one.difference, self.policy, module.unstable),
                one.origin,
                is_foreign=not one.is_sibling,
            )
            for one in module.inherited
        ]
        return (*own, *inherited)

    def change(self, module: ModuleDifferences) -> Change:
        """Give the largest step of a module's differences."""
        return max((row.change for row in self.rows(module)), default=Change.NONE)

    @property
    def is_breaking(self) -> bool:
        """Whether something can stop working for a consumer that counts."""
        return any(self.change(module) is Change.MAJOR for module in self.modules)

    def path(self, row: Row, site: Site) -> str:
        """Give a file relative to the workspace; of another team's distribution, as it is imported."""
        return site.file if row.is_foreign else str(PurePosixPath(self.proto_root, site.file))


class DiffReport(Protocol):
    """A format."""

    def render(self, listing: DiffListing) -> str:
        """Give the text without a final newline."""
        ...


def load_diff_report(name: str) -> DiffReport:
    """Give a format by the name of its file: `json`, `markdown`, `sarif` or `text`."""
    report: DiffReport = import_module(f"{__name__}.{name}")
    return report
