"""What comes back from a driver is data that may be anything."""

from __future__ import annotations

import pytest

from protoctl.errors import ToolError
from protoctl.kit.archive import pack_tar
from protoctl.model.invocation import Invocation
from protoctl.model.tree import Tree
from protoctl.runners.exchange import read_response

INVOCATION = Invocation("python", "", ("protoc-gen-mypy",), Tree({}))


@pytest.mark.parametrize(
    "results",
    [b"", b"[]", b"{}", b"[1]", b"[{}]", b'[{"returncode": Infinity, "stderr": ""}]', b"[" * 100_000, b"\xff"],
)
def test_an_answer_that_is_none_is_a_fault_of_the_toolchain(results: bytes) -> None:
    with pytest.raises(ToolError, match="answer that cannot be read"):
        read_response(pack_tar({"response.json": results}), [INVOCATION])
