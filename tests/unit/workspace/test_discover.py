"""Modules, their names, and proto roots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protoctl.errors import ConfigurationError, WorkspaceError
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.model.workspace import Workspace


def make(root: Path, settings: str, *paths: str) -> Workspace:
    (root / "protoctl.toml").write_text(f'[workspace]\nname = "acme"\n{settings}\n')
    for path in paths:
        target = root / "proto" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"\xff" if "refused" in path else b'syntax = "proto3";\n')
    return discover(root)


def test_modules_strays_and_excluded_files(tmp_path: Path) -> None:
    workspace = make(
        tmp_path,
        'modules = ["acme/*", "acme/user/*", "other"]\nexclude = ["acme/old"]',
        *["acme/billing/v1/a.proto", "acme/billing/a.proto", "acme/user/v1/a.proto", "acme/old/v1/a.proto"],
        *["acme/a.proto", "root.proto", "other/a.proto", "elsewhere/a.proto"],
    )
    assert {name: module.files for name, module in workspace.modules.items()} == {
        "billing": ("acme/billing/a.proto", "acme/billing/v1/a.proto"),
        "other": ("other/a.proto",),
        "v1": ("acme/user/v1/a.proto",),
    }
    assert workspace.strays == ("acme/a.proto", "elsewhere/a.proto", "root.proto")
    assert workspace.owners["acme/user/v1/a.proto"] == "v1"


@pytest.mark.parametrize(
    ("glob", "names"),
    [("*/*", ["acme-user", "beta-user"]), ("**/v1", ["acme-user-v1", "beta-user-v1"]), ("*", ["acme", "beta"])],
)
def test_open_segments_name_modules(tmp_path: Path, glob: str, names: list[str]) -> None:
    assert (
        list(make(tmp_path, f'modules = ["{glob}"]', "acme/user/v1/a.proto", "beta/user/v1/a.proto").modules) == names
    )


def test_a_glob_without_match(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"protoctl\.toml:3: .* matches 'akme/\*', 'x'\nhint: globs match"):
        make(tmp_path, 'modules = ["acme/*", "akme/*", "x"]', "acme/user/v1/a.proto")


def test_a_refused_file_counts_for_its_glob(tmp_path: Path) -> None:
    """The finding about the file is what helps, not a complaint about the glob."""
    workspace = make(tmp_path, 'modules = ["acme/*"]', "acme/user/v1/refused.proto")
    assert (list(workspace.modules), len(workspace.refused)) == ([], 1)


@pytest.mark.parametrize(
    ("globs", "paths", "said"),
    [
        (["a/*", "b/*"], ["a/user/a.proto", "b/user/a.proto"], "the module user: a/user and b/user"),
        (["a/*"], ["a/user-api/a.proto", "a/user_api/a.proto"], "user-api and user_api, which package indexes take"),
        (["a/*"], ["a/User/a.proto", "a/user/a.proto"], "User and user, which package indexes take"),
    ],
)
def test_two_folders_of_one_name(tmp_path: Path, globs: list[str], paths: list[str], said: str) -> None:
    with pytest.raises(WorkspaceError, match=said):
        make(tmp_path, f"modules = {globs}", *paths)


def test_two_modules_of_one_package(tmp_path: Path) -> None:
    paths = ("acme/a/a.proto", "acme/b/a.proto")
    with pytest.raises(ConfigurationError, match=r"protoctl\.toml:5: python\.distribution: 2 modules would all be 'x'"):
        make(tmp_path, 'modules = ["acme/*"]\n[python]\ndistribution = "x"', *paths)
    with pytest.raises(ConfigurationError, match=r"node\.package: 2 modules"):
        make(tmp_path, 'modules = ["acme/*"]\n[node]\npackage = "@x/{workspace}"', *paths)
    assert make(tmp_path, 'modules = ["acme"]\n[python]\ndistribution = "x"').modules


def test_a_proto_root_that_leads_away(tmp_path: Path) -> None:
    root, outside = tmp_path / "workspace", tmp_path / "outside"
    root.mkdir()
    (outside / "acme").mkdir(parents=True)
    (outside / "acme/a.proto").write_text("")
    (root / "proto").symlink_to(outside)
    with pytest.raises(ConfigurationError, match=r"protoctl\.toml:1: workspace\.proto is a link that leads out"):
        make(root, 'modules = ["acme"]')
    (root / "proto").unlink()
    (root / "proto").symlink_to(root / "proto")
    with pytest.raises((ConfigurationError, WorkspaceError)):
        make(root, 'modules = ["acme"]')
    (root / "proto").unlink()
    (root / "inner/acme").mkdir(parents=True)
    (root / "inner/acme/a.proto").write_text("")
    (root / "proto").symlink_to(root / "inner")
    assert list(make(root, 'modules = ["acme"]').sources.files) == ["acme/a.proto"]
