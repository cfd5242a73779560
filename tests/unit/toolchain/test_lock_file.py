"""A lock that does not fit, or cannot be trusted, says why and who wrote it."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest
from conftest import REPOSITORY

from protoctl.errors import LockError, MachineError, NewerLockError
from protoctl.model.configuration import Configuration
from protoctl.model.toolchain import COMPONENTS, NODE, PROTOS, PYTHON, Lock, Pin
from protoctl.toolchain.lock_file import (
    PACKER,
    SIZE_LIMIT,
    component_digest,
    find_drift,
    fixed_files,
    lock_digest,
    needed_components,
    packages_digest,
    parse_lock,
    part_of,
    read_lock,
    render_lock,
    settings_of,
    write_lock,
)
from protoctl.workspace.configuration_file import read_configuration

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a folder with the repository's configuration, lock and `build/`, brought up to date."""
    for name in ("protoctl.toml", "protoctl.lock"):
        shutil.copy(REPOSITORY / name, tmp_path / name)
    shutil.copytree(REPOSITORY / "build", tmp_path / "build")
    return tmp_path


def load(root: Path) -> tuple[Lock, Configuration]:
    """Give lock and configuration."""
    lock = read_lock(root)
    assert lock
    return lock, read_configuration(root)


def signed(lock: Lock) -> Lock:
    """Give the lock with the digest of what it holds."""
    return replace(lock, digest=lock_digest(lock.pins, lock.files, lock.packer))


def test_the_repositorys_own_lock_is_current() -> None:
    lock, configuration = load(REPOSITORY)
    assert find_drift(lock, configuration, REPOSITORY) == ""


def test_no_lock_is_none_and_no_error(tmp_path: Path) -> None:
    assert read_lock(tmp_path) is None


def test_a_lock_is_read_as_it_was_written(root: Path) -> None:
    lock, _ = load(root)
    write_lock(root, lock, {})
    assert load(root)[0] == lock


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('version = "1.', 'version = "9.', "was edited by hand"),
        ('packer = "', 'packer = "9', "was edited by hand"),
        ("[image]", "<<<<<<< HEAD\n[image]", "has merge-conflict markers"),
        ("[image]", "[image", "cannot be parsed"),
        ("[image]", "[picture]", "is damaged"),
        ("format = 1", "", "has no known format"),
        ("format = 1", "format = '1'", "has no known format"),
        ('"node/package.json" =', '"node/other.json" =', "was edited by hand"),
        ("[image]", "\ufeff[image]", "cannot be parsed"),
        ("[image]", "[image]\n[image]", "cannot be parsed"),
        ("[image]", f"a = {'[' * 5000}{']' * 5000}\n[image]", "is nested too deeply"),
        ("[image]", f"a = {'9' * 5000}\n[image]", "cannot be parsed"),
        ("[image]", "unknown = 1\n[image]", "is damaged"),
    ],
)
def test_a_lock_that_cannot_be_trusted_names_its_writer(root: Path, before: str, after: str, said: str) -> None:
    path = root / "protoctl.lock"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    with pytest.raises(LockError) as caught:
        read_lock(root)
    assert said in caught.value.what
    assert "written by protoctl 0.1.0" in caught.value.what
    assert "protoctl lock" in caught.value.hint


def test_what_is_no_lock_at_all_is_not_waited_for(root: Path) -> None:
    path = root / "protoctl.lock"
    path.write_bytes(b"#" * (SIZE_LIMIT + 1))
    with pytest.raises(LockError, match="larger than 16 MiB"):
        read_lock(root)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(LockError, match="is no UTF-8 text"):
        read_lock(root)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(LockError, match="is no regular file"):
        read_lock(root)


def test_a_later_lock_is_not_overruled(root: Path) -> None:
    path = root / "protoctl.lock"
    path.write_text(
        path.read_text().replace("format = 1", "format = 2").replace('generator = "0.1.0"', 'generator = "7.0"')
    )
    with pytest.raises(NewerLockError, match=r"format 2, written by protoctl 7\.0"):
        read_lock(root)


def test_a_lock_that_is_no_text_or_no_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "protoctl.lock").write_bytes(b"\xff")
    with pytest.raises(LockError, match="no UTF-8"):
        read_lock(tmp_path)
    (tmp_path / "protoctl.lock").unlink()
    (tmp_path / "protoctl.lock").mkdir()
    with pytest.raises(LockError, match="is no regular file"):
        read_lock(tmp_path)


