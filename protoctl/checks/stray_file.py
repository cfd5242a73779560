"""Every proto belongs to a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.checks.rule import Rule
from protoctl.model.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.checks.rule import Context

STRAY = Rule("file-stray", "Every proto lies in a module or is excluded")
RULES = (STRAY,)


def find(context: Context) -> Iterator[Finding]:
    """Report protos at the root and in folders that no glob of `workspace.modules` matches."""
    for path in context.workspace.strays:
        where = "no folder of workspace.modules" if "/" in path else "the proto root, where no module can be"
        yield Finding(path, 1, 1, STRAY.id, f"lies in {where}; move it, or add it to workspace.exclude", STRAY.severity)
