"""The doctor tells of each part whether it is fine, or what to do."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest
from conftest import copy_sample
from loopback import serve

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl, Sample
    from scripted_cluster import ScriptedCluster

NO_ENGINE = "unix:///nowhere/docker.sock"


def examine(protoctl: Protoctl, root: Path, cache: str | Path = "") -> tuple[int, dict[str, dict[str, Any]]]:
    """Give the exit code and the parts by name."""
    done = protoctl("doctor", "--json", "--workspace", root, DOCKER_HOST=NO_ENGINE, PROTOCTL_CACHE_DIR=str(cache))
    assert done.err == ""
    value = json.loads(done.out)
    assert value["format"] == 1
    return done.code, {part["name"]: part for part in value["parts"]}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a copy of the sample workspace."""
    return copy_sample(tmp_path / "acme")


def test_a_machine_that_has_built_is_fine(protoctl: Protoctl, sample: Sample) -> None:
    code, parts = examine(protoctl, sample.root)
    assert code == 0
    assert {name: part["status"] for name, part in parts.items()} == {
        "python": "ok",
        "node": "ok",
        "cache": "ok",
        "configuration": "ok",
        "lock": "ok",
        "engine": "note",
        "toolchain python": "ok",
        "toolchain node": "ok",
        "toolchain protos": "ok",
    }
    assert "builds run locally" in parts["engine"]["text"]


def test_people_read_a_table(protoctl: Protoctl, sample: Sample) -> None:
    done = protoctl("doctor", "--workspace", sample.root, DOCKER_HOST=NO_ENGINE)
    lines = done.out.splitlines()
    assert lines[0].startswith("ok      python            3.")
    at = next(number for number, line in enumerate(lines) if line.startswith("note    engine "))
    assert lines[at + 1].strip().startswith("hint: start it, set DOCKER_HOST")


def test_outside_a_workspace_it_tells_of_the_machine(protoctl: Protoctl, tmp_path: Path) -> None:
    code, parts = examine(protoctl, tmp_path)
    assert code == 0
    assert list(parts) == ["python", "node", "cache", "engine", "workspace"]
    assert "protoctl init" in parts["workspace"]["hint"]


def test_a_first_run_is_no_failure(protoctl: Protoctl, root: Path, tmp_path: Path) -> None:
    (root / "protoctl.lock").unlink()
    cache = tmp_path / "cache"
    code, parts = examine(protoctl, root, cache)
    assert code == 0
    assert parts["lock"]["status"] == "note"
    assert not cache.exists()
    shutil.copy(copy_sample(tmp_path / "other") / "protoctl.lock", root)
    code, parts = examine(protoctl, root, cache)
    assert (code, parts["toolchain python"]["status"]) == (0, "note")


@pytest.mark.parametrize(
    ("path", "text", "part", "said"),
    [
        ("protoctl.toml", "[workspace]\nnam = 1\n", "configuration", "protoctl.toml:2: unknown key workspace.nam"),
        ("protoctl.lock", "format = 99\n", "lock", "has format 99"),
        ("build/python/requirements.txt", "", "lock", "is not current: build/python/requirements.txt was changed"),
    ],
)
def test_configuration_and_lock_at_fault_give_2(
    protoctl: Protoctl, root: Path, path: str, text: str, part: str, said: str
) -> None:
    (root / path).write_text(text)
    code, parts = examine(protoctl, root, "/dev/null/cache")
    assert code == 2
    assert parts[part]["status"] == "failed"
    assert said in parts[part]["text"]


def test_a_cache_that_cannot_be_written_gives_4(protoctl: Protoctl, root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, parts = examine(protoctl, root, tmp_path / "file/cache")
    assert (code, parts["cache"]["status"]) == (4, "failed")
    assert "PROTOCTL_CACHE_DIR" in parts["cache"]["hint"]


def test_the_cache_shows_its_limit(protoctl: Protoctl, tmp_path: Path) -> None:
    results = tmp_path / "cache/results/ab"
    results.mkdir(parents=True)
    (results / "entry").write_bytes(bytes(1500))
    cache = str(tmp_path / "cache")
    done = protoctl("doctor", cwd=tmp_path, PROTOCTL_CACHE_DIR=cache, PROTOCTL_CACHE_LIMIT="2GB", DOCKER_HOST=NO_ENGINE)
    assert f"{tmp_path / 'cache'} (1.5 kB, 1.5 kB of at most 2.0 GB are results)" in done.out


def test_a_limit_that_is_no_size_gives_2(protoctl: Protoctl, sample: Sample) -> None:
    said = "PROTOCTL_CACHE_LIMIT is no size: 'much'"
    done = protoctl("doctor", "--workspace", sample.root, DOCKER_HOST=NO_ENGINE, PROTOCTL_CACHE_LIMIT="much")
    assert done.code == 2
    assert said in done.out
    done = protoctl("build", "--workspace", sample.root, PROTOCTL_CACHE_LIMIT="much")
    assert (done.code, done.err.splitlines()[0]) == (2, f"error: {said}")
    assert done.err.splitlines()[1].startswith("hint: ")


def test_indexes_are_asked(protoctl: Protoctl, root: Path, tmp_path: Path) -> None:
    (tmp_path / "index/simple").mkdir(parents=True)
    with serve(tmp_path / "index") as index:
        tables = {
            "python": f'kind = "pypi"\nurl = "{index.url}"',
            "absent": f'kind = "pypi"\nurl = "{index.url}absent/"',
            "down": 'kind = "npm"\nurl = "http://127.0.0.1:9/"',
            "wrong": 'kind = "npm"\nurl = "nonsense"',
            "folder": f'kind = "directory"\nurl = "{tmp_path}/index"',
        }
        with (root / "protoctl.toml").open("a") as stream:
            stream.writelines(f"\n[indexes.{name}]\n{lines}\n" for name, lines in tables.items())
        begun = time.monotonic()
        code, parts = examine(protoctl, root)
        assert time.monotonic() - begun < 10
    assert code == 4
    status = {name.removeprefix("index "): part["status"] for name, part in parts.items() if name.startswith("index ")}
    assert status == {"absent": "ok", "down": "failed", "folder": "ok", "python": "ok", "wrong": "failed"}
    assert index.asked.count("/simple/") == 1
    assert "indexes.down.url" in parts["index down"]["hint"]


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        ("{address}", "ok", "{address} gives results, takes none from here and runs the compiler"),
        ("grpc://127.0.0.1:1", "note", "grpc://127.0.0.1:1: UNAVAILABLE"),
        ("grpc://cache.example", "failed", "protoctl.toml: cache.remote: speaks to cache.example without TLS"),
    ],
    ids=["sound", "absent", "open to all"],
)
def test_a_cluster_is_asked(
    protoctl: Protoctl, root: Path, script: ScriptedCluster, words: str, status: str, text: str
) -> None:
    with (root / "protoctl.toml").open("a") as stream:
        stream.write(f'\n[cache]\nwrite = "never"\nremote = "{words.format(address=script.address)}"\n')
    code, parts = examine(protoctl, root)
    assert code == (2 if status == "failed" else 0)
    assert parts["cluster"]["status"] == status
    assert parts["cluster"]["text"].startswith(text.format(address=script.address))
