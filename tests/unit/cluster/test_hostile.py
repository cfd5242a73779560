"""Whatever a server says is read, or a ClusterError: never another exception, never other bytes than were asked for."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.message import DecodeError
from hypothesis import example, given
from hypothesis import strategies as st

from protoctl.cluster.api import cluster_pb2 as api
from protoctl.cluster.batches import read_batch
from protoctl.cluster.capabilities import LARGEST_BATCH, SMALLEST_BATCH, read_capabilities
from protoctl.cluster.digest import Digest
from protoctl.cluster.execution import RESPONSE_TYPE, last_line, read_response
from protoctl.cluster.results import RESULT_LIMIT, name, read_result
from protoctl.errors import ClusterError

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = hashlib.sha256(b"key").hexdigest()
DATA = b"the blob"
hashes = st.sampled_from([Digest.of(DATA).hash, "0" * 64, "0" * 63, "G" * 64, "", "../" * 21 + "x", "A" * 64])
sizes = st.integers(-(1 << 63), (1 << 63) - 1) | st.sampled_from([0, len(DATA), RESULT_LIMIT, RESULT_LIMIT + 1])
digests = st.builds(api.Digest, hash=hashes, size_bytes=sizes)
files = st.builds(api.OutputFile, path=st.sampled_from([name(KEY), "../x", ""]), digest=digests, contents=st.binary())
answers = st.builds(
    api.ActionResult, output_files=st.lists(files, max_size=2), exit_code=st.sampled_from([0, 0, 0, 1, -9])
)
blobs = st.builds(
    api.BatchReadBlobsResponse.Response,
    digest=digests,
    data=st.sampled_from([DATA, DATA[:-1], b""]) | st.binary(),
    status=st.builds(api.Status, code=st.sampled_from([0, 0, 0, 5, 13, -1]), message=st.text()),
    compressor=st.sampled_from([0, 0, 1, 2, 77]),
)


@given(answers)
def test_results(answer: api.ActionResult) -> None:
    with suppress(ClusterError):
        digest = read_result(KEY, answer)
        assert len(bytes.fromhex(digest.hash)) == 32
        assert 0 <= digest.size <= RESULT_LIMIT
        assert answer.exit_code == 0
        assert [file.path for file in answer.output_files] == [name(KEY)]


@given(st.builds(api.BatchReadBlobsResponse, responses=st.lists(blobs, max_size=3)))
def test_batches(answer: api.BatchReadBlobsResponse) -> None:
    with suppress(ClusterError):
        assert read_batch(answer, [Digest.of(DATA)]) in ({}, {Digest.of(DATA): DATA})


@given(
    st.builds(api.CacheCapabilities, max_batch_total_size_bytes=sizes, digest_functions=st.lists(st.integers(0, 99)))
)
def test_capabilities(cache: api.CacheCapabilities) -> None:
    with suppress(ClusterError):
        found = read_capabilities(api.ServerCapabilities(cache_capabilities=cache))
        assert SMALLEST_BATCH <= found.batch <= LARGEST_BATCH


def mutated(message: bytes) -> st.SearchStrategy[bytes]:
    """Give the message with some bytes replaced, left out or added."""
    edits = st.lists(st.tuples(st.integers(0, len(message)), st.binary(max_size=3), st.integers(0, 3)), max_size=3)

    def edit(changes: list[tuple[int, bytes, int]]) -> bytes:
        data = message
        for place, more, less in changes:
            data = data[:place] + more + data[place + less :]
        return data

    return edits.map(edit)


SOUND = api.Operation(
    name="one",
    done=True,
    response=Packed(
        type_url=f"type.googleapis.com/{RESPONSE_TYPE}",
        value=api.ExecuteResponse(result=api.ActionResult(exit_code=3)).SerializeToString(),
    ),
).SerializeToString()


@given(mutated(SOUND))
@example(SOUND)
def test_operations(data: bytes) -> None:
    survive(read_response, data)


def survive(read: Callable[[api.Operation], api.ExecuteResponse], data: bytes) -> None:
    """Read an operation that gRPC would let through."""
    with suppress(DecodeError):
        operation = api.Operation.FromString(data)
        with suppress(ClusterError):
            assert read(operation).result.exit_code in range(-(1 << 31), 1 << 31)


@given(st.binary(max_size=5000))
def test_last_words(messages: bytes) -> None:
    said = last_line(messages)
    assert said.isprintable()
    assert len(said) <= 1000
