"""What has to be committed before it is released."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import Workspace
from repositories import commit

from protoctl.errors import WorkspaceError
from protoctl.flows.tagging import make_tagger
from protoctl.model.event import silent
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from pathlib import Path


def changed(root: Path) -> tuple[str, ...]:
    """Give what keeps a workspace from being released."""
    tagger = make_tagger(discover(root), "", silent)
    assert tagger
    return tagger.checkout.changed


@pytest.mark.parametrize("proto", [".", "proto", "./proto", "[p]roto*"])
def test_only_what_packages_are_made_from_has_to_be_committed(tmp_path: Path, proto: str) -> None:
    """The include root may be the workspace itself, where everything else lies, too."""
    workspace = Workspace(tmp_path / "workspace")
    workspace.configure(f'[workspace]\nname = "acme"\nproto = "{proto}"\nmodules = ["acme/*"]\n')
    path = f"{proto.removeprefix('./')}/acme/user/v1/user.proto".removeprefix("./")
    workspace.write(path, 'syntax = "proto3";\npackage acme.user.v1;\n')
    commit(workspace.root)
    for name in ("dist/manifest.json", ".protoctl/stage/acme/user.proto", "README.md", "proto/notes.txt"):
        workspace.write(name, "new")
    assert changed(workspace.root) == ()
    names = sorted(("LICENSE", "build/more", "protoctl.lock", path))
    for name in names:
        with (workspace.root / name).open("a") as stream:
            stream.write("\n")
    assert changed(workspace.root) == tuple(names)


def test_a_deleted_proto_is_a_change(workspace: Workspace) -> None:
    for name in ("user", "group"):
        workspace.proto(f"acme/user/v1/{name}.proto")
    commit(workspace.root)
    (workspace.root / "proto/acme/user/v1/group.proto").unlink()
    assert changed(workspace.root) == ("proto/acme/user/v1/group.proto",)
    tagger = make_tagger(discover(workspace.root), "", silent)
    assert tagger
    with pytest.raises(WorkspaceError, match="not committed"):
        tagger.refuse_changes()
