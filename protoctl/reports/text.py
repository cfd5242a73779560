"""One line for each finding, then a count."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.model.finding import Finding


def render(findings: Sequence[Finding], proto_root: str) -> str:
    """Give lines that terminals and editors can follow."""
    lines = [f"{proto_root}/{finding}" for finding in findings]
    files = len({finding.file for finding in findings})
    lines.append(f"{len(findings)} findings in {files} files" if findings else "no findings")
    return "\n".join(lines)
