"""A run of a tool as a value, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from protoctl.kit.digest import digest_json
from protoctl.model.tree import Tree


@dataclass(frozen=True)
class Invocation:
    """What to run, on what; the same value gives the same result on every runner."""

    component: str
    """The part of the toolchain that holds the tools: `python` or `node`."""
    component_digest: str
    """The digest of that part's pins."""
    argv: tuple[str, ...]
    """The tool's name and its arguments; paths are relative to the folder that holds the inputs."""
    inputs: Tree
    """Every file that the tool may read; it writes below `out/`."""

    @cached_property
    def digest(self) -> str:
        """The key of the cache."""
        return digest_json([self.component, self.component_digest, self.argv, self.inputs.digest])


@dataclass(frozen=True)
class Outcome:
    """What a finished invocation left."""

    returncode: int
    """0 for success, negative when a signal ended the tool."""
    stderr: str
    """What the tool said, cut at 1 MiB."""
    outputs: Tree
    """The files below `out/`, unchecked; empty unless the tool succeeded."""
    seconds: float = 0
    """How long the tool ran; 0 when it did not."""
