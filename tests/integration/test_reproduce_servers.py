"""A release on real servers is rebuilt to the byte from its commit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from registries import registry_tests
from repositories import commit

if TYPE_CHECKING:
    from conftest import Protoctl, Workspace
    from registries import Registry

pytestmark = registry_tests


@pytest.mark.slow
def test_what_servers_have_is_what_the_commit_gives(
    workspace: Workspace, protoctl: Protoctl, devpi: Registry, verdaccio: Registry
) -> None:
    tables = [
        f'[indexes.{name}]\nkind = "{one.kind}"\nurl = "{one.url}"\nupload-url = "{one.uploads}"\n'
        for name, one in (("python", devpi), ("node", verdaccio))
    ]
    workspace.configure("\n".join(['[workspace]\nname = "origins"\nmodules = ["acme/*"]\n', *tables]))
    workspace.proto("acme/page/v1/page.proto", "message Page {\n  int32 size = 1;\n}")
    workspace.write(".gitignore", "dist/\n.protoctl/\n")
    root = workspace.root
    commit(root)
    home = str(workspace.root.parent)
    for one in (devpi, verdaccio):
        for file in one.folder.iterdir():
            if file.name in {".pypirc", ".npmrc", ".netrc"}:
                workspace.root.parent.joinpath(file.name).write_bytes(file.read_bytes())
    done = protoctl("publish", "--runner", "local", "--initial", "--workspace", root, HOME=home)
    assert done.code == 0, done.err
    workspace.proto("acme/page/v1/page.proto", "message Page {\n  int32 length = 1;\n}")
    commit(root)
    verified = protoctl("verify", "origins-page==0.1.0", "--json", "--runner", "local", "--workspace", root, HOME=home)
    assert verified.code == 0, verified.err
    trials = json.loads(verified.out)["trials"]
    consumers = [one["consumer"] for one in trials if one["consumer"].startswith("rebuild")]
    assert sorted(one.rpartition(" ")[2] for one in consumers) == ["node", "python", "python"]
    assert all(not one["faults"] for one in trials)
