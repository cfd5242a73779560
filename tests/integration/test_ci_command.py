"""`protoctl ci` writes pipelines and tells when they are not current."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY

from protoctl.ci import load_system, system_names

if TYPE_CHECKING:
    from conftest import Protoctl, Workspace


@pytest.fixture(autouse=True)
def greeter(workspace: Workspace) -> None:
    """Write the proto without which a folder is no workspace."""
    workspace.proto("acme/greeter/v1/greeter.proto", "message Hello {}")


def test_the_jenkinsfile_of_this_repository_is_current(protoctl: Protoctl) -> None:
    done = protoctl("ci", "jenkins", "--check", "--workspace", REPOSITORY)
    assert (done.code, done.out) == (0, "Jenkinsfile is current\n")


@pytest.mark.parametrize("name", system_names())
def test_what_is_written_is_current_until_somebody_changes_it(
    name: str, protoctl: Protoctl, workspace: Workspace
) -> None:
    missing = protoctl("ci", name, "--check", "--workspace", workspace.root)
    written = protoctl("ci", name, "--workspace", workspace.root)
    path = workspace.root / load_system(name).PATH
    assert (missing.code, written.code) == (1, 0)
    assert written.err == f"wrote {path}\n"
    assert protoctl("ci", name, "--check", "--workspace", workspace.root).code == 0
    shown = protoctl("ci", name, "--print", "--workspace", workspace.root)
    assert shown.out == path.read_text()
    path.write_text(path.read_text().replace("--sarif", "--json"))
    changed = protoctl("ci", name, "--check", "--workspace", workspace.root)
    assert changed.code == 1
    assert [line for line in changed.out.splitlines() if line.startswith("+") and "--sarif" in line]


def test_another_branch_is_part_of_the_command_that_writes_the_file(protoctl: Protoctl, workspace: Workspace) -> None:
    done = protoctl("ci", "jenkins", "--branch", "trunk", "--print", "--workspace", workspace.root)
    assert "`protoctl ci jenkins --branch trunk`" in done.out


def test_a_makefile_without_the_verbs_is_not_used(protoctl: Protoctl, workspace: Workspace) -> None:
    (workspace.root / "Makefile").write_text("check:\n\ttrue\n")
    done = protoctl("ci", "gitlab", "--print", "--workspace", workspace.root)
    assert "make" not in done.out
    assert ".venv/bin/protoctl check" in done.out


@pytest.mark.parametrize("branch", ["a'b", "$(x)", "-x", ""])
def test_a_branch_that_would_be_code_is_refused(branch: str, protoctl: Protoctl, workspace: Workspace) -> None:
    done = protoctl("ci", "github", f"--branch={branch}", "--print", "--workspace", workspace.root)
    assert (done.code, done.out) == (2, "")
    assert "cannot be named in a pipeline" in done.err


def test_an_unknown_system_is_refused(protoctl: Protoctl, workspace: Workspace) -> None:
    done = protoctl("ci", "jenkin", "--workspace", workspace.root)
    assert done.code == 2
    assert "did you mean jenkins?" in done.err
