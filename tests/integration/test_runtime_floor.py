"""Packages for a runtime floor work on that protobuf, under both implementations, and not on the one before it."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from conftest import copy_sample, make_environment

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl

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
