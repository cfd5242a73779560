"""Other programs that generate the same code from the same protos, without packing it."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.contenders import Contender, UnfairError
from bench.measure import Job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.corpora import Ground
    from bench.equipment import Equipment

OUT = "generated"
PROTOC_SETS = {
    "python": (
        (f"--python_out={OUT}", f"--grpc_python_out={OUT}"),
        (f"--mypy_out=quiet:{OUT}", f"--mypy_grpc_out=quiet:{OUT}"),
    ),
    "node": ((f"--es_out={OUT}", "--es_opt=target=js+dts,import_extension=js"),),
}
"""Target to the options of each of its plugin sets."""
BUF_PLUGINS = {
    "python": (
        ("protoc_builtin: python", "protoc_path: [protoc]"),
        ("local: protoc-gen-grpc_python",),
        ("local: protoc-gen-mypy", "opt: quiet"),
        ("local: protoc-gen-mypy_grpc", "opt: quiet"),
    ),
    "node": (("local: protoc-gen-es", "opt: target=js+dts,import_extension=js"),),
}
"""Target to the lines of each of its plugins in a template."""
SUFFIXES = {"python": ("_pb2.py", "_pb2_grpc.py", "_pb2.pyi", "_pb2_grpc.pyi"), "node": ("_pb.js", "_pb.d.ts")}
"""Target to the files that its plugins write for a proto."""


@dataclass(frozen=True)
class Peers:
    """Builds of generated code by other programs, without packing."""

    ground: Ground
    equipment: Equipment
    targets: Sequence[str]

    def all(self) -> list[Contender]:
        """Give buf with both strategies, protoc once per plugin set, and protoc once."""
        options = [options for target in self.targets for options in PROTOC_SETS[target]]
        together = [tuple(option for one in options for option in one)]
        return [
            self.buf("all"),
            self.buf("directory"),
            self.protoc("protoc, one run per plugin set", options),
            self.protoc("protoc, one run", together),
        ]

    def buf(self, strategy: str) -> Contender:
        """Give `buf generate`."""
        template = self.ground.root / f"buf.gen.{strategy}.yaml"
        plugins = [
            "  - " + "\n    ".join((*lines, f"out: {OUT}", f"strategy: {strategy}"))
            for target in self.targets
            for lines in BUF_PLUGINS[target]
        ]
        template.write_text("\n".join(["version: v2", "plugins:", *plugins, ""]))
        argv = [str(self.equipment.buf), "generate", "proto", "--template", template.name]
        return self.contender(f"buf generate, strategy: {strategy}", [argv])

    def protoc(self, name: str, calls: Sequence[Sequence[str]]) -> Contender:
        """Give runs of protoc over all files."""
        names = self.ground.root / "files"
        names.write_text("\n".join(self.ground.files))
        include = ["-Iproto", "-Ithird_party"]
        protoc = str(self.equipment.launchers / "protoc")
        return self.contender(name, [[protoc, *include, *options, "@files"] for options in calls])

    def contender(self, name: str, commands: Sequence[Sequence[str]]) -> Contender:
        """Give a contender that writes into an empty folder, which then holds what the plugins give for each proto."""
        job = Job(commands, self.ground.root, self.equipment.environment)
        return Contender(name, job, self.empty, self.check)

    def empty(self) -> None:
        """Empty the output folder."""
        shutil.rmtree(self.ground.root / OUT, ignore_errors=True)
        (self.ground.root / OUT).mkdir()

    def check(self) -> None:
        """Refuse a run that left something out."""
        found = Counter("_pb" + path.name.rpartition("_pb")[2] for path in (self.ground.root / OUT).rglob("*.*"))
        wanted = {suffix: len(self.ground.files) for target in self.targets for suffix in SUFFIXES[target]}
        if found != wanted:
            message = f"{dict(found)} files instead of {wanted}"
            raise UnfairError(message)
