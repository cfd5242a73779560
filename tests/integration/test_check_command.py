"""`protoctl check`: formats, exit codes, and what `build` says of the same faults."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Protoctl, Workspace

MESSAGE = "message Thing {\n  string id = 1;\n}"


def test_no_findings(protoctl: Protoctl, workspace: Workspace) -> None:
    workspace.proto("acme/a/v1/a.proto", MESSAGE)
    done = protoctl("check", "--runner", "local", cwd=workspace.root)
    assert (done.code, done.out) == (0, "no findings\n")


def test_findings_are_a_result(protoctl: Protoctl, workspace: Workspace) -> None:
    workspace.proto("acme/a/v1/a.proto", MESSAGE, imports=("google/protobuf/any.proto",))
    done = protoctl("check", "--runner", "local", cwd=workspace.root)
    assert done.code == 1
    assert done.out.splitlines() == [
        'proto/acme/a/v1/a.proto:3:1: warning: import "google/protobuf/any.proto" is not used (import-unused)',
        "0 errors and 1 warning in 1 file",
    ]
    built = protoctl("build", "--target", "python", "--runner", "local", cwd=workspace.root)
    assert (built.code, "1 warning in the protos" in built.err) == (0, True)


def test_every_format_has_every_finding(protoctl: Protoctl, workspace: Workspace) -> None:
    workspace.proto("acme/a/v1/a.proto", "message {")
    workspace.proto("acme/b/v1/b.proto", MESSAGE, imports=("acme/a/v1/lost.proto",))
    workspace.write("proto/acme/b/v1/c.proto", b"\xff")
    text, data, sarif = (
        protoctl("check", "--runner", "local", *options, cwd=workspace.root)
        for options in ([], ["--json"], ["--sarif"])
    )
    assert {text.code, data.code, sarif.code} == {3}
    places = [(row["file"], row["line"], row["rule"]) for row in json.loads(data.out)["findings"]]
    assert places == [
        ("proto/acme/a/v1/a.proto", 3, "compile"),
        ("proto/acme/b/v1/b.proto", 3, "import-missing"),
        ("proto/acme/b/v1/c.proto", 1, "source-refused"),
    ]
    results = json.loads(sarif.out)["runs"][0]["results"]
    locations = [result["locations"][0]["physicalLocation"] for result in results]
    assert places == [
        (place["artifactLocation"]["uri"], place["region"]["startLine"], result["ruleId"])
        for place, result in zip(locations, results, strict=True)
    ]
    assert all(f"{file}:{line}:" in text.out for file, line, _ in places)
    built = protoctl("build", "--runner", "local", cwd=workspace.root)
    assert built.code == 3
    assert "3 problems in the protos" in built.err
    assert all(f"{file}:{line}:" in built.err for file, line, _ in places)
    assert not (workspace.root / "dist").exists()


def test_a_cycle_of_modules_names_its_imports(protoctl: Protoctl, workspace: Workspace) -> None:
    workspace.proto("acme/a/v1/a.proto", "message A {\n  acme.b.v1.Base b = 1;\n}", imports=("acme/b/v1/base.proto",))
    workspace.proto("acme/a/v1/base.proto", "message Base {}")
    workspace.proto("acme/b/v1/b.proto", "message B {\n  acme.a.v1.Base a = 1;\n}", imports=("acme/a/v1/base.proto",))
    workspace.proto("acme/b/v1/base.proto", "message Base {}")
    done = protoctl("check", "--runner", "local", cwd=workspace.root)
    assert done.code == 3
    assert "proto/acme/a/v1/a.proto:3:1: modules import each other: a → b → a" in done.out
    assert "proto/acme/b/v1/b.proto:3:1: modules import each other: a → b → a" in done.out
    built = protoctl("build", "--runner", "local", cwd=workspace.root)
    assert built.code == 3
    assert "modules import each other: a → b → a" in built.err
    assert 'proto/acme/a/v1/a.proto:3: imports "acme/b/v1/base.proto"' in built.err
    assert 'proto/acme/b/v1/b.proto:3: imports "acme/a/v1/base.proto"' in built.err
