"""A run of `buf breaking` on two descriptor sets."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CATEGORIES = ("FILE", "WIRE_JSON")
"""What is asked: generated code of every file, and data."""
FOUND = 100
"""buf's exit code for findings."""


class BufError(Exception):
    """buf cannot judge a pair; says why in its words."""


@dataclass(frozen=True)
class Reported:
    """One finding of buf."""

    rule: str
    """Like `FIELD_NO_DELETE`."""
    path: str
    """Import path of the file, empty where the file is gone."""
    message: str
    """In buf's words."""
    line: int = 1
    """From 1; of what is left around it when the element is gone."""
    end: int = 1
    """The line on which that ends."""

    @staticmethod
    def read(row: Mapping[str, Any]) -> Reported:
        """Read a line of buf's JSON, or an entry of a corpus made from it."""
        line, _, end, _ = row.get("range") or (row.get("start_line", 1), 1, row.get("end_line", 1), 1)
        return Reported(row.get("rule") or row["type"], row.get("path") or "", row["message"], line, end)


def run_buf(buf: Path, baseline: bytes, current: bytes, categories: Sequence[str] = CATEGORIES) -> list[Reported]:
    """Give what buf reports on two serialised FileDescriptorSets, in its order; raises BufError."""
    config = json.dumps({"version": "v2", "breaking": {"use": list(categories)}})
    with tempfile.TemporaryDirectory(prefix="buf-") as name:
        folder = Path(name)
        (folder / "baseline.binpb").write_bytes(baseline)
        (folder / "current.binpb").write_bytes(current)
        options = ["--error-format", "json", "--against-config", config, "--config", config]
        argv = [str(buf), "breaking", "current.binpb", "--against", "baseline.binpb", *options]
        environment = {"PATH": os.defpath, "HOME": name, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in {0, FOUND}:
        raise BufError(done.stderr.strip() or f"exit code {done.returncode}")
    return [Reported.read(json.loads(line)) for line in done.stdout.splitlines()]


def list_categories(buf: Path) -> dict[str, tuple[str, ...]]:
    """Give every rule of buf with its categories."""
    argv = [str(buf), "config", "ls-breaking-rules", "--version", "v2", "--format", "json"]
    with tempfile.TemporaryDirectory(prefix="buf-") as name:
        environment = {"PATH": os.defpath, "HOME": name}
        done = subprocess.run(argv, cwd=name, env=environment, capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["id"]: tuple(row["categories"]) for row in rows}
