"""Node for tests: the pinned one with its npm, the machine's own, and packages laid out where both find them."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

from conftest import REPOSITORY, succeed

from protoctl.kit.archive import read_tar
from protoctl.kit.files import write_tree
from protoctl.model.toolchain import NODE
from protoctl.toolchain import clients
from protoctl.toolchain.install import Installer, cache_folder
from protoctl.toolchain.lock_file import read_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

OLDEST = 16
"""The major version of Node that packages need at least."""

TOOLS = (
    "typescript@5.9.3",
    "typescript7@npm:typescript@7.0.2",
    "publint@0.3.25",
    "@arethetypeswrong/cli@0.18.5",
)
"""Two generations of TypeScript, and what looks for faults of packages."""


@cache
def toolchain() -> Path:
    """Give the folder of the toolchain's Node part, installed."""
    lock = read_lock(REPOSITORY)
    assert lock
    return Installer(REPOSITORY, lock, cache_folder(), lambda _: None, offline=False).install(NODE)


def pinned_node() -> Path:
    """Give the Node that the lock pins."""
    return toolchain() / clients.NODE


@cache
def nodes() -> list[Path]:
    """Give every Node to try: the pinned one, and the machine's when it has one that is not too old."""
    own = shutil.which("node")
    if not own:
        return [pinned_node()]
    version = subprocess.run([own, "--version"], capture_output=True, text=True, check=True).stdout
    is_new = int(version.lstrip("v").partition(".")[0]) >= OLDEST
    return [pinned_node(), type(REPOSITORY)(own)] if is_new else [pinned_node()]


def npm(*arguments: str | Path, cwd: Path) -> str:
    """Run the pinned npm and give its standard output."""
    environment = {**os.environ, "PATH": f"{pinned_node().parent}{os.pathsep}{os.environ['PATH']}"}
    command = [pinned_node(), toolchain() / clients.NPM, *arguments, "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def make_once(base: Path, name: str, make: Callable[[Path], object]) -> Path:
    """Give a folder that the first worker to ask for it filled; `base` is the worker's folder for all its tests."""
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            fresh = shared / f"{name}.new"
            fresh.mkdir()
            (fresh / "package.json").write_text('{"private": true}')
            make(fresh)
            fresh.rename(folder)
    return folder


def npm_tools(base: Path) -> Path:
    """Give a folder with the compilers and linters of `TOOLS`."""
    return make_once(base, "npm-tools", lambda folder: npm("install", "--save-exact", *TOOLS, cwd=folder))


def check_types(tools: Path, compiler: str, folder: Path, *arguments: str) -> None:
    """Check a consumer's types, and every declaration that it reaches, with one of the compilers."""
    program = tools / "node_modules" / compiler / "bin/tsc"
    succeed(pinned_node(), program, "--strict", "--noEmit", "--target", "es2022", *arguments, cwd=folder)


def read_package(tarball: Path) -> dict[str, bytes]:
    """Give the files of a tarball below `package/`."""
    return {path.removeprefix("package/"): data for path, data in read_tar(tarball.read_bytes()).items()}


def lay_out(folder: Path, tarballs: Iterable[Path]) -> Path:
    """Put packages into a folder's `node_modules`, with the toolchain's runtimes beside them, without any registry."""
    modules = folder / "node_modules"
    for tarball in tarballs:
        files = read_package(tarball)
        write_tree(modules / json.loads(files["package.json"])["name"], files)
    for scope in ("@bufbuild", "@grpc"):
        (modules / scope).symlink_to(toolchain() / "node_modules" / scope)
    return folder


def import_names(tarball: Path) -> list[str]:
    """Give everything that can be imported from a package: its entries and each file with code."""
    files = read_package(tarball)
    metadata = json.loads(files["package.json"])
    entries = [name for name, target in metadata["exports"].items() if isinstance(target, dict) and "*" not in name]
    stems = [path.removeprefix("esm/") for path in files if path.startswith("esm/") and path.endswith(".js")]
    stems.remove("index.js")
    return [
        *(metadata["name"] + entry.removeprefix(".") for entry in entries),
        *(f"{metadata['name']}/{stem}" for stem in stems),
        *(f"{metadata['name']}/{stem.removesuffix('.js')}" for stem in stems),
    ]


def import_everything(folder: Path, tarballs: Iterable[Path]) -> int:
    """Import and require everything, on every Node; each must give the same names both ways. Give the count."""
    names = [name for tarball in tarballs for name in import_names(tarball)]
    program = folder / "import_everything.mjs"
    program.write_text(
        'import { createRequire } from "node:module";\n'
        "const require = createRequire(import.meta.url);\n"
        f"for (const name of {json.dumps(names)}) {{\n"
        "  const [esm, cjs] = [await import(name), require(name)].map((one) => Object.keys(one).sort().join());\n"
        "  if (!esm || esm !== cjs) throw new Error(`${name}: ${esm} is not ${cjs}`);\n"
        "}\n"
        'if (globalThis.owned) throw new Error("a comment ran");\n'
    )
    for node in nodes():
        succeed(node, program, cwd=folder)
    return len(names)
