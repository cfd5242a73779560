"""What a module is said to import: what its own code asks for, in an interpreter of its own."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from typing import TYPE_CHECKING

from conftest import succeed
from loopback import write_wheel

from protoctl.targets.python.gate.environment import PROGRAMS

if TYPE_CHECKING:
    from pathlib import Path


def install(site: Path, name: str, text: str) -> None:
    """Install a distribution with one module."""
    wheel = site / f"{name}.whl"
    write_wheel(wheel, f"acme-{name}", "1.0", {f"acme/{name}.py": text})
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)


def test_what_an_import_imports_is_not_the_importers(tmp_path: Path) -> None:
    """`shop` needs `user`, which needs `common`: whoever installs it gets all three."""
    install(tmp_path, "common", "")
    install(tmp_path, "user", "from acme import common")
    install(tmp_path, "shop", "import acme.user")
    request = {"modules": ["acme.common", "acme.shop", "acme.user"], "site": str(tmp_path)}
    command = ["env", f"PYTHONPATH={tmp_path}{os.pathsep}", sys.executable, "-S", str(PROGRAMS / "import_all.py")]
    answer = json.loads(succeed(*command, text=json.dumps(request)))
    assert answer == {
        "faults": [],
        "uses": {
            "acme.common": {},
            "acme.shop": {"acme-user": "acme.user"},
            "acme.user": {"acme-common": "acme.common"},
        },
    }
