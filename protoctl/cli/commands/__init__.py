"""The commands, one file each: the function that bears the file's name; found by listing this folder."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def find_commands() -> dict[str, Callable[..., Any]]:
    """Give command name to function, sorted; a file `docs_snippet.py` holds the command `docs-snippet`."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return {name.replace("_", "-"): getattr(import_module(f"{__name__}.{name}"), name) for name in names}
