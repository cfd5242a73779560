"""Protos of other distributions are resolved, kept, moved and installed, from an index on the loopback interface."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY
from loopback import Index, serve

from protoctl.errors import LockError, MachineError
from protoctl.kit.cache_tag import is_cache_of
from protoctl.kit.digest import digest_file
from protoctl.model.event import silent
from protoctl.model.toolchain import PROTOS, Lock
from protoctl.toolchain.install import Installer
from protoctl.toolchain.lock_file import read_lock, write_lock
from protoctl.toolchain.resolve import read_pins, resolve
from protoctl.workspace.configuration_file import read_configuration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "acme-shared-protos"
PROTO = {"shared/money.proto": 'syntax = "proto3";\npackage shared;\nmessage Money {}\n'}
INSTALL = """
import sys
from pathlib import Path
from protoctl.model.event import silent
from protoctl.toolchain.install import Installer
from protoctl.toolchain.lock_file import read_lock
root, cache = map(Path, sys.argv[1:])
print(Installer(root, read_lock(root), cache, silent, offline=False).install("protos"))
"""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """Give an index with one distribution, which pip is configured for, and an empty cache of uv."""
    (tmp_path / "index").mkdir()
    with serve(tmp_path / "index") as index:
        index.add(NAME, "1.0", PROTO)
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
        monkeypatch.setenv("PIP_INDEX_URL", index.url)
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
        yield index


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a workspace whose lock is the repository's, but which depends on the index's distribution."""
    root = tmp_path / "workspace"
    shutil.copytree(REPOSITORY / "build", root / "build")
    shutil.copy(REPOSITORY / "protoctl.lock", root)
    text = '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n[dependencies]\n'
    (root / "protoctl.toml").write_text(f'{text}"shared/**" = {{ python = "{NAME}" }}\n')
    return root


def relock(root: Path, *, upgrade: bool = False) -> Lock:
    """Resolve and write; with an upgrade, of what needs no other index."""
    old = read_lock(root)
    assert old
    if upgrade:
        old = replace(old, settings={**old.settings, PROTOS: ("other",)}, pins=())
        (root / "build/protos/requirements.txt").unlink()
    lock, files = resolve(root, read_configuration(root), old, upgrade=False)
    write_lock(root, lock, files)
    return lock


def installer(root: Path, cache: Path, *, offline: bool = False) -> Installer:
    """Give the installer of a workspace's lock."""
    lock = read_lock(root)
    assert lock
    return Installer(root, lock, cache, silent, offline=offline)


def test_only_what_changed_is_resolved_and_its_hash_is_locked(index: Index, root: Path) -> None:
    before = read_lock(root)
    assert before
    lock = relock(root)
    assert lock.version(NAME) == "1.0"
    assert [pin for pin in lock.pins if pin.component != PROTOS] == [
        pin for pin in before.pins if pin.component != PROTOS
    ]
    assert set(index.asked) == {f"/simple/{NAME}/"}
    assert "--hash=sha256:" in (root / "build/protos/requirements.txt").read_text()


def test_a_pin_stays_until_it_is_upgraded(index: Index, root: Path, tmp_path: Path) -> None:
    wheel = index.add(NAME, "1.0", PROTO)
    relock(root)
    index.add(NAME, "1.1", PROTO)
    shutil.rmtree(tmp_path / "uv")
    path = root / "build/protos/requirements.txt"
    path.write_text(path.read_text().replace("sha256:", "sha256:0"))
    lock = relock(root)
    assert lock.version(NAME) == "1.0", "a changed file keeps its version"
    assert re.findall(r"sha256:(\w+)", path.read_text()) == [digest_file(wheel)], "but not its hashes"
    assert relock(root, upgrade=True).version(NAME) == "1.1"


def test_without_owners_nothing_is_pinned(root: Path) -> None:
    (root / "protoctl.toml").write_text('[workspace]\nname = "acme"\nmodules = ["acme/*"]\n')
    lock = relock(root)
    assert not [pin for pin in lock.pins if pin.component == PROTOS]


