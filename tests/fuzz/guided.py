"""`python -m fuzz.guided PARSER SECONDS FOLDER`: libFuzzer looks for input that reaches new code of a parser."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from fuzz.campaign import Report

REPOSITORY = Path(__file__).parent.parent.parent

MEGABYTES = 2048
"""Memory of the process."""
LONGEST = 20_000
"""Bytes of an input."""


def is_available() -> bool:
    """Tell whether this Python has atheris."""
    return find_spec("atheris") is not None


def guide(name: str, seconds: float, folder: Path) -> Report:
    """Fuzz a parser in a process of its own, since libFuzzer ends it; interesting inputs are kept in the folder."""
    start = time.monotonic()
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY / 'tests'}:{REPOSITORY}"}
    command = [sys.executable, "-m", "fuzz.guided", name, str(max(int(seconds), 1)), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    executed = re.findall(r"(?:#|Done )(\d+)", done.stderr)
    report = Report(f"{name} (guided)", int(executed[-1]) if executed else 0, time.monotonic() - start)
    if done.returncode:
        inputs = [f"{path.name}: {path.read_bytes()!r}\n" for path in sorted(folder.glob(f"{name}-*"))]
        return Report(
            report.subject, report.examples, report.seconds, "".join([done.stdout, done.stderr[-2000:], *inputs])
        )
    return report


def main() -> None:
    """Fuzz as the command line says; atheris exits."""
    name, seconds, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["protoctl"], enable_loader_override=False):
        parsers = import_module("fuzz.parsers")
    promise = import_module("fuzz.promise")
    parser = next(one for one in parsers.PARSERS if one.name == name)
    corpus = folder / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(parser.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in parser.words)
    (folder / f"{name}.words").write_text(words or '"\\x00"\n')
    bounds = [f"-max_total_time={seconds}", f"-rss_limit_mb={MEGABYTES}", "-timeout=20", f"-max_len={LONGEST}"]
    where = [f"-artifact_prefix={folder}/{name}-", f"-dict={folder}/{name}.words", str(corpus)]
    atheris.Setup([sys.argv[0], *bounds, *where], lambda data: promise.hold(parser, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
