"""protoctl, cold and warm."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.contenders import Contender, UnfairError
from bench.measure import Job, measure
from bench.peers import OUT, empty, require_generated
from protoctl.toolchain.install import TOOLCHAINS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.ground import Ground

PROTOCTL = str(Path(sys.executable).with_name("protoctl"))
GENERATION = Path(__file__).with_name("generation.py")
LOCAL = "--runner=local"


@dataclass
class Ours:
    """Builds of packages by protoctl."""

    ground: Ground
    targets: Sequence[str]
    before: tuple[int, str] = (0, "")
    """What `dist/` was before the run."""
    edits: int = 0
    """How often a proto was changed."""

    def job(self, *options: str) -> Job:
        """Give a build; offline, so that no network is measured."""
        choice = [f"--target={target}" for target in self.targets]
        argv = [PROTOCTL, "build", "--offline", *choice, *options]
        return Job([argv], self.ground.root, self.ground.environment)

    def build(self) -> None:
        """Build once, unmeasured."""
        measure(self.job(LOCAL))

    def cold(self) -> Contender:
        """Give the first build of a workspace on a machine that has the toolchain."""
        return Contender("ours", "protoctl build, cold, packed", self.job(LOCAL), self.forget, self.check_new)

    def generation(self) -> Contender:
        """Give the same without packing, into a folder as others leave it."""
        argv = [sys.executable, str(GENERATION), OUT, *self.targets]
        job = Job([argv], self.ground.root, self.ground.environment)
        name = "protoctl, cold, generated code only"
        return Contender("ours-generation", name, job, self.forget_generated, self.check_generated)

    def idle(self) -> Contender:
        """Give a build in which nothing changed."""
        return Contender("ours", "protoctl build, nothing changed", self.job(), self.remember, self.check_same)

    def edited(self, key: str, name: str, path: str, edit: Callable[[str, int], str]) -> Contender:
        """Give a build after an edit of one proto that was never built before."""

        def prepare() -> None:
            """Edit once more."""
            self.remember()
            self.edits += 1
            file = self.ground.root / "proto" / path
            file.write_text(edit(file.read_text(), self.edits))

        return Contender(key, f"protoctl build, {name}", self.job(LOCAL), prepare, self.check_new)

    def renumbered(self) -> Contender:
        """Give a build of which only the version is another one each time."""
        job = self.job(LOCAL, "")
        argv = list(job.commands[0])

        def prepare() -> None:
            """Choose a version that was never built."""
            self.remember()
            self.edits += 1
            argv[-1] = f"--version=0.1.1.dev{self.edits}"

        name = "protoctl build, another version"
        return Contender("version", name, replace(job, commands=[argv]), prepare, self.check_new)

    def forget(self) -> None:
        """Remove all that an earlier build left, except the toolchain."""
        kept = [path for path in self.ground.cache.iterdir() if path.name != TOOLCHAINS]
        for path in (*kept, self.ground.root / ".protoctl", self.ground.root / "dist"):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        self.before = (0, "")

    def forget_generated(self) -> None:
        """Remove that, and what was generated."""
        self.forget()
        empty(self.ground)

    def remember(self) -> None:
        """Keep what is there for comparison."""
        self.before = self.state()

    def state(self) -> tuple[int, str]:
        """Give the identity of the folder, which every build that makes something replaces, and its manifest."""
        dist = self.ground.root / "dist"
        return dist.stat().st_ino, (dist / "manifest.json").read_text()

    def check_same(self) -> None:
        """Refuse a run that made anything."""
        if self.state() != self.before:
            message = "packages were made although nothing changed"
            raise UnfairError(message)

    def check_new(self) -> None:
        """Refuse a run that left out a module, or that made nothing new."""
        manifest = self.state()[1]
        found = {(one["module"], one["target"]) for one in json.loads(manifest)["artifacts"]}
        if manifest == self.before[1] or len(found) != self.ground.modules * len(self.targets):
            message = f"{len(found)} packages were made, or none is new"
            raise UnfairError(message)

    def check_generated(self) -> None:
        """Refuse a run that left something out."""
        require_generated(self.ground, self.targets)


def add_field(text: str, number: int) -> str:
    """Give a proto with one more field in its first message."""
    return after_first_message(text, f"    string bench_{number} = {10_000 + number};")


def add_comment(text: str, number: int) -> str:
    """Give a proto with one more comment in its first message."""
    return after_first_message(text, f"    // This is comment {number}.")


def after_first_message(text: str, line: str) -> str:
    """Give a proto with a line after the one that opens its first message."""
    lines = text.splitlines()
    place = next(number for number, found in enumerate(lines) if found.startswith("message ") and found.endswith("{"))
    return "\n".join([*lines[: place + 1], line, *lines[place + 1 :], ""])
