"""A real engine and registry, as tests/engine.sh starts them, and images of the locked toolchain on it.

Tests that use these fixtures carry `engine_tests`: one process runs them all, so that images are made once.
"""

from __future__ import annotations

import io
import os
import tarfile
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from conftest import copy_sample

from protoctl.errors import EngineError
from protoctl.flows.image import build_image
from protoctl.flows.session import Options
from protoctl.model.toolchain import Image
from protoctl.runners.docker import Engine
from protoctl.runners.orphans import RUN
from protoctl.toolchain.lock_file import read_lock, write_lock
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from protoctl.model.event import Event
    from protoctl.model.toolchain import Lock

engine_tests = [pytest.mark.engine, pytest.mark.xdist_group("engine")]
ADDRESS = "PROTOCTL_TEST_ENGINE"
VARIABLES = ("PROTOCTL_TEST_BASE", "PROTOCTL_TEST_REGISTRY")


@pytest.fixture(autouse=True)
def engine_in_environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests that are marked so see the engine: builds of others would run on it at the same time."""
    if request.node.get_closest_marker("engine"):
        monkeypatch.setenv("DOCKER_HOST", os.environ.get(ADDRESS, ""))


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """Give the engine of the tests; without one the test is skipped, or fails where an engine is required."""
    absent = [name for name in (ADDRESS, *VARIABLES) if name not in os.environ]
    refuse = pytest.fail if os.environ.get("PROTOCTL_REQUIRE_ENGINE") else pytest.skip
    if absent:
        refuse(f"{', '.join(absent)} not set; source the env file that tests/engine.sh writes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", os.environ[ADDRESS])
        try:
            opened = Engine.open()
        except EngineError as error:
            refuse(str(error))
    with closing(opened):
        yield opened


@dataclass(frozen=True)
class Locked:
    """A workspace whose toolchain image was built, pushed and locked."""

    root: Path
    """The folder."""
    lock: Lock
    """As it is on disk, with the image's reference."""
    events: tuple[Event, ...]
    """What the build of the image reported."""


@pytest.fixture(scope="session")
def locked(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Locked:
    """Give the sample workspace with an image in the registry, built from the base of tests/engine.sh."""
    base, registry = (os.environ[name] for name in VARIABLES)
    root = make_workspace(tmp_path_factory.mktemp("docker") / "acme", base, f"{registry}/acme/toolchain")
    events: list[Event] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKER_HOST", engine.address)
        lock = build_image(discover(root), Options(root / "cache"), events.append)
    assert engine.find_image(lock.image.reference)
    return Locked(root, lock, tuple(events))


def make_workspace(root: Path, base: str, repository: str = "") -> Path:
    """Copy the sample workspace and lock another base; nothing else depends on it, so nothing has to be resolved."""
    copy_sample(root)
    with (root / "protoctl.toml").open("a") as stream:
        stream.write(f'\n[image]\nbase = "{base}"\nrepository = "{repository}"\nnetwork = "host"\n')
    lock = read_lock(root)
    assert lock
    write_lock(root, replace(lock, settings={**lock.settings, "base": (base,)}, image=Image(base)), {})
    return root


def derive(engine: Engine, parent: str, tag: str, *lines: str, files: dict[str, str] | None = None) -> str:
    """Build an image with more lines in its Dockerfile and give its identifier."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text in {"Dockerfile": "\n".join([f"FROM {parent}", *lines]), **(files or {})}.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(text.encode()), 0o755
            archive.addfile(member, io.BytesIO(text.encode()))
    buffer.seek(0)
    reports = engine.client.build(fileobj=buffer, custom_context=True, tag=tag, rm=True, decode=True)
    assert [report for report in reports if "error" in report] == []
    image = engine.find_image(tag)
    assert image
    return image.identifier


def containers_of_ours(engine: Engine) -> list[str]:
    """Give the names of all containers that protoctl made, running or not."""
    return [found["Names"][0] for found in engine.client.containers(all=True, filters={"label": RUN})]
