"""Inspect shows what real packages hold, and refuses what is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl, Sample

PATTERNS = {"wheel": "python/acme_user-*.whl", "sdist": "python/acme_user-*.tar.gz", "npm": "node/acme-user-*.tgz"}


def find(sample: Sample, kind: str) -> Path:
    """Give the sample's package of a kind."""
    return next(sample.dist.glob(PATTERNS[kind]))


def load(protoctl: Protoctl, path: Path) -> dict[str, object]:
    """Give what inspect says as JSON."""
    done = protoctl("inspect", "--json", path)
    assert (done.code, done.err) == (0, "")
    value = json.loads(done.out)
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize("kind", PATTERNS)
def test_every_kind_of_package_tells_its_origin(protoctl: Protoctl, sample: Sample, kind: str) -> None:
    path = find(sample, kind)
    listed = json.loads((sample.dist / "manifest.json").read_text())["artifacts"]
    artifact = next(one for one in listed if one["path"].endswith(path.name))
    value = load(protoctl, path)
    assert value["format"] == 1
    assert value["kind"] == kind
    for key in ("module", "distribution", "version", "schema", "toolchain"):
        assert value[key] == artifact[key], key


def test_all_kinds_hold_one_schema(protoctl: Protoctl, sample: Sample) -> None:
    keys = ("module", "schema", "toolchain", "pins", "protos", "services", "messages")
    wheel, sdist, npm = ({key: load(protoctl, find(sample, kind))[key] for key in keys} for kind in PATTERNS)
    assert wheel == sdist == npm
    assert wheel["protos"] == ["acme/user/v1/user.proto", "acme/user/v1/user_service.proto"]


def test_a_person_reads_services_messages_and_needs(protoctl: Protoctl, sample: Sample) -> None:
    done = protoctl("inspect", find(sample, "wheel"))
    lines = done.out.splitlines()
    assert lines[0] == "package    acme-user 0.1.0.dev0 (wheel)"
    assert "service acme.user.v1.UserService" in lines
    assert any(line.startswith("  ") and "(stream acme.user.v1." in line for line in lines)
    assert "  acme.user.v1.User" in lines
    assert any(line == "  acme-common==0.1.0.dev0" for line in lines)
    assert any(line.startswith("  grpcio-tools ") for line in lines)


def test_what_is_no_package_of_ours_is_refused(protoctl: Protoctl, sample: Sample, tmp_path: Path) -> None:
    whole = find(sample, "wheel")
    cut = tmp_path / whole.name
    cut.write_bytes(whole.read_bytes()[:-100])
    for path, said in {
        cut: "damaged archive",
        tmp_path: "cannot be read",
        sample.root / "protoctl.toml": "is no .whl",
    }.items():
        done = protoctl("inspect", path)
        assert done.code == 6
        assert said in done.err
        assert "Traceback" not in done.err
