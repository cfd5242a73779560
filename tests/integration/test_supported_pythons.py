"""protoctl itself runs on every Python it claims, and each gives the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, copy_sample, interpreters, make_environment

if TYPE_CHECKING:
    from conftest import Sample

pytestmark = pytest.mark.registries


def runs_protoctl(python: str) -> bool:
    """Tell whether an interpreter is new enough and not the one of this test run."""
    code = "import sys; print('%d.%02d' % sys.version_info[:2])"
    version = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    return version >= "3.11" and version != f"{sys.version_info[0]}.{sys.version_info[1]:02}"


OTHERS = [python for python in interpreters() if runs_protoctl(python)]


@pytest.mark.skipif(not OTHERS, reason="no other Python from 3.11 on was found")
@pytest.mark.parametrize("python", OTHERS)
def test_another_python_gives_the_same_bytes(python: str, sample: Sample, tmp_path: Path) -> None:
    installed = make_environment(tmp_path / "venv", [REPOSITORY], python)
    root = copy_sample(tmp_path / "acme")
    command = [str(installed), "-m", "protoctl", "build", "--runner", "local"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for path in sorted(sample.dist.rglob("*")):
        if path.is_file():
            twin = root / "dist" / path.relative_to(sample.dist)
            assert twin.read_bytes() == path.read_bytes(), Path(twin).name
