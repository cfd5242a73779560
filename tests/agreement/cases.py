"""The corpora as values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buf.breaking import CATEGORIES, Reported

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ROOT = re.compile(r"^ *roots:\n *- (\S+)$", re.MULTILINE)
"""Where `buf.yaml` names the only root."""


@dataclass(frozen=True)
class SemverCase:
    """One edit of a small schema, and what it does to whom."""

    name: str
    """Unique."""
    baseline: Mapping[str, str]
    """Path to text."""
    current: Mapping[str, str]
    """Path to text."""
    effects: Mapping[str, str]
    """Consumer to `safe`, `cond` or `break`."""
    change: str
    """The step, like `minor`."""


@dataclass(frozen=True)
class BreakingCase:
    """Two trees and what buf reports on them."""

    name: str
    """Unique."""
    baseline: Mapping[str, str]
    """Path to text."""
    current: Mapping[str, str]
    """Path to text."""
    reported: tuple[Reported, ...]
    """Everything of the categories that are asked, each finding once."""


def read_semver(corpora: Path) -> list[SemverCase]:
    """Give the cases of `semver`, in order."""
    rows = json.loads((corpora / "semver/cases.json").read_text("utf-8"))["cases"]
    return [SemverCase(**{name: row[name] for name in SemverCase.__dataclass_fields__}) for row in rows]


def read_breaking(corpora: Path) -> list[BreakingCase]:
    """Give the cases of `breaking`, in order."""
    folder = corpora / "breaking"
    rows = json.loads((folder / "cases.json").read_text("utf-8"))["cases"]
    return [
        BreakingCase(
            row["name"],
            read_tree(folder / row["name"] / "baseline"),
            read_tree(folder / row["name"] / "current"),
            tuple(dict.fromkeys(Reported.read(one) for kind in CATEGORIES for one in row["reported"].get(kind, []))),
        )
        for row in rows
    ]


def read_tree(folder: Path) -> dict[str, str]:
    """Give the protos of a folder by path below its root, which its `buf.yaml` may name."""
    settings = folder / "buf.yaml"
    found = ROOT.search(settings.read_text("utf-8")) if settings.exists() else None
    root = folder / found[1] if found else folder
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(root.rglob("*.proto"))}
