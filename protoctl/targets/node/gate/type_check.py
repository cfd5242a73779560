"""A typed consumer of every package, checked by TypeScript."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from protoctl.kit.files import write_tree
from protoctl.model.trial import Fault
from protoctl.targets.node.gate.consumer import consumer_files
from protoctl.targets.node.gate.environment import MODULES
from protoctl.targets.node.gate.imported import find_imports, package_of
from protoctl.targets.node.gate.package import by_name, with_requirements
from protoctl.targets.node.gate.program import answer_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from protoctl.targets.node.gate.environment import Layout
    from protoctl.targets.node.gate.load import Faults
    from protoctl.targets.node.gate.package import Package
    from protoctl.targets.node.gate.passes import Passes
    from protoctl.targets.node.gate.plan import Setup

TYPESCRIPT = "node_modules/typescript"
CONSUMERS = "consumers"
SHOWN = 20
"""Faults of one module that are kept: a library that cannot be read gives thousands."""
OPTIONS = {
    "strict": True,
    "noEmit": True,
    "target": "es2022",
    "lib": ["es2022"],
    "types": [],
    "exactOptionalPropertyTypes": False,
    "skipLibCheck": False,
}


class Resolution(NamedTuple):
    """One way in which TypeScript finds modules."""

    name: str
    module: str
    suffixes: tuple[str, ...]
    """Of the consumers: as ESM and as CommonJS, or as what a bundler reads."""


RESOLUTIONS = (Resolution("node16", "node16", (".mts", ".cts")), Resolution("bundler", "esnext", (".ts",)))


@dataclass(frozen=True)
class Question:
    """The consumers of some packages of a setup, for one resolution."""

    resolution: Resolution
    """How modules are found."""
    files: Mapping[str, str]
    """The consumers below the setup's folder."""
    keys: Mapping[str, str]
    """By module, under which key it is known when it passes."""
    libraries: str
    """Under which key the packages of others are known when they pass."""


def check_types(layout: Layout, passes: Passes, resolutions: Sequence[Resolution] = RESOLUTIONS) -> dict[str, Faults]:
    """Give what is wrong with the packages of a setup, by name of resolution.

    The declarations of packages are checked with the first resolution, which reads what any other does.
    """
    questions = [make_question(layout, passes, resolution) for resolution in resolutions]
    open_ones = [question for question in questions if question.files]
    faults: dict[str, Faults] = {one.name: {} for one in resolutions}
    if open_ones:
        workbench = passes.workbench
        programs = [program_of(question, layout, passes) for question in open_ones]
        request = {"typescript": str(workbench.tools / TYPESCRIPT), "programs": programs}
        answers = answer_of(workbench.node, "check.mjs", request, cache=workbench.folder("node-compile-cache"))
        for question, found in zip(open_ones, answers, strict=True):
            faults[question.resolution.name] = judge(question, found, layout, passes)
    return faults


def make_question(layout: Layout, passes: Passes, resolution: Resolution) -> Question:
    """Give the consumers of those packages of which it is not known that they pass."""
    files: dict[str, str] = {}
    keys: dict[str, str] = {}
    parts = [resolution.name, json.dumps(OPTIONS)]
    for package in layout.setup.tried:
        texts = consumer_files(package, package.parcel) if package.parcel else {}
        around = with_requirements(package, layout.setup.packages)
        key = passes.key("types", around, layout.environment, *parts, json.dumps(texts))
        if not passes.is_known(key):
            keys[package.module] = key
            for path, text in texts.items():
                files |= {f"{CONSUMERS}/{package.name}/{path}{suffix}": text for suffix in resolution.suffixes}
    imported = {
        specifier for one in layout.setup.tried for specifier in imported_from_others(one, layout.setup.packages)
    }
    return Question(resolution, files, keys, passes.key("libraries", (), layout.environment, *parts, *sorted(imported)))


def imported_from_others(package: Package, packages: Collection[Package]) -> set[str]:
    """Give every specifier that a package's types import from packages of others."""
    names = {one.name for one in packages}
    return {
        specifier
        for path, data in package.files.items()
        if path.endswith(".d.ts")
        for specifier, _ in find_imports(data.decode(errors="replace"))
        if not specifier.startswith(".") and package_of(specifier) not in names
    }


def program_of(question: Question, layout: Layout, passes: Passes) -> dict[str, object]:
    """Write the consumers of a question and give the program that TypeScript checks."""
    write_tree(layout.folder, {path: text.encode() for path, text in question.files.items()})
    libraries = [layout.environment, passes.workbench.tools]
    known = libraries if passes.is_known(question.libraries) else []
    if question.resolution != RESOLUTIONS[0]:
        known = [*libraries, layout.folder / MODULES]
    return {
        "roots": [f"{layout.folder}/{path}" for path in question.files],
        "options": OPTIONS | {"module": question.resolution.module, "moduleResolution": question.resolution.name},
        "known": [f"{folder.resolve()}/" for folder in known],
    }


def judge(question: Question, found: list[Mapping[str, str | int]], layout: Layout, passes: Passes) -> Faults:
    """Give the faults by module, and remember what passed."""
    faults = sort_faults(found, layout.setup, layout.folder)
    if not any(str(one["file"]).startswith(f"{layout.environment.resolve()}/") for one in found):
        passes.keep(question.libraries)
    for module, key in question.keys.items():
        if not faults[module]:
            passes.keep(key)
    return faults


def sort_faults(found: list[Mapping[str, str | int]], setup: Setup, folder: Path) -> Faults:
    """Give TypeScript's faults by module: those of files that none of the packages has are everybody's."""
    faults: Faults = {package.module: [] for package in setup.tried}
    for one in found:
        path = str(one["file"]).removeprefix(f"{folder}/")
        inner = path.removeprefix(f"{CONSUMERS}/").removeprefix(f"{MODULES}/")
        owner = by_name(setup.tried, inner)
        text = str(one["text"]).replace(f"{folder}/", "")
        shown = inner.removeprefix(f"{owner.name}/") if owner and path.startswith(MODULES) else inner
        fault = Fault(text.splitlines()[0], shown, int(one["line"]), f"{text}\n{one['source']}")
        for module in [owner.module] if owner else faults:
            if len(faults[module]) < SHOWN and fault not in faults[module]:
                faults[module].append(fault)
    return faults
