"""A release to servers that is killed before any of its effects, each part of each request among them."""

from __future__ import annotations

import base64
import hashlib
import signal
from typing import TYPE_CHECKING

import pytest
import requests
from faults import snapshot
from registries import PASSWORD, USER, registry_tests
from release_runs import effects, make_home, read_tags
from repositories import git

if TYPE_CHECKING:
    from pathlib import Path

    from registries import Registry
    from release_runs import Releaser

pytestmark = [*registry_tests, pytest.mark.slow]
MODULES = ("common", "user")
ARGUMENTS = ("--initial", "--push", "origin")
TABLES = """
[indexes.python]
kind = "pypi"
url = "{python.url}"
upload-url = "{python.uploads}"

[indexes.node]
kind = "npm"
url = "{node.url}"
"""


def listed_python(devpi: Registry, name: str) -> dict[str, str]:
    """Give file to sha256 of what devpi has of a team."""
    found: dict[str, str] = {}
    for module in MODULES:
        accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
        page = requests.get(f"{devpi.url}{name}-{module}/", headers=accept, timeout=30).json()
        found |= {one["filename"]: one["hashes"]["sha256"] for one in page["files"]}
    return found


def listed_node(verdaccio: Registry, name: str, token: str) -> dict[str, str]:
    """Give file to integrity of what `latest` stands on in Verdaccio."""
    found: dict[str, str] = {}
    for module in MODULES:
        login = {"Authorization": f"Bearer {token}"}
        document = requests.get(f"{verdaccio.url}@{name}%2f{module}", headers=login, timeout=30).json()
        [(version, manifest)] = document["versions"].items()
        assert document["dist-tags"]["latest"] == version
        found[f"{name}-{module}-{version}.tgz"] = manifest["dist"]["integrity"]
    return found


def integrity(data: bytes) -> str:
    """Give a digest as npm writes it."""
    return f"sha512-{base64.b64encode(hashlib.sha512(data).digest()).decode()}"


def test_a_release_to_servers_is_finished_wherever_it_is_killed(
    tmp_path: Path, releaser: Releaser, devpi: Registry, verdaccio: Registry
) -> None:
    """Each release is of another team: what a server has cannot be taken back for the next one."""
    token = (verdaccio.folder / ".npmrc").read_text().strip().rpartition("=")[2]
    login = {"PYTHON_USERNAME": USER, "PYTHON_PASSWORD": PASSWORD, "NODE_TOKEN": token}
    variables = {f"PROTOCTL_INDEX_{name}": value for name, value in login.items()}
    tables = TABLES.format(python=devpi, node=verdaccio)
    whole = make_home(tmp_path / "whole", tables, "whole")
    assert releaser(whole, *ARGUMENTS, variables=variables).code == 0
    steps = effects(whole)
    assert steps.count("send") >= 8, steps
    for number in range(steps.index("send") + 1, len(steps) + 1):
        name = f"kill{number}"
        home = make_home(tmp_path / name, tables, name)
        killed = releaser(home, *ARGUMENTS, variables=variables, kill=number)
        assert killed.code == -signal.SIGKILL, (number, killed)
        done = releaser(home, *ARGUMENTS, variables=variables)
        assert done.code == 0, (steps[number - 1], done.err)
        dist = {path.rpartition("/")[2]: data for path, data in snapshot(home / "work/dist").items()}
        del dist["manifest.json"]
        tarballs = {file: integrity(data) for file, data in dist.items() if file.endswith(".tgz")}
        others = {file: hashlib.sha256(data).hexdigest() for file, data in dist.items() if file not in tarballs}
        assert listed_python(devpi, name) == others
        assert listed_node(verdaccio, name, token) == tarballs
        head = git(home / "work", "rev-parse", "HEAD")
        assert read_tags(home / "origin") == {f"{module}/v0.1.0": head for module in MODULES}
        assert len(list(home.glob("work/.protoctl/releases/*/receipt.json"))) == len(MODULES)
