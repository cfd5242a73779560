"""npm's names for releases: `latest` for the newest, others for what must not be taken by accident.

A dist-tag must not read as a version range (`npm help dist-tag`): every tag here but
`latest` begins with a word and a hyphen, which no range does.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

from protoctl.errors import UsageError

if TYPE_CHECKING:
    from protoctl.versioning.history import History
    from protoctl.versioning.line import Line
    from protoctl.versioning.release import Release

LATEST = "latest"
LONGEST = 40
"""Characters of a branch name that a tag keeps."""


def dist_tag(release: Release, history: History, line: Line | None = None) -> str:
    """Give the tag of a final release: `latest` only when it is no line's and higher than every live one."""
    if line is not None:
        return line.dist_tag
    highest = history.last()
    if highest is None or release.version > highest.version:
        return LATEST
    return f"line-{release.numbers[0]}" if release.numbers[0] else f"line-0.{release.numbers[1]}"


def branch_tag(branch: str) -> str:
    """Give the tag for previews of a branch, like `branch-feature-x`, in lower-case letters, digits and hyphens.

    Names that lose more than case and separators get eight digits of their digest. Raises UsageError for an empty name.
    """
    if not branch.strip():
        raise UsageError("a preview needs the name of a branch", hint="give it with --preview")
    slug = re.sub(r"[^a-z0-9]+", "-", branch.lower()).strip("-")[:LONGEST].rstrip("-")
    if len(slug) != len(branch) or re.search(r"[^A-Za-z0-9/._-]", branch):
        digest = sha256(branch.encode(errors="surrogatepass")).hexdigest()[:8]
        slug = "-".join(filter(None, (slug, digest)))
    return f"branch-{slug}"
