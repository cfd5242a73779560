"""Clean removes what protoctl made, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.kit.cache_tag import mark_cache

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl, Workspace

KINDS = ("toolchains", "results", "verification")


def make_cache(folder: Path) -> None:
    """Make a cache folder with one entry of each kind."""
    for name in KINDS:
        (folder / name / "entry").mkdir(parents=True)
        (folder / name / "entry/file").write_bytes(b"x" * 1500)
        mark_cache(folder / name, "protoctl")


def test_intermediate_files_go_and_all_else_stays(protoctl: Protoctl, workspace: Workspace, tmp_path: Path) -> None:
    workspace.write(".protoctl/builds/a.state", b"x" * 2048)
    workspace.write("dist/manifest.json", "{}")
    make_cache(tmp_path / "cache")
    done = protoctl("clean", "--workspace", workspace.root, PROTOCTL_CACHE_DIR=str(tmp_path / "cache"))
    assert (done.code, done.out) == (0, f"removed {workspace.root / '.protoctl'} (2.0 kB freed)\n")
    assert not (workspace.root / ".protoctl").exists()
    assert (workspace.root / "dist/manifest.json").exists()
    assert (workspace.root / "protoctl.lock").exists()
    assert (tmp_path / "cache/results/entry").exists()
    assert protoctl("clean", "--workspace", workspace.root).out == "nothing to remove\n"


def test_the_papers_of_releases_stay(protoctl: Protoctl, workspace: Workspace) -> None:
    workspace.write(".protoctl/builds/a.state", b"x" * 2048)
    workspace.write(".protoctl/note", b"x" * 1024)
    receipt = workspace.write(".protoctl/releases/user-1.0.0/receipt.json", "{}")
    done = protoctl("clean", "--workspace", workspace.root)
    folder = workspace.root / ".protoctl"
    assert done.out == f"removed {folder / 'builds'} (2.0 kB freed)\nremoved {folder / 'note'} (1.0 kB freed)\n"
    assert receipt.exists()
    assert protoctl("clean", "--workspace", workspace.root).out == "nothing to remove\n"


def test_dist_goes_when_a_build_made_it(protoctl: Protoctl, workspace: Workspace) -> None:
    workspace.write("dist/mine.txt", "")
    done = protoctl("clean", "--dist", "--workspace", workspace.root)
    assert done.code == 2
    assert "no build made it" in done.err
    assert (workspace.root / "dist/mine.txt").exists()
    workspace.write("dist/manifest.json", "{}")
    assert protoctl("clean", "--dist", "--workspace", workspace.root).code == 0
    assert not (workspace.root / "dist").exists()


def test_the_cache_goes_with_its_folder(protoctl: Protoctl, workspace: Workspace, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    make_cache(cache)
    done = protoctl("clean", "--cache", "--workspace", workspace.root, PROTOCTL_CACHE_DIR=str(cache))
    assert done.code == 0
    assert done.out.splitlines() == [f"removed {cache / name} (1.6 kB freed)" for name in KINDS]
    assert not cache.exists()


def test_folders_of_others_stay_whatever_the_variable_says(
    protoctl: Protoctl, workspace: Workspace, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    make_cache(home)
    (home / "results/CACHEDIR.TAG").unlink()
    (home / "letter.txt").write_text("dear")
    done = protoctl("clean", "--cache", "--workspace", workspace.root, PROTOCTL_CACHE_DIR=str(home))
    assert done.code == 0
    assert sorted(path.name for path in home.iterdir()) == ["letter.txt", "results"]
    assert (home / "results/entry/file").exists()


def test_of_a_link_only_the_link_goes(protoctl: Protoctl, workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/file").write_text("")
    (workspace.root / ".protoctl").symlink_to(tmp_path / "elsewhere")
    assert protoctl("clean", "--workspace", workspace.root).code == 0
    assert not (workspace.root / ".protoctl").is_symlink()
    assert (tmp_path / "elsewhere/file").exists()


def test_files_that_others_share_free_nothing(protoctl: Protoctl, workspace: Workspace, tmp_path: Path) -> None:
    path = workspace.write(".protoctl/file", b"x" * 5000)
    (tmp_path / "second").hardlink_to(path)
    done = protoctl("clean", "--workspace", workspace.root)
    assert done.out == f"removed {workspace.root / '.protoctl'} (0 B freed)\n"
