"""protoctl and buf comparing a tree with an older copy of itself, end to end, from sources."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.contenders import Contender, UnfairError
from bench.measure import Job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.equipment import Equipment
    from bench.ground import Ground

PROTOCTL = str(Path(sys.executable).with_name("protoctl"))
BASELINE = "baseline"
"""The folder with the older copy."""


@dataclass
class Comparing:
    """Comparisons of one tree, in which some files have a message more before each run."""

    ground: Ground
    equipment: Equipment
    edited: Sequence[str]
    """Paths of the protos that are edited."""
    edits: int = 0
    """How often they were."""

    def lay_baseline(self) -> None:
        """Copy the tree as it is, for all contenders alike."""
        folder = self.ground.root / BASELINE
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("proto", "third_party"):
            if (self.ground.root / name).is_dir():
                shutil.copytree(self.ground.root / name, folder / name)
        for name in ("buf.yaml", "protoctl.toml", "protoctl.lock"):
            shutil.copy(self.ground.root / name, folder / name)

    def edit(self) -> None:
        """Write the edited files anew, so that nobody knows what they compile to."""
        self.edits += 1
        for at, path in enumerate(self.edited):
            text = (self.ground.root / BASELINE / "proto" / path).read_text("utf-8")
            added = f"\nmessage Bench{at}x{self.edits} {{\n  string a = 1;\n}}\n"
            (self.ground.root / "proto" / path).write_text(text + added, "utf-8")

    def forget(self) -> None:
        """Edit, and remove all that an earlier run knew."""
        shutil.rmtree(self.ground.cache / "results", ignore_errors=True)
        self.edit()

    def ours(self) -> list[Contender]:
        """Give protoctl without any earlier result, and with the baseline's, as any comparison but the first has it."""
        job = self.job(PROTOCTL, "diff", "--offline", "--runner=local", "--json", f"--against={BASELINE}")
        return [
            Contender("ours", "protoctl diff, neither side known", job, self.forget, self.check),
            Contender("ours-known", "protoctl diff, the baseline known", job, self.edit, self.check),
        ]

    def buf(self) -> Contender:
        """Give `buf breaking`, which keeps nothing between runs."""
        job = self.job(str(self.equipment.buf), "breaking", "--against", BASELINE)
        return Contender("buf", "buf breaking", job, self.edit)

    def job(self, *argv: str) -> Job:
        """Give a command in the tree."""
        return Job([argv], self.ground.root, self.ground.environment)

    def check(self) -> None:
        """Refuse a run after which a file's new message is not told; the first one is asked, since that costs a run."""
        if self.edits > 1:
            return
        job = self.job(PROTOCTL, "diff", "--offline", "--runner=local", "--json", f"--against={BASELINE}")
        done = subprocess.run(job.commands[0], cwd=job.folder, env=job.environment, check=True, capture_output=True)
        found = [one for module in json.loads(done.stdout)["modules"] for one in module["findings"]]
        told = {one["file"].removeprefix("proto/") for one in found if one["rule"] == "message-added"}
        if told != set(self.edited):
            message = f"{len(told)} files were told of instead of {len(self.edited)}"
            raise UnfairError(message)


def compare_all(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter both on a tree of which every file differs."""
    del targets
    return enter(Comparing(ground, equipment, ground.files))


def compare_one(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter both on a tree of which one module differs: that with the most files."""
    del targets
    modules = [path.rsplit("/", 2)[0] for path in ground.files]
    largest = max(sorted(set(modules)), key=modules.count)
    return enter(Comparing(ground, equipment, [path for path in ground.files if path.startswith(f"{largest}/")]))


def enter(comparing: Comparing) -> list[Contender]:
    """Give the contenders, ready to run."""
    comparing.lay_baseline()
    return [*comparing.ours(), comparing.buf()]
