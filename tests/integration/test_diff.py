"""`protoctl diff` against everything that can be a baseline."""

from __future__ import annotations

import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from compiled import compile_folder
from conftest import Workspace
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from repositories import commit, git, state

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Protoctl, Sample

OLD = "message User {\n  string id = 1;\n  string name = 2;\n}"
NEW = "message User {\n  string id = 1;\n  int64 name = 2;\n  bool active = 3;\n}"


@pytest.fixture
def repository(workspace: Workspace) -> Workspace:
    """Give a workspace whose first commit is tagged twice, as `v1` annotated and as `light`, and that differs since."""
    workspace.proto("acme/user/v1/user.proto", OLD)
    commit(workspace.root)
    git(workspace.root, "tag", "--annotate", "v1", "--message", "first")
    git(workspace.root, "tag", "light")
    workspace.proto("acme/user/v1/user.proto", NEW)
    return workspace


def diff(protoctl: Protoctl, workspace: Workspace, *arguments: str | Path, code: int = 1) -> list[dict[str, Any]]:
    """Give the modules that `diff --json` tells."""
    done = protoctl("diff", "--json", "--runner", "local", *arguments, cwd=workspace.root)
    assert done.code == code, done.err
    modules: list[dict[str, Any]] = json.loads(done.out)["modules"]
    return modules


