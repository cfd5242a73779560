"""How a pipeline calls protoctl: through the verbs of the repository's Makefile, or from an environment of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

REPORTS = ".protoctl/reports"
"""Where reports are written: git does not see it, and `protoctl clean` removes it."""


class Caller(Protocol):
    """Writes shell commands."""

    @property
    def setup(self) -> str:
        """The command that installs protoctl."""
        ...

    def call(self, verb: str, options: str = "") -> str:
        """Give the command of a verb."""
        ...


@dataclass(frozen=True)
class Make:
    """Calls the verbs of a Makefile, each of which hands `ARGS` on and prints nothing else."""

    setup: str = "make .venv/bin/protoctl"

    def call(self, verb: str, options: str = "") -> str:
        """Give the command of a verb."""
        return f'make --silent {verb} ARGS="{options}"' if options else f"make --silent {verb}"


@dataclass(frozen=True)
class Environment:
    """Calls protoctl itself, installed into `.venv`."""

    version: str
    """Of protoctl, so that all runs of a pipeline are made by one."""

    @property
    def setup(self) -> str:
        """The command that installs protoctl."""
        return f"python3 -m venv .venv && .venv/bin/pip install --quiet protoctl=={self.version}"

    def call(self, verb: str, options: str = "") -> str:
        """Give the command of a verb."""
        return f".venv/bin/protoctl {verb} {options}".rstrip()
