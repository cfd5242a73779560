"""One line for each finding, then a count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from protoctl.kit.text import plural
from protoctl.model.finding import Severity

if TYPE_CHECKING:
    from protoctl.reports import Listing


def render(listing: Listing) -> str:
    """Give lines that terminals and editors can follow; warnings say that they are."""
    if not listing.findings:
        return "no findings"
    lines = []
    for finding in listing.findings:
        mark = "warning: " if finding.severity is Severity.WARNING else ""
        lines.append(str(replace(finding, file=listing.path(finding), message=mark + finding.message)))
    files = len({finding.file for finding in listing.findings})
    warnings = sum(finding.severity is Severity.WARNING for finding in listing.findings)
    errors = plural(len(listing.findings) - warnings, "error")
    lines.append(f"{errors} and {plural(warnings, 'warning')} in {plural(files, 'file')}")
    return "\n".join(lines)
