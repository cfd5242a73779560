"""What readmes tell consumers about installing: each command is run, with a stranger's packages on the public index."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import Workspace
from loopback import serve, write_wheel
from node_programs import pinned_node, toolchain
from releases import make_releases

from protoctl.indexes.access.exchange import Limits
from protoctl.indexes.directory import FolderIndex
from protoctl.kit.archive import pack_tgz, read_gzip, read_tar, read_zip
from protoctl.model.index import Upload
from protoctl.toolchain import clients

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from loopback import Index

OURS = ("acme-common", "acme-user")
VERSION = "1.2.0"
STRANGER = "1.9.0"
"""What strangers offer under our names; it fits our own packages' bounds."""


@dataclass(frozen=True)
class Market:
    """The team's index and the public one, on the loopback interface."""

    team: Index
    public: Index
    folder: Path
    """Where nothing is yet."""
    readmes: Mapping[str, str]
    """Of `user`, by language."""

    @property
    def environment(self) -> dict[str, str]:
        """Give the environment of a consumer whose clients know the public index only."""
        own = ("UV_", "PIP_", "npm_", "VIRTUAL_ENV", "PYTHON")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        return kept | {
            "HOME": str(self.folder),
            "PATH": f"{self.folder}/bin:{kept['PATH']}",
            "VIRTUAL_ENV": str(self.folder / "env"),
            "PIP_PYTHON": str(self.folder / "env"),
            "PIP_INDEX_URL": self.public.url,
            "PIP_NO_CACHE_DIR": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "UV_DEFAULT_INDEX": self.public.url,
            "UV_CACHE_DIR": str(self.folder / "cache"),
            "UV_NO_CONFIG": "1",
            "npm_config_registry": self.public.url.replace("/simple/", "/npm/"),
            "npm_config_cache": str(self.folder / "cache"),
        }

    def run(self, command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run lines of a readme as a shell does, up to the first that fails."""
        return subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=cwd or self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def renew(self) -> None:
        """Make the consumer's environment, empty."""
        done = self.run(f"uv venv --quiet --clear --python {sys.executable} env")
        assert done.returncode == 0, done.stderr

    def installed(self) -> set[str]:
        """Give what is installed, as NAME-VERSION."""
        return {path.name.removesuffix(".dist-info") for path in (self.folder / "env").rglob("*.dist-info")}


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Market]:
    """Give both indexes, with `user` that requires `common` on ours, and both of these of strangers on the other."""
    with serve(tmp_path / "team") as team, serve(tmp_path / "public") as public:
        workspace = Workspace(tmp_path / "workspace")
        root = team.url.removesuffix("/simple/")
        workspace.configure(
            '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n\n'
            f'[indexes.team]\nkind = "directory"\nurl = "../team"\nserved-at = "{root}"\n'
        )
        workspace.proto("acme/common/v1/page.proto", "message Page {}")
        workspace.proto(
            "acme/user/v1/user.proto",
            "message User { acme.common.v1.Page page = 1; }",
            imports=("acme/common/v1/page.proto",),
        )
        made = make_releases(workspace.root, VERSION, targets=("python", "node"))
        files = {name: data for one in made.values() for name, data in one.items()}
        index = FolderIndex("team", team.root, Limits(), root)
        for name, data in files.items():
            index.upload(upload_of(name, data))
        offer_strangers(public)
        write_programs(tmp_path / "bin")
        wheel = read_zip(files[f"acme_user-{VERSION}-py3-none-any.whl"], limit=1 << 20)
        tarball = read_tar(read_gzip(files[f"acme-user-{VERSION}.tgz"], limit=1 << 20), limit=1 << 20)
        metadata = wheel[f"acme_user-{VERSION}.dist-info/METADATA"].decode()
        readmes = {"python": metadata, "node": tarball["package/README.md"].decode()}
        yield Market(team, public, tmp_path, readmes)


def upload_of(name: str, data: bytes) -> Upload:
    """Give a file of a module on its way."""
    module = re.match(r"acme[_-]([a-z]+)-", name)
    assert module
    if name.endswith(".tgz"):
        return Upload("node", f"@acme/{module[1]}", VERSION, name, data)
    return Upload("python", f"acme-{module[1]}", VERSION, name, data)


