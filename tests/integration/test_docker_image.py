"""The toolchain as an image: built, pushed, locked, pulled, and as good as the local runner."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from conftest import Protoctl, fresh_cache
from engine import Locked, derive, engine_tests, make_workspace

from protoctl.errors import ConfigurationError, EngineError
from protoctl.flows.image import build_image
from protoctl.flows.session import Options
from protoctl.model.event import silent
from protoctl.runners.image import TOOLCHAIN, local_tag
from protoctl.toolchain.lock_file import read_lock
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.model.toolchain import Lock
    from protoctl.runners.docker import Engine

pytestmark = [*engine_tests, pytest.mark.registries]


def contents(folder: Path) -> dict[str, bytes]:
    """Give path to content of every file."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def protoctl(protoctl: Protoctl, engine: Engine) -> Protoctl:
    """Give the program with the engine in its environment."""
    return Protoctl({**protoctl.environment, "DOCKER_HOST": engine.address})


def forget(engine: Engine, lock: Lock) -> None:
    """Remove the locked image under every name that it has, and what tests derived from it, the newest first."""
    for image in engine.client.images(filters={"label": TOOLCHAIN}):
        engine.client.remove_image(image["Id"], force=True)
    assert not engine.find_image(lock.image.reference)


@pytest.fixture(scope="module")
def by_local(locked: Locked, protoctl: Protoctl) -> dict[str, bytes]:
    """Give what the local runner makes of the same workspace."""
    out = locked.root / "dist-local"
    cache = str(fresh_cache(locked.root / "cache-local"))
    done = protoctl("build", "--workspace", locked.root, "--runner", "local", "--out", out, PROTOCTL_CACHE_DIR=cache)
    assert done.code == 0, done.err
    return contents(out)


def test_what_is_built_is_locked_by_digest(locked: Locked, engine: Engine) -> None:
    """The lock on disk names the image in the registry, and only that changed."""
    assert read_lock(locked.root) == locked.lock
    repository, _, digest = locked.lock.image.reference.partition("@sha256:")
    assert repository.endswith("/acme/toolchain")
    assert len(digest) == 64
    image = engine.find_image(local_tag(locked.lock))
    assert image
    assert image.toolchain == locked.lock.digest


def test_the_command_finds_nothing_to_do(locked: Locked, protoctl: Protoctl) -> None:
    """Layers and pins are there, so the same image is pushed and the same lock written."""
    before = (locked.root / "protoctl.lock").read_bytes()
    done = protoctl("lock", "--image", "--workspace", locked.root)
    assert done.code == 0, done.err
    assert locked.lock.image.reference in done.err
    assert (locked.root / "protoctl.lock").read_bytes() == before


def test_each_step_is_an_event(locked: Locked) -> None:
    """Whoever waits sees what runs, and at the end what was locked."""
    texts = [event.text for event in locked.events]
    assert any(text.startswith("RUN python3 -m pip install") for text in texts)
    assert texts[-1] == f"locked {locked.lock.image.reference}"


def test_the_addresses_of_indexes_stay_out_of_the_image(locked: Locked, engine: Engine) -> None:
    """They may hold credentials, and a pushed image tells how each step was called, with its build arguments."""
    history = str(engine.client.history(local_tag(locked.lock)))  # type: ignore[no-untyped-call]
    assert "/opt/protoctl" in history
    assert "pip install" not in history


def test_an_absent_image_is_not_fetched_offline(
    locked: Locked, by_local: dict[str, bytes], engine: Engine, protoctl: Protoctl
) -> None:
    """The message holds the command that fetches it; `auto` goes on with the local runner and says why."""
    forget(engine, locked.lock)
    cache = str(fresh_cache(locked.root / "cache-offline"))
    out = locked.root / "dist-offline"
    arguments = ("build", "--workspace", locked.root, "--offline", "--target", "python", "--out", out)
    done = protoctl(*arguments, "--runner", "docker", PROTOCTL_CACHE_DIR=cache)
    assert done.code == 4
    assert f"hint: run `docker pull {locked.lock.image.reference}`" in done.err
    assert "Traceback" not in done.err
    done = protoctl(*arguments, PROTOCTL_CACHE_DIR=cache)
    assert f"runner: local (the engine at {engine.address} has no image" in done.err
    made = contents(out / "python")
    assert made
    assert {f"python/{path}": data for path, data in made.items()}.items() <= by_local.items()


def test_a_pulled_image_gives_the_bytes_of_the_local_runner(
    locked: Locked, by_local: dict[str, bytes], engine: Engine, protoctl: Protoctl
) -> None:
    """Every package, from an engine that did not have the image and a cache that knows nothing."""
    forget(engine, locked.lock)
    cache = str(fresh_cache(locked.root / "cache-docker"))
    out = locked.root / "dist-docker"
    done = protoctl("build", "--workspace", locked.root, "--frozen", "--out", out, PROTOCTL_CACHE_DIR=cache)
    assert done.code == 0, done.err
    assert f"runner: docker ({locked.lock.image.reference.partition('@')[0]}@sha256:" in done.err
    assert engine.find_image(locked.lock.image.reference)
    assert any(path.endswith(".whl") for path in by_local)
    assert contents(out) == by_local


def test_an_image_that_cannot_be_pulled_is_told(locked: Locked, engine: Engine) -> None:
    """The registry's words are kept."""
    reference = locked.lock.image.reference.partition("@")[0] + "@sha256:" + "0" * 64
    lock = replace(locked.lock, image=replace(locked.lock.image, reference=reference))
    with pytest.raises(EngineError, match="cannot be pulled") as caught:
        engine.require_image(lock, offline=False)
    assert "not found" in caught.value.said
    assert f"docker pull {reference}" in caught.value.hint


@pytest.mark.parametrize("label", ["", "0" * 64])
def test_an_image_of_another_toolchain_is_refused(locked: Locked, engine: Engine, label: str) -> None:
    """Whatever its name says; both digests are shown."""
    lock = replace(locked.lock, digest="f" * 64, image=replace(locked.lock.image, reference=""))
    derive(engine, "scratch", local_tag(lock), f'LABEL {TOOLCHAIN}="{label}"' if label else "LABEL other=1")
    with pytest.raises(EngineError, match="another toolchain") as caught:
        engine.require_image(lock, offline=True)
    assert lock.digest in caught.value.said
    assert (label or "no label") in caught.value.said


def test_a_failing_step_shows_the_builders_words(engine: Engine, tmp_path: Path) -> None:
    """The lock stays as it was."""
    derive(engine, "scratch", "protoctl-empty:1", "LABEL empty=1")
    root = make_workspace(tmp_path / "acme", "protoctl-empty:1")
    before = (root / "protoctl.lock").read_bytes()
    with pytest.raises(EngineError, match="cannot be built") as caught:
        build_image(discover(root), Options(tmp_path / "cache"), silent)
    assert "/bin/sh" in caught.value.said
    assert (root / "protoctl.lock").read_bytes() == before


def test_a_base_without_digest_is_not_pushed(engine: Engine, tmp_path: Path) -> None:
    """Nobody could build it again."""
    assert engine.address
    root = make_workspace(tmp_path / "acme", "debian:bookworm", "registry.acme/toolchain")
    with pytest.raises(ConfigurationError, match="base has no digest"):
        build_image(discover(root), Options(tmp_path / "cache"), silent)
