"""Watch: build, and build again whenever something changes, until somebody ends it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING, NoReturn

from protoctl.errors import MachineError, ProtoctlError, UsageError
from protoctl.flows.build import build_workspace
from protoctl.flows.idle import FOLDER, Memory
from protoctl.flows.session import Session, Shared
from protoctl.kit.files import recover_folder
from protoctl.kit.trace import Trace
from protoctl.model.event import Event, Level
from protoctl.packaging.manifest import read_manifest
from protoctl.toolchain.lock_file import FILE_NAME as LOCK
from protoctl.toolchain.lock_file import FOLDER as TOOLCHAIN
from protoctl.workspace.configuration_file import FILE_NAME as CONFIGURATION
from protoctl.workspace.discover import discover
from protoctl.workspace.lookout import Lookout
from protoctl.workspace.sources import Earlier

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from protoctl.flows.build import Choice
    from protoctl.flows.session import Options
    from protoctl.model.artifact import Manifest
    from protoctl.model.event import Emit
    from protoctl.model.workspace import Workspace

FILES = (CONFIGURATION, LOCK, "LICENSE")
"""What a build reads in the workspace's folder itself."""
PARTS = ("protoctl.flows.packages", "hatchling.builders.sdist", "hatchling.builders.wheel", "jinja2")
"""What a build with nothing to make does not load."""
REFUSED = 2
"""Exit code of what is wrong with a command line, a configuration or a lock."""


@dataclass(frozen=True)
class Round:
    """A build that ended well."""

    changed: tuple[str, ...]
    """Paths below the workspace of what was not as in the round before, sorted; nothing in the first."""
    made: tuple[str, ...]
    """Modules with packages that are not as before, sorted."""
    seconds: float
    """From noticing to having."""


@dataclass(frozen=True)
class Audience:
    """Who is told."""

    emit: Emit
    """Progress of the first round, and later what may need care."""
    show: Callable[[Round], None]
    """Each round that ends well."""
    fail: Callable[[ProtoctlError], None]
    """What is wrong; that it is put right is awaited."""
    use: Callable[[Workspace, Manifest], None]
    """Receives what each build gives before it is shown; may raise ProtoctlError."""


class Watch:
    """Builds one workspace again and again."""

    def __init__(self, root: Path, options: Options, choice: Choice, audience: Audience) -> None:
        """Take the workspace, how and what to build, and who is told."""
        self.root = root
        self.options = options
        self.choice = choice
        self.audience = audience
        self.shared = Shared()
        self.memory = Memory(root, choice.out)
        self.earlier: Earlier | None = None
        self.seen: dict[str, bytes] = {}
        self.rounds = 0
        self.is_at_fault = False
        self.said: set[str] = set()

    def run(self) -> NoReturn:
        """Build until interrupted.

        Raises what has exit code 2 in the first round, and MachineError where no more folders can be watched.
        """
        if self.choice.release:
            raise UsageError("a release is made once, not watched", hint="leave out --release or --watch")
        recover_folder(self.choice.out)
        with ExitStack() as resources:
            lookout = resources.enter_context(Lookout(self.root, FILES, (self.choice.out, self.root / FOLDER)))
            resources.callback(self.renew)
            self.turn(lookout)
            self.emit(Event(f"watching {', '.join(FILES[:2])} and the protos; Ctrl-C ends it", Level.NOTE))
            for part in PARTS:  # now, while nobody waits
                import_module(part)
            while True:
                self.rounds += 1
                lookout.wait()
                self.turn(lookout)

    def turn(self, lookout: Lookout) -> None:
        """Build when something is not as in the round before, or when that failed."""
        began = perf_counter()
        files, found = self.read()
        while lookout.aim(lookout.folders if isinstance(found, ProtoctlError) else self.folders(found)):
            files, found = self.read()
        if isinstance(found, ProtoctlError):
            self.seen |= files
            self.refuse(found)
            return
        inputs = {**files, **read_protos(found)}
        changed = {path for path in {*inputs, *self.seen} if inputs.get(path) != self.seen.get(path)}
        if changed or self.is_at_fault:
            if changed.intersection(FILES):
                self.renew()  # the toolchain may be another
            self.seen = inputs
            made = self.build(found)
            if made is not None:
                listed = tuple(sorted(changed)) if self.rounds else ()
                self.audience.show(Round(listed, made, perf_counter() - began))

    def read(self) -> tuple[dict[str, bytes], Workspace | ProtoctlError]:
        """Give the files beside the protos, and the workspace or what is wrong with it.

        The build reads the files again, so they are looked at first: what changes in between shows in the next round.
        """
        self.memory = Memory(self.root, self.choice.out)
        self.memory.begin()
        files = read_files(self.root)
        try:
            found = discover(self.root, None if self.choice.is_paranoid else self.earlier)
        except ProtoctlError as error:
            return files, error
        self.earlier = Earlier(found.sources.files, found.stamps, self.memory.trusted)
        return files, found

    def build(self, workspace: Workspace) -> tuple[str, ...] | None:
        """Give the modules that were made, or say what is wrong."""
        before = {(one.path, one.sha256) for one in read_manifest(self.choice.out).artifacts}
        try:
            options = replace(self.options, trace=Trace())  # of many rounds it would only grow
            session = Session(workspace, options, self.emit, self.shared)
            manifest = build_workspace(session, self.choice, self.memory)
            self.audience.use(workspace, manifest)
        except ProtoctlError as error:
            self.refuse(error)
            return None
        except OSError as error:
            self.refuse(MachineError(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"))
            return None
        self.is_at_fault = False
        if self.shared.runner and self.shared.runner.name == "docker":
            self.shared.rest()  # a container lives only as long as it may work
        return tuple(sorted({one.module for one in manifest.artifacts if (one.path, one.sha256) not in before}))

    def refuse(self, error: ProtoctlError) -> None:
        """Say what is wrong, or raise it when the command was no good to begin with."""
        if not self.rounds and error.exit_code == REFUSED:
            raise error
        self.is_at_fault = True
        self.shared.rest()  # what failed was stopped
        self.audience.fail(error)

    def renew(self) -> None:
        """End what rounds have in common, so that the next begins anew."""
        self.shared.close()
        self.shared = Shared()

    def emit(self, event: Event) -> None:
        """Hand on all of the first round, and what may need care of the others, once."""
        if self.rounds and (event.level is not Level.WARNING or event.text in self.said):
            return
        self.said.add(event.text)
        self.audience.emit(event)

    def folders(self, workspace: Workspace) -> tuple[Path, ...]:
        """Give the folders whose content counts."""
        return self.root / workspace.configuration.workspace.proto, self.root / TOOLCHAIN


def read_files(root: Path) -> dict[str, bytes]:
    """Give name to content of the files beside the protos, as far as they can be read."""
    found = {}
    for name in FILES:
        try:
            found[name] = (root / name).read_bytes()
        except OSError:
            continue
    return found


def read_protos(workspace: Workspace) -> dict[str, bytes]:
    """Give path below the workspace to content of every proto; of one that is not built, what is known of it."""
    proto = workspace.configuration.workspace.proto
    found = {**workspace.sources.files, **dict.fromkeys(workspace.strays, b"")}
    found |= {one.file: str(one).encode() for one in workspace.refused}
    return {f"{proto}/{path}": data for path, data in found.items()}
