"""Which Nodes packages are tried on."""

from __future__ import annotations

from pathlib import Path

import pytest

from protoctl.targets.node.gate.interpreters import Node, is_too_old
from protoctl.targets.node.gate.verify import choose_nodes


@pytest.mark.parametrize(
    ("version", "engines", "expected"),
    [
        ("16.9.1", ">=16.10.0", True),
        ("16.10.0", ">=16.10.0", False),
        ("24.1.0", ">= 16", False),
        ("9.11.2", ">=16.10.0", True),
        ("12.0.0", "^14 || >=16", False),
        ("12.0.0", "*", False),
        ("17.0.0-nightly20210903abc", ">=16.10.0", False),
    ],
)
def test_a_node_older_than_engines_is_too_old(version: str, engines: str, *, expected: bool) -> None:
    assert is_too_old(version, engines) is expected


def test_a_node_that_is_too_old_is_left_out_and_this_is_said() -> None:
    new, old = Node(Path("/new"), "24.1.0"), Node(Path("/old"), "14.21.3")
    nodes, skipped = choose_nodes([new, old], {">=16.10.0", "*"})
    assert nodes == [new]
    assert [(trial.consumer, trial.outcome, trial.skipped) for trial in skipped] == [
        ("node 14.21.3", "skipped", "older than engines, >=16.10.0")
    ]
