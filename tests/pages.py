"""Pages of documentation as programs: their fences are files to write and commands to run, with what is printed.

The convention, which CONTRIBUTING.md tells to who writes a page:

- A fence whose language is followed by a path is a file, written there, below the folder in which the page begins.
- A `console` fence is a dialogue with bash. A line that begins with `$ ` is a command; the lines below it have to be
  printed in this order, with others between or not. `…` stands for anything within a line.
- Every command succeeds. After `console exits=1` the last command of the fence exits with 1.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

FENCE = re.compile(r"^```(\S+) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "=== end of command"
SECONDS = 280
"""For a whole page."""


@dataclass(frozen=True)
class File:
    """A file that a page shows."""

    path: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command that a page shows."""

    place: str
    """The page and the line of its fence."""
    text: str
    expected: tuple[str, ...]
    """Lines that it prints, in order."""
    code: int
    """What it exits with."""


def read_page(page: Path) -> list[File | Command]:
    """Give what a page shows, in order; fences that are neither files nor dialogues are left out."""
    text = page.read_text()
    steps: list[File | Command] = []
    for fence in FENCE.finditer(text):
        language, words, body = fence.groups()
        place = f"{page.name}:{text[: fence.start()].count(chr(10)) + 1}"
        if language == "console":
            steps += read_dialogue(place, body, int(words.removeprefix("exits=") or 0))
        elif words:
            steps.append(File(words, body))
    return steps


def read_dialogue(place: str, body: str, code: int) -> list[Command]:
    """Give the commands of a `console` fence, the last of which exits with the code."""
    assert body.startswith("$ "), f"{place} begins without a command"
    parts = [part.rstrip("\n").split("\n") for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]]
    codes = [0] * (len(parts) - 1) + [code]
    return [
        Command(place, command, tuple(line for line in lines if line.strip(" …")), expected)
        for (command, *lines), expected in zip(parts, codes, strict=True)
    ]


def run_page(page: Path, folder: Path, environment: Mapping[str, str]) -> None:
    """Do in a folder what a page says; raises AssertionError for the first command that does something else."""
    steps = read_page(page)
    assert steps, f"{page.name} shows nothing that can be run"
    script = folder.with_name(f"{folder.name}.sh")
    script.write_text("\n".join(write_step(step) for step in steps))
    said = run_script(script, folder, environment)
    results = re.split(rf"^{MARK} (\d+)\n", said, flags=re.MULTILINE)
    for command, output, code in zip(
        (one for one in steps if isinstance(one, Command)), results[::2], results[1::2], strict=False
    ):
        judge(command, output, int(code))
    commands = sum(isinstance(one, Command) for one in steps)
    assert len(results) == 2 * commands + 1, f"{page.name} ended early:\n{said}"


def write_step(step: File | Command) -> str:
    """Give the lines of bash that do a step."""
    if isinstance(step, Command):
        return f"{step.text}\nprintf '\\n{MARK} %s\\n' $?"
    path = f'"$PAGE/{step.path}"'
    return f"mkdir -p \"$(dirname {path})\"\ncat > {path} << 'END OF FILE'\n{step.text}END OF FILE"


def run_script(script: Path, folder: Path, environment: Mapping[str, str]) -> str:
    """Run bash in a session of its own, of which nothing is left, and give all that was printed."""
    with subprocess.Popen(
        ["bash", script],
        cwd=folder,
        env={**environment, "PAGE": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            return process.communicate(timeout=SECONDS)[0]
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def judge(command: Command, output: str, code: int) -> None:
    """Raise AssertionError unless a command did what the page says."""
    story = f"{command.place}\n$ {command.text}\n{output}"
    assert code == command.code, f"exit code {code} instead of {command.code}: {story}"
    lines = iter(output.splitlines())
    for expected in command.expected:
        assert any(is_like(expected, line) for line in lines), f"{expected!r} is not printed: {story}"


def is_like(expected: str, line: str) -> bool:
    """Tell whether a printed line is the one of the page, in which `…` stands for anything."""
    pattern = ".*".join(map(re.escape, expected.split("…")))
    return bool(re.fullmatch(pattern, line.rstrip()))


def links(page: Path) -> Iterator[str]:
    """Give every link of a page that leads to a file or heading of this repository."""
    text = FENCE.sub("", page.read_text())
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(page: Path) -> set[str]:
    """Give what a link to a heading of a page may end in, as the common renderers make it."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def inline_code(pages: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Give page name and text of everything in backticks, outside of fences."""
    for page in pages:
        for text in re.findall(r"`([^`\n]+)`", FENCE.sub("", page.read_text())):
            yield page.name, text
