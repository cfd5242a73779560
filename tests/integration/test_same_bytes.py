"""The same inputs give the same bytes, whatever was built before; test_reproduce varies what surrounds a build."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from conftest import Protoctl, Sample, copy_sample, fresh_cache

if TYPE_CHECKING:
    from pathlib import Path


def digests(dist: Path) -> dict[str, str]:
    """Give path to sha256 as the manifest lists them."""
    manifest = json.loads((dist / "manifest.json").read_text())
    return {artifact["path"]: artifact["sha256"] for artifact in manifest["artifacts"]}


def contents(folder: Path) -> dict[str, bytes]:
    """Give path to content of every file."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_one_module_at_a_time_gives_the_same_bytes_as_all_at_once(
    sample: Sample, tmp_path: Path, protoctl: Protoctl
) -> None:
    root = copy_sample(tmp_path / "acme")
    cache = str(fresh_cache(tmp_path / "cache"))
    for module in ("user", "common", "secret", "billing", "inventory"):
        done = protoctl("build", module, "--runner", "local", "--workspace", root, PROTOCTL_CACHE_DIR=cache)
        assert done.code == 0, done.err
    assert contents(root / "dist") == contents(sample.dist)


def test_line_endings_and_byte_order_marks_change_nothing(sample: Sample, tmp_path: Path, protoctl: Protoctl) -> None:
    root = copy_sample(tmp_path / "acme")
    for path in root.rglob("*.proto"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    done = protoctl("build", "--runner", "local", "--workspace", root)
    assert done.code == 0, done.err
    assert contents(root / "dist") == contents(sample.dist)


def test_nothing_changed_starts_no_tool(tmp_path: Path, protoctl: Protoctl) -> None:
    root = copy_sample(tmp_path / "acme")
    assert protoctl("build", "--runner", "local", "--workspace", root).code == 0
    before = {path: path.stat().st_mtime_ns for path in (root / "dist").rglob("*")}
    again = protoctl("build", "--workspace", root, "--offline", PROTOCTL_CACHE_DIR=str(tmp_path / "empty"))
    assert again.code == 0, again.err
    assert "nothing changed" in again.err
    assert {path: path.stat().st_mtime_ns for path in (root / "dist").rglob("*")} == before
    assert not (tmp_path / "empty").exists()


@pytest.mark.parametrize("damage", ["delete", "alter", "manifest"])
def test_a_damaged_dist_is_made_whole(sample: Sample, tmp_path: Path, protoctl: Protoctl, damage: str) -> None:
    root = copy_sample(tmp_path / "acme")
    assert protoctl("build", "--runner", "local", "--workspace", root).code == 0
    victim = next((root / "dist/python").glob("*.whl"))
    if damage == "delete":
        victim.unlink()
    elif damage == "alter":
        victim.write_bytes(victim.read_bytes()[:-1] + b"x")
    else:
        (root / "dist/manifest.json").write_text("{")
    assert protoctl("build", "--runner", "local", "--workspace", root).code == 0
    assert contents(root / "dist") == contents(sample.dist)


def test_a_changed_proto_changes_its_module_and_those_that_embed_it(
    sample: Sample, tmp_path: Path, protoctl: Protoctl
) -> None:
    root = copy_sample(tmp_path / "acme")
    proto = root / "proto/acme/user/v1/user.proto"
    proto.write_text(proto.read_text() + "\nmessage Added {\n  string id = 1;\n}\n")
    assert protoctl("build", "--runner", "local", "--target", "python", "--workspace", root).code == 0
    before, after = digests(sample.dist), digests(root / "dist")
    changed = {path.split("/")[1].split("-")[0] for path in after if after[path] != before[path]}
    assert changed == {"acme_user", "acme_inventory", "acme_billing"}


def test_targets_built_one_after_the_other_stay_together(sample: Sample, tmp_path: Path, protoctl: Protoctl) -> None:
    root = copy_sample(tmp_path / "acme")
    for target in ("python", "node"):
        done = protoctl("build", "--runner", "local", "--target", target, "--workspace", root)
        assert done.code == 0, done.err
    assert contents(root / "dist") == contents(sample.dist)
    shutil.rmtree(root / "proto/acme/billing")
    assert protoctl("build", "--runner", "local", "--target", "python", "--workspace", root).code == 0
    left = set(digests(root / "dist"))
    assert not any("billing" in path for path in left)
    assert any(path.startswith("node/") for path in left)
