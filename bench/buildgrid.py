"""BuildGrid, a server of the Remote Execution API: results kept on this machine, for whoever asks."""

from __future__ import annotations

import atexit
import shutil
import socket
import subprocess
import time
from pathlib import Path

from bench.contenders import AbsentError
from bench.equipment import WORK, install_program

FOLDER = WORK / "buildgrid"
REQUIREMENTS = Path(__file__).with_name("buildgrid.txt")
SECONDS_TO_START = 60
CONFIGURATION = """\
server:
  - !channel
    address: "127.0.0.1:{port}"
    insecure-mode: true
storages:
  - !disk-storage &storage
    path: {folder}
caches:
  - !lru-action-cache &actions
    storage: *storage
    max-cached-refs: 1000000
    allow-updates: true
    cache-failed-actions: false
instances:
  - name: main
    services:
      - !action-cache
        cache: *actions
      - !cas
        storage: *storage
      - !bytestream
        storage: *storage
thread-pool-size: 30
"""


def start_server() -> str:
    """Start an empty server that ends with this process, and give its address; raises AbsentError."""
    program = install_program("buildgrid", REQUIREMENTS) / "bgd"
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    file = FOLDER / "server.yml"
    file.write_text(CONFIGURATION.format(port=port, folder=FOLDER / "contents"))
    with (FOLDER / "log").open("wb") as log:
        process = subprocess.Popen([program, "server", "start", file], cwd=FOLDER, stdout=log, stderr=log)
    atexit.register(end, process)
    deadline = time.monotonic() + SECONDS_TO_START
    while not answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise AbsentError((FOLDER / "log").read_text(errors="replace"))
        time.sleep(0.1)
    return f"grpc://127.0.0.1:{port}/main"


def end(process: subprocess.Popen[bytes]) -> None:
    """End the server."""
    process.terminate()
    process.wait()


def answers(port: int) -> bool:
    """Tell whether anybody listens."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
