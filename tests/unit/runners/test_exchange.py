"""What comes back from a driver is data that may be anything."""

from __future__ import annotations

import io
import json

import pytest

from protoctl.errors import ToolError
from protoctl.model.invocation import Invocation
from protoctl.model.tree import Tree
from protoctl.runners.exchange import LENGTH, AnswersEndedError, read_answer, write_request


def message(header: bytes, content: bytes = b"") -> bytes:
    """Give a message."""
    return len(header).to_bytes(LENGTH, "big") + header + content


def answer(**changes: object) -> bytes:
    """Give the header of an answer."""
    return json.dumps({"number": 7, "returncode": 0, "stderr": "", "seconds": 0.5, "files": []} | changes).encode()


@pytest.mark.parametrize(
    "header",
    [
        *(b"", b"[]", b"{}", b"[1]", b"[" * 100_000, b"\xff"),
        *(answer(returncode=float("inf")), answer(number="x"), answer(seconds=None), answer(files=[1])),
        *(answer(files=[["/a", 0]]), answer(files=[["a/../../b", 0]]), answer(files=[["a", 0], ["a", 0]])),
        *(answer(files=[["a", -1]]), answer(files=[["a", "1"]]), answer(files=[["a", 1 << 40]])),
        *(answer(files=[[None, 0, 0]]), answer(files=[[None, 1.5]]), answer(files=None)),
    ],
)
def test_an_answer_that_is_none_is_a_fault_of_the_toolchain(header: bytes) -> None:
    with pytest.raises(ToolError, match="answer that cannot be read"):
        read_answer(io.BytesIO(message(header, b"x" * 100)).read)


def test_an_answer_has_its_files() -> None:
    stream = io.BytesIO(message(answer(files=[["a/b.py", 2], ["c", 0]]), b"ab") + message(answer(number=8)))
    number, outcome = read_answer(stream.read)
    assert (number, outcome.returncode, outcome.seconds) == (7, 0, 0.5)
    assert outcome.outputs.files == {"a/b.py": b"ab", "c": b""}
    assert read_answer(stream.read)[0] == 8
    with pytest.raises(AnswersEndedError):
        read_answer(stream.read)


@pytest.mark.parametrize("length", range(1, 100, 7))
def test_a_cut_answer_is_none(length: int) -> None:
    whole = message(answer(files=[["a", 10]]), b"x" * 10)
    with pytest.raises(AnswersEndedError):
        read_answer(io.BytesIO(whole[: min(length, len(whole) - 1)]).read)


def test_a_name_that_is_no_text_is_taken_as_such() -> None:
    _, outcome = read_answer(io.BytesIO(message(answer(files=[[None, 1]]), b"x")).read)
    assert outcome.outputs.files == {"None": b"x"}


def test_all_files_of_an_answer_are_within_the_limit() -> None:
    """Before memory is taken for them."""
    data = message(answer(files=[["a", 6], ["b", 6]]), b"x" * 12)
    assert read_answer(io.BytesIO(data).read, 12)[1].outputs.files.keys() == {"a", "b"}
    with pytest.raises(ToolError, match="it announces 6 bytes"):
        read_answer(io.BytesIO(data).read, 11)


def test_a_request_says_what_to_run() -> None:
    invocation = Invocation("node", "any", ("protoc-gen-es",), Tree({"request.binpb": b"abc"}))
    head, content = write_request(3, invocation, {"node": "/there"})
    header = json.loads(head[LENGTH:])
    assert int.from_bytes(head[:LENGTH], "big") == len(head) - LENGTH
    assert header.pop("files") == [["request.binpb", 3]]
    assert header == {"number": 3, "argv": ["protoc-gen-es"], "component": "node", "folders": {"node": "/there"}}
    assert content == b"abc"
