"""Programs written against one schema and type-checked with the stubs of another, many pairs in one run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from compiled import session

from bench.equipment import write_launchers
from protoctl.kit.files import write_tree
from protoctl.model.event import silent
from protoctl.model.toolchain import COMPONENTS, NODE, PROTOS
from protoctl.targets.node.gate.consumer import SAME, messages_text
from protoctl.targets.node.gate.fields import Reader, find_types
from protoctl.targets.node.naming import code_stem
from protoctl.targets.python.gate.consumer import write_consumer
from protoctl.targets.python.gate.layout import Layout
from protoctl.toolchain.install import cache_folder
from protoctl.verification.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from protoctl.schema.view import Schema
    from protoctl.verification.parcel import Parcel

TSC_ERROR = re.compile(r"^programs/(?P<name>[^/]+)/(?P<text>.*error TS.*)$", re.MULTILINE)
OPTIONS = {
    "strict": True,
    "noEmit": True,
    "target": "es2022",
    "lib": ["es2022"],
    "types": [],
    "skipLibCheck": True,
    "module": "esnext",
    "moduleResolution": "bundler",
}
TAKEN = "type Same<A, B> = [A] extends [B] ? true : false;"
"""In a consumer of an older schema, what is read now has to be taken where the old type was."""
TOLERATED = "Cannot instantiate abstract class"
"""A server lacks a method that is new: its author is told when it is built, and old clients go on working."""


@dataclass(frozen=True)
class Record:
    """What the writer of consumers asks of a wheel's record."""

    files: Sequence[str]
    """Paths of the protos."""


@dataclass(frozen=True)
class Package:
    """What the writer of consumers asks of a wheel."""

    schema: Schema
    """Compiled."""
    record: Record
    """What is in it."""
    prefix: str = ""
    """No folder around the protos."""

    @property
    def embedded(self) -> Package:
        """The same, as that which the wheel embeds."""
        return self


def write_program(schema: Schema) -> str:
    """Give a typed program that uses every message, field, enum and method of a schema."""
    parcel = cast("Parcel", Package(schema, Record(sorted(schema.owners))))
    return write_consumer(parcel, Layout([parcel]))


def generate_stubs(texts: Mapping[str, str], folder: Path, *options: str) -> None:
    """Generate code for protos by path into `out` below a folder; raises CalledProcessError."""
    write_tree(folder / "proto", {path: text.encode() for path, text in texts.items()})
    (folder / "out").mkdir()
    launchers, foreign = equip(folder / "launchers")
    argv = [str(launchers / "protoc"), "-I.", f"-I{foreign}", *options, *sorted(texts)]
    environment = {"PATH": f"{launchers}:{os.defpath}"}
    subprocess.run(argv, cwd=folder / "proto", env=environment, check=True, capture_output=True)


@cache
def equip(folder: Path) -> tuple[Path, Path]:
    """Give a folder with protoc and its plugins, and that of the protos of others."""
    folders = {component: session().installer.install(component) for component in COMPONENTS}
    write_launchers(folder, folders)
    return folder, folders[PROTOS] / "site"


def check_python(schemas: Mapping[str, Schema], texts: Mapping[str, str], folder: Path) -> dict[str, list[str]]:
    """Write a program for each schema, by name, check all with the stubs of the protos, and give what mypy says."""
    options = (
        "--python_out=../out",
        "--mypy_out=quiet:../out",
        "--grpc_python_out=../out",
        "--mypy_grpc_out=quiet:../out",
    )
    generate_stubs(texts, folder, *options)
    programs = {f"{name}.py": write_program(schema).encode() for name, schema in schemas.items()}
    write_tree(folder / "programs", programs)
    argv = [sys.executable, "-m", "mypy", "--strict", "--ignore-missing-imports", "--output=json"]
    argv += ["--explicit-package-bases", f"--cache-dir={folder / 'cache'}", *sorted(programs)]
    environment = {**os.environ, "MYPYPATH": str(folder / "out")}
    done = subprocess.run(argv, cwd=folder / "programs", env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return sort_errors(json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))


def sort_errors(rows: Iterable[Mapping[str, str]]) -> dict[str, list[str]]:
    """Give the name of each program to what is wrong with it; what is wrong within stubs is nobody's."""
    found: dict[str, list[str]] = {}
    for row in rows:
        path = Path(row["file"])
        if row["severity"] == "error" and len(path.parts) == 1 and not row["message"].startswith(TOLERATED):
            found.setdefault(path.stem, []).append(f"line {row['line']}: {row['message']}")
    return found


def check_node(schemas: Mapping[str, Schema], texts: Mapping[str, str], folder: Path) -> dict[str, list[str]]:
    """Write a TypeScript program for each schema, check all with the protos' types, and give what tsc says."""
    generate_stubs(texts, folder, "--es_out=../out", "--es_opt=target=dts,import_extension=js")
    programs = {
        f"{name}/{path}.ts": text.encode() for name, one in schemas.items() for path, text in type_programs(one)
    }
    write_tree(folder / "programs", programs)
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS, "include": ["programs"]}))
    (folder / "node_modules").symlink_to(session().installer.install(NODE) / "node_modules")
    workbench = Workbench(cache_folder(), folder, silent)
    argv = [str(workbench.node), str(workbench.tools / "node_modules/typescript/lib/tsc.js"), "--pretty", "false"]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    found: dict[str, list[str]] = {}
    for error in TSC_ERROR.finditer(done.stdout):
        found.setdefault(error["name"], []).append(error["text"])
    assert bool(found) or not done.returncode, done.stdout + done.stderr
    return found


def type_programs(schema: Schema) -> Iterator[tuple[str, str]]:
    """Give a program for the messages and enums of each file, with its path."""
    types = find_types(schema.files)
    for file in schema.own_files():
        stem = code_stem(file.name)
        text = messages_text("../" * (stem.count("/") + 2) + "out", Reader(types, file, is_long_text=False))
        yield stem, text.replace(SAME.splitlines()[0], TAKEN)
