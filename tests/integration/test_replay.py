"""A replay tells from a repository alone which tags follow each other, what changed, and who says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, succeed
from replay.campaign import Wish, replay
from replay.report import to_markdown

from protoctl.model.change import Change

if TYPE_CHECKING:
    from pathlib import Path

    from replay.campaign import Replay

PROGRAM = [sys.executable, "-m", "replay"]
HEAD = 'syntax = "proto3";\npackage acme.user.v1;\n'
USER = HEAD + "message User { string name = 1; int64 age = 2; }\n"
ROUTED = (
    HEAD + 'import "google/api/annotations.proto";\nmessage User { string name = 1; int64 age = 2; string city = 3; }\n'
    'service Users { rpc Get(User) returns (User) { option (google.api.http) = { get: "/v1/user" }; } }\n'
)
BROKEN = "syntax = 'proto3'; message Broken { Nobody knows = 1; }\n"
OTHER = 'syntax = "proto3";\npackage acme.other.v1;\nmessage Other { string a = 1; }\n'


class Repository:
    """A git repository that a test writes."""

    def __init__(self, folder: Path) -> None:
        """Make it."""
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet")

    def git(self, *arguments: str) -> None:
        """Run git as somebody."""
        who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
        succeed("git", *who, *arguments, cwd=self.folder)

    def tag(self, name: str, files: dict[str, str], *, is_annotated: bool = False) -> None:
        """Commit exactly these files and tag them."""
        for old in [one for one in self.folder.iterdir() if one.name != ".git"]:
            succeed("rm", "-r", old)
        for path, text in files.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", name)
        self.git("tag", *(["--annotate", "--message", name] if is_annotated else []), name)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Give a history with everything that real ones have."""
    made = Repository(tmp_path_factory.mktemp("repository") / "made")
    made.tag("v0.0.9", {"README.md": "nothing yet\n"})
    made.tag("v0.1.0", {"proto/acme/user/v1/user.proto": USER})
    made.tag("v0.1.1", {"proto/acme/user/v1/user.proto": USER, "README.md": "words\n"}, is_annotated=True)
    made.tag("v0.2.0-rc.1", {"proto/acme/user/v1/user.proto": ROUTED})
    made.tag("0.2.0", {"proto/acme/user/v1/user.proto": ROUTED, "proto/acme/user/v1/broken.proto": BROKEN})
    made.tag("v0.2.0", {"proto/acme/user/v1/user.proto": USER})
    made.tag("latest", {"proto/acme/user/v1/user.proto": ROUTED})
    made.tag("v1.0.0", {"idl/acme/user/v1/user.proto": ROUTED.replace(" int64 age = 2;", "")}, is_annotated=True)
    made.tag("v1.0.1", {"idl/acme/user/v1/user.proto": USER})
    made.tag("v1.10.0", {"idl/acme/user/v1/user.proto": USER, "idl/acme/other/v1/other.proto": OTHER})
    made.tag("v1.9.0", {"idl/acme/user/v1/user.proto": USER.replace("message", "// Somebody.\nmessage")})
    made.tag("tools/v3.0.0", {"idl/acme/user/v1/user.proto": USER})
    made.tag("tools/v3.1.0", {"idl/acme/user/v1/user.proto": USER})
    return made