def test_a_distribution_that_is_not_there_is_named(index: Index, root: Path) -> None:
    (root / "protoctl.toml").write_text((root / "protoctl.toml").read_text().replace(NAME, "acme-absent"))
    with pytest.raises(MachineError, match="protos part") as caught:
        relock(root)
    assert "acme-absent" in caught.value.said
    assert set(index.asked) == {"/simple/acme-absent/"}


def test_an_index_without_hashes_is_refused(index: Index, root: Path) -> None:
    index.has_hashes = False
    index.add(NAME, "1.0", PROTO)
    with pytest.raises(MachineError) as caught:
        relock(root)
    assert caught.value.said == f"the index tells no hashes of {NAME}"


def test_each_version_of_a_package_is_a_pin() -> None:
    files = {f"{part}/requirements.txt": b"" for part in ("python", "node", "protos")}
    lock = (
        b'{"packages": {"": {}, "node_modules/a": {"version": "1"}, "node_modules/b/node_modules/a": {"version": "2"}}}'
    )
    pins = read_pins({**files, "node/package-lock.json": lock})
    assert [(pin.name, pin.version) for pin in pins] == [("a", "1"), ("a", "2")]


def test_protos_are_installed_once(index: Index, root: Path, tmp_path: Path) -> None:
    relock(root)
    folder = installer(root, tmp_path / "cache").install(PROTOS)
    assert (folder / "site/shared/money.proto").read_text() == PROTO["shared/money.proto"]
    assert is_cache_of(tmp_path / "cache/toolchains", "protoctl")
    index.asked.clear()
    assert installer(root, tmp_path / "cache").install(PROTOS) == folder
    assert index.asked == []


def test_an_altered_download_is_refused_and_leaves_nothing(index: Index, root: Path, tmp_path: Path) -> None:
    relock(root)
    shutil.rmtree(tmp_path / "uv")
    index.add(NAME, "1.0", {"shared/money.proto": PROTO["shared/money.proto"] + "// altered\n"})
    with pytest.raises(MachineError, match="cannot install the toolchain's protos part") as caught:
        installer(root, tmp_path / "cache").install(PROTOS)
    assert "hash" in caught.value.said.lower()
    assert [path.name for path in (tmp_path / "cache/toolchains").iterdir()] == ["CACHEDIR.TAG"]
    shutil.rmtree(tmp_path / "uv")
    index.add(NAME, "1.0", PROTO)
    installer(root, tmp_path / "cache").install(PROTOS)


def test_offline_without_the_package_says_what_to_do(index: Index, root: Path, tmp_path: Path) -> None:
    relock(root)
    index.asked.clear()
    shutil.rmtree(tmp_path / "uv")
    with pytest.raises(MachineError) as caught:
        installer(root, tmp_path / "cache", offline=True).install(PROTOS)
    assert "run once without --offline" in caught.value.hint
    assert index.asked == []


def test_a_changed_file_of_build_is_not_installed_from(index: Index, root: Path, tmp_path: Path) -> None:
    del index
    relock(root)
    made = installer(root, tmp_path / "cache")
    (root / "build/protos/requirements.txt").write_text("")
    with pytest.raises(LockError, match=r"build/protos/requirements\.txt is not what"):
        made.install(PROTOS)
    (root / "build/protos/requirements.txt").unlink()
    with pytest.raises(LockError, match=r"cannot read build/protos/requirements\.txt"):
        made.install(PROTOS)


def test_installs_at_the_same_time_meet_and_killed_ones_are_cleaned(index: Index, root: Path, tmp_path: Path) -> None:
    del index
    relock(root)
    cache = tmp_path / "cache"
    (cache / "toolchains/.new-killed/site").mkdir(parents=True)
    argv = [sys.executable, "-c", INSTALL, str(root), str(cache)]
    running = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = {process.communicate()[0].strip() for process in running}
    assert [process.returncode for process in running] == [0] * 4
    assert len(said) == 1
    assert sorted(path.name for path in (cache / "toolchains").iterdir()) == [
        "CACHEDIR.TAG",
        said.pop().rpartition("/")[2],
    ]


def test_a_cache_folder_that_cannot_be_written_is_named(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(MachineError, match="cannot write the cache folder") as caught:
        installer(root, tmp_path / "file/cache").install(PROTOS)
    assert "PROTOCTL_CACHE_DIR" in caught.value.hint
