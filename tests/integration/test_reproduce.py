"""Artifacts depend on sources, lock, configuration and version, and on nothing else of what surrounds a build."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY
from reproduce.circumstances import run
from reproduce.trial import DIFFERS, REFERENCE, SAME, Trial
from reproduce.variations import VARIATIONS, Ground, Variation, python_variations

if TYPE_CHECKING:
    from pathlib import Path

    from engine import Locked

    from protoctl.runners.docker import Engine

PYTHONS = python_variations()
PROBE = """
import os, sys, time
mask = os.umask(0)
seen = {
    "path": os.getcwd(), "user": os.getuid(), "umask": mask, "zone": time.localtime(0)[:5], "order": os.listdir("."),
    "locale": sys.getfilesystemencoding(), "time": time.gmtime().tm_year, "cores": len(os.sched_getaffinity(0)),
}
print({name: seen[name] for name in sys.argv[1:]})
"""
"""Prints what a process sees of a variation."""


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Give the sample workspace, built once."""
    return Trial(Ground(REPOSITORY, open_folder(tmp_path_factory)))


def open_folder(factory: pytest.TempPathFactory) -> Path:
    """Give a folder that other users reach."""
    folder = factory.mktemp("reproduce")
    for one in (folder, *folder.parents[:2]):
        one.chmod(0o755)
    return folder


def test_whatever_surrounds_a_build_its_bytes_are_the_same(trial: Trial) -> None:
    """All that this machine can in one build; a difference is shown with the variation that makes it."""
    faults = [verdict for verdict in trial.together(VARIATIONS) if verdict.is_fault]
    assert not faults


@pytest.mark.registries
@pytest.mark.parametrize("python", PYTHONS, ids=lambda one: one.name)
def test_another_python_gives_the_same_bytes(trial: Trial, python: Variation) -> None:
    verdict = next(trial.each([python]))
    assert verdict.result == SAME, verdict.reason


@pytest.mark.parametrize("name", ["path", "user", "umask", "zone", "locale", "time", "order", "cores"])
def test_a_variation_is_seen_by_the_process(trial: Trial, name: str) -> None:
    """Else equal bytes would show nothing."""
    variation = next(one for one in VARIATIONS if one.name == name)
    absent = variation.absent(trial.ground)
    if absent:
        pytest.skip(absent)
    seen = []
    for circumstances in (REFERENCE, variation.apply(REFERENCE, trial.ground)):
        folder = trial.ground.scratch / "probe" / circumstances.folder
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(20):
            (folder / str(number)).touch()
        seen.append(run(circumstances, folder, folder, "-c", PROBE, name))
    assert seen[0] != seen[1]


def test_a_difference_is_found_and_put_down_to_its_variation(trial: Trial) -> None:
    other = Variation("version", "another version", lambda one, _: replace(one, options=("--version=0.1.1.dev0",)))
    verdicts = list(trial.together([VARIATIONS[0], other]))
    assert [(one.name, one.result) for one in verdicts] == [
        ("again+version", DIFFERS),
        ("again", SAME),
        ("version", DIFFERS),
    ], verdicts
    assert "differs: manifest.json" in verdicts[2].reason
    assert "differs: python/acme_user-0.1.1.dev0-py3-none-any.whl" in verdicts[2].reason


def test_the_command_fails_where_nothing_can_be_built(tmp_path: Path) -> None:
    (tmp_path / "protoctl.toml").write_text("broken")
    command = [sys.executable, "-m", "reproduce", str(tmp_path), "--only", "again"]
    done = subprocess.run(command, cwd=REPOSITORY / "tests", capture_output=True, text=True, check=False)
    assert done.returncode == 1


@pytest.mark.engine
@pytest.mark.xdist_group("engine")
def test_a_container_gives_the_same_bytes(
    locked: Locked, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    del engine
    trial = Trial(Ground(locked.root, open_folder(tmp_path_factory)))
    runner = [one for one in VARIATIONS if one.name == "runner"]
    assert [verdict.result for verdict in trial.each(runner)] == [SAME]