@pytest.fixture(scope="module")
def replayed(repository: Repository, tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """Give what a replay of it comes to."""
    heard: list[int] = []
    work = tmp_path_factory.mktemp("replay")
    result = replay(str(repository.folder), work, Wish(), lambda number, of, _: heard.append(of - number))
    assert heard == list(range(8, -1, -1))
    return result


pytestmark = [pytest.mark.registries, pytest.mark.slow, pytest.mark.xdist_group("replay")]


def test_tags_follow_each_other_by_version(replayed: Replay) -> None:
    """Annotated or not, with `v` or without; of what is numbered twice, the first name counts."""
    assert [(pair.before, pair.after, pair.step) for pair in replayed.pairs] == [
        ("v0.0.9", "v0.1.0", "0.minor"),
        ("v0.1.0", "v0.1.1", "0.patch"),
        ("v0.1.1", "v0.2.0-rc.1", "0.minor"),
        ("v0.2.0-rc.1", "0.2.0", "pre-release"),
        ("0.2.0", "v1.0.0", "major"),
        ("v1.0.0", "v1.0.1", "patch"),
        ("v1.0.1", "v1.9.0", "minor"),
        ("v1.9.0", "v1.10.0", "minor"),
        ("tools/v3.0.0", "tools/v3.1.0", "minor"),
    ]
    assert Counter(tag.kind for tag in replayed.tags) == {"lightweight": 11, "annotated": 2}
    assert replayed.order.refused == {"latest": "is no version", "v0.2.0": "is 0.2.0 again, with other protos"}


def test_changes_are_computed(replayed: Replay) -> None:
    """From no protos, without any change, across a root that moved, with a file that does not compile."""
    assert [(pair.after, pair.change) for pair in replayed.pairs] == [
        ("v0.1.0", Change.MINOR),
        ("v0.1.1", Change.NONE),
        ("v0.2.0-rc.1", Change.MINOR),
        ("0.2.0", Change.NONE),
        ("v1.0.0", Change.MAJOR),
        ("v1.0.1", Change.MAJOR),
        ("v1.9.0", Change.PATCH),
        ("v1.10.0", Change.MINOR),
        ("tools/v3.1.0", Change.NONE),
    ]
    notes = {note for pair in replayed.pairs for _, note in pair.notes}
    assert "proto roots were proto and are idl" in notes
    assert any("broken.proto is left out: compile" in note for note in notes), notes


def test_buf_is_heard_beside_us(replayed: Replay) -> None:
    """A field and a service that are deleted are breaks for both."""
    deleted = {pair.after: {one.rule: one.peer for one in pair.theirs} for pair in replayed.pairs if pair.theirs}
    assert deleted.keys() == {"v1.0.0", "v1.0.1"}
    assert deleted["v1.0.0"]["FIELD_NO_DELETE"] == "field-deleted"
    assert deleted["v1.0.1"]["SERVICE_NO_DELETE"] == "service-deleted"
    assert not [one for pair in replayed.pairs for one in (*pair.theirs, *pair.ours) if one.is_open]


def test_the_report_says_what_numbers_hid(replayed: Replay) -> None:
    """Of eight steps that announced something, one hid a break."""
    report = to_markdown(replayed)
    assert "- 1 (12 %) announced too little, 1 (12 %) a break as something less" in report
    assert "tag latest is no version" in report


def test_a_run_is_taken_up_again(repository: Repository, tmp_path: Path) -> None:
    """What is known is not asked again; `--sample` and `--finals` choose pairs; the exit code tells of no miss."""
    command = [*PROGRAM, str(repository.folder), "--work", str(tmp_path), "--sample", "2", "--finals"]
    for _ in range(2):
        done = subprocess.run(command, cwd=REPOSITORY, env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("pairs/*")}
    assert kept == {path: path.stat().st_mtime_ns for path in tmp_path.glob("pairs/*")}
    rows = json.loads((tmp_path / "report.json").read_text())["pairs"]
    assert [(row["before"], row["after"]) for row in rows] == [("v0.0.9", "v0.1.0"), ("v1.0.0", "v1.0.1")]


def test_what_is_no_repository_is_refused(tmp_path: Path) -> None:
    command = [*PROGRAM, str(tmp_path / "absent"), "--work", str(tmp_path / "work")]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode
    assert "error: git clone failed" in done.stderr
    assert "Traceback" not in done.stderr


def test_real_history(shared: Path, tmp_path: Path) -> None:
    """Two pairs of a team that chose numbers by hand; nothing that buf reports is missed."""
    result = replay(str(shared / "corpora/cloudforet/history.bundle"), tmp_path, Wish(sample=2), lambda *_: None)
    assert len(result.pairs) == 2
    assert sum(len(pair.theirs) for pair in result.pairs) > 10
    assert not [one for pair in result.pairs for one in pair.theirs if one.is_open]


def environment() -> dict[str, str]:
    """Give what the program needs."""
    return {**os.environ, "PYTHONPATH": str(REPOSITORY / "tests")}
