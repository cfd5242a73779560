"""Pages of Python indexes are read in both formats, and pages of something else are told from them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from protoctl.indexes.access.exchange import NonsenseError
from protoctl.indexes.access.simple_pages import JSON_TYPE, list_links, read_page, version_of
from protoctl.model.index import Listed

URL = "https://shop.example/simple/acme-user/"
WHEEL = "acme_user-1.0.0-py3-none-any.whl"
LISTED = Listed(WHEEL, "acme-user", "1.0.0", f"https://files.example/{WHEEL}", "sha256:ab")


def read_json(files: list[dict[str, Any]], version: str = "1.1") -> list[Listed]:
    """Give what is listed on a JSON page."""
    page = json.dumps({"meta": {"api-version": version}, "name": "acme-user", "files": files}).encode()
    return list_links("acme-user", read_page(JSON_TYPE, page, URL))


def read_html(text: str, media_type: str = "text/html") -> list[Listed]:
    """Give what is listed on an HTML page."""
    return list_links("acme-user", read_page(media_type, text.encode(), URL))


def entry(file: str = WHEEL, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    """Give a file of a JSON page."""
    return {"filename": file, "url": f"https://files.example/{file}", "hashes": {"sha256": "ab"}} | changes


def test_json_is_read() -> None:
    assert read_json([entry()]) == [LISTED]


@pytest.mark.parametrize("media_type", ["text/html", "application/vnd.pypi.simple.v1+html"])
def test_html_is_read(media_type: str) -> None:
    assert read_html(f'<a href="https://files.example/{WHEEL}#sha256=ab">x</a>', media_type) == [LISTED]


@pytest.mark.parametrize(("yanked", "is_withdrawn"), [(True, True), ("broken", True), ("", True), (False, False)])
def test_yanked_files_are_withdrawn(*, yanked: object, is_withdrawn: bool) -> None:
    assert read_json([entry(yanked=yanked)])[0].is_withdrawn is is_withdrawn


@pytest.mark.parametrize(("attribute", "is_withdrawn"), [("data-yanked", True), ('data-yanked="x"', True), ("", False)])
def test_yanked_links_are_withdrawn(*, attribute: str, is_withdrawn: bool) -> None:
    assert read_html(f'<a href="{WHEEL}" {attribute}>x</a>')[0].is_withdrawn is is_withdrawn


@pytest.mark.parametrize(
    ("href", "url"),
    [
        (f"../../files/{WHEEL}", f"https://shop.example/files/{WHEEL}"),
        (f"/files/{WHEEL}?signature=1#sha256=ab", f"https://shop.example/files/{WHEEL}?signature=1"),
        (f"//other.example/{WHEEL}", f"https://other.example/{WHEEL}"),
        (f"files/{WHEEL.replace('_', '%5F')}", f"{URL}files/{WHEEL.replace('_', '%5F')}"),
    ],
)
def test_links_are_relative_to_the_page(href: str, url: str) -> None:
    assert [(one.file, one.url) for one in read_html(f'<a href="{href}">x</a>')] == [(WHEEL, url)]


def test_a_page_may_have_a_base() -> None:
    assert read_html(f'<base href="https://files.example/"><a href="{WHEEL}#sha256=ab">x</a>') == [LISTED]


@pytest.mark.parametrize(
    ("file", "version"),
    [
        (WHEEL, "1.0.0"),
        ("acme_user-1.0.0rc1-1-py3-none-any.whl", "1.0.0rc1"),
        ("acme-user-1.0.dev3.tar.gz", "1.0.dev3"),
        ("Acme.User-1.0.tar.gz", "1.0"),
        ("acme_user_api-1.0.0-py3-none-any.whl", ""),
        ("acme-user-api-1.0.0.tar.gz", ""),
        ("user-1.0.0.tar.gz", ""),
        ("acme_user-2004d.tar.gz", ""),
        ("acme_user-no.version-py3-none-any.whl", ""),
        ("../acme_user-1.0.0.tar.gz", ""),
        ("..%2Facme_user-1.0.0-py3-none-any.whl", ""),
        ("acme_user-1.0.0.zip", ""),
        ("acme_user-1.0.0.tar.gz.asc", ""),
        (f"acme_user-{'1' * 300}.tar.gz", ""),
        ("", ""),
    ],
)
def test_names_of_files_tell_the_version(file: str, version: str) -> None:
    assert version_of("acme-user", file) == version


def test_files_of_others_are_left_out() -> None:
    assert read_json([entry("evil-1.0.0.tar.gz"), entry(), entry("acme_user-x.tar.gz")]) == [LISTED]


def test_a_project_without_files_has_none() -> None:
    assert read_json([]) == []
    assert read_html("<title>Links for acme-user</title><h1>Links for acme-user</h1>") == []
    assert read_html('<meta name="pypi:repository-version" content="1.0"><title>acme-user</title>') == []


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<html><title>Sign in</title><form><input type=password></form><a href='/help'>help</a></html>",
        "plain text",
        "<a href='http://[::1/x'>x</a>",
        '{"files": []}',
    ],
)
def test_a_page_of_something_else_is_refused(page: str) -> None:
    with pytest.raises(NonsenseError, match="lists no files"):
        read_html(page)


def test_the_title_of_another_page_is_told() -> None:
    with pytest.raises(NonsenseError, match="'Sign in'"):
        read_html("<title>\n Sign in </title>")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"<html>",
        b"\xff",
        b"[" * 100_000,
        b'{"meta": {"api-version": "1.0"}}',
        b'{"meta": {"api-version": "1.0"}, "files": [{"filename": "x"}]}',
        b'{"meta": {"api-version": "1.0"}, "files": {}}',
    ],
    ids=range(9),
)
def test_json_of_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(NonsenseError, match="JSON of another shape"):
        read_page("application/json", body, URL)


def test_a_later_major_version_is_refused() -> None:
    with pytest.raises(NonsenseError, match=r"version 2\.0"):
        read_json([], "2.0")
    with pytest.raises(NonsenseError, match=r"version 2\.0"):
        read_html('<meta name="pypi:repository-version" content="2.0">')


@pytest.mark.parametrize(("media_type", "words"), [("text/plain", "text/plain"), ("", "without a media type")])
def test_other_media_types_are_refused(media_type: str, words: str) -> None:
    with pytest.raises(NonsenseError, match=words):
        read_page(media_type, b"", URL)
