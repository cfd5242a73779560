"""The graph between modules, as text, JSON and for Graphviz."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Protoctl, Sample, Workspace


def test_modules_stand_in_release_order(protoctl: Protoctl, sample: Sample) -> None:
    done = protoctl("graph", "--runner", "local", "--workspace", sample.root)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "common\nsecret     common\nuser       common\nbilling    common, user\ninventory  common, user\n"
    )


def test_programs_read_the_same(protoctl: Protoctl, sample: Sample) -> None:
    done = protoctl("graph", "--runner", "local", "--json", "--workspace", sample.root)
    value = json.loads(done.out)
    assert value["format"] == 1
    assert value["modules"][3] == {"module": "billing", "folder": "acme/billing", "imports": ["common", "user"]}
    done = protoctl("graph", "--runner", "local", "--dot", "--workspace", sample.root)
    assert done.out.startswith('digraph modules {\n  "common"\n')
    assert '  "billing" -> "user"\n' in done.out


def test_a_cycle_is_an_error_that_names_its_imports(protoctl: Protoctl, workspace: Workspace) -> None:
    workspace.proto("acme/a/one.proto", "message One {}")
    workspace.proto("acme/a/two.proto", "message Two { acme.b.Three three = 1; }", imports=("acme/b/three.proto",))
    workspace.proto("acme/b/three.proto", "message Three { acme.a.One one = 1; }", imports=("acme/a/one.proto",))
    done = protoctl("graph", "--runner", "local", "--workspace", workspace.root)
    assert done.code == 3
    assert "modules import each other" in done.err
    assert 'proto/acme/a/two.proto:3: imports "acme/b/three.proto"' in done.err
