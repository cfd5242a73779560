"""Every proto belongs to a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.checks.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.checks.rule import Context
    from protoctl.model.finding import Finding

STRAY = Rule("file-stray", "Every proto lies in a module or is excluded")
RULES = (STRAY,)


def find(context: Context) -> Iterator[Finding]:
    """Report protos at the root and in folders that no glob of `workspace.modules` matches."""
    for path in context.workspace.strays:
        where = "no folder of workspace.modules" if "/" in path else "the proto root, where no module can be"
        yield STRAY.on(path, 1, 1, f"lies in {where}; move it, or add it to workspace.exclude")
