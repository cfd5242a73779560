"""What a toolchain that nobody has measured emits: it is installed, run on one message, and its header read."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from packaging.version import Version

from protoctl.errors import MachineError
from protoctl.kit import process
from protoctl.kit.scratch import temporary_folder
from protoctl.model.gencode import BEYOND, is_measured
from protoctl.toolchain.install import install_python_packages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

TOOLS = re.compile(r"^grpcio-tools==([^\s;\\]+)", re.MULTILINE)
HEADER = re.compile(r"^# Protobuf Python Version: (\S+)$", re.MULTILINE)
PROTO = 'syntax = "proto3";\nmessage Probe { string name = 1; }\n'
HINT = f"a newer protoctl may know it; this one knows grpcio-tools below {BEYOND}"
WHAT = "cannot find out what protobuf runtime the code of the newest toolchain needs"


def find_fitting(floor: str, compile_bounded: Callable[[Sequence[str]], str], see: Callable[[], str]) -> None:
    """Resolve until the pinned grpcio-tools emits code that works from a protobuf runtime on.

    `compile_bounded` resolves with more requirements and gives the pins, `see` tells what protobuf the code of what was
    resolved last is for. It is asked only about releases that the table does not know, newest first, and they come to
    an end where the table begins. Raises MachineError.
    """
    bounds: list[str] = []
    while True:
        tools = Version(TOOLS.findall(compile_bounded(bounds))[0])
        if is_measured(str(tools)) or Version(see()) <= Version(floor):
            return
        bounds = [f"grpcio-tools<{tools.major}.{tools.minor}"]


def see_gencode(requirements: Path) -> str:
    """Give the protobuf version that code is for which hashed requirements generate; raises MachineError."""
    with temporary_folder("gencode") as folder:
        install_python_packages(requirements, folder, what=WHAT, offline=False)
        (folder / "probe.proto").write_text(PROTO)
        argv = [sys.executable, "-S", "-m", "grpc_tools.protoc", "-I.", "--python_out=.", "probe.proto"]
        done = process.run(argv, folder=folder, environment={"PYTHONPATH": str(folder / "site")}, timeout=60)
        written = folder / "probe_pb2.py"
        found = HEADER.search(written.read_text()) if written.is_file() else None
    if done.returncode or not found:
        raise MachineError(WHAT, said=done.stderr, hint=HINT)
    return found[1]
