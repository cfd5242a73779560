"""The lock is written whole or not at all, refused when it does not fit, and carries a build to other machines."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, copy_sample
from loopback import serve

from protoctl.model.event import silent
from protoctl.model.toolchain import COMPONENTS
from protoctl.toolchain.install import Installer, cache_folder
from protoctl.toolchain.lock_file import read_lock

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Finished, Protoctl, Sample

NOWHERE = "http://127.0.0.1:9/simple/"
"""An index on a port where nothing listens."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a copy of the sample workspace."""
    return copy_sample(tmp_path / "acme")


def snapshot(root: Path) -> dict[str, bytes]:
    """Give the lock and the files of `build/`."""
    paths = [root / "protoctl.lock", *(root / "build").rglob("*")]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def disconnected(protoctl: Protoctl, folder: Path, *arguments: str | Path) -> Finished:
    """Run without any index, and with nothing in uv's cache and npm's."""
    return protoctl(
        *arguments,
        UV_DEFAULT_INDEX=NOWHERE,
        UV_CACHE_DIR=str(folder / "uv"),
        UV_HTTP_RETRIES="0",
        NPM_CONFIG_REGISTRY="http://127.0.0.1:9/",
        NPM_CONFIG_CACHE=str(folder / "npm"),
        DOCKER_HOST="unix:///nowhere/docker.sock",
    )


def test_what_is_current_is_not_asked_for_again(protoctl: Protoctl, root: Path, tmp_path: Path) -> None:
    before = snapshot(root)
    done = disconnected(protoctl, tmp_path, "lock", "--workspace", root)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("protoctl.lock is current, toolchain ")
    assert disconnected(protoctl, tmp_path, "lock", "--check", "--workspace", root).code == 0
    assert snapshot(root) == before


def test_files_of_another_protoctl_are_renewed_without_network(protoctl: Protoctl, root: Path, tmp_path: Path) -> None:
    before = snapshot(root)
    (root / "build/Dockerfile").write_text("FROM other\n")
    done = disconnected(protoctl, tmp_path, "lock", "--check", "--workspace", root)
    assert done.code == 2
    assert "build/Dockerfile was changed" in done.err
    done = disconnected(protoctl, tmp_path, "lock", "--json", "--workspace", root)
    assert done.code == 0, done.err
    value = json.loads(done.out)
    assert (value["format"], value["changed"], value["moves"]) == (1, True, [])
    assert snapshot(root) == before


def test_a_network_that_is_down_changes_nothing(protoctl: Protoctl, root: Path, tmp_path: Path) -> None:
    (root / "protoctl.toml").write_text((root / "protoctl.toml").read_text().replace(">=3.9", ">=3.10"))
    before = snapshot(root)
    for command in (["lock"], ["lock", "--upgrade"], ["build", "--runner", "local"]):
        done = disconnected(protoctl, tmp_path, *command, "--workspace", root)
        assert done.code == 4, done.err
        assert "error: cannot resolve the toolchain's python part" in done.err
        assert "hint: check the network" in done.err
        assert "Traceback" not in done.err
        assert snapshot(root) == before
    assert not (root / "dist").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("protoctl.toml", ">=3.9", ">=3.10"), "it was resolved for another requires-python"),
        (("protoctl.toml", "googleapis-common-protos", "other"), "it was resolved for another protos"),
        (("build/python/requirements.txt", "sha256:", "sha256:0"), "build/python/requirements.txt was changed"),
        (("build/driver.py", "import", "import  "), "build/driver.py was changed"),
        (("protoctl.lock", "format = 1", "format = 2"), "has format 2, written by protoctl 0.1.0"),
        (("protoctl.lock", "[image]", "<<<<<<< HEAD"), "has merge-conflict markers (written by protoctl 0.1.0)"),
        (("protoctl.lock", 'version = "', 'version = "9'), "was edited by hand"),
        (("protoctl.lock", None, None), "there is none"),
    ],
)
def test_frozen_refuses_what_does_not_fit(
    protoctl: Protoctl, root: Path, change: tuple[str, str, str], said: str
) -> None:
    path, old, new = change
    if old:
        assert old in (root / path).read_text()
        (root / path).write_text((root / path).read_text().replace(old, new))
    else:
        (root / path).unlink()
    before = snapshot(root)
    done = protoctl("build", "--frozen", "--workspace", root)
    assert done.code == 2
    assert said in done.err
    assert "hint: " in done.err
    assert snapshot(root) == before
    assert not (root / "dist").exists()


def test_a_lock_that_cannot_be_read_is_resolved_anew(protoctl: Protoctl, root: Path, tmp_path: Path) -> None:
    path = root / "protoctl.lock"
    path.write_text("<<<<<<< HEAD\n")
    done = disconnected(protoctl, tmp_path, "lock", "--workspace", root)
    assert done.code == 4, "it got as far as asking an index"
    assert "warning: protoctl.lock has merge-conflict markers" in done.err
    path.write_text("format = 2\n")
    done = disconnected(protoctl, tmp_path, "lock", "--workspace", root)
    assert done.code == 2, "a later protoctl is not overruled"
    assert path.read_text() == "format = 2\n"


def test_check_writes_nothing_and_says_so(protoctl: Protoctl, root: Path) -> None:
    done = protoctl("lock", "--check", "--upgrade", "--workspace", root)
    assert done.code == 2
    assert "--check writes nothing" in done.err