def test_a_lock_without_the_files_of_a_component_is_an_error(root: Path) -> None:
    lock, _ = load(root)
    short = signed(replace(lock, files={"driver.py": lock.files["driver.py"]}))
    (root / "protoctl.lock").write_text(render_lock(short))
    with pytest.raises(LockError, match=r"lists no node/package-lock\.json"):
        read_lock(root)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('[python]\nrequires-python = ">=3.11"', "another requires-python"),
        ('[image]\nbase = "other@sha256:00"', "another base"),
        ('[dependencies]\n"a/**" = { python = "b" }', "another protos"),
    ],
)
def test_each_setting_that_a_lock_depends_on_is_noticed(root: Path, line: str, said: str) -> None:
    (root / "protoctl.toml").write_text(f'[workspace]\nname = "a"\nmodules = ["*"]\n{line}\n')
    (root / "protoctl.toml").write_text(
        (root / "protoctl.toml").read_text()
        + (
            ""
            if "[dependencies]" in line
            else '[dependencies]\n"google/api/**" = { python = "googleapis-common-protos" }\n'
        )
    )
    assert said in find_drift(*load(root), root)


@pytest.mark.parametrize("path", ["python/requirements.txt", "node/package-lock.json", "Dockerfile", "driver.py"])
def test_each_file_of_build_is_compared(root: Path, path: str) -> None:
    target = root / "build" / path
    target.write_bytes(target.read_bytes() + b"\n")
    assert find_drift(*load(root), root) == f"build/{path} was changed"
    target.unlink()
    assert find_drift(*load(root), root) == f"build/{path} is missing"
    target.mkdir()
    assert find_drift(*load(root), root).startswith(f"build/{path} cannot be read")


@pytest.mark.parametrize("path", sorted(fixed_files()))
def test_files_of_another_protoctl_are_noticed(root: Path, path: str) -> None:
    lock, configuration = load(root)
    other = signed(replace(lock, generator="0.0.9", files={**lock.files, path: "0" * 64}))
    assert find_drift(other, configuration, root) == f"it was written by protoctl 0.0.9, whose {path} differs"


def test_another_packer_is_noticed(root: Path) -> None:
    lock, configuration = load(root)
    other = signed(replace(lock, packer="0.1"))
    assert (
        find_drift(other, configuration, root)
        == f"it was written for hatchling 0.1, and this protoctl packs with {PACKER}"
    )


def test_the_toolchains_digest_ignores_the_dockerfile_and_nothing_else(root: Path) -> None:
    lock, _ = load(root)
    for path in lock.files:
        other = signed(replace(lock, files={**lock.files, path: "0" * 64}))
        assert (other.digest == lock.digest) == (path == "Dockerfile")


def test_a_new_driver_changes_results_and_not_what_is_installed(root: Path) -> None:
    lock, _ = load(root)
    other = replace(lock, files={**lock.files, "driver.py": "0" * 64})
    assert component_digest(other, PYTHON) != component_digest(lock, PYTHON)
    assert packages_digest(other, PYTHON) == packages_digest(lock, PYTHON)


def test_unchanged_files_are_not_written_again(root: Path) -> None:
    lock, _ = load(root)
    path = root / "build" / "driver.py"
    before = path.stat()
    write_lock(root, lock, {"driver.py": path.read_bytes(), "Dockerfile": b"new"})
    assert path.stat().st_ino == before.st_ino
    assert (root / "build" / "Dockerfile").read_bytes() == b"new"


def test_a_lock_that_cannot_be_written_is_a_fault_of_the_machine(root: Path) -> None:
    lock, _ = load(root)
    shutil.rmtree(root / "build")
    (root / "build").write_bytes(b"a file")
    with pytest.raises(MachineError, match="cannot write"):
        write_lock(root, lock, {"driver.py": b""})


def test_without_dependencies_there_is_nothing_to_install_for_protos() -> None:
    lock, _ = load(REPOSITORY)
    assert needed_components(lock) == (PYTHON, NODE, PROTOS)
    assert needed_components(replace(lock, pins=tuple(pin for pin in lock.pins if pin.component != PROTOS))) == (
        PYTHON,
        NODE,
    )


