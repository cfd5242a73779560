"""Runs protoctl in forks of itself, as often as it is told, and kills a run before any of its effects.

Not imported by tests: `tests/release_runs.py` starts it and writes a line of JSON for each run. The gate passes
everything, since it has tests of its own and takes longer than all the rest.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

from protoctl.flows import verify

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
GIT_WRITES = {"tag", "push"}


class Watch:
    """Counts what a run does to the world, notes it, and kills the run before one of its effects."""

    def __init__(self, home: str, cache: str, log: Path, kill: int, act: str) -> None:
        """Take what is looked at, what of it is not, where effects are noted, and before which one what happens."""
        self.home, self.cache, self.kill, self.act = home, cache, kill, act
        self.count = 0
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take an audit event."""
        effect = self.name(event, arguments)
        if not effect:
            return
        os.write(self.log, f"{effect}\n".encode())
        self.count += 1
        if self.count == self.kill and self.act:
            self.kill = 0
            subprocess.run(["sh", "-c", self.act], cwd=self.home, check=True)
        elif self.count == self.kill:
            os.kill(os.getpid(), signal.SIGKILL)

    def name(self, event: str, arguments: tuple[Any, ...]) -> str:
        """Give an effect for people; nothing for what has none."""
        if event == "os.rename" and self.is_mine(arguments[1]):
            return f"place {self.short(arguments[1])}"
        if event == "open" and self.is_mine(arguments[0]) and arguments[2] & WRITES:
            return f"write {self.short(arguments[0])}"
        if event == "subprocess.Popen" and GIT_WRITES & set(arguments[1]):
            return "git " + next(iter(GIT_WRITES & set(arguments[1])))
        if event == "http.client.send" and not bytes(arguments[1][:4]).startswith(b"GET "):
            return "send"
        return ""

    def is_mine(self, path: object) -> bool:
        """Tell whether a path is one that is looked at."""
        text = os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else ""
        return text.startswith(self.home) and not text.startswith(self.cache)

    def short(self, path: Any) -> str:  # noqa: ANN401  as the event has it
        """Give a path as a test names it: random parts of names are left out."""
        return os.fsdecode(path).removeprefix(self.home)


def play(order: dict[str, Any]) -> NoReturn:
    """Be protoctl, once."""
    for number, name in enumerate(("in", "out", "err")):
        source = os.open(order.get(name, os.devnull), os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.dup2(source, number)
    faulthandler.enable()
    os.chdir(order["folder"])
    os.environ |= order["variables"]
    sys.argv = ["protoctl", *order["arguments"]]
    sys.addaudithook(
        Watch(order["home"], os.environ["PROTOCTL_CACHE_DIR"], Path(order["log"]), order["kill"], order["act"])
    )
    from protoctl.cli.app import main

    try:
        main()
    except SystemExit as leaving:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(leaving.code if isinstance(leaving.code, int) else 1)
    except BaseException:  # noqa: BLE001  whoever waits for this process has to be told
        traceback.print_exc()
        os._exit(99)


def serve() -> None:
    """Run what each line asks for, and answer with how it ended."""
    verify.prove = lambda *_: None
    import protoctl.cli.application
    import protoctl.flows.publish  # noqa: F401  each fork has it

    for line in sys.stdin:
        child = os.fork()
        if not child:
            play(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  for whoever started this


serve()