@pytest.mark.registries
def test_moves_are_told_and_only_what_depends_on_a_setting_moves(protoctl: Protoctl, root: Path) -> None:
    before = snapshot(root)
    (root / "protoctl.toml").write_text((root / "protoctl.toml").read_text().replace(">=3.9", ">=3.12"))
    done = protoctl("lock", "--upgrade", "--workspace", root)
    assert done.code == 0, done.err
    old, new = read_lock(REPOSITORY), read_lock(root)
    assert old
    assert new
    assert f"python: grpcio-tools {old.version('grpcio-tools')} → {new.version('grpcio-tools')}\n" in done.out
    assert done.out.splitlines()[-1].startswith("wrote protoctl.lock and build/, toolchain ")
    assert snapshot(root)["protoctl.lock"] != before["protoctl.lock"]
    assert protoctl("lock", "--check", "--workspace", root).code == 0


def copy_toolchain(root: Path, cache: Path) -> None:
    """Give another cache folder the installed toolchain of a workspace's lock, and no results."""
    lock = read_lock(root)
    assert lock
    here, there = (Installer(root, lock, folder, silent, offline=True) for folder in (cache_folder(), cache))
    for component in COMPONENTS:
        shutil.copytree(here.folder(component), there.folder(component), copy_function=link_or_copy, symlinks=True)


def link_or_copy(source: str, target: str) -> None:
    """Give a file a second name, or across file systems a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def test_a_second_machine_with_a_filled_cache_builds_the_same_bytes_offline(
    protoctl: Protoctl, sample: Sample, tmp_path: Path
) -> None:
    copy_toolchain(sample.root, tmp_path / "cache")
    root = copy_sample(tmp_path / "elsewhere" / "acme")
    second = type(protoctl)({**protoctl.environment, "PROTOCTL_CACHE_DIR": str(tmp_path / "cache")})
    done = disconnected(second, tmp_path, "build", "--offline", "--frozen", "--workspace", root)
    assert done.code == 0, done.err
    built = {path.name: path.read_bytes() for path in (root / "dist").rglob("*") if path.is_file()}
    assert built == {path.name: path.read_bytes() for path in sample.dist.rglob("*") if path.is_file()}


def test_a_cache_that_keeps_no_results_costs_a_warning(protoctl: Protoctl, sample: Sample, tmp_path: Path) -> None:
    copy_toolchain(sample.root, tmp_path / "cache")
    (tmp_path / "cache/results").write_text("a file")
    root = copy_sample(tmp_path / "elsewhere" / "acme")
    arguments = ("build", "common", "--target", "python", "--runner", "local", "--workspace", root)
    done = protoctl(*arguments, PROTOCTL_CACHE_DIR=str(tmp_path / "cache"))
    assert done.code == 0, done.err
    assert done.err.count("warning: results are not kept") == 1


def test_offline_without_a_cache_says_what_to_do(protoctl: Protoctl, root: Path, tmp_path: Path) -> None:
    second = type(protoctl)({**protoctl.environment, "PROTOCTL_CACHE_DIR": str(tmp_path / "cache")})
    done = disconnected(second, tmp_path, "build", "--offline", "--workspace", root)
    assert done.code == 4
    assert "hint: run once without --offline, or copy the cache folder" in done.err
    assert not (root / "dist").exists()
    assert not list((tmp_path / "cache/toolchains").glob(".new-*"))


def test_an_altered_download_stops_a_build(protoctl: Protoctl, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    shutil.copytree(REPOSITORY / "build", root / "build")
    shutil.copy(REPOSITORY / "protoctl.lock", root)
    owner = '"shared/**" = { python = "acme-shared-protos" }'
    (root / "protoctl.toml").write_text(f'[workspace]\nname = "a"\nmodules = ["*"]\n[dependencies]\n{owner}\n')
    (root / "proto/a").mkdir(parents=True)
    (root / "proto/a/a.proto").write_text(
        'syntax = "proto3";\npackage a;\nimport "shared/m.proto";\nmessage A { shared.M m = 1; }\n'
    )
    (tmp_path / "index").mkdir()
    (tmp_path / "pip.conf").write_text("")
    with serve(tmp_path / "index") as index:
        (tmp_path / "pip.conf").write_text(f"[global]\nindex-url = {index.url}\n")
        settings = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "UV_CACHE_DIR": str(tmp_path / "uv")}
        machine = type(protoctl)({**protoctl.environment, **settings, "PROTOCTL_CACHE_DIR": str(tmp_path / "cache")})
        index.add(
            "acme-shared-protos", "1.0", {"shared/m.proto": 'syntax = "proto3";\npackage shared;\nmessage M {}\n'}
        )
        done = machine("lock", "--workspace", root)
        assert done.code == 0, done.err
        assert "protos: acme-shared-protos 1.0\n" in done.out
        before = snapshot(root)
        index.add(
            "acme-shared-protos", "1.0", {"shared/m.proto": 'syntax = "proto3";\npackage shared;\nmessage N {}\n'}
        )
        shutil.rmtree(tmp_path / "uv")
        done = machine("build", "--runner", "local", "--workspace", root)
    assert done.code == 4
    assert "cannot install the toolchain's protos part" in done.err
    assert "hash" in done.err.lower()
    assert snapshot(root) == before
    assert not (root / "dist").exists()