def test_owners_are_resolved_once_each() -> None:
    text = {
        "workspace": {"name": "a", "modules": ["*"]},
        "dependencies": {"a/**": {"python": "x"}, "b/**": {"python": "x"}},
    }
    assert settings_of(msgspec.convert(text, Configuration))[PROTOS] == ("x",)


def with_floor(lock: Lock) -> Lock:
    """Give the lock with one more component that generates Python."""
    pin = Pin("grpcio-tools", "1.65.5", "pypi", "python-5.26")
    settings = {**lock.settings, "python-5.26": ("grpcio-tools<1.66",)}
    files = {**lock.files, "python-5.26/requirements.txt": "0" * 64}
    return signed(replace(lock, settings=settings, pins=(*lock.pins, pin), files=files))


def test_a_floor_is_a_component_of_its_own() -> None:
    lock = with_floor(load(REPOSITORY)[0])
    assert lock.components == (PYTHON, "python-5.26", NODE, PROTOS)
    assert lock.version("grpcio-tools", "python-5.26") == "1.65.5"
    assert lock.version("grpcio-tools", PYTHON) == lock.version("grpcio-tools") != "1.65.5"
    assert lock.digest != load(REPOSITORY)[0].digest


def test_a_part_of_a_lock_is_as_if_the_rest_were_not_there() -> None:
    lock, _ = load(REPOSITORY)
    assert part_of(with_floor(lock), COMPONENTS) == lock
    assert part_of(with_floor(lock), {*COMPONENTS, "python-5.26"}) == with_floor(lock)


def test_the_image_gets_each_component_by_its_own_steps() -> None:
    components = with_floor(load(REPOSITORY)[0]).components
    plain, more = (fixed_files(names)["Dockerfile"].decode() for names in ((), components))
    added = [line for line in more.splitlines() if "python-5.26" in line]
    assert added == [
        "COPY python-5.26/ python-5.26/",
        (
            "    --require-hashes --no-deps --only-binary :all: --target python-5.26/site"
            " --requirement python-5.26/requirements.txt"
        ),
    ]
    assert [line for line in more.splitlines() if line not in plain.splitlines()] == added


def test_floors_are_settings_of_their_components() -> None:
    table = {"runtime-floor": "6.31", "runtime-floors": {"a": "5.26", "b": "6.31"}}
    text = {"workspace": {"name": "a", "modules": ["*"]}, "python": table}
    settings = settings_of(msgspec.convert(text, Configuration))
    assert settings[PYTHON][0] == "grpcio-tools>=1.73,<1.74"
    assert settings["python-5.26"][0] == "grpcio-tools>=1.63,<1.66"
    assert {name for name in settings if name.startswith("python")} == {PYTHON, "python-5.26"}
    assert settings["runtime-floor"] == ("6.31",)


@pytest.mark.parametrize("more", ["a = " + "[" * 5000, "a = " + "1" * 5000], ids=["nested", "digits"])
def test_a_lock_that_the_reader_chokes_on_is_an_error(root: Path, more: str) -> None:
    with pytest.raises(LockError, match=r"cannot be parsed|nested too deeply"):
        parse_lock(f"{more}\n{(root / 'protoctl.lock').read_text()}")


@pytest.mark.parametrize("path", ["/dev/zero", "../protoctl.toml", "python-1/../../../x/requirements.txt"])
def test_a_lock_names_no_file_elsewhere(root: Path, path: str) -> None:
    """Its digest proves nothing: anybody can compute it."""
    lock, _ = load(root)
    with pytest.raises(LockError, match="not below build/"):
        parse_lock(render_lock(signed(replace(lock, files={**lock.files, path: "0"}))))


def test_what_is_no_plain_file_is_not_read(root: Path) -> None:
    lock, configuration = load(root)
    victim = root / "build/node/package.json"
    victim.unlink()
    os.mkfifo(victim)
    assert (
        find_drift(lock, configuration, root)
        == "build/node/package.json cannot be read: is no plain file of at most 16 MiB"
    )
    (root / "protoctl.lock").unlink()
    (root / "protoctl.lock").symlink_to("/dev/zero")
    with pytest.raises(LockError, match="no regular file"):
        read_lock(root)
