"""Setups handed to consumers, side by side."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from protoctl.model.trial import Trial
from protoctl.targets.node.gate.environment import install, lay_out
from protoctl.targets.node.gate.load import load
from protoctl.targets.node.gate.plan import LOWEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from protoctl.targets.node.gate.interpreters import Node
    from protoctl.targets.node.gate.load import Faults
    from protoctl.targets.node.gate.plan import Setup
    from protoctl.targets.node.gate.resolve import Resolved
    from protoctl.verification.workbench import Workbench

NODE = "node"


@dataclass(frozen=True)
class Bench:
    """Where setups are tried."""

    workbench: Workbench
    """Folders and programs."""
    nodes: list[Node]
    """Every interpreter, protoctl's own among them."""

    def try_all(self, resolved: Resolved) -> list[Trial]:
        """Give what became of every package in every setup; raises MachineError."""
        with ThreadPoolExecutor(2) as threads:
            running = []
            for at, setup in enumerate(resolved.setups):
                folder = self.prepare(setup, f"{at}")
                running += [threads.submit(one) for one in self.steps(setup, folder)]
            return [trial for one in running for trial in one.result()]

    def prepare(self, setup: Setup, name: str) -> Path:
        """Give a folder with the packages of a setup."""
        environment = install(setup.resolution, self.workbench, is_lowest=LOWEST in setup.label)
        return lay_out(self.workbench.scratch / name, setup.packages, environment)

    def steps(self, setup: Setup, folder: Path) -> Iterable[Callable[[], list[Trial]]]:
        """Give what is to be done with a setup, each independent of the others."""
        for node in self.nodes:
            yield partial(trials, setup, f"node {node.version}", partial(load, setup, folder, node.path))


def trials(setup: Setup, consumer: str, attempt: Callable[[], Faults]) -> list[Trial]:
    """Give the trials of one consumer with a setup, timed."""
    start = time.monotonic()
    faults = attempt()
    seconds = time.monotonic() - start
    name = f"{consumer}, {setup.label}"
    return [
        Trial(NODE, package.module, name, tuple(faults.get(package.module, ())), seconds=seconds)
        for package in setup.tried
    ]
