"""What the registry that npm is configured for knows, asked once and remembered."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from protoctl.errors import MachineError
from protoctl.kit.digest import digest_json
from protoctl.kit.files import write_atomic
from protoctl.targets.node.gate.program import answer_of
from protoctl.toolchain.clients import NPM, OFFLINE_HINT, run_npm

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from protoctl.verification.workbench import Workbench

DAY = 86400
"""Seconds for which the newest version is believed to be so."""
UNKNOWN = ("E404", "ETARGET", "ENOVERSIONS")
"""npm's codes for what no registry holds."""


class Known(NamedTuple):
    """The versions of a package."""

    versions: tuple[str, ...]
    latest: str
    """What is tagged so."""


class Choice(NamedTuple):
    """What fits some ranges; nothing where no version does."""

    lowest: str
    newest: str
    below: str
    """The release before the lowest."""


def find_versions(names: Collection[str], workbench: Workbench) -> dict[str, Known]:
    """Give the versions of packages, as they were within the last day; one that nobody knows has none.

    Raises MachineError when the registry cannot be asked.
    """
    with ThreadPoolExecutor(4) as threads:
        return dict(zip(names, threads.map(lambda name: versions_of(name, workbench), names), strict=True))


def versions_of(name: str, workbench: Workbench) -> Known:
    """Give the versions of one package."""
    what = f"cannot ask the registry for {name}"

    def ask() -> dict[str, Any]:
        arguments = ["view", name, "versions", "dist-tags", "--json"]
        try:
            said = run_npm(arguments, node=workbench.tools, folder=workbench.scratch, what=what)
        except MachineError as error:
            if is_unknown(error):
                return {"versions": [], "dist-tags": {}}
            raise
        found: dict[str, Any] = json.loads(said)
        return found

    found = remember("versions", name, workbench, ask, what=what, age=DAY)
    versions = found.get("versions", [])
    return Known(tuple([versions] if isinstance(versions, str) else versions), found["dist-tags"].get("latest", ""))


def is_unknown(error: MachineError) -> bool:
    """Tell whether npm failed because no registry holds what was asked for."""
    return any(f"code {code}" in error.said for code in UNKNOWN)


def choose_versions(questions: Iterable[tuple[Known, tuple[str, ...]]], workbench: Workbench) -> list[Choice]:
    """Give what npm would choose among versions for ranges that all have to fit."""
    asked = [known._asdict() | {"ranges": ranges} for known, ranges in questions]
    answers = answer_of(workbench.node, "choose.mjs", {"npm": npm_folder(workbench), "questions": asked})
    return [Choice(**answer) for answer in answers]


def npm_folder(workbench: Workbench) -> str:
    """Give the folder of npm, which has its readers of archives and ranges inside."""
    return str((workbench.tools / NPM).parent.parent)


def remember(kind: str, key: object, workbench: Workbench, ask: Callable[[], Any], *, what: str, age: float = 0) -> Any:  # noqa: ANN401  any JSON
    """Give what was answered for a key before, at most `age` seconds ago unless that is 0; else ask and keep it.

    Offline, an answer of any age serves; raises MachineError when there is none.
    """
    file = workbench.folder(f"npm-{kind}") / f"{digest_json([key, npm_settings(os.environ)])[:32]}.json"
    kept = read_json(file)
    if kept is not None and (workbench.offline or not age or 0 <= time.time() - file.stat().st_mtime < age):
        return kept
    if workbench.offline:
        raise MachineError(what, said="nothing is known of it, and the network is out of bounds", hint=OFFLINE_HINT)
    answer = ask()
    write_atomic(file, json.dumps(answer).encode())
    return answer


def read_json(file: Path) -> Any:  # noqa: ANN401  any JSON
    """Give a file's value; None when it is missing or damaged."""
    try:
        return json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None


def npm_settings(environment: Mapping[str, str]) -> list[str]:
    """Give what decides which registry npm asks: its variables, sorted, and the text of the user's file."""
    variables = {name.lower(): value for name, value in environment.items() if name.lower().startswith("npm_config_")}
    file = variables.get("npm_config_userconfig") or str(Path(environment.get("HOME", "/"), ".npmrc"))
    try:
        text = Path(file).read_text("utf-8", errors="replace")
    except OSError:
        text = ""
    return [*(f"{name}={value}" for name, value in sorted(variables.items())), text]
