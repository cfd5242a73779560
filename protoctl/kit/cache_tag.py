"""The mark of a cache folder, which backup programs skip (https://bford.info/cachedir/), and who made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.kit.files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "CACHEDIR.TAG"
SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55"


def mark_cache(folder: Path, maker: str) -> None:
    """Mark an existing folder, unless it is marked."""
    path = folder / FILE_NAME
    if not path.exists():
        write_atomic(path, f"{SIGNATURE}\n# Made by {maker}; everything here can be made again.\n".encode())


def is_cache_of(folder: Path, maker: str) -> bool:
    """Tell whether a folder was marked by this maker."""
    try:
        text = (folder / FILE_NAME).read_text("utf-8", errors="replace")
    except OSError:
        return False
    return text.startswith(SIGNATURE) and f"# Made by {maker};" in text
