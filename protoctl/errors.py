"""Every exception of protoctl and its exit code; `cli.app.main` is the only place that catches them.

ProtoctlError
├── UsageError            2   the command line
├── ConfigurationError    2   protoctl.toml
├── WorkspaceError        2   the folder, its modules
├── LockError             2   protoctl.lock, build/
│   └── NewerLockError    2   protoctl.lock of a later protoctl
├── SourceError           3   the protos do not compile or are refused
├── ModuleCycleError      3   modules import each other
├── BaselineError         3   what is compared with cannot be used
├── MachineError          4   the file system, the network, this machine
│   ├── ToolError         4   a compiler or plugin failed
│   ├── EngineError       4   the container engine
│   └── ClusterError      4   the cluster
├── PackageIndexError     5   an index refuses, fails or answers nonsense
│   ├── AbsentIndexError  5   nothing at an index's address
│   └── TakenError        5   another file is published under a version
└── ArtifactError         6   an artifact is unusable
    └── OriginError       6   a package that protoctl did not make
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.model.finding import Finding


class ProtoctlError(Exception):
    """Something a person has to know: what failed, where, what was said about it, what to do."""

    exit_code = 70

    def __init__(self, what: str, *, where: str = "", said: str = "", hint: str = "") -> None:
        """Take the sentence, the `file:line` or module, the tool's own words and the way out."""
        super().__init__(what)
        self.what = what
        self.where = where
        self.said = said
        self.hint = hint

    def __str__(self) -> str:
        """Give one line for the cause, indented lines for what a tool said, and a hint line."""
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        lines += [f"  {line}" for line in self.said.strip().splitlines()]
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


class UsageError(ProtoctlError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class ConfigurationError(ProtoctlError):
    """`protoctl.toml` is refused; `where` is file:line."""

    exit_code = 2


class WorkspaceError(ProtoctlError):
    """The folder is no workspace, or its modules cannot be told apart."""

    exit_code = 2


class LockError(ProtoctlError):
    """`protoctl.lock` or a file of `build/` is missing, damaged or does not fit."""

    exit_code = 2


class NewerLockError(LockError):
    """`protoctl.lock` was written by a protoctl that this one must not overrule."""


class SourceError(ProtoctlError):
    """The protos do not compile or are refused; carries every finding."""

    exit_code = 3

    def __init__(self, findings: Sequence[Finding], of: str = "") -> None:
        """Take the findings that forbid the build, in report order; `of` is whose protos, if not the workspace's."""
        count = len(findings)
        super().__init__(f"{count} problem{'' if count == 1 else 's'} in the protos{f' of {of}' if of else ''}")
        self.findings = tuple(findings)

    def __str__(self) -> str:
        """List every problem, each with its place."""
        return "\n".join([self.what, *(f"  {finding}" for finding in self.findings)])


class ModuleCycleError(ProtoctlError):
    """Modules import each other, so no order of releases exists."""

    exit_code = 3

    def __init__(self, path: Sequence[str], imports: Sequence[str]) -> None:
        """Take the modules of the cycle, first repeated last, and one `file:line: import` for each step."""
        super().__init__(
            f"modules import each other: {' → '.join(path)}",
            said="\n".join(imports),
            hint="move the shared messages into a module that both import",
        )
        self.path = tuple(path)
        self.imports = tuple(imports)


class BaselineError(ProtoctlError):
    """What the protos are compared with is no schema, does not link, or belongs to another workspace."""

    exit_code = 3


class MachineError(ProtoctlError):
    """A file system, network or process of this machine failed."""

    exit_code = 4


class ToolError(MachineError):
    """A compiler or plugin failed for a reason that is not in the protos."""


class EngineError(MachineError):
    """The container engine is absent, refuses, or failed in the middle."""


class ClusterError(MachineError):
    """The cluster is absent, refuses, is too slow, or gave what nobody asked for."""

    def __init__(self, what: str, *, code: str = "", said: str = "", hint: str = "") -> None:
        """Take the sentence and gRPC's name of the status, where it was one."""
        super().__init__(what, said=said, hint=hint)
        self.code = code


class PackageIndexError(ProtoctlError):
    """An index refuses, fails, is too slow or answers nonsense; `where` is its name in the configuration."""

    exit_code = 5


class AbsentIndexError(PackageIndexError):
    """An index knows neither a distribution nor its own address, which may be mistyped."""


class TakenError(PackageIndexError):
    """An index has other bytes under the name and version of a file; no retry can change that."""


class ArtifactError(ProtoctlError):
    """A finished package cannot be read or used."""

    exit_code = 6


class OriginError(ArtifactError):
    """A package carries no compiled schema: protoctl did not make it."""


class Interrupted(BaseException):
    """A signal asks to stop; everything on the way out is cleaned up."""

    def __init__(self, signal_number: int) -> None:
        """Take the signal; the exit code follows the shell's rule."""
        super().__init__(signal_number)
        self.exit_code = 128 + signal_number
        self.left = "nothing was left half done"
        """What became of the work; whoever cannot undo it says so on the way out."""
