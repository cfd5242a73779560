"""What every program pays that is written in Python, has a command line and reads descriptors."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bench.contenders import Contender
from bench.measure import Job

if TYPE_CHECKING:
    from bench.ground import Ground

IMPORTS = "import typer, google.protobuf.descriptor_pb2"


def start_python(ground: Ground) -> Contender:
    """Give the start of a Python that imports both."""
    job = Job([[sys.executable, "-c", IMPORTS]], ground.root, ground.environment)
    return Contender("python", "Python with typer and descriptor_pb2", job)
