"""What a link leaves in an environment, and what it says of the environment."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

from protoctl.errors import ArtifactError, MachineError, UsageError
from protoctl.kit.digest import digest_bytes
from protoctl.kit.files import read_tree
from protoctl.packaging.embedded import wheel_digest
from protoctl.targets.python.link import PythonPlace, open_place
from protoctl.targets.target import Offer

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.model.event import Event

METADATA = "Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nRequires-Python: >=3.9\n"


class Environment:
    """An environment as its Python would tell it."""

    def __init__(self, root: Path, version: str = "3.12.1") -> None:
        """Make the folder of packages."""
        self.root = root
        self.events: list[Event] = []
        self.site = root / "venv/lib/python3.12/site-packages"
        self.site.mkdir(parents=True, exist_ok=True)
        python = root / "venv/bin/python"
        self.place = PythonPlace(python, version, self.site, [str(self.site)], root / "store", self.events.append)

    def offer(self, name: str, version: str = "1.0", *, code: bytes = b"", requires: tuple[str, ...] = ()) -> Offer:
        """Give a wheel."""
        info = f"{name}-{version}.dist-info"
        lines = "".join(f"Requires-Dist: {one}\n" for one in requires)
        path = self.root / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"acme/{name}_pb2.py", code)
            archive.writestr(f"{info}/METADATA", METADATA.format(name=name, version=version) + lines)
            archive.writestr(f"{info}/RECORD", "")
        return Offer(name, digest_bytes(path.read_bytes()), path)

    def install(self, name: str, version: str) -> None:
        """Pretend that something is installed."""
        folder = self.site / f"{name}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(METADATA.format(name=name, version=version))


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """Give an environment without packages."""
    return Environment(tmp_path)


def test_the_record_lists_each_file_with_its_digest(environment: Environment) -> None:
    environment.place.update([environment.offer("user", code=b"CODE")], set(), is_all=True)
    files = read_tree(environment.site)
    rows = list(csv.reader(io.StringIO(files["user-1.0.dist-info/RECORD"].decode())))
    assert {row[0] for row in rows} == set(files)
    assert all(row[1:] == [wheel_digest(files[row[0]]), str(len(files[row[0]]))] for row in rows if row[1])
    assert files["_user.pth"].decode() == f"{environment.root / 'store/user'}\n"
    direct = json.loads(files["user-1.0.dist-info/direct_url.json"])
    assert direct == {"url": (environment.root / "store/user").as_uri(), "dir_info": {"editable": True}}
    assert read_tree(environment.root / "store") == {"user/acme/user_pb2.py": b"CODE"}


def test_a_later_wheel_takes_the_place_of_the_one_before(environment: Environment) -> None:
    environment.place.update([environment.offer("user", code=b"1")], set(), is_all=True)
    environment.place.update([environment.offer("user", code=b"2")], set(), is_all=True)
    environment.place.update([environment.offer("user", "2.0", code=b"3")], set(), is_all=True)
    assert (environment.root / "store/user/acme/user_pb2.py").read_bytes() == b"3"
    assert sorted(path.name for path in environment.site.iterdir()) == ["_user.pth", "user-2.0.dist-info"]


@pytest.mark.parametrize(
    ("requires", "said"),
    [
        (("protobuf<7,>=6.31",), "venv/bin/python -m pip install 'protobuf<7,>=6.31'"),
        (("protobuf>=7",), "venv/bin/python -m pip install 'protobuf>=7'"),
        (("protobuf>=5",), ""),
        (("Types_Protobuf",), ""),
        (('absent; python_version < "3"',), ""),
        (("acme-base==1.0", "absent"), "install absent; build and link acme-base as well"),
    ],
)
def test_what_is_missing_is_said_once(environment: Environment, requires: tuple[str, ...], said: str) -> None:
    environment.install("protobuf", "6.30.1rc1")
    environment.install("types_protobuf", "6")
    for _ in range(2):
        environment.place.update([environment.offer("user", requires=requires)], {"acme-base"}, is_all=True)
    texts = [event.text for event in environment.events]
    assert len(texts) == bool(said)
    assert not said or texts[0].endswith(said)


def test_a_python_that_a_package_is_not_for_gets_nothing(tmp_path: Path) -> None:
    environment = Environment(tmp_path, version="3.8.18")
    with pytest.raises(UsageError, match=r"user is for Python >=3.9, .* is 3.8.18"):
        environment.place.update([environment.offer("user")], set(), is_all=True)
    assert read_tree(environment.site) == {}


def test_a_file_that_another_build_replaced_is_not_linked(environment: Environment) -> None:
    offer = environment.offer("user", code=b"1")
    environment.offer("user", code=b"2")
    with pytest.raises(MachineError, match="was replaced meanwhile"):
        environment.place.update([offer], set(), is_all=True)


def test_an_environment_that_is_gone_is_not_made_again(environment: Environment) -> None:
    shutil.rmtree(environment.root / "venv")
    with pytest.raises(UsageError, match="is not the environment that it was"):
        environment.place.update([environment.offer("user")], set(), is_all=True)
    assert not (environment.root / "venv").exists()


def test_what_is_no_wheel_is_refused(environment: Environment) -> None:
    path = environment.root / "user-1.0-py3-none-any.whl"
    path.write_bytes(b"none")
    with pytest.raises(ArtifactError, match="cannot be read"):
        environment.place.update([Offer("user", digest_bytes(b"none"), path)], set(), is_all=True)


def test_links_of_another_workspace_stay(environment: Environment, tmp_path: Path) -> None:
    other = PythonPlace(
        environment.place.python, "3.12.1", environment.site, [], tmp_path / "other", environment.events.append
    )
    other.update([environment.offer("billing")], set(), is_all=True)
    environment.place.update([environment.offer("user")], set(), is_all=True)
    environment.place.update([], set(), is_all=True)
    assert sorted(path.name for path in environment.site.iterdir()) == ["_billing.pth", "billing-1.0.dist-info"]


@pytest.mark.parametrize("name", ["two\nlines", "\x1b[31m"])
def test_a_store_that_no_line_can_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot link to code below"):
        open_place(tmp_path / "venv", tmp_path / name, print)
