"""What goes to the driver and what comes back, as bytes; every runner speaks through this."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from protoctl.errors import ToolError
from protoctl.kit.archive import UnsafeArchiveError, pack_tar, read_tar
from protoctl.model.invocation import Outcome
from protoctl.model.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.model.invocation import Invocation

RESPONSE_LIMIT = 1 << 30
"""Bytes of all outputs of one request; a plugin that writes more is at fault."""


def write_request(invocations: Sequence[Invocation]) -> bytes:
    """Give the tar that the driver reads."""
    requests = [{"argv": list(one.argv), "component": one.component} for one in invocations]
    files = {"request.json": json.dumps(requests).encode()}
    for number, invocation in enumerate(invocations):
        files |= {f"{number}/{path}": data for path, data in invocation.inputs.files.items()}
    return pack_tar(files)


def read_response(data: bytes, invocations: Sequence[Invocation]) -> list[Outcome]:
    """Give the outcomes in the order of the invocations; raises ToolError when the answer is no answer."""
    try:
        files = read_tar(data, limit=RESPONSE_LIMIT)
        results = json.loads(files.pop("response.json"))
        outputs: dict[str, dict[str, bytes]] = defaultdict(dict)
        for path, content in files.items():
            number, _, name = path.partition("/")
            outputs[number][name] = content
        return [
            Outcome(int(result["returncode"]), str(result["stderr"]), Tree(outputs[str(number)]))
            for number, result in zip(range(len(invocations)), results, strict=True)
        ]
    except (UnsafeArchiveError, KeyError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ToolError("the toolchain gave an answer that cannot be read", said=str(error)) from error
