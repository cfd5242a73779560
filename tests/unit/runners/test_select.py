"""Which runner is taken, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY

from protoctl.errors import EngineError, UsageError
from protoctl.runners.select import is_engine_likely, select_runner
from protoctl.toolchain.lock_file import read_lock

if TYPE_CHECKING:
    from protoctl.model.runner import Runner

ABSENT = "tcp://127.0.0.1:1"
"""Nothing listens on port 1."""


def no_cluster() -> Runner:
    """Fail as a workspace without one does."""
    raise UsageError("--runner remote has no cluster")


def choose(name: str) -> tuple[str, str]:
    """Give name and reason of the runner that is taken."""
    lock = read_lock(REPOSITORY)
    assert lock
    runner = select_runner(name, lock, Path, offline=True, remote=no_cluster)
    return runner.name, runner.reason


def test_local_asks_no_engine() -> None:
    """It is what was asked for."""
    assert choose("local") == ("local", "asked for")


def test_auto_says_why_it_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, with the address that was tried."""
    monkeypatch.setenv("DOCKER_HOST", ABSENT)
    assert choose("auto") == ("local", f"no container engine answers at {ABSENT}")


def test_docker_does_not_fall_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for isolation gets it or an error."""
    monkeypatch.setenv("DOCKER_HOST", ABSENT)
    with pytest.raises(EngineError, match="no container engine answers"):
        choose("docker")


def test_remote_does_not_fall_back() -> None:
    """Who asks for a cluster that is not configured is told."""
    with pytest.raises(UsageError, match="no cluster"):
        choose("remote")


def test_an_unknown_runner_is_a_usage_error() -> None:
    """The known ones are listed."""
    with pytest.raises(UsageError) as caught:
        choose("cloud")
    assert caught.value.hint == "one of auto, docker, local, remote"


@pytest.mark.parametrize("variable", ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG"])
def test_a_variable_names_an_engine(tmp_path: Path, variable: str) -> None:
    """Each of those that the client reads."""
    assert is_engine_likely({variable: "x"}, tmp_path)


def test_a_configuration_may_name_an_engine(tmp_path: Path) -> None:
    """Contexts are written there."""
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text("{}")
    assert is_engine_likely({}, tmp_path)
