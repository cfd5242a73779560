"""What a change reaches, and when that is not certain."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from conftest import copy_sample, fresh_cache

from protoctl.cache.results import FolderStore
from protoctl.flows.build import Choice, build
from protoctl.flows.idle import Memory
from protoctl.flows.narrow import Narrow
from protoctl.flows.record import decode_record
from protoctl.flows.session import Options, Session
from protoctl.model.event import silent
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from pathlib import Path

    from protoctl.model.event import Event


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a workspace whose Python packages were built."""
    root = copy_sample(tmp_path / "acme")
    options = Options(fresh_cache(tmp_path / "cache"), runner="local")
    build(root, options, Choice(root / "dist", targets=("python",)), silent)
    return root


def reached(root: Path) -> set[str] | None:
    """Give the modules that a change since the build reaches; None where everything has to be compiled."""
    options = Options(root.parent / "cache", runner="local")
    state = Memory(root, root / "dist").state
    assert state
    record = decode_record(FolderStore(options.cache, silent).load(state.record))
    assert record
    session = Session(discover(root), options, silent)
    try:
        found = Narrow(session, record).find()
    finally:
        session.close()
    return {*found[0].modules} if found else None


def change(path: Path, old: str, new: str) -> None:
    """Replace text that is there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def first_proto(root: Path, module: str) -> Path:
    """Give a proto of a module with a message."""
    return next(
        path for path in sorted(root.glob(f"proto/acme/{module}/v1/*.proto")) if "\nmessage " in path.read_text()
    )


def test_a_change_of_a_leaf_reaches_its_module_only(root: Path) -> None:
    change(first_proto(root, "billing"), "\nmessage ", "\nmessage Fresh {}\nmessage ")
    assert reached(root) == {"billing"}


def test_a_comment_reaches_nobody_else(root: Path) -> None:
    change(first_proto(root, "common"), "\nmessage ", "\n\n// More.\n\nmessage ")
    assert reached(root) == {"common"}


def test_a_message_of_a_shared_proto_reaches_too_much(root: Path) -> None:
    """All other modules import it."""
    change(root / "proto/acme/common/v1/money.proto", "\nmessage ", "\nmessage Fresh {}\nmessage ")
    assert reached(root) is None


@pytest.mark.parametrize(
    "text",
    [
        "message {",
        'import "google/protobuf/descriptor.proto";\nmessage X { Absent a = 1; }',
        "message v1 {}\nmessage v1 {}",
    ],
)
def test_faults_are_told_by_a_build_of_everything(root: Path, text: str) -> None:
    path = first_proto(root, "billing")
    path.write_text(f"{path.read_text()}\n{text}\n")
    assert reached(root) is None


def test_new_and_missing_files_are_seen_by_a_build_of_everything(root: Path) -> None:
    path = first_proto(root, "billing")
    shutil.copy(path, path.with_name("copy.proto"))
    assert reached(root) is None


def test_a_name_that_another_file_has_is_not_certain(root: Path) -> None:
    path = first_proto(root, "billing")
    path.write_text(f"{path.read_text()}\nmessage Thing {{}}\n")
    assert reached(root) == {"billing"}
    other = next(one for one in sorted(path.parent.glob("*.proto")) if one != path)
    change(other, "\nmessage ", "\nmessage Thing {}\nmessage ")
    assert reached(root) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("package", "theirs", "ours"),
    [
        ("acme.billing.v1.Fresh", "message Thing {}", "message Fresh {}"),
        ("acme.billing.v1.Fresh.deeper", "message Thing {}", "message Fresh {}"),
        ("acme.billing.v1", "message TAKEN {}", "enum Fresh {\n  FRESH = 0;\n  TAKEN = 1;\n}"),
        ("acme.billing.v1", "enum Taken {\n  FRESH = 0;\n}", "message FRESH {}"),
        ("acme.billing.v1", "service Fresh {}", "message Fresh {}"),
    ],
)
def test_a_name_that_another_module_has_is_not_certain(root: Path, package: str, theirs: str, ours: str) -> None:
    """Nothing compiles both: neither imports the other."""
    other = root / "proto/acme/secret/v1/other.proto"
    other.write_text(f'syntax = "proto3";\npackage {package};\n{theirs}\n')
    options = Options(root.parent / "cache", runner="local")
    build(root, options, Choice(root / "dist", targets=("python",)), silent)
    path = first_proto(root, "billing")
    text = path.read_text()
    path.write_text(f"{text}\nmessage Harmless {{}}\n")
    assert reached(root) == {"billing"}
    path.write_text(f"{text}\n{ours}\n")
    assert reached(root) is None


def test_what_was_built_before_is_not_compiled_again(root: Path) -> None:
    path = first_proto(root, "billing")
    text = path.read_text()
    events: list[Event] = []
    options, choice = Options(root.parent / "cache", runner="local"), Choice(root / "dist", targets=("python",))
    path.write_text(f"{text}// More.\n")
    build(root, options, choice, silent)
    path.write_text(text)
    build(root, options, choice, events.append)
    assert "5 packages known already" in [event.text for event in events]
    assert not [event for event in events if event.text.startswith(("runner", "generating"))]
