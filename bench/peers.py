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

    from bench.equipment import Equipment
    from bench.ground import Ground

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
    limit: float | None = None
    """Seconds after which one is stopped."""

    def buf(self, strategy: str) -> Contender:
        """Give `buf generate`; `directory` is its default strategy."""
        template = self.ground.root / f"buf.gen.{strategy}.yaml"
        plugins = [
            "  - " + "\n    ".join((*lines, f"out: {OUT}", f"strategy: {strategy}"))
            for target in self.targets
            for lines in BUF_PLUGINS[target]
        ]
        template.write_text("\n".join(["version: v2", "plugins:", *plugins, ""]))
        argv = [str(self.equipment.buf), "generate", "proto", "--template", template.name]
        return self.contender(f"buf-{strategy}", f"buf generate, strategy: {strategy}", [argv])

    def protoc(self) -> Contender:
        """Give one run of protoc over all files."""
        options = [option for target in self.targets for options in PROTOC_SETS[target] for option in options]
        return self.contender("protoc", "protoc, one run", [self.protoc_run(options)])

    def protoc_apart(self) -> Contender:
        """Give one run of protoc for each set of plugins."""
        runs = [self.protoc_run(options) for target in self.targets for options in PROTOC_SETS[target]]
        return self.contender("protoc-apart", "protoc, one run per plugin set", runs)

    def protoc_run(self, options: Sequence[str]) -> list[str]:
        """Give the arguments of a run over all files."""
        (self.ground.root / "files").write_text("\n".join(self.ground.files))
        return [str(self.equipment.launchers / "protoc"), "-Iproto", "-Ithird_party", *options, "@files"]

    def contender(self, key: str, name: str, commands: Sequence[Sequence[str]]) -> Contender:
        """Give a contender that writes into an empty folder, which then holds what the plugins give for each proto."""
        job = Job(commands, self.ground.root, self.ground.environment, self.limit)
        return Contender(key, name, job, self.empty, self.check)

    def empty(self) -> None:
        """Empty the output folder."""
        empty(self.ground)

    def check(self) -> None:
        """Refuse a run that left something out."""
        require_generated(self.ground, self.targets)


def empty(ground: Ground) -> None:
    """Empty the folder of generated code."""
    shutil.rmtree(ground.root / OUT, ignore_errors=True)
    (ground.root / OUT).mkdir()


def require_generated(ground: Ground, targets: Sequence[str]) -> None:
    """Raise UnfairError when the folder of generated code lacks something.

    It may hold more: private copies of imports, which only packages have.
    """
    found = Counter("_pb" + path.name.rpartition("_pb")[2] for path in (ground.root / OUT).rglob("*.*"))
    wanted = Counter({suffix: len(ground.files) for target in targets for suffix in SUFFIXES[target]})
    if not wanted <= found:
        message = f"{dict(found)} files instead of {dict(wanted)}"
        raise UnfairError(message)
