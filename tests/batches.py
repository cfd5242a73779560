"""Many small proto trees compiled at once: one process of the toolchain, since starting one for each takes longer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from compiled import session

from protoctl.model.toolchain import PROTOS, PYTHON
from protoctl.schema.view import Schema, read_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

PROGRAM = """
import json, os, sys
from pathlib import Path
from grpc_tools import _protoc_compiler
folder, site, foreign = map(Path, sys.argv[1:])
for number, files in enumerate(json.load(sys.stdin)):
    case = folder / str(number)
    for path, text in files.items():
        target = case / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    include = [f"-I{one}" for one in (case, site / "grpc_tools/_proto", foreign)]
    options = [f"-o{folder / str(number)}.binpb", "--include_imports", "--include_source_info"]
    _protoc_compiler.run_main([one.encode() for one in ["protoc", *include, *options, *sorted(files)]])
"""
"""Compiles trees that it reads as JSON into one set each; for one that does not compile there is no set."""


def compile_batch(
    trees: Sequence[Mapping[str, str]], folder: Path, owner: Callable[[str], str] = lambda _: "all"
) -> list[Schema | None]:
    """Give the schema of each tree, path to text, in order; None for one that protoc refuses.

    `owner` gives the module of a path, `folder` is an empty one to work in.
    """
    installer = session().installer
    site, foreign = installer.install(PYTHON) / "site", installer.install(PROTOS) / "site"
    argv = [sys.executable, "-S", "-c", PROGRAM, str(folder), str(site), str(foreign)]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(site), "PYTHONUTF8": "1"}
    subprocess.run(argv, input=json.dumps(list(trees)), env=environment, text=True, check=True, capture_output=True)
    found: list[Schema | None] = []
    for number, tree in enumerate(trees):
        made = folder / f"{number}.binpb"
        data = made.read_bytes() if made.exists() else None
        found.append(None if data is None else Schema(read_files(data), {path: owner(path) for path in tree}))
    return found
