"""Programs that run inside Node: data files that read one JSON value and print one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from protoctl.errors import ToolError
from protoctl.kit import process

if TYPE_CHECKING:
    from collections.abc import Mapping

PROGRAMS = Path(__file__).with_name("programs")
TIMEOUT = 300
"""Seconds for a program of ours, which is slow only on a busy machine."""
INFLUENCES = ("NODE_OPTIONS", "NODE_PATH", "NODE_ENV", "NODE_PENDING_DEPRECATION", "NODE_DEBUG", "FORCE_COLOR")
"""Variables that make one Node see what another does not."""
SAID = 2000
"""Characters of an error output that are kept: its end names the cause."""


class Answer(NamedTuple):
    """What became of a program."""

    value: Any
    """What it printed; None when it did not come to that."""
    said: str
    """Why it did not, in its own words."""


def run_program(
    node: Path,
    name: str,
    request: object,
    *,
    home: Path = PROGRAMS,
    timeout: float = TIMEOUT,
    cache: Path | None = None,
) -> Answer:
    """Run one of the programs to its end, from another `home` when it imports what lies there.

    With a `cache` folder, Node keeps compiled code there. Raises ToolError when Node cannot be started.
    """
    program = home / name
    if home != PROGRAMS:
        program.write_bytes((PROGRAMS / name).read_bytes())
    environment = clean_environment(os.environ) | ({"NODE_COMPILE_CACHE": str(cache)} if cache else {})
    argv = [str(node), str(program)]
    try:
        done = process.run(argv, stdin=json.dumps(request).encode(), environment=environment, timeout=timeout)
    except TimeoutError:
        return Answer(None, f"did not finish within {timeout:g} seconds")
    except OSError as error:
        raise ToolError(f"cannot start {node}: {error.strerror}") from error
    said = done.stderr.strip()[-SAID:]
    try:
        return Answer(json.loads(done.stdout), said)
    except ValueError:
        return Answer(None, said or f"ended with {done.returncode} and said nothing")


def answer_of(node: Path, name: str, request: object, *, cache: Path | None = None) -> Any:  # noqa: ANN401  any JSON
    """Give the answer of a program that runs no code of a package; raises ToolError when there is none."""
    answer = run_program(node, name, request, cache=cache)
    if answer.value is None:
        raise ToolError(f"{name} failed", said=answer.said)
    return answer.value


def clean_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Give the environment without what makes one Node see what another does not."""
    return {name: value for name, value in inherited.items() if name not in INFLUENCES}
