"""Setups handed to consumers, side by side."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from protoctl import __version__
from protoctl.model.trial import Fault, Trial
from protoctl.targets.node.gate.calls import call, has_services
from protoctl.targets.node.gate.environment import Layout, install, lay_out
from protoctl.targets.node.gate.floors import EXCESSIVE, NEEDED, find_excessive, floor_digest, lowered, needless
from protoctl.targets.node.gate.load import load
from protoctl.targets.node.gate.passes import Passes
from protoctl.targets.node.gate.plan import LOWEST, NEWEST
from protoctl.targets.node.gate.type_check import check_types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from protoctl.targets.node.gate.interpreters import Node
    from protoctl.targets.node.gate.load import Faults
    from protoctl.targets.node.gate.package import Package
    from protoctl.targets.node.gate.plan import Setup
    from protoctl.targets.node.gate.resolve import Resolved
    from protoctl.verification.workbench import Workbench

NODE = "node"
LOAD = "import and require"
CALL = "grpc-js"
TYPES = "tsc"


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
            layouts = [self.prepare(setup, f"{at}") for at, setup in enumerate(resolved.setups)]
            steps = [threads.submit(step) for layout in layouts for step in self.steps(layout)]
            trials = [trial for one in steps for trial in one.result()]
            failed = {trial.module for trial in trials if trial.faults}
            lower = [
                threads.submit(self.lower, name, setup, f"{at}-{name.replace('/', '-')}")
                for at, lowest in enumerate(resolved.setups)
                if LOWEST in lowest.label
                for name, setup in lowered(lowest, resolved.below, failed)
            ]
            return [*trials, *(trial for one in lower for trial in one.result())]

    def lower(self, name: str, setup: Setup, place: str) -> list[Trial]:
        """Give what became of packages with one release less than they allow."""
        start = time.monotonic()
        keys = {one.module: self.floor_key(name, one, setup) for one in setup.tried}
        words = {module: self.passes.recall(key) for module, key in keys.items()}
        unknown = tuple(one for one in setup.tried if not words[one.module])
        if unknown:
            layouts: list[Layout] = []
            attempts = (partial(self.attempt, kind, layouts, place) for kind in (LOAD, CALL, TYPES))
            excessive = find_excessive(replace(setup, tried=unknown), attempts)
            words |= {one.module: EXCESSIVE if one.module in excessive else NEEDED for one in unknown}
            for module, word in words.items():
                self.passes.keep(keys[module], word)
        seconds = time.monotonic() - start
        release = setup.resolution[name]
        faults = {one.module: [needless(name, one, release)] for one in setup.tried if words[one.module] == EXCESSIVE}
        return [floor_trial(name, one.module, faults.get(one.module, []), seconds) for one in setup.tried]

    def floor_key(self, name: str, package: Package, setup: Setup) -> str:
        """Give the key under which a bound is known to be true."""
        return self.passes.key("floor", (), self.workbench.tools, floor_digest(name, package, setup), __version__)

    def attempt(self, kind: str, layouts: list[Layout], place: str, setup: Setup) -> Faults:
        """Give what fails in a setup, which is laid out once for all kinds and remembered in `layouts`."""
        if not layouts:
            layouts.append(self.prepare(setup, place))
        layout = replace(layouts[0], setup=setup)
        if kind != TYPES:
            return (load if kind == LOAD else call)(layout, self.workbench.node)
        found = check_types(layout, self.passes)
        return {
            one.module: [fault for each in found.values() for fault in each.get(one.module, ())] for one in setup.tried
        }

    def prepare(self, setup: Setup, name: str) -> Layout:
        """Give a setup with its packages in a folder."""
        environment = install(setup.resolution, self.workbench, is_lowest=setup.label != NEWEST)
        folder = lay_out(self.workbench.scratch / name, setup.packages, environment)
        return Layout(setup, folder, environment)

    def steps(self, layout: Layout) -> Iterable[Callable[[], list[Trial]]]:
        """Give what is to be done with a setup, each independent of the others."""
        yield partial(self.type_check, layout)
        for node in self.nodes:
            yield partial(self.run, LOAD, layout, node)
            if has_services(layout):
                yield partial(self.run, CALL, layout, node)

    def type_check(self, layout: Layout) -> list[Trial]:
        """Give what TypeScript says."""
        start = time.monotonic()
        found = check_types(layout, self.passes)
        seconds = time.monotonic() - start
        return [
            one
            for name, faults in found.items()
            for one in make_trials(layout.setup, f"{TYPES} {name}", faults, seconds)
        ]

    def run(self, kind: str, layout: Layout, node: Node) -> list[Trial]:
        """Give what became of loading, or of calling, everything on one Node."""
        start = time.monotonic()
        parts = (layout.setup.label, node.version)
        key = self.passes.key(kind, layout.setup.packages, layout.environment, *parts)
        faults: Faults = {}
        if not self.passes.is_known(key):
            faults = (load if kind == LOAD else call)(layout, node.path)
            if not any(faults.values()):
                self.passes.keep(key)
        return make_trials(layout.setup, f"{kind}, node {node.version}", faults, time.monotonic() - start)


def make_trials(setup: Setup, consumer: str, faults: Faults, seconds: float) -> list[Trial]:
    """Give a trial for each package of a setup."""
    name = f"{consumer}, {setup.label}"
    return [
        Trial(NODE, package.module, name, tuple(faults.get(package.module, ())), seconds=seconds)
        for package in setup.tried
    ]


def floor_trial(name: str, module: str, found: list[Fault], seconds: float) -> Trial:
    """Give the trial of a module's bound on a package of others; one that could be lower makes nothing unusable."""
    return Trial(NODE, module, f"floor, {name}", remarks=tuple(found), seconds=seconds)
