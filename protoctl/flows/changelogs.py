"""Changelogs: a page for each module, to which each release adds a section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.kit.files import write_atomic
from protoctl.versioning.changelog import insert_section, render_section

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from protoctl.versioning.release_plan import ReleasePlan


def write_changelogs(plan: ReleasePlan, folder: Path, day: date) -> list[Path]:
    """Put the section of every module that is released into `MODULE.md`, and give the files, in order of release.

    All are read before the first is written. Raises MachineError.
    """
    pages: dict[Path, str] = {}
    path = folder
    try:
        for module in plan.released:
            path = folder / f"{module.module}.md"
            existing = path.read_bytes().decode() if path.exists() else ""
            pages[path] = insert_section(existing, render_section(module, day), module.standing.label)
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in pages.items():
            write_atomic(path, text.encode())
    except OSError as error:
        raise MachineError(f"cannot write the changelog {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise MachineError(
            f"the changelog {path} is not UTF-8", hint="correct it, or write to another folder"
        ) from error
    return list(pages)
