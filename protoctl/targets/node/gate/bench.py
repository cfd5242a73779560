"""Setups handed to consumers, side by side."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from protoctl.model.trial import Trial
from protoctl.targets.node.gate.environment import Layout, install, lay_out
from protoctl.targets.node.gate.load import load
from protoctl.targets.node.gate.passes import Passes
from protoctl.targets.node.gate.plan import LOWEST
from protoctl.targets.node.gate.type_check import check_types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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

    @cached_property
    def passes(self) -> Passes:
        """What passed before."""
        return Passes(self.workbench)

    def try_all(self, resolved: Resolved) -> list[Trial]:
        """Give what became of every package in every setup; raises MachineError."""
        with ThreadPoolExecutor(2) as threads:
            running = []
            for at, setup in enumerate(resolved.setups):
                layout = self.prepare(setup, f"{at}")
                running += [threads.submit(one) for one in self.steps(layout)]
            return [trial for one in running for trial in one.result()]

    def prepare(self, setup: Setup, name: str) -> Layout:
        """Give a setup with its packages in a folder."""
        environment = install(setup.resolution, self.workbench, is_lowest=LOWEST in setup.label)
        folder = lay_out(self.workbench.scratch / name, setup.packages, environment)
        return Layout(setup, folder, environment)

    def steps(self, layout: Layout) -> Iterable[Callable[[], list[Trial]]]:
        """Give what is to be done with a setup, each independent of the others."""
        yield partial(self.type_check, layout)
        for node in self.nodes:
            yield partial(self.load, layout, node)

    def type_check(self, layout: Layout) -> list[Trial]:
        """Give what TypeScript says."""
        start = time.monotonic()
        found = check_types(layout, self.passes)
        seconds = time.monotonic() - start
        return [
            one for name, faults in found.items() for one in make_trials(layout.setup, f"tsc {name}", faults, seconds)
        ]

    def load(self, layout: Layout, node: Node) -> list[Trial]:
        """Give what became of loading everything on one Node."""
        start = time.monotonic()
        key = self.passes.key("load", layout.setup.packages, layout.environment, layout.setup.label, node.version)
        faults: Faults = {}
        if not self.passes.is_known(key):
            faults = load(layout.setup, layout.folder, node.path)
            if not any(faults.values()):
                self.passes.keep(key)
        return make_trials(layout.setup, f"node {node.version}", faults, time.monotonic() - start)


def make_trials(setup: Setup, consumer: str, faults: Faults, seconds: float) -> list[Trial]:
    """Give a trial for each package of a setup."""
    name = f"{consumer}, {setup.label}"
    return [
        Trial(NODE, package.module, name, tuple(faults.get(package.module, ())), seconds=seconds)
        for package in setup.tried
    ]
