"""Packages for a runtime floor work on that protobuf, under both implementations, and not on the one before it."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest
from conftest import copy_sample, make_environment, succeed
from packaging.version import Version

from protoctl.packaging.installed import read_environment

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl, Sample

pytestmark = pytest.mark.registries
NOTES = """
syntax = "proto3";
package acme.common.v1;
import "google/protobuf/descriptor.proto";
// Says more about a field.
extend google.protobuf.FieldOptions { string note = 50001; }
// A message with a field that more is said about.
message Noted { string text = 1 [(note) = "more"]; }
"""
"""An option that is declared and used in one file."""
USE = """
from acme.common.v1 import notes_pb2
from acme.user.v1 import user_pb2, user_service_pb2, user_service_pb2_grpc
user = user_pb2.User(id="x", email="y")
assert user_pb2.User.FromString(user.SerializeToString()) == user
field = notes_pb2.Noted.DESCRIPTOR.fields_by_name["text"]
assert field.GetOptions().Extensions[notes_pb2.note] == "more", "options are lost"
"""


def build(protoctl: Protoctl, root: Path, floor: str) -> list[Path]:
    """Build the sample without its editions for a floor and give the wheels."""
    shutil.rmtree(root / "proto/acme/secret")
    (root / "proto/acme/common/v1/notes.proto").write_text(NOTES)
    text = (root / "protoctl.toml").read_text()
    (root / "protoctl.toml").write_text(text.replace("[python]\n", f'[python]\nruntime-floor = "{floor}"\n'))
    done = protoctl("build", "--target", "python", "--workspace", root)
    assert done.code == 0, done.err
    return sorted((root / "dist/python").glob("*.whl"))


def use(python: Path, implementation: str) -> subprocess.CompletedProcess[str]:
    """Import and use the packages under an implementation of the runtime."""
    variables = {"PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": implementation}
    return subprocess.run([python, "-c", USE], env=variables, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("floor", "works", "before", "said"),
    [("5.26", "5.26.0", "4.25.9", "options are lost"), ("6.31", "6.31.0", "6.30.2", "VersionError")],
)
def test_a_floor_is_true(protoctl: Protoctl, tmp_path: Path, floor: str, works: str, before: str, said: str) -> None:
    wheels = build(protoctl, copy_sample(tmp_path / "acme"), floor)
    python = make_environment(tmp_path / "venv", [f"protobuf=={works}", *wheels])
    for implementation in ("upb", "python"):
        done = use(python, implementation)
        assert done.returncode == 0, done.stderr
    others = ["grpcio", "typing-extensions", "googleapis-common-protos==1.75.0"]
    older = make_environment(tmp_path / "older", ["--no-deps", f"protobuf=={before}", *others, *wheels])
    assert said in use(older, "python").stderr


def floors(root: Path, text: str) -> Path:
    """Give the workspace with runtime floors of its modules."""
    with (root / "protoctl.toml").open("a") as stream:
        stream.write(f"\n[python.runtime-floors]\n{text}\n")
    return root


def requirements(wheel: Path) -> list[str]:
    """Give what a wheel requires."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        return [line.partition(": ")[2] for line in archive.read(name).decode().splitlines() if "Requires-Dist" in line]


def test_modules_with_a_floor_are_made_beside_the_others_which_stay_as_they_were(
    protoctl: Protoctl, sample: Sample, tmp_path: Path
) -> None:
    root = floors(copy_sample(tmp_path / "acme"), 'user = "5.26"\ncommon = "5.26"')
    done = protoctl("build", "--runner", "local", "--workspace", root)
    assert done.code == 0, done.err
    built = {path.name: path for path in (root / "dist").glob("*/*")}
    untouched = [path for path in sample.dist.glob("*/*") if not any(one in path.name for one in ("user", "common"))]
    assert len(untouched) == 9
    assert [path.name for path in untouched if path.read_bytes() != built[path.name].read_bytes()] == []
    wheels = {name.partition("-")[0]: path for name, path in built.items() if name.endswith(".whl")}
    assert "protobuf<9,>=5.26.0" in requirements(wheels["acme_user"])
    assert "grpcio<2,>=1.65.5" in requirements(wheels["acme_user"])
    assert "protobuf<9,>=6.31.1" in requirements(wheels["acme_billing"])
    dockerfile = (root / "build/Dockerfile").read_text()
    assert "--target python-5.26/site --requirement python-5.26/requirements.txt" in dockerfile
    python = make_environment(tmp_path / "venv", wheels.values())
    succeed(python, "-W", "error", "-c", "import acme.billing.v1.billing_service_pb2_grpc", cwd=tmp_path)
    python = make_environment(tmp_path / "older", ["protobuf==5.26.0", wheels["acme_user"], wheels["acme_common"]])
    succeed(python, "-W", "error", "-c", "import acme.user.v1.user_service_pb2_grpc", cwd=tmp_path)


