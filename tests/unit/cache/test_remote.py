"""A cluster gives what somebody saved there, or costs one warning: never something else, never an error."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from faults import wait_until
from scripted_cluster import ScriptedCluster, open_cluster

from protoctl.cache import uploads
from protoctl.cache.remote import SharedStore
from protoctl.cache.results import FolderStore
from protoctl.cache.uploads import Uploads
from protoctl.cluster import blobs, results
from protoctl.cluster.api import cluster_pb2 as api
from protoctl.cluster.credentials import Credentials
from protoctl.cluster.digest import Digest
from protoctl.cluster.patience import Patience
from protoctl.errors import ClusterError
from protoctl.kit.archive import pack_tar
from protoctl.kit.digest import digest_bytes
from protoctl.kit.secret import Secret
from protoctl.kit.trace import Trace
from protoctl.model.event import Event, Level, silent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from google.protobuf.message import Message

KEY, OTHER = digest_bytes(b"key"), digest_bytes(b"other")
TRIED_AGAIN = [pytest.param(code, marks=pytest.mark.slow) for code in ("RESOURCE_EXHAUSTED", "UNAVAILABLE")]
"""They take a second each; that of nobody there is in the short tests."""
FILES = {"a/b.py": b"1" * 2000, "stderr": b""}


@pytest.fixture
def events() -> list[Event]:
    """Give a list that receives warnings."""
    return []


def open_store(script: ScriptedCluster, folder: Path, emit: Callable[[Event], None], *, writes: bool) -> SharedStore:
    """Give the store of a developer with a cache folder of his own."""
    cluster = open_cluster(script.address, emit)
    return SharedStore(FolderStore(folder, emit), cluster, Uploads(cluster) if writes else None, Trace())


@pytest.fixture
def filled(script: ScriptedCluster, tmp_path: Path) -> ScriptedCluster:
    """Give a cluster that has the result of KEY."""
    store = open_store(script, tmp_path / "first", silent, writes=True)
    store.save(KEY, FILES)
    store.finish()
    script.asked.clear()
    return script


@pytest.fixture
def store(script: ScriptedCluster, tmp_path: Path, events: list[Event]) -> SharedStore:
    """Give the store of a developer who only reads."""
    return open_store(script, tmp_path / "second", events.append, writes=False)


def test_what_one_saves_another_loads(filled: ScriptedCluster, store: SharedStore, events: list[Event]) -> None:
    assert store.load_all([KEY, OTHER]) == {KEY: FILES}
    assert store.load(OTHER) is None
    assert events == []
    assert filled.asked["BatchReadBlobs"] == 1
    assert [(span.name, span.detail) for span in store.trace.spans] == [
        ("cluster", "2 results"),
        ("cluster", "1 result"),
    ]


def test_what_came_from_there_is_kept_here(filled: ScriptedCluster, store: SharedStore) -> None:
    store.load(KEY)
    filled.asked.clear()
    assert store.load(KEY) == FILES
    assert not filled.asked


def test_what_is_here_asks_nobody(script: ScriptedCluster, store: SharedStore) -> None:
    store.save(KEY, FILES)
    assert store.load(KEY) == FILES
    assert not script.asked


def test_whoever_may_not_write_sends_nothing(script: ScriptedCluster, store: SharedStore) -> None:
    store.save(KEY, FILES)
    store.finish()
    assert not script.blobs
    assert not script.results


@pytest.mark.parametrize("size", [0, 1, blobs.CHUNK * 5 + 1], ids=["empty", "small", "large"])
@pytest.mark.parametrize("offers_zstd", [False, True], ids=["plain", "zstd"])
def test_results_of_every_size_come_back(
    script: ScriptedCluster, tmp_path: Path, events: list[Event], size: int, *, offers_zstd: bool
) -> None:
    if offers_zstd:
        script.compress()
    files = {"a": os.urandom(size // 2) + bytes(size - size // 2)}
    writer = open_store(script, tmp_path / "first", events.append, writes=True)
    writer.save(KEY, files)
    writer.finish()
    assert open_store(script, tmp_path / "second", events.append, writes=False).load(KEY) == files
    assert events == []
    assert bool(script.asked["Write"]) == (size > blobs.CHUNK)


def test_many_results_go_in_few_calls(script: ScriptedCluster, tmp_path: Path, events: list[Event]) -> None:
    writer = open_store(script, tmp_path / "first", events.append, writes=True)
    keys = [digest_bytes(b"%d" % number) for number in range(300)]
    for key in keys:
        writer.save(key, {"file": key.encode()})
    writer.finish()
    assert len(script.results) == len(keys)
    found = open_store(script, tmp_path / "second", events.append, writes=False).load_all(keys)
    assert found == {key: {"file": key.encode()} for key in keys}
    assert script.asked["BatchReadBlobs"] == 1
    assert script.asked["FindMissingBlobs"] < len(keys)
    assert events == []


def test_what_the_cluster_dropped_is_a_miss(filled: ScriptedCluster, store: SharedStore, events: list[Event]) -> None:
    """Clusters drop blobs before the results that name them; that is no fault."""
    filled.blobs.clear()
    assert store.load(KEY) is None
    assert events == []
    assert not store.cluster.is_lost


def other_path(answer: api.ActionResult) -> Message:
    """Give the result of another key."""
    answer.output_files[0].path = results.name(OTHER)
    return answer


def huge(answer: api.ActionResult) -> Message:
    """Tell of a petabyte."""
    answer.output_files[0].digest.size_bytes = 1 << 50
    return answer


def negative(answer: api.ActionResult) -> Message:
    """Tell of less than nothing."""
    answer.output_files[0].digest.size_bytes = -1
    return answer


def no_digest(answer: api.ActionResult) -> Message:
    """Name a path instead of a digest."""
    answer.output_files[0].digest.hash = "../../etc/passwd"
    return answer


def failed(answer: api.ActionResult) -> Message:
    """Give a result that failed."""
    answer.exit_code = 1
    return answer


def other_bytes(answer: api.BatchReadBlobsResponse) -> Message:
    """Change a byte."""
    answer.responses[0].data = answer.responses[0].data[:-1] + b"!"
    return answer


def shorter(answer: api.BatchReadBlobsResponse) -> Message:
    """Cut a blob."""
    answer.responses[0].data = answer.responses[0].data[:-1]
    return answer


def stranger(answer: api.BatchReadBlobsResponse) -> Message:
    """Give a blob that nobody asked for."""
    answer.responses[0].digest.hash = "0" * 64
    return answer


def twice(answer: api.BatchReadBlobsResponse) -> Message:
    """Give a blob again and again: unpacking each would take hours."""
    answer.responses.extend([answer.responses[0]] * 3)
    return answer


def bomb(answer: api.BatchReadBlobsResponse) -> Message:
    """Give a few bytes that unpack to many."""
    import zstandard

    answer.responses[0].compressor = api.Compressor.ZSTD
    answer.responses[0].data = zstandard.compress(bytes(1 << 27))
    return answer


def broken_zstd(answer: api.BatchReadBlobsResponse) -> Message:
    """Give what is no zstd."""
    answer.responses[0].compressor = api.Compressor.ZSTD
    return answer


def full(answer: api.BatchReadBlobsResponse) -> Message:
    """Refuse one blob."""
    answer.responses[0].status.code = 8
    return answer


LIES: list[tuple[str, Callable[[Any], Message]]] = [
    *(("GetActionResult", one) for one in (other_path, huge, negative, no_digest, failed)),
    *(("BatchReadBlobs", one) for one in (other_bytes, shorter, stranger, twice, bomb, broken_zstd, full)),
]


@pytest.mark.parametrize(("method", "lie"), LIES, ids=[lie.__name__ for _, lie in LIES])
def test_a_lie_is_told_once_and_believed_never(
    filled: ScriptedCluster, store: SharedStore, events: list[Event], method: str, lie: Callable[[Any], Message]
) -> None:
    filled.spoil[method] = lie
    assert store.load_all([KEY]) == {}
    assert store.load(OTHER) is None
    assert [event.level for event in events] == [Level.WARNING]
    assert store.near.load(KEY) is None
    assert store.cluster.is_lost


@pytest.mark.parametrize(
    "files",
    [{"../evil": b""}, {"/evil": b""}, {"a//b": b""}],
    ids=["above", "absolute", "twice"],
)
def test_a_path_outside_is_refused(
    filled: ScriptedCluster, store: SharedStore, events: list[Event], files: dict[str, bytes]
) -> None:
    """Whoever may write there writes what he likes, but nowhere else than where it belongs."""
    data = pack_tar(files)
    digest = Digest.of(data)
    filled.blobs[digest.hash] = data
    for result in filled.results.values():
        result.output_files[0].digest.CopyFrom(digest.message)
    assert store.load(KEY) is None
    assert [event.level for event in events] == [Level.WARNING]


@pytest.mark.parametrize("method", ["GetCapabilities", "GetActionResult", "BatchReadBlobs"])
@pytest.mark.parametrize("code", ["UNAUTHENTICATED", "INTERNAL", *TRIED_AGAIN])
def test_a_refusal_is_told_once(
    filled: ScriptedCluster, store: SharedStore, events: list[Event], method: str, code: str
) -> None:
    filled.refusals[method] = grpc.StatusCode[code]
    assert store.load(KEY) is None
    filled.asked.clear()
    assert store.load(OTHER) is None
    assert not filled.asked
    (event,) = events
    assert code in event.text
    assert ("PROTOCTL_REMOTE_HEADER" in event.text) == (code == "UNAUTHENTICATED")


def test_a_server_without_capabilities_is_a_cache(
    filled: ScriptedCluster, store: SharedStore, events: list[Event]
) -> None:
    filled.refusals["GetCapabilities"] = grpc.StatusCode.UNIMPLEMENTED
    assert store.load(KEY) == FILES
    assert events == []


def test_a_server_of_other_digests_is_of_no_use(
    filled: ScriptedCluster, store: SharedStore, events: list[Event]
) -> None:
    filled.capabilities.cache_capabilities.digest_functions[:] = [api.DigestFunction.UNKNOWN]
    assert store.load(KEY) is None
    assert "SHA-256" in events[0].text


@pytest.mark.parametrize("method", ["GetCapabilities", "GetActionResult", "BatchReadBlobs"])
def test_silence_is_waited_for_only_once(
    filled: ScriptedCluster, store: SharedStore, events: list[Event], method: str
) -> None:
    filled.silent.add(method)
    store.cluster.patience = Patience(0.2)
    assert store.load(KEY) is None
    assert store.load(OTHER) is None
    (event,) = events
    assert "does not answer" in event.text or "slower" in event.text


def test_nobody_there_is_told_once(tmp_path: Path, events: list[Event]) -> None:
    cluster = open_cluster("grpc://127.0.0.1:1/main", events.append)
    store = SharedStore(FolderStore(tmp_path, events.append), cluster, Uploads(cluster), Trace())
    assert store.load_all([KEY]) == {}
    store.save(KEY, FILES)
    store.finish()
    assert store.load(KEY) == FILES
    (event,) = events
    assert "UNAVAILABLE" in event.text


@pytest.mark.parametrize("method", ["FindMissingBlobs", "BatchUpdateBlobs", "UpdateActionResult"])
@pytest.mark.parametrize("code", ["PERMISSION_DENIED", *TRIED_AGAIN[:1]])
def test_a_cluster_that_takes_nothing_still_gives(
    filled: ScriptedCluster, tmp_path: Path, events: list[Event], method: str, code: str
) -> None:
    filled.refusals[method] = grpc.StatusCode[code]
    store = open_store(filled, tmp_path / "second", events.append, writes=True)
    store.save(OTHER, FILES)
    store.finish()
    store.save(digest_bytes(b"third"), FILES)
    store.finish()
    (event,) = events
    assert code in event.text
    assert store.load(KEY) == FILES
    assert filled.asked[method] <= 4  # one that has no thread left is asked again


def test_a_cluster_that_forbids_writing_is_not_asked(
    filled: ScriptedCluster, tmp_path: Path, events: list[Event]
) -> None:
    filled.capabilities.cache_capabilities.action_cache_update_capabilities.update_enabled = False
    store = open_store(filled, tmp_path / "second", events.append, writes=True)
    store.save(OTHER, FILES)
    store.finish()
    assert "takes no results" in events[0].text
    assert not filled.asked["FindMissingBlobs"]


def test_one_who_takes_slowly_is_waited_for_a_moment(
    filled: ScriptedCluster, tmp_path: Path, events: list[Event]
) -> None:
    filled.silent.add("FindMissingBlobs")
    store = open_store(filled, tmp_path / "second", events.append, writes=True)
    assert store.uploads
    store.uploads.parting = Patience(0.2)
    store.save(OTHER, FILES)
    store.finish()
    assert [event.level for event in events] == [Level.WARNING]


def test_too_much_for_the_line_is_left_out_and_told(
    filled: ScriptedCluster, tmp_path: Path, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "WAITING_LIMIT", 5000)
    store = open_store(filled, tmp_path / "second", events.append, writes=True)
    store.save(OTHER, {"large": bytes(5001)})
    store.save(digest_bytes(b"third"), FILES)
    store.finish()
    (event,) = events
    assert "1 result or more are left out" in event.text
    assert len(filled.results) == 2


def test_a_cluster_that_is_closed_ends_quietly(
    filled: ScriptedCluster, tmp_path: Path, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that failed waits for no upload, and what the upload meets then is nobody's business."""
    told: list[object] = []
    monkeypatch.setattr(threading, "excepthook", told.append)
    filled.silent.add("FindMissingBlobs")
    store = open_store(filled, tmp_path / "second", events.append, writes=True)
    store.save(OTHER, FILES)
    wait_until(lambda: filled.asked["FindMissingBlobs"])
    store.cluster.close()
    assert store.uploads
    wait_until(lambda: store.uploads and not store.uploads.is_sending)
    assert store.load(KEY) is None
    store.finish()
    with pytest.raises(ClusterError, match="closed"):
        store.cluster.blobs(Patience()).find_missing([Digest.of(b"x")])
    assert events == []
    assert told == []


@pytest.mark.usefixtures("filled")
def test_the_next_build_is_patient_again(store: SharedStore, events: list[Event]) -> None:
    store.cluster.patience = Patience(0)
    later: list[Event] = []
    store.cluster.begin(later.append)
    assert store.load(KEY) == FILES
    store.cluster.give_up(ClusterError("it lies"))
    assert [event.level for event in later] == [Level.WARNING]
    assert events == []


def test_headers_go_with_every_call(filled: ScriptedCluster, tmp_path: Path, events: list[Event]) -> None:
    word = Secret("Bearer canary-word")
    cluster = open_cluster(filled.address, events.append, Credentials((("authorization", word),)))
    assert SharedStore(FolderStore(tmp_path, silent), cluster, None, Trace()).load(KEY) == FILES
    assert ("authorization", "Bearer canary-word") in filled.headers
    assert "canary" not in repr(cluster.place)