def rules(modules: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Give module → rules of its findings."""
    return {one["module"]: [finding["rule"] for finding in one["findings"]] for one in modules}


EXPECTED = {"user": ["field-type-changed", "field-added"]}


@pytest.mark.parametrize("name", ["v1", "light", "HEAD", "main", "git:v1", "refs/tags/v1"])
def test_a_revision_is_read_without_touching_anything(protoctl: Protoctl, repository: Workspace, name: str) -> None:
    before = state(repository.root)
    modules = diff(protoctl, repository, "--against", name)
    assert rules(modules) == EXPECTED
    assert modules[0]["change"] == "major"
    assert modules[0]["against"].startswith("git ")
    assert state(repository.root) == before


def test_findings_have_both_places_and_everybody_they_affect(protoctl: Protoctl, repository: Workspace) -> None:
    [module] = diff(protoctl, repository, "--against", "v1")
    changed, added = module["findings"]
    assert (changed["file"], changed["line"], changed["column"]) == ("proto/acme/user/v1/user.proto", 5, 3)
    assert (changed["before"]["line"], changed["element"]) == (5, "acme.user.v1.User.name")
    assert changed["effects"] == ["wire", "json", "python", "node"]
    assert added["effects"] == []
    assert added["impact"] == {"wire": "safe", "json": "conditional", "python": "safe", "node": "safe"}


def test_a_shallow_clone_has_its_own_commits_only(protoctl: Protoctl, repository: Workspace, tmp_path: Path) -> None:
    commit(repository.root, "second")
    git(tmp_path, "clone", "--quiet", "--depth", "1", repository.root.as_uri(), "shallow")
    clone = Workspace.__new__(Workspace)
    clone.root = tmp_path / "shallow"
    assert diff(protoctl, clone, "--against", "HEAD", code=0)[0]["findings"] == []
    done = protoctl("diff", "--against", "v1", cwd=clone.root)
    assert done.code == 2
    assert "git knows no commit 'v1'" in done.err
    assert "hint: this clone is shallow: `git fetch --tags --unshallow`" in done.err


def test_a_bare_work_tree_and_a_workspace_in_a_subfolder(
    protoctl: Protoctl, repository: Workspace, tmp_path: Path
) -> None:
    root = tmp_path / "mono"
    root.mkdir()
    shutil.move(repository.root, root / "idl")
    shutil.rmtree(root / "idl/.git")
    inner = Workspace.__new__(Workspace)
    inner.root = root / "idl"
    inner.proto("acme/user/v1/user.proto", OLD)
    commit(root)
    inner.proto("acme/user/v1/user.proto", NEW)
    assert rules(diff(protoctl, inner, "--against", "HEAD")) == EXPECTED
    git(root, "worktree", "add", "--quiet", str(tmp_path / "beside"))
    beside = Workspace.__new__(Workspace)
    beside.root = tmp_path / "beside/idl"
    beside.proto("acme/user/v1/user.proto", NEW)
    assert rules(diff(protoctl, beside, "--against", "main")) == EXPECTED


def test_export_attributes_change_nothing(protoctl: Protoctl, workspace: Workspace) -> None:
    """`git archive` would leave the file out and rewrite the other."""
    workspace.proto("acme/user/v1/user.proto", OLD)
    workspace.proto("acme/user/v1/more.proto", "message More {} // $Format:%H$")
    workspace.write(".gitattributes", "user.proto export-ignore\nmore.proto export-subst\n")
    commit(workspace.root)
    assert rules(diff(protoctl, workspace, "--against", "HEAD", code=0)) == {"user": []}


def test_a_revision_that_is_no_ancestor_is_told(protoctl: Protoctl, repository: Workspace) -> None:
    git(repository.root, "checkout", "--quiet", "-b", "other")
    commit(repository.root, "ahead")
    git(repository.root, "checkout", "--quiet", "main")
    done = protoctl("diff", "--against", "other", cwd=repository.root)
    assert "warning: other is no ancestor of what is checked out" in done.err
    assert "`git merge-base other HEAD`" in done.err


def test_modules_come_and_go(protoctl: Protoctl, repository: Workspace) -> None:
    shutil.rmtree(repository.root / "proto/acme/user")
    repository.proto("acme/shop/v1/shop.proto", "message Shop {}")
    found = rules(diff(protoctl, repository, "--against", "v1"))
    assert found == {"shop": ["file-added"], "user": ["file-deleted"]}


def test_a_folder_of_protos_and_another_workspace(protoctl: Protoctl, repository: Workspace, tmp_path: Path) -> None:
    other = Workspace(tmp_path / "other")
    other.proto("acme/user/v1/user.proto", OLD)
    assert rules(diff(protoctl, repository, "--against", other.root)) == EXPECTED
    assert rules(diff(protoctl, repository, "--against", other.root / "proto")) == EXPECTED


@pytest.mark.parametrize("end", ["py3-none-any.whl", ".tar.gz", ".tgz"])
def test_a_package(protoctl: Protoctl, sample: Sample, tmp_path: Path, end: str) -> None:
    root = tmp_path / "acme"
    shutil.copytree(sample.root, root, ignore=shutil.ignore_patterns("dist", ".protoctl"))
    proto = root / "proto/acme/user/v1/user.proto"
    proto.write_text(proto.read_text() + "\nmessage Added {}\n")
    [package] = list(sample.dist.rglob(f"*user*{end}"))
    done = protoctl("diff", "--json", "--runner", "local", "--against", package, cwd=root)
    assert done.code == 0, done.err
    [module] = json.loads(done.out)["modules"]
    assert (module["module"], module["change"]) == ("user", "minor")
    assert [one["rule"] for one in module["findings"]] == ["message-added"]


def test_a_descriptor_set(protoctl: Protoctl, repository: Workspace, tmp_path: Path) -> None:
    [site] = {one.parent for one in (repository.root / "proto").rglob("user.proto")}
    old = tmp_path / "old"
    shutil.copytree(repository.root / "proto", old)
    (old / site.relative_to(repository.root / "proto") / "user.proto").write_text(
        f'syntax = "proto3";\npackage acme.user.v1;\n{OLD}\n'
    )
    target = tmp_path / "old.binpb"
    write_descriptors(old, target)
    assert rules(diff(protoctl, repository, "--against", target)) == EXPECTED


def write_descriptors(root: Path, target: Path) -> None:
    """Write the descriptor set of a folder with the protoc of the toolchain."""
    target.write_bytes(FileDescriptorSet(file=compile_folder(root).files.values()).SerializeToString())


@pytest.mark.parametrize(
    ("against", "code", "said"),
    [
        ("v9", 2, "git knows no commit 'v9'"),
        ("--help-me", 2, "is no revision"),
        ("git:", 2, "'' is no revision"),
        ("gone.binpb", 2, "there is no file gone.binpb"),
        ("gone.whl", 2, "there is no file gone.whl"),
        ("acme-user==1.0", 2, "no index is configured"),
        ("HEAD:proto", 2, "git knows no commit 'HEAD:proto'"),
        ("protoctl.toml", 3, "is no FileDescriptorSet"),
        ("build", 2, "holds no .proto files"),
    ],
)
def test_what_is_no_baseline(protoctl: Protoctl, repository: Workspace, against: str, code: int, said: str) -> None:
    done = protoctl("diff", f"--against={against}", cwd=repository.root)
    assert done.code == code, done.err
    assert said in done.err
    assert done.out == ""


def test_no_baseline_at_all(protoctl: Protoctl, repository: Workspace) -> None:
    done = protoctl("diff", cwd=repository.root)
    assert done.code == 2
    assert "no index is configured" in done.err
    assert "[indexes." in done.err


def test_a_workspace_in_no_repository(protoctl: Protoctl, workspace: Workspace) -> None:
    workspace.proto("acme/user/v1/user.proto", OLD)
    done = protoctl("diff", "--against", "main", cwd=workspace.root, GIT_CEILING_DIRECTORIES=str(workspace.root.parent))
    assert done.code == 2
    assert "is in no git repository" in done.err


def test_a_machine_without_git(protoctl: Protoctl, repository: Workspace, tmp_path: Path) -> None:
    done = protoctl("diff", "--against", "v1", cwd=repository.root, PATH=str(tmp_path))
    assert done.code == 4
    assert "there is no git on this machine" in done.err


def test_a_baseline_that_does_not_compile(protoctl: Protoctl, repository: Workspace) -> None:
    repository.proto("acme/user/v1/user.proto", "message User { Nothing it = 1; }")
    commit(repository.root, "broken")
    repository.proto("acme/user/v1/user.proto", NEW)
    done = protoctl("diff", "--against", "HEAD", cwd=repository.root)
    assert done.code == 3
    assert "1 problem in the protos of git HEAD" in done.err
    assert 'acme/user/v1/user.proto:3:16: "Nothing" is not defined' in done.err


def test_protos_that_do_not_compile(protoctl: Protoctl, repository: Workspace) -> None:
    repository.proto("acme/user/v1/user.proto", "message User { Nothing it = 1; }")
    done = protoctl("diff", "--against", "v1", cwd=repository.root)
    assert done.code == 3
    assert 'proto/acme/user/v1/user.proto:3:16: "Nothing" is not defined' in done.err


def test_a_revision_without_configuration_takes_the_workspaces(protoctl: Protoctl, repository: Workspace) -> None:
    configuration = (repository.root / "protoctl.toml").read_text()
    (repository.root / "protoctl.toml").unlink()
    repository.proto("acme/user/v1/user.proto", OLD)
    commit(repository.root)
    repository.write("protoctl.toml", configuration)
    repository.proto("acme/user/v1/user.proto", NEW)
    done = protoctl("diff", "--json", "--against", "HEAD", cwd=repository.root)
    assert rules(json.loads(done.out)["modules"]) == EXPECTED
    assert "git HEAD" in done.err
    assert "has no protoctl.toml: the workspace's own says what its modules are" in done.err


def test_a_set_that_does_not_link(protoctl: Protoctl, repository: Workspace) -> None:
    found = FileDescriptorSet()
    file = found.file.add(name="acme/user/v1/user.proto", package="acme.user.v1", dependency=["acme/gone.proto"])
    path = repository.write("old.binpb", found.SerializeToString())
    done = protoctl("diff", "--against", path, cwd=repository.root)
    assert done.code == 3
    assert "lacks what it imports: acme/gone.proto" in done.err
    assert "--include_imports" in done.err
    file.ClearField("dependency")
    file.message_type.add(name="A").field.add(name="b", number=1, type=11, label=1, type_name=".acme.user.v1.B")
    path.write_bytes(found.SerializeToString())
    done = protoctl("diff", "--against", path, cwd=repository.root)
    assert done.code == 3
    assert "acme/user/v1/user.proto: does not link" in done.err


def test_a_package_that_protoctl_did_not_make(protoctl: Protoctl, repository: Workspace) -> None:
    path = repository.root / "acme_user-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("acme_user-1.0.dist-info/METADATA", "Name: acme-user\nVersion: 1.0\n")
        archive.writestr("acme_user-1.0.dist-info/RECORD", "")
    done = protoctl("diff", "--against", path, cwd=repository.root)
    assert done.code == 6


def test_text_and_sarif(protoctl: Protoctl, repository: Workspace) -> None:
    done = protoctl("diff", "--against", "v1", cwd=repository.root)
    assert done.out.splitlines()[-1] == "2 differences in 1 module: 1 major, 1 minor"
    assert "proto/acme/user/v1/user.proto:5:3: major: " in done.out
    done = protoctl("diff", "--against", "v1", "--sarif", cwd=repository.root)
    [run] = json.loads(done.out)["runs"]
    assert [one["ruleId"] for one in run["results"]] == ["field-type-changed"]


def test_a_slip_of_the_pen_is_seen(protoctl: Protoctl, repository: Workspace) -> None:
    git(repository.root, "tag", "release-2024")
    done = protoctl("diff", "--against", "release-2042", cwd=repository.root)
    assert done.code == 2
    assert "hint: did you mean release-2024?" in done.err
