"""`check` on protos that others wrote: everything that is wrong with them, and no false alarm."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, Protoctl, Workspace

from protoctl.flows.session import Options, Session
from protoctl.model.event import silent
from protoctl.toolchain.install import cache_folder
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from pathlib import Path

UNUSED_IMPORT = re.compile(r'import "(.*)" is not used')


def check(protoctl: Protoctl, root: Path, code: int) -> list[dict[str, str]]:
    """Give the findings of a workspace."""
    done = protoctl("check", "--json", "--runner", "local", "--workspace", root)
    assert (done.code, "Traceback" in done.err) == (code, False), done.err
    return list(json.loads(done.out)["findings"])


def uses(text: str, imported: str) -> bool:
    """Tell, by the names in its text, whether a proto may use what another declares."""
    names = re.findall(r"^(?:message|enum)\s+(\w+)", imported, re.MULTILINE)
    body = re.sub(r'//[^\n]*|/\*.*?\*/|^import .*$|"[^"\n]*"', "", text, flags=re.DOTALL | re.MULTILINE)
    package = re.search(r"^package\s+([\w.]+)", imported, re.MULTILINE)
    prefix = package[1].rpartition(".")[2] if package else ""
    return any(re.search(rf"\b{prefix}\.{name}\b|(?<![.\w]){name}\s+\w+\s*=", body) for name in names)


def test_a_real_tree(protoctl: Protoctl, workspace: Workspace, shared: Path) -> None:
    """Three files clash, two declare another proto_package than their folder; the rest are unused imports."""
    shutil.copytree(shared / "corpora/cloudforet/proto", workspace.root / "proto")
    workspace.configure('[workspace]\nname = "spaceone"\nmodules = ["spaceone/api/*"]\n')
    findings = check(protoctl, workspace.root, 3)
    by_rule = {
        rule: {row["file"] for row in findings if row["rule"] == rule} for rule in Counter(r["rule"] for r in findings)
    }
    unused = [row for row in findings if row["rule"] == "import-unused"]
    api = "proto/spaceone/api"
    assert set(by_rule) == {"symbol-clash", "package-folder", "import-unused"}
    assert by_rule["symbol-clash"] == {
        f"{api}/alert_manager/plugin/webhook.proto",
        f"{api}/identity/plugin/external_auth.proto",
        f"{api}/inventory_v2/v1/metric_data.proto",
    }
    assert by_rule["package-folder"] == {
        f"{api}/inventory_v2/v1/metric_data.proto",
        f"{api}/secret/v1/user_secret.proto",
    }
    assert len(unused) == 43
    for row in unused:
        lines = (workspace.root / row["file"]).read_text().splitlines()
        imported = UNUSED_IMPORT.match(row["message"])
        assert imported
        assert lines[int(row["line"]) - 1].startswith(f'import "{imported[1]}";')
        if imported[1].startswith("spaceone/"):
            assert not uses("\n".join(lines), (workspace.root / "proto" / imported[1]).read_text()), row


def test_protos_of_a_dependency_are_owned(protoctl: Protoctl, workspace: Workspace) -> None:
    """A copy of what googleapis-common-protos ships is refused file by file, wherever it is put."""
    session = Session(discover(REPOSITORY), Options(cache=cache_folder(), runner="local"), silent)
    foreign = session.foreign_protos()
    for path, data in foreign.items():
        workspace.write(f"proto/{path}", data)
    workspace.configure('[workspace]\nname = "acme"\nmodules = ["google/*"]\n')
    found = check(protoctl, workspace.root, 1)
    owned = {row["file"].removeprefix("proto/") for row in found if row["rule"] == "file-owned"}
    assert owned == set(foreign)
    assert {row["rule"] for row in found} <= {"file-owned", "import-unused"}


@pytest.mark.parametrize("folder", ["acme/vendor"])
def test_protos_of_a_dependency_under_another_path_are_owned(
    protoctl: Protoctl, workspace: Workspace, folder: str
) -> None:
    text = 'syntax = "proto3";\npackage google.type;\nmessage Date {\n  int32 year = 1;\n}\n'
    workspace.write(f"proto/{folder}/date.proto", text)
    found = check(protoctl, workspace.root, 1)
    assert [row["rule"] for row in found] == ["package-folder", "package-owned"]
