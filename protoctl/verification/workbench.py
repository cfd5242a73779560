"""Where packages are tried: folders, the network, and the programs that strangers use."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.kit.digest import digest_json, digest_mapping
from protoctl.kit.files import read_tree
from protoctl.kit.once import make_once
from protoctl.model.event import Event
from protoctl.toolchain import clients
from protoctl.toolchain.install import CACHE_VARIABLE, install_python_packages, platform_tag

if TYPE_CHECKING:
    from collections.abc import Callable

    from protoctl.model.event import Emit

TOOLS = Path(__file__).with_name("tools")
"""The consumers' programs by version and hash: no artifact depends on them, so they are no part of the lock."""
VERIFICATION = "verification"
"""The folder below the user's cache folder."""
WHAT = "cannot install the programs that try packages"


@dataclass(frozen=True)
class Workbench:
    """What a verification works with."""

    cache: Path
    """The user's cache folder, which keeps environments."""
    scratch: Path
    """A folder that is gone afterwards."""
    emit: Emit
    """Where to report progress."""
    offline: bool = False
    """Whether the network is out of bounds."""

    @cached_property
    def tools(self) -> Path:
        """The folder of the consumers' programs, installed once from the hashes that protoctl brings."""
        name = digest_mapping({path: data for path, data in read_tree(TOOLS).items() if not path.endswith(".pyc")})
        target = self.folder(f"tools-{name[:20]}-{platform_tag()}")
        return self.make_once(target, "installing the programs that try packages (once per machine)", self.fill_tools)

    @property
    def node(self) -> Path:
        """The Node that the programs run with."""
        return self.tools / clients.NODE

    def folder(self, name: str) -> Path:
        """Give a place in the cache."""
        return self.cache / VERIFICATION / name

    def make_once(self, target: Path, text: str, fill: Callable[[Path], None]) -> Path:
        """Give a folder of the cache, filled now, and this said, unless it is there; raises MachineError."""
        if target.is_dir():
            return target
        self.emit(Event(text))
        try:
            return make_once(target, "protoctl", fill)
        except OSError as error:
            hint = f"free or allow it, or choose another with {CACHE_VARIABLE}"
            raise MachineError(f"cannot write the cache folder {self.cache}: {error.strerror}", hint=hint) from error

    def fill_tools(self, folder: Path) -> None:
        """Install mypy, Node, pyright and TypeScript."""
        for path, data in read_tree(TOOLS).items():
            (folder / path).write_bytes(data)
        install_python_packages(folder / "requirements.txt", folder, what=WHAT, offline=self.offline)
        clients.run_npm(["ci"], node=folder, folder=folder, what=WHAT, offline=self.offline)


def environment_key(kind: str, *parts: object) -> str:
    """Give the name of an environment in the cache: equal parts on an equal machine give an equal environment."""
    return f"{kind}-{digest_json([json.loads(json.dumps(parts)), platform.machine()])[:20]}"
