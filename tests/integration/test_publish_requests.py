"""How often a release asks each index: what is not new costs one question, what is new is also read back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from counting import counted
from registries import PASSWORD, USER, registry_tests
from release_runs import change, make_home

if TYPE_CHECKING:
    from pathlib import Path

    from registries import Registry
    from release_runs import Releaser

pytestmark = [*registry_tests, pytest.mark.slow]
TABLES = """
[indexes.python]
kind = "pypi"
url = "{python}"
upload-url = "{uploads}"

[indexes.node]
kind = "npm"
url = "{node}"
"""


class Asked:
    """What two indexes are asked, by relays in front of them."""

    def __init__(self, python: list[str], node: list[str]) -> None:
        """Take the lists that the relays fill."""
        self.lists = {"python": python, "node": node}

    def take(self) -> dict[str, list[str]]:
        """Give what was asked since the last time, in order, without what differs from run to run."""
        found = {name: [short(one) for one in asked] for name, asked in self.lists.items()}
        for asked in self.lists.values():
            asked.clear()
        return found


def short(request: str) -> str:
    """Give what a request is for."""
    method, _, path = request.partition(" ")
    words = {".tgz": "fetch", ".whl": "fetch", ".tar.gz": "fetch", "dist-tags/latest": "tag", "whoami": "access"}
    known = next((word for end, word in words.items() if path.endswith(end)), "")
    module = next((one for one in ("common", "user") if one in path), "")
    verb = known or {"GET": "list", "POST": "upload", "PUT": "upload"}[method]
    return f"{verb} {module}".strip()


def test_how_often_indexes_are_asked(tmp_path: Path, releaser: Releaser, devpi: Registry, verdaccio: Registry) -> None:
    """Nothing new costs one question for each module; a new file is uploaded and read back, which is the proof.

    Of each new distribution the listing is asked for three times: to plan, before the upload, so that what somebody
    else released meanwhile is not replaced, and after it.
    """
    token = (verdaccio.folder / ".npmrc").read_text().strip().rpartition("=")[2]
    login = {"PYTHON_USERNAME": USER, "PYTHON_PASSWORD": PASSWORD, "NODE_TOKEN": token}
    variables = {f"PROTOCTL_INDEX_{name}": value for name, value in login.items()}
    with counted(devpi.url) as (python, python_asked), counted(verdaccio.url) as (node, node_asked):
        asked = Asked(python_asked, node_asked)
        urls = {"python": moved(devpi.url, python), "uploads": moved(devpi.uploads, python), "node": f"{node}/"}
        home = make_home(tmp_path / "home", TABLES.format(**urls), "counted")
        assert releaser(home, "--initial", variables=variables).code == 0
        assert releaser(home, variables=variables).out == "nothing to release\n"
        asked.take()
        assert releaser(home, variables=variables).out == "nothing to release\n"
        assert {name: sorted(one) for name, one in asked.take().items()} == {
            "python": ["list common", "list user"],
            "node": ["list common", "list user"],
        }
        change(home, "user/v1/user.proto")
        done = releaser(home, variables=variables)
        assert done.code == 0, done.err
        found = asked.take()
        assert sorted(found["python"][:2]) == ["list common", "list user"]
        assert found["python"][2:] == ["list user", "upload", "upload", "list user", "fetch user", "fetch user"]
        assert sorted(found["node"][:2]) == ["list common", "list user"]
        assert found["node"][2:] == [
            "fetch common",
            "access",
            "list user",
            "upload user",
            "list user",
            "fetch user",
            "tag user",
        ]


def moved(url: str, place: str) -> str:
    """Give an address at another host and port."""
    return urlsplit(url)._replace(netloc=urlsplit(place).netloc).geturl()