def test_without_its_floor_a_toolchain_is_gone(protoctl: Protoctl, tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "acme")
    before = {path: path.read_bytes() for path in root.rglob("build/**/*") if path.is_file()}
    text, lock = (root / "protoctl.toml").read_text(), (root / "protoctl.lock").read_bytes()
    floors(root, 'common = "5.26"')
    assert protoctl("lock", "--workspace", root).code == 0
    assert (root / "build/python-5.26/requirements.txt").is_file()
    assert protoctl("lock", "--check", "--workspace", root).code == 0
    (root / "protoctl.toml").write_text(text)
    done = protoctl("lock", "--check", "--workspace", root)
    assert (done.code, "it was resolved for another python-5.26" in done.err) == (2, True)
    assert protoctl("lock", "--workspace", root).code == 0
    assert {path: path.read_bytes() for path in root.rglob("build/**/*") if path.is_file()} == before
    assert (root / "protoctl.lock").read_bytes() == lock


IMPORT = 'user has the runtime floor 5.26 and imports "acme/common/v1/audit.proto" of common, whose floor is higher'
ALSO = '  proto/acme/user/v1/user_service.proto:5: imports "acme/common/v1/page.proto"'
PATTERN = r"expected `str` matching regex '^[0-9]+\\.[0-9]+(\\.[0-9]+)?$'"


@pytest.mark.parametrize(
    ("text", "where", "what", "hint"),
    [
        (
            'user = "5.26"',
            "proto/acme/user/v1/user.proto:7",
            f"{IMPORT}\n{ALSO}",
            'write common = "5.26" in [python.runtime-floors]',
        ),
        (
            'secret = "5.26"\ncommon = "5.26"',
            "proto/acme/secret/v1/secret.proto:1",
            "its edition is too new for the protoc of runtime floor 5.26",
            "runtime floors from 5.27.2 on have one that takes it",
        ),
        (
            'usr = "5.26"',
            "protoctl.toml:{last}",
            "python.runtime-floors.usr: there is no module 'usr'",
            "did you mean user?",
        ),
        (
            'user = "5.25"',
            "protoctl.toml:{last}",
            "python.runtime-floors.user: no known toolchain writes code for protobuf 5.25",
            "the lowest is 5.26.0: consumers with an older protobuf have to move",
        ),
        (
            'user = "new"',
            "protoctl.toml:{last}",
            f"python.runtime-floors.user: {PATTERN}",
            "Module to a floor of its own; a module may not import one with a higher floor",
        ),
    ],
)
def test_floors_that_cannot_be_are_refused(
    protoctl: Protoctl, tmp_path: Path, text: str, where: str, what: str, hint: str
) -> None:
    root = floors(copy_sample(tmp_path / "acme"), text)
    done = protoctl("build", "--runner", "local", "--workspace", root)
    assert done.code == 2
    last = len((root / "protoctl.toml").read_text().splitlines())
    assert f"error: {where.format(last=last)}: {what}\nhint: {hint}\n" in done.err
    assert not (root / "dist").exists()


def test_editions_under_a_floor_without_them_are_named(protoctl: Protoctl, tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "acme")
    path = root / "protoctl.toml"
    path.write_text(path.read_text().replace("[python]\n", '[python]\nruntime-floor = "5.26"\n'))
    done = protoctl("build", "--runner", "local", "--workspace", root)
    assert done.code == 3
    assert "secret.proto:1:1: this file uses editions, which protoc knows from a runtime floor of 5.27.2 on" in done.err


BELOW = {
    "protobuf": "6.31.0",
    "grpcio": "1.80.0",
    "googleapis-common-protos": "1.69.1",
}
"""The release before each floor of the sample's packages."""


def test_the_samples_own_bounds_are_true(sample: Sample, tmp_path: Path) -> None:
    wheels = [wheel for wheel in sample.wheels if "common" in wheel.name or "user" in wheel.name]
    names = "acme.user.v1.user_service_pb2_grpc, acme.common.v1.audit_pb2"
    python = make_environment(tmp_path / "lowest", ["--resolution", "lowest", *wheels])
    succeed(python, "-W", "error", "-c", f"import {names}", cwd=tmp_path)
    installed = read_environment([str(next((tmp_path / "lowest").glob("lib/python3*/site-packages")))]).versions
    for name, below in BELOW.items():
        assert Version(installed[name]) > Version(below)
        pinned = {one: installed[one] for one in BELOW} | {name: below}
        assert is_broken(tmp_path / name, [f"{one}=={version}" for one, version in pinned.items()], wheels, names)


def is_broken(folder: Path, pinned: list[str], wheels: list[Path], names: str) -> bool:
    """Tell whether packages do not import beside pinned runtimes, or these refuse each other."""
    others = [*pinned, "typing-extensions"]
    try:
        make_environment(folder / "alone", others)
    except AssertionError as error:
        return "unsatisfiable" in str(error)
    python = make_environment(folder / "together", ["--no-deps", *others, *wheels])
    done = subprocess.run([python, "-c", f"import {names}"], capture_output=True, text=True, check=False)
    return "VersionError" in done.stderr or "RuntimeError" in done.stderr
