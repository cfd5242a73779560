"""What became of a package in the hands of a consumer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One reason why a package cannot be used."""

    cause: str
    """One sentence without a full stop."""
    file: str = ""
    """Path inside the package, or of the consumer's own file; nothing when no file is to blame."""
    line: int = 0
    """From 1; 0 when no line is to blame."""
    said: str = ""
    """The consumer's own words."""

    @property
    def place(self) -> str:
        """`file:line`, as far as both are known."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Trial:
    """One consumer with one module's packages in one language."""

    target: str
    """The language, like `python`."""
    module: str
    """The module, or nothing when all were tried together."""
    consumer: str
    """Who tried, and with what: `pip`, `import, lowest`, `mypy, newest`."""
    faults: tuple[Fault, ...] = ()
    """Why it failed; none when it passed."""
    remarks: tuple[Fault, ...] = ()
    """What could be better, and keeps nobody from using the package."""
    skipped: str = ""
    """Why it was not made on this machine; nothing when it was."""
    seconds: float = 0.0
    """How long it took; trials that ran together share it."""

    @property
    def outcome(self) -> str:
        """`passed`, `failed` or `skipped`."""
        return "failed" if self.faults else "skipped" if self.skipped else "passed"


@dataclass(frozen=True)
class Verdict:
    """All trials of a verification."""

    trials: tuple[Trial, ...]
    """Sorted by target, module and consumer."""

    @property
    def failed(self) -> tuple[Trial, ...]:
        """The trials with faults."""
        return tuple(trial for trial in self.trials if trial.faults)
