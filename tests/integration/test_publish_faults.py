"""Faults around a release: what is said, that nothing is half written, and that the next run completes it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from faults import snapshot
from release_runs import FOLDER, TABLE, Releaser, change, clone, duplicate, effects, make_home, read_state
from repositories import commit, git

if TYPE_CHECKING:
    from pathlib import Path

needs_faketime = pytest.mark.skipif(not shutil.which("faketime"), reason="the package faketime is not installed")
STEADY = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}
PUSHED = ("--push", "origin")
COMMON, USER = "proto/acme/common/v1/page.proto", "proto/acme/user/v1/user.proto"


@pytest.fixture
def home(pushed: tuple[Path, Path], tmp_path: Path) -> Path:
    """Give a home with two modules at 0.1.0, and changes that make 0.1.1 of both."""
    return duplicate(pushed[0], tmp_path / "home")


def number_of(after: Path, end: str) -> int:
    """Give which effect of an undisturbed release is the first with an end."""
    return next(number for number, step in enumerate(effects(after), 1) if step.endswith(end))


def test_a_rehearsal_shows_everything_and_writes_nothing(
    home: Path, pushed: tuple[Path, Path], releaser: Releaser
) -> None:
    before = snapshot(home)
    done = releaser(home, "--dry-run", *PUSHED)
    assert done.code == 0, done.err
    assert effects(home) == []
    assert {path: data for path, data in snapshot(home).items() if not path.startswith(".")} == {
        path: data for path, data in before.items() if not path.startswith(".")
    }
    real = releaser(home, *PUSHED)
    assert real.code == 0, real.err
    assert done.out == real.out.replace("released ", "would release ")
    assert read_state(home) == read_state(pushed[1])


def test_what_is_told_as_json(home: Path, releaser: Releaser) -> None:
    rehearsal = json.loads(releaser(home, "--dry-run", "--json").out)
    real = json.loads(releaser(home, "--json").out)
    assert rehearsal == {**real, "dry_run": True}
    assert {**real, "releases": []} == {"format": 1, "dry_run": False, "refused": [], "releases": []}
    [common, user] = real["releases"]
    assert [common["module"], common["version"], common["tag"]] == ["common", "0.1.1", "common/v0.1.1"]
    assert [file["dist_tag"] for file in user["files"]] == ["", "", "latest"]
    assert set(user["files"][0]) == {
        "index", "target", "distribution", "version", "file", "sha256", "dist_tag",
    }  # fmt: skip
    assert json.loads(releaser(home, "--json").out)["releases"] == []


def test_a_damaged_receipt_is_written_again(home: Path, pushed: tuple[Path, Path], releaser: Releaser) -> None:
    assert releaser(home, *PUSHED).code == 0
    receipt = home / "work/.protoctl/releases/common-0.1.1/receipt.json"
    receipt.write_bytes(receipt.read_bytes()[:40])
    done = releaser(home, *PUSHED)
    assert done.code == 0, done.err
    assert "common 0.1.1 lacks its papers" in done.err
    assert read_state(home) == read_state(pushed[1])


@pytest.mark.slow
def test_papers_that_cannot_be_written_are_written_next_time(
    home: Path, pushed: tuple[Path, Path], releaser: Releaser
) -> None:
    papers = home / "work/.protoctl/releases/common-0.1.1"
    papers.write_text("in the way")
    done = releaser(home, *PUSHED)
    assert done.code == 4
    assert f"cannot write {papers}" in done.err
    assert "hint: the packages are published; run `protoctl publish` again" in done.err
    papers.unlink()
    assert releaser(home, *PUSHED).code == 0
    assert read_state(home) == read_state(pushed[1])


def test_an_artifact_that_changed_after_it_was_tried_is_not_uploaded(
    home: Path, pushed: tuple[Path, Path], releaser: Releaser
) -> None:
    at = number_of(pushed[1], "common-0.1.1/receipt.json")
    done = releaser(home, *PUSHED, kill=at, act="echo >> work/dist/python/acme_user-0.1.1-py3-none-any.whl")
    assert done.code == 6
    assert "python/acme_user-0.1.1-py3-none-any.whl: changed after it was tried" in done.err
    assert not [path for path in snapshot(home / "index") if "acme_user-0.1.1" in path]
    assert releaser(home, *PUSHED).code == 0
    assert read_state(home) == read_state(pushed[1])


def test_a_tag_on_another_commit_stops_a_release_before_anything_is_built(home: Path, releaser: Releaser) -> None:
    git(home / "work", "tag", "user/v0.1.1", "HEAD~1")
    before = snapshot(home / "index")
    done = releaser(home, *PUSHED)
    assert done.code == 2
    stands = git(home / "work", "rev-parse", "HEAD~1")[:12]
    assert done.err.splitlines()[:2] == [
        "error: a tag stands on another commit already",
        f"  user/v0.1.1 stands on {stands}",
    ]
    assert (effects(home), snapshot(home / "index")) == ([], before)


def test_changes_that_are_not_committed_are_not_released(home: Path, releaser: Releaser) -> None:
    proto = home / "work" / USER
    proto.write_text(proto.read_text() + "\nmessage Draft {}\n")
    done = releaser(home)
    assert done.code == 2
    assert done.err.splitlines()[:2] == ["error: what would be released is not committed", f"  {USER}"]
    assert effects(home) == []
    done = releaser(home, "--allow-changes")
    assert done.code == 0, done.err
    assert "released user 0.1.1" in done.out


@pytest.mark.slow
def test_outside_of_a_repository_releases_get_no_tags(tmp_path: Path, releaser: Releaser) -> None:
    home = make_home(tmp_path / "home")
    shutil.rmtree(home / "work/.git")
    done = releaser(home, "--initial")
    assert done.code == 0, done.err
    assert "is in no git repository: releases get no tags" in done.err
    assert "git:" not in done.out
    receipt = json.loads((home / "work/.protoctl/releases/user-0.1.0/receipt.json").read_text())
    assert (receipt["commit"], receipt["tag"]) == ("", "")
    assert releaser(home).out == "nothing to release\n"


@pytest.mark.slow
def test_a_repository_without_a_commit_releases_nothing(tmp_path: Path, releaser: Releaser) -> None:
    home = make_home(tmp_path / "home")
    shutil.rmtree(home / "work/.git")
    git(home / "work", "init", "--quiet")
    done = releaser(home, "--initial")
    assert done.code == 2
    assert "has no commit" in done.err
    assert not (home / "index").exists()


@pytest.mark.slow
def test_an_agent_has_a_shallow_clone_without_a_branch(
    home: Path, pushed: tuple[Path, Path], releaser: Releaser
) -> None:
    git(home, "clone", "--quiet", "--depth", "1", "--no-tags", (home / "origin").as_uri(), "agent")
    git(home / "agent", "checkout", "--quiet", "--detach")
    done = releaser(home, *PUSHED, place="agent")
    assert done.code == 0, done.err
    found, expected = read_state(home, "agent"), read_state(pushed[1])
    assert (found.index, found.pushed) == (expected.index, expected.pushed)


def test_a_remote_that_refuses_tags_gets_them_next_time(
    home: Path, pushed: tuple[Path, Path], releaser: Releaser
) -> None:
    hook = home / "origin/hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho not today\nexit 1\n")
    hook.chmod(0o755)
    done = releaser(home, *PUSHED)
    assert done.code == 4
    assert "error: git cannot push the tag common/v0.1.1 to origin" in done.err
    assert "not today" in done.err
    assert "index/simple/acme-common/acme_common-0.1.1.tar.gz" in snapshot(home), "what is published stays"
    hook.unlink()
    assert releaser(home, *PUSHED).code == 0
    assert read_state(home) == read_state(pushed[1])


def test_a_remote_that_is_not_there_stops_a_release_before_anything_is_built(home: Path, releaser: Releaser) -> None:
    done = releaser(home, "--push", "nowhere")
    assert done.code == 4
    assert "git cannot read the tags of nowhere" in done.err
    assert effects(home) == []


@pytest.mark.slow
@needs_faketime
@pytest.mark.parametrize("instant", ["1970-01-01 00:00:01", "-1d", "+1d", "2200-01-01 00:00:00"])
def test_a_wrong_clock_releases_the_same(home: Path, pushed: tuple[Path, Path], cache: Path, instant: str) -> None:
    releaser = Releaser(cache, "late-", ("faketime", "-f", instant))
    done = releaser(home, *PUSHED, variables=STEADY)
    assert done.code == 0, done.err
    assert read_state(home) == read_state(pushed[1])
    assert releaser(home, *PUSHED, variables=STEADY).out == "nothing to release\n"
    releaser.close()


def test_an_index_that_is_not_there_is_no_empty_one(home: Path, releaser: Releaser) -> None:
    (home / "index").rename(home / "mistyped")
    done = releaser(home)
    assert done.code == 5
    assert "there is no folder" in done.err
    assert effects(home) == []


def test_a_break_that_nobody_accepted_is_shown_and_not_published(home: Path, releaser: Releaser) -> None:
    proto = home / "work" / USER
    proto.write_text(proto.read_text().replace("  string name = 1;\n", ""))
    commit(home / "work")
    before = snapshot(home / "index")
    done = releaser(home)
    assert done.code == 1
    assert "field-deleted" in done.out
    assert (effects(home), snapshot(home / "index")) == ([], before)


@pytest.mark.slow
def test_an_index_that_takes_nothing_stops_a_release_before_the_first_upload(
    tmp_path: Path, releaser: Releaser
) -> None:
    second = '\n[indexes.second]\nkind = "directory"\nurl = "../second"\n'
    home = make_home(tmp_path / "home", FOLDER + second)
    (home / "second").write_text("no folder")
    done = releaser(home, "--initial")
    assert done.code in {2, 5}, done
    assert "second" in done.err
    assert not (home / "index").exists()


@pytest.mark.slow
def test_what_is_on_one_of_two_indexes_comes_to_the_other(tmp_path: Path, releaser: Releaser) -> None:
    home = make_home(tmp_path / "home")
    assert releaser(home, "--initial").code == 0
    (home / "second/simple").mkdir(parents=True)
    second = '\n[indexes.second]\nkind = "directory"\nurl = "../second"\n'
    (home / "work/protoctl.toml").write_text(TABLE + FOLDER + second + owners(home))
    commit(home / "work")
    done = releaser(home)
    assert done.code == 0, done.err
    assert "lacks the node .tgz on second" in done.err
    assert snapshot(home / "second") == snapshot(home / "index")


def owners(home: Path) -> str:
    """Give the last table of a configuration."""
    return "\n[dependencies]" + (home / "work/protoctl.toml").read_text().partition("[dependencies]")[2]


def test_a_preview_of_the_same_commit_is_the_one_that_there_is(home: Path, releaser: Releaser) -> None:
    branch = ("--preview", "feature", *PUSHED)
    done = releaser(home, *branch)
    assert "released user 0.1.1.dev1" in done.out, done.err
    clone(home, "agent")
    first = snapshot(home / "index")
    done = releaser(home, *branch, place="agent")
    assert (done.code, done.out) == (0, "nothing to release\n"), done.err
    assert snapshot(home / "index") == first
    change(home, "user/v1/user.proto", "string nick = 9;")
    done = releaser(home, *branch)
    assert "released user 0.1.1.dev2" in done.out, done
    assert "common" not in done.out


@pytest.mark.slow
def test_a_preview_that_was_killed_is_finished_under_its_number(home: Path, releaser: Releaser) -> None:
    branch = ("--preview", "feature", *PUSHED)
    whole = duplicate(home, home.parent / "whole")
    assert releaser(whole, *branch).code == 0
    at = number_of(whole, "common-0.1.1-dev.1.tgz")
    releaser(home, *branch, kill=at)
    done = releaser(home, *branch)
    assert done.code == 0, done.err
    assert read_state(home) == read_state(whole)
