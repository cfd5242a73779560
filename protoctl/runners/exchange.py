"""What goes to the driver and what comes back, as bytes; every runner speaks through this.

A message is the length of its header, the header as JSON, and the content of the files that it lists.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from protoctl.errors import ToolError
from protoctl.kit.archive import UnsafeArchiveError, check_member
from protoctl.model.invocation import Outcome
from protoctl.model.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from protoctl.model.invocation import Invocation

    Read = Callable[[int], bytes]

LENGTH = 8
"""Bytes that tell the length of a header, big end first."""
END = bytes(LENGTH)
"""What follows the last request."""
HEADER_LIMIT = 256 << 20
"""Bytes of a header; a tool may say 1 MiB, and write a million files."""
RESPONSE_LIMIT = 1 << 30
"""Bytes of all outputs of one invocation; a plugin that writes more is at fault."""
BLOCK = 1 << 20
"""Bytes that are read at once: no memory is taken for what is only announced."""
NONSENSE = (UnsafeArchiveError, KeyError, ValueError, TypeError, OverflowError, RecursionError)
"""What reading an answer raises that is none."""


class AnswersEndedError(EOFError):
    """No whole answer follows."""


def write_request(number: int, invocation: Invocation, folders: Mapping[str, str]) -> Iterator[bytes]:
    """Give what the driver reads of one invocation, in pieces; `number` comes back with its answer.

    `folders` is where the components are that a driver without a toolchain of its own needs.
    """
    files = invocation.inputs.files
    header = {
        "number": number,
        "argv": list(invocation.argv),
        "component": invocation.component,
        "folders": dict(folders),
        "files": [[path, len(data)] for path, data in files.items()],
    }
    encoded = json.dumps(header).encode()
    yield len(encoded).to_bytes(LENGTH, "big") + encoded
    yield from files.values()


def read_answer(read: Read, limit: int = RESPONSE_LIMIT) -> tuple[int, Outcome]:
    """Give the next answer and the number of its request.

    `read` gives as many bytes as it is asked for, fewer only at the end. Raises AnswersEndedError where none follows,
    and ToolError for what is no answer or holds more than `limit` bytes.
    """
    start = read(LENGTH)
    if len(start) < LENGTH:
        raise AnswersEndedError
    try:
        header = json.loads(read_exactly(read, int.from_bytes(start, "big"), HEADER_LIMIT))
        files: dict[str, bytes] = {}
        for name, size in header["files"]:
            path = str(name)
            check_member(path, is_regular=size >= 0, seen=files)
            files[path] = read_exactly(read, size, limit)
            limit -= size
        returncode, stderr, seconds = int(header["returncode"]), str(header["stderr"]), float(header["seconds"])
        return int(header["number"]), Outcome(returncode, stderr, Tree(files), seconds)
    except NONSENSE as error:
        raise ToolError("the toolchain gave an answer that cannot be read", said=str(error)) from error


def read_exactly(read: Read, size: int, limit: int) -> bytes:
    """Give that many bytes; raises ValueError for more than the limit and AnswersEndedError where they end before."""
    if size > limit:
        message = f"it announces {size} bytes"
        raise ValueError(message)
    data = bytearray()
    while len(data) < size:
        block = read(min(size - len(data), BLOCK))
        if not block:
            raise AnswersEndedError
        data += block
    return bytes(data)
