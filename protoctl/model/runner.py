"""The seam between what is run and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from protoctl.model.invocation import Invocation, Outcome


class Runner(Protocol):
    """A place where invocations run."""

    name: str
    """`local`, `docker`, …"""
    reason: str
    """Why this runner was chosen, for one line of output."""

    def run(self, invocations: Sequence[Invocation]) -> list[Outcome]:
        """Run all, side by side where possible, and give the outcomes in the order of the invocations.

        A tool that fails is an outcome. Raises MachineError when the place itself fails. May be called by several
        threads at once.
        """
        ...

    def stop(self) -> None:
        """End all that `run` started, also in other threads, where `run` then raises, as it does from now on."""
        ...

    def close(self) -> None:
        """Give back what is held for further runs; happens by itself once the runner is not used any more."""
        ...


class ResultStore(Protocol):
    """Where outputs of invocations are kept by digest."""

    @property
    def near(self) -> ResultStore:
        """The part of it that is on this machine."""
        ...

    def load(self, digest: str) -> dict[str, bytes] | None:
        """Give the files that were saved under the digest, or None; a damaged entry counts as none."""
        ...

    def load_all(self, digests: Iterable[str]) -> dict[str, dict[str, bytes]]:
        """Give digest to files for those that are kept, as `load` gives them one by one."""
        ...

    def save(self, digest: str, files: dict[str, bytes]) -> None:
        """Keep the files; a full or read-only disk is no error, the next run works again."""
        ...

    def finish(self) -> None:
        """Wait a moment for what is still on its way to others."""
        ...
