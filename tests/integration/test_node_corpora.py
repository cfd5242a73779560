"""A real tree of 163 protos, and all of googleapis, as npm packages."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY
from node_programs import import_everything, lay_out

from protoctl.codegen.generate import Generator
from protoctl.codegen.plugin import Job
from protoctl.flows.schema import build_schema
from protoctl.flows.session import Options, Session
from protoctl.targets.node.generated import parse_generated
from protoctl.targets.node.target import CODE
from protoctl.toolchain.install import cache_folder
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl, Workspace

CLOUDFORET = """
[workspace]
name = "spaceone"
modules = ["spaceone/api/*"]
exclude = [
    "spaceone/api/alert_manager/plugin/webhook.proto",
    "spaceone/api/identity/plugin/external_auth.proto",
    "spaceone/api/inventory_v2/v1/metric_data.proto",
]
"""
GOOGLEAPIS = """
[workspace]
name = "acme"
modules = ["acme/*"]

[dependencies]
"google/**" = { python = "googleapis-common-protos" }
"""


@pytest.fixture
def cloudforet(workspace: Workspace, shared: Path) -> Workspace:
    """Give the tree as a workspace without the files that clash with others."""
    workspace.configure(CLOUDFORET)
    shutil.copytree(shared / "corpora/cloudforet/proto", workspace.root / "proto", copy_function=shutil.copyfile)
    return workspace


@pytest.fixture
def googleapis(workspace: Workspace) -> Workspace:
    """Give a workspace with one proto that imports all of googleapis."""
    workspace.configure(GOOGLEAPIS)
    workspace.proto("acme/all/v1/all.proto")
    session = session_of(workspace.root)
    paths = [path for path in session.foreign_protos() if not path.startswith("google/protobuf/")]
    assert len(paths) > 20
    workspace.proto("acme/all/v1/all.proto", imports=tuple(paths))
    return workspace


def session_of(root: Path) -> Session:
    """Give a session that installs into the user's cache."""
    return Session(discover(root), Options(cache_folder(), runner="local"), lambda _: None)


def assert_commonjs_is_the_plugins_own(root: Path) -> int:
    """Compare the derived CommonJS with the plugin's, but for the parameter in the first line; give the count."""
    session = session_of(root)
    schema = build_schema(session)
    files = tuple(sorted(path for path in schema.files if not path.startswith("google/protobuf/")))
    option = ",js_import_style=legacy_commonjs"
    legacy = replace(CODE, name="legacy", arguments=(*CODE.arguments, option.removeprefix(",")))
    jobs = [Job("all", plugin, files) for plugin in (CODE, legacy)]
    trees = Generator(schema, lambda: session.runner, session.store, session.component_digest).generate(jobs)
    esm, commonjs = (trees[job].files for job in jobs)
    assert sorted(esm) == sorted(commonjs)
    for path, data in esm.items():
        generated = parse_generated(path, data.decode())
        assert generated.to_esm() == data.decode()
        expected = commonjs[path].decode().replace(option, "", 1)
        assert (generated.to_esm() if path.endswith(".d.ts") else generated.to_commonjs()) == expected
    return len(files)


def test_derived_commonjs_of_the_sample_is_the_plugins_own(workspace: Workspace) -> None:
    shutil.copyfile(REPOSITORY / "protoctl.toml", workspace.root / "protoctl.toml")
    shutil.copytree(REPOSITORY / "proto", workspace.root / "proto")
    assert assert_commonjs_is_the_plugins_own(workspace.root) >= 12


def test_derived_commonjs_of_cloudforet_is_the_plugins_own(cloudforet: Workspace) -> None:
    assert assert_commonjs_is_the_plugins_own(cloudforet.root) >= 163


def test_derived_commonjs_of_googleapis_is_the_plugins_own(googleapis: Workspace) -> None:
    assert assert_commonjs_is_the_plugins_own(googleapis.root) > 20


def test_cloudforet_imports_as_a_whole(cloudforet: Workspace, protoctl: Protoctl, tmp_path: Path) -> None:
    done = protoctl("build", "--target", "node", "--runner", "local", cwd=cloudforet.root)
    assert done.code == 0, done.err
    tarballs = sorted((cloudforet.root / "dist/node").glob("*.tgz"))
    assert len(tarballs) == 20
    assert import_everything(lay_out(tmp_path / "consumer", tarballs), tarballs) > 600


def test_all_of_googleapis_can_be_bundled(googleapis: Workspace, protoctl: Protoctl, tmp_path: Path) -> None:
    done = protoctl("build", "--target", "node", "--runner", "local", cwd=googleapis.root)
    assert done.code == 0, done.err
    tarballs = list((googleapis.root / "dist/node").glob("*.tgz"))
    assert import_everything(lay_out(tmp_path / "consumer", tarballs), tarballs) > 40
