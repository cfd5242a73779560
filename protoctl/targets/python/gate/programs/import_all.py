"""Imports modules alone and together, in the environment of a consumer.

Request: {"modules": [dotted names], "site": folder}.
Answer: {"faults": [{"module", "together", "cause", "file", "line"}],
    "uses": {module: {distribution: what is imported of it}}}.
A module is imported alone in a child process of its own: what another one registers or imports cannot help it.
"""

from __future__ import annotations

import builtins
import importlib
import json
import os
import sys
import traceback
from importlib import metadata

TRIED: set = set()
"""The module that is tried alone; what it imports has imports of its own, which its package answers for."""
IMPORTED: set = set()
"""What its code imports: name and, for `from name import …`, each name after it."""
ORIGINAL = builtins.__import__


def main() -> None:
    """Read the request, try every module, write the answer."""
    request = json.load(sys.stdin)
    answers = sys.stdout
    sys.stdout = sys.stderr  # what a module prints is no part of the answer
    preload()
    builtins.__import__ = recorded
    owners = find_owners()
    faults, uses = [], {}
    for name in request["modules"]:
        found, uses[name] = alone(name, request["site"], owners)
        faults += found
    if not faults:
        faults = [fault for name in request["modules"] for fault in attempt(name, request["site"], together=True)]
    json.dump({"faults": faults, "uses": uses}, answers)


def preload() -> None:
    """Import what nearly every module imports once for all children."""
    for name in ("google.protobuf.descriptor_pool", "google.protobuf.internal.builder", "grpc"):
        try:
            importlib.import_module(name)
        except ImportError:
            continue


def recorded(name, globals_=None, locals_=None, fromlist=(), level=0):  # as Python calls it
    """Import, and note what the code of the tried module asks for."""
    if globals_ and globals_.get("__name__") in TRIED and level == 0:
        IMPORTED.add(name)
        IMPORTED.update(f"{name}.{one}" for one in fromlist or ())
    return ORIGINAL(name, globals_, locals_, fromlist, level)


def find_owners() -> dict:
    """Give the path of every installed file to the distribution that it came with."""
    owners = {}
    for distribution in metadata.distributions():
        for file in distribution.files or ():
            owners[os.path.realpath(file.locate())] = distribution.metadata["Name"]
    return owners


def alone(name: str, site: str, owners: dict) -> tuple:
    """Import a module in a child and give its faults and what it uses of which distribution."""
    readable, writable = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(readable)
            TRIED.add(name)
            faults = attempt(name, site, together=False)
            with os.fdopen(writable, "w") as stream:
                json.dump([faults, used(owners)], stream)
        finally:
            os._exit(0)
    os.close(writable)
    with os.fdopen(readable) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    if text:
        return tuple(json.loads(text))
    return [{"module": name, "together": False, "cause": "the interpreter died", "file": "", "line": 0}], {}


def used(owners: dict) -> dict:
    """Give distribution to one module of it that the imported code asked for."""
    found = {}
    for name in sorted(IMPORTED):
        path = getattr(sys.modules.get(name), "__file__", None)
        owner = path and owners.get(os.path.realpath(path))
        if owner:
            found.setdefault(owner, name)
    return found


def attempt(name: str, site: str, *, together: bool) -> list:
    """Import a module and give its faults."""
    try:
        importlib.import_module(name)
    except BaseException as error:  # whatever a module raises is what its consumer gets
        file, line = place(error, site)
        words = " ".join(str(error).split())
        cause = type(error).__name__ + (": " + words if words else "")
        return [{"module": name, "together": together, "cause": cause, "file": file, "line": line}]
    return []


def place(error: BaseException, site: str) -> tuple:
    """Give file and line of generated code that an error came through, the last of them."""
    if isinstance(error, SyntaxError) and error.filename:
        return os.path.relpath(error.filename, site), error.lineno or 0
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "_pb2" in frame.filename]
    return (os.path.relpath(frames[-1].filename, site), frames[-1].lineno) if frames else ("", 0)


main()
