"""Two folders change places at once, where the system can do that."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

AT_FDCWD = -100
RENAME_EXCHANGE = 2
"""Of renameat2 (https://man7.org/linux/man-pages/man2/rename.2.html), which Python does not offer."""


def exchange(one: Path, other: Path) -> bool:
    """Let two existing folders of one file system change places and give True; False when the system cannot."""
    import ctypes  # slow to import, and only placing needs it

    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    if not renameat2:
        return False
    return bool(renameat2(AT_FDCWD, bytes(one), AT_FDCWD, bytes(other), RENAME_EXCHANGE) == 0)
