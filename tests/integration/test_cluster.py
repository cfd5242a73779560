"""A real cluster shares results and runs the compiler, with the bytes of a local build."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest
from clusters import IMAGE, Grid, cluster_tests, image_programs, lock_image
from conftest import REPOSITORY, copy_sample, fresh_cache, succeed

from protoctl.flows.build import Choice
from protoctl.flows.build import build as flow
from protoctl.flows.session import Options
from protoctl.kit.files import read_tree
from protoctl.model.event import Event, Level
from protoctl.runners import remote

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Finished, Protoctl, Sample
    from engine import Locked

    from protoctl.runners.docker import Engine

pytestmark = cluster_tests
NO_ENGINE = {"DOCKER_HOST": "tcp://127.0.0.1:1", "CI": "", "JENKINS_URL": ""}
"""`--runner docker` is an error as soon as a runner is needed; and this is no CI job."""


@pytest.fixture
def root(tmp_path: Path, grid: Grid) -> Path:
    """Give the sample workspace with the cluster in its configuration."""
    root = copy_sample(tmp_path / "acme")
    with (root / "protoctl.toml").open("a") as stream:
        stream.write(f'\n[cache]\nremote = "{grid.address}"\n')
    return root


def build(protoctl: Protoctl, root: Path, cache: Path, runner: str, share: str = "") -> Finished:
    """Build with a cache folder of its own."""
    own: dict[str, Any] = {**NO_ENGINE, "PROTOCTL_CACHE_DIR": str(fresh_cache(cache)), "PROTOCTL_CACHE_WRITE": share}
    shutil.rmtree(root / ".protoctl", ignore_errors=True)
    return protoctl("build", "--runner", runner, "--workspace", root, **own)


def test_a_second_developer_starts_no_tool(root: Path, tmp_path: Path, protoctl: Protoctl, sample: Sample) -> None:
    laptop = build(protoctl, root, tmp_path / "laptop", "local")
    assert laptop.code == 0, laptop.err
    assert build(protoctl, root, tmp_path / "other", "docker").code == 4  # a laptop has shared nothing
    continuous = build(protoctl, root, tmp_path / "ci", "local", "always")
    assert continuous.code == 0, continuous.err
    elsewhere = tmp_path / "somewhere" / "else"
    shutil.copytree(root, elsewhere, ignore=shutil.ignore_patterns("dist", ".protoctl"))
    second = build(protoctl, elsewhere, tmp_path / "second", "docker")
    assert second.code == 0, second.err
    assert "warning: cluster" not in laptop.err + continuous.err + second.err
    assert read_tree(elsewhere / "dist") == read_tree(sample.dist)


def change(root: Path, grid: Grid) -> None:
    """Let no result of a workspace be known to the cluster that it names."""
    for path in (root / "proto").rglob("*.proto"):
        path.write_text(f"{path.read_text()}\nmessage NothingElse{path.stem.title()}{grid.number()} {{}}\n")


def make(root: Path, folder: Path, runner: str) -> dict[str, bytes]:
    """Build without warnings, and give what is in `dist/`."""
    events: list[Event] = []
    options = Options(cache=fresh_cache(folder / f"cache-{runner}"), runner=runner)
    flow(root, options, Choice(folder / f"dist-{runner}"), events.append)
    assert not [event for event in events if event.level is Level.WARNING]
    return read_tree(folder / f"dist-{runner}")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine not help the cluster, nor share what it makes."""
    monkeypatch.setattr(remote, "HEAD_START", 600)
    monkeypatch.setenv("PROTOCTL_CACHE_WRITE", "never")


@pytest.mark.usefixtures("alone")
def test_a_cluster_runs_what_this_machine_would_run(root: Path, tmp_path: Path, grid: Grid) -> None:
    change(root, grid)
    expected = make(root, tmp_path, "local")
    lock_image(root)
    with grid.worker(image_programs(root)) as told:
        assert make(root, tmp_path, "remote") == expected
    actions = [json.loads(line) for line in told.read_text().splitlines()][1:]
    assert len(actions) >= 4
    assert {action["platform"]["container-image"] for action in actions} == {f"docker://{IMAGE}"}


@pytest.mark.engine
@pytest.mark.usefixtures("alone")
def test_a_worker_runs_the_locked_image(tmp_path: Path, grid: Grid, engine: Engine, locked: Locked) -> None:
    root = tmp_path / "acme"
    shutil.copytree(locked.root, root, ignore=shutil.ignore_patterns("cache", ".protoctl", "dist"))
    with (root / "protoctl.toml").open("a") as stream:
        stream.write(f'\n[cache]\nremote = "{grid.address}"\n')
    change(root, grid)
    expected = make(root, tmp_path, "local")
    with grid.worker({"docker": engine.address}) as told:
        assert make(root, tmp_path, "remote") == expected
    assert told.read_text().count(locked.lock.image.reference) >= 4


def test_messages_are_those_of_the_api(grid: Grid) -> None:
    """Names, numbers and types of every field, as BuildGrid has them."""
    program = REPOSITORY / "tests/cluster_messages.py"
    folder = REPOSITORY / "protoctl/cluster/api"
    said = succeed("env", f"PYTHONPATH={grid.programs}:{folder}", sys.executable, program)
    assert int(said) > 30
