"""What an environment lacks beside the packages that are linked into it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from protoctl.kit.text import listing
from protoctl.model.event import Event, Level

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from protoctl.model.event import Emit


class Lack:
    """Tells of one environment, of the same once."""

    def __init__(self, folder: Path, emit: Emit) -> None:
        """Take the environment and whom to tell."""
        self.folder = folder
        self.emit = emit
        self.said = ""

    def tell(self, install: Sequence[str], wanted: Sequence[str], unlinked: Sequence[str]) -> None:
        """Say how to install what is wanted, and which packages of the workspace are not linked."""
        fetch = f"run {shlex.join([*install, *wanted])}" if wanted else ""
        build = f"build and link {listing(unlinked)} as well" if unlinked else ""
        text = "; ".join(filter(None, (fetch, build)))
        if text and text != self.said:
            self.emit(Event(f"{self.folder} lacks what the packages require: {text}", Level.WARNING))
        self.said = text
