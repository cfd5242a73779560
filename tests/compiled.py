"""Folders of protos as schemas, compiled by the toolchain of this repository; each folder of `proto` is a module."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from protoctl.flows.schema import run_cached
from protoctl.flows.session import Options, Session
from protoctl.model.event import silent
from protoctl.model.toolchain import PYTHON
from protoctl.model.tree import Tree
from protoctl.schema.compile import Compiler
from protoctl.schema.sources import Sources
from protoctl.schema.view import Schema
from protoctl.toolchain.install import cache_folder
from protoctl.workspace.discover import discover

REPOSITORY = Path(__file__).parents[1]


@cache
def session() -> Session:
    """Give this repository's own session, whose toolchain serves every case."""
    return Session(discover(REPOSITORY), Options(cache=cache_folder(), runner="local", offline=False), silent)


def compile_folder(folder: Path) -> Schema:
    """Give the schema of the protos in a folder; the first folder of a path is its module, or `all`."""
    files = {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*.proto"))}
    return compile_texts(files)


def compile_texts(texts: dict[str, str]) -> Schema:
    """Give the schema of protos by path; the first folder of a path is its module, or `all`."""
    owners = {path: path.partition("/")[0] if "/" in path else "all" for path in texts}
    tree = Tree({path: text.encode() for path, text in texts.items()})
    tools = session()
    sources = Sources(tree.files, tools.foreign_protos(), owners, {}, lambda *_: "")
    compiler = Compiler(sources, tools.component_digest(PYTHON), lambda batch: run_cached(tools, batch))
    [outcome] = compiler.compile([sorted(texts)])
    assert outcome.returncode == 0, outcome.stderr
    return Schema(compiler.read(outcome), owners)
