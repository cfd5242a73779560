"""Parsers of what package indexes answer."""

from __future__ import annotations

import json
from functools import partial

from fuzz.promise import Parser
from protoctl.indexes.access.exchange import NonsenseError
from protoctl.indexes.access.packument import read_packument
from protoctl.indexes.access.simple_pages import JSON_TYPE, list_links, read_page

URL = "https://shop.example/simple/acme-a/"
WHEEL = "acme_a-1.0.0-py3-none-any.whl"
HTML = f"""<!DOCTYPE html>
<html><head><meta name="pypi:repository-version" content="1.0"><title>Links for acme-a</title></head>
<body><!-- files --><a href="../../{WHEEL}#sha256=ab" data-requires-python="&gt;=3.9" data-yanked>{WHEEL}</a>
"""
JSON = json.dumps(
    {
        "meta": {"api-version": "1.1"},
        "name": "acme-a",
        "files": [{"filename": WHEEL, "url": f"../../{WHEEL}", "hashes": {"sha256": "ab"}, "yanked": "broken"}],
    }
)
DIST = {"tarball": "https://shop.example/a.tgz", "integrity": "sha512-AAAA sha1-AA==", "shasum": "00"}
PACKUMENT = json.dumps(
    {"name": "@acme/a", "versions": {"1.0.0": {"name": "@acme/a", "version": "1.0.0", "dist": DIST, "deprecated": "x"}}}
)
TAGS = (b"<a href=", b"<a ", b"<!--", b"-->", b"<base href=", b'"', b"'", b">", b"&#", b"=", b"[", b".tar.gz", b"-1.0")
KEYS = (
    *(b'"files"', b'"url"', b'"hashes"', b'"versions"', b'"dist"', b'"name"', b'"tarball"'),
    *(b"{", b"}", b"[", b'"', b":", b"1e9", b"null", b"\\ud800"),
)


def read_project(media_type: str, data: bytes) -> None:
    """Read a page of a Python index, and what it lists."""
    list_links("acme-a", read_page(media_type, data, URL))


ANSWERS = (
    Parser("simple-html", partial(read_project, "text/html"), (NonsenseError,), lambda: [HTML.encode()], TAGS),
    Parser("simple-json", partial(read_project, JSON_TYPE), (NonsenseError,), lambda: [JSON.encode()], KEYS),
    Parser("packument", partial(read_packument, "@acme/a"), (NonsenseError,), lambda: [PACKUMENT.encode()], KEYS),
)
"""What `fuzz.parsers` lists of indexes."""
