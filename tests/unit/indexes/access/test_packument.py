"""What npm registries tell is read with suspicion."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from conftest import succeed

from protoctl.indexes.access.exchange import NonsenseError
from protoctl.indexes.access.packument import read_packument
from protoctl.model.index import Listed

INTEGRITY = "sha512-AAAA"
AT_ONCE = """
import os, sys, threading
from protoctl.indexes.access.packument import read_packument

sys.setswitchinterval(1e-6)
body = sys.argv[1].encode()
for _ in range(80):
    child = os.fork()
    if not child:
        barrier = threading.Barrier(8)
        def read():
            barrier.wait()
            read_packument("@acme/user", body)
        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit("a child crashed")
"""
"""Reads a packument in eight threads that have read none before, again and again."""


def manifest(version: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    """Give one version of a package."""
    dist = {"tarball": f"http://shop.example/@acme/user/-/user-{version}.tgz", "integrity": INTEGRITY}
    return {"name": "@acme/user", "version": version, "dist": dist, "scripts": {"test": "x"}} | changes


def read(versions: dict[str, Any], name: str = "@acme/user") -> list[Listed]:
    """Give what is read from a packument."""
    return read_packument("@acme/user", json.dumps({"name": name, "versions": versions, "dist-tags": {}}).encode())


def test_versions_are_listed() -> None:
    url = "http://shop.example/@acme/user/-/user-1.0.0-rc.1.tgz"
    listed = Listed("user-1.0.0-rc.1.tgz", "@acme/user", "1.0.0-rc.1", url, INTEGRITY)
    assert read({"1.0.0-rc.1": manifest("1.0.0-rc.1")}) == [listed]


def test_a_shasum_is_a_digest() -> None:
    dist = {"tarball": "x", "shasum": "00" * 20}
    assert read({"1.0.0": manifest("1.0.0", dist=dist)})[0].digest == "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA="


@pytest.mark.parametrize(("said", "is_withdrawn"), [("use 2", True), (True, True), ("", False), (False, False)])
def test_deprecated_versions_are_withdrawn(*, said: object, is_withdrawn: bool) -> None:
    assert read({"1.0.0": manifest("1.0.0", deprecated=said)})[0].is_withdrawn is is_withdrawn


@pytest.mark.parametrize(
    "version", ["../../etc", "1.0", "1.0.0/..", "v1.0.0", "", "1.0.0-\n", "\u0661.0.0", f"{'1' * 300}.0.0"]
)
def test_versions_that_are_none_are_left_out(version: str) -> None:
    good = {"1.0.0": manifest("1.0.0")}
    assert [one.version for one in read(good | {version: manifest(version)})] == ["1.0.0"]


def test_entries_about_something_else_are_left_out() -> None:
    assert read({"1.0.0": manifest("1.0.1"), "1.1.0": manifest("1.1.0", name="@evil/user")}) == []


def test_an_answer_about_another_package_is_refused() -> None:
    with pytest.raises(NonsenseError, match="about '@evil/user'"):
        read({}, "@evil/user")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Sign in</html>",
        b"",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"name": "@acme/user", "versions": []}',
        b'{"name": "@acme/user", "versions": {"1.0.0": {"name": "@acme/user", "version": "1.0.0"}}}',
        b'{"name": "@acme/user", "versions": {"1.0.0": {"name": "@acme/user", "version": 1, "dist": {"tarball": ""}}}}',
    ],
    ids=range(10),
)
def test_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(NonsenseError):
        read_packument("@acme/user", body)


def test_a_package_whose_versions_are_all_unpublished_has_none() -> None:
    assert read_packument("@acme/user", b'{"name": "@acme/user", "time": {"unpublished": {}}}') == []


def test_the_first_packuments_may_be_read_by_threads_at_once() -> None:
    body = json.dumps({"name": "@acme/user", "versions": {"1.0.0": manifest("1.0.0")}, "dist-tags": {}})
    succeed(sys.executable, "-c", AT_ONCE, body)