def offer_strangers(public: Index) -> None:
    """Fill the public index: the runtimes, and later versions of our packages, which nobody of us made."""
    public.root.mkdir()
    index = FolderIndex("public", public.root, Limits(), public.url.removesuffix("/simple/"))
    for name, version in (("protobuf", "6.33.9"), ("types-protobuf", "6.0.0"), *((one, STRANGER) for one in OURS)):
        wheel = public.root / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        write_wheel(wheel, name, version, {})
        index.upload(Upload("python", name, version, wheel.name, wheel.read_bytes()))
    for name, version in (("@bufbuild/protobuf", "2.9.0"), ("@acme/common", STRANGER), ("@acme/user", STRANGER)):
        package = {"package/package.json": json.dumps({"name": name, "version": version}).encode()}
        index.upload(Upload("node", name, version, "any.tgz", pack_tgz(package)))


def write_programs(folder: Path) -> None:
    """Write the clients of a consumer."""
    folder.mkdir()
    programs = {
        "pip": f'"{sys.executable}" -m pip',
        "uv": f'"{Path(sys.executable).parent / "uv"}"',
        "node": f'"{pinned_node()}"',
        "npm": f'"{pinned_node()}" "{toolchain() / clients.NPM}"',
    }
    for name, program in programs.items():
        (folder / name).write_text(f'#!/bin/sh\nexec {program} "$@"\n')
        (folder / name).chmod(0o755)


def fences(readme: str, language: str) -> list[str]:
    """Give what stands in the fences of a readme, down to the next heading after `Install`."""
    section = readme.partition("## Install\n")[2].partition("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


def test_every_way_for_python_takes_ours_from_the_teams_index(market: Market) -> None:
    mirror, apart, uv, hashes = fences(market.readmes["python"], "console")
    ours = {f"acme_user-{VERSION}", f"acme_common-{VERSION}"}
    market.renew()
    refused = market.run(mirror)
    assert "No matching distribution found for protobuf" in refused.stderr
    assert market.installed() == set()
    for way in (apart, uv, hashes):
        market.renew()
        done = market.run(way)
        assert done.returncode == 0, done.stderr
        assert ours < market.installed(), way
        assert "protobuf-6.33.9" in market.installed(), way
    assert "--hash=sha256:" in (market.folder / "requirements.txt").read_text()
    for name in ("protobuf", "types-protobuf"):
        (market.team.root / "simple" / name).symlink_to(market.public.root / "simple" / name)
    market.renew()
    done = market.run(mirror)
    assert done.returncode == 0, done.stderr
    assert ours < market.installed()


def test_a_project_of_uv_takes_ours_from_the_teams_index(market: Market) -> None:
    project = market.folder / "project"
    project.mkdir()
    (settings,) = fences(market.readmes["python"], "toml")
    about = '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"'
    (project / "pyproject.toml").write_text(f'{about}\ndependencies = ["acme-user=={VERSION}"]\n\n{settings}')
    done = market.run("unset UV_NO_CONFIG; uv lock", cwd=project)
    assert done.returncode == 0, done.stderr
    lock = (project / "uv.lock").read_text()
    for name in OURS:
        found = rf'name = "{name}"\nversion = "{VERSION}"\nsource = {{ registry = "{market.team.url}" }}'
        assert re.search(found, lock), lock


def test_npm_takes_the_scope_from_the_teams_registry(market: Market) -> None:
    (settings,) = fences(market.readmes["node"], "ini")
    (command,) = fences(market.readmes["node"], "console")
    (market.folder / "package.json").write_text("{}")
    (market.folder / ".npmrc").write_text(settings)
    done = market.run(command)
    assert done.returncode == 0, done.stderr
    lock = json.loads((market.folder / "package-lock.json").read_text())["packages"]
    found = {path.removeprefix("node_modules/"): one["version"] for path, one in lock.items() if path}
    assert found == {"@acme/user": VERSION, "@acme/common": VERSION, "@bufbuild/protobuf": "2.9.0"}
