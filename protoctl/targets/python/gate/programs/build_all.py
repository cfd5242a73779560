"""Builds sdist and wheel of projects with hatchling, in a process of its own: backends change environment and folders.

Request: {"projects": [[folder, output folder]]}. Answer: [what went wrong, or nothing].
"""

from __future__ import annotations

import json
import sys

from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder


def main() -> None:
    """Read the request, build every project, write the answer."""
    request = json.load(sys.stdin)
    answers = sys.stdout
    sys.stdout = sys.stderr
    json.dump([build(folder, output) for folder, output in request["projects"]], answers)


def build(folder: str, output: str) -> str:
    """Build a project; give what went wrong."""
    try:
        for builder in (SdistBuilder, WheelBuilder):
            list(builder(folder).build(directory=output, versions=["standard"]))
    except Exception as error:  # whatever a backend raises is what is reported
        return type(error).__name__ + ": " + " ".join(str(error).split())
    return ""


main()
