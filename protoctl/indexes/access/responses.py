"""What a response says: whether it may pass, what it holds, and the words of a refusal."""

from __future__ import annotations

import json
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

import requests

from protoctl.indexes.access.html_page import read_html_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from requests import Response

FAILING = frozenset({500, 502, 503, 504, 507, 508, 520, 521, 522, 523, 524})
"""Statuses after which it is tried again; 429 only when it says when."""
BLOCK = 1 << 16
"""Bytes that are read at once."""
WORDS = 1 << 16
"""Bytes of a refusal, or of another short answer, that are read; far less is shown."""
KEYS = ("message", "error", "detail", "details", "errors", "reason")
"""Where servers explain themselves in JSON."""
DEPTH = 3
"""How deep inside of it."""


def may_pass(response: Response) -> bool:
    """Tell whether the same request may be answered well a moment later."""
    is_told_when = response.status_code == HTTPStatus.TOO_MANY_REQUESTS and "Retry-After" in response.headers
    return response.status_code in FAILING or is_told_when


def phrase_of(response: Response) -> str:
    """Give the status as it was sent, like `404 Not Found`."""
    return f"{response.status_code} {response.reason or ''}".strip()


def media_type_of(response: Response) -> str:
    """Give the type without parameters, in lower case; nothing when the server does not tell."""
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def read_body(response: Response, limit: int) -> bytes | None:
    """Give what a response holds; None for more than the limit, before it is taken."""
    content = bytearray()
    declared = response.headers.get("Content-Length", "")[:20]
    if declared.isdecimal() and int(declared) > limit:
        return None
    for block in response.iter_content(BLOCK):
        content += block
        if len(content) > limit:
            return None
    return bytes(content)


def words_of(response: Response) -> str:
    """Give what a refusal says for people, one thought on each line; nothing when it cannot be read."""
    body = None
    with suppress(requests.exceptions.RequestException):
        body = read_body(response, WORDS)
    return explain(media_type_of(response), body) if body else ""


def explain(media_type: str, body: bytes) -> str:
    """Give the sentences in a body: those of a JSON object, the title of a page, or a text as it is."""
    text = body.decode("utf-8", errors="replace").strip()
    if "html" in media_type or text[:1] == "<":
        return read_html_page(text).title.strip()
    try:
        return "\n".join(dict.fromkeys(sentences(json.loads(text), DEPTH)))
    except (ValueError, RecursionError):
        return text


def sentences(value: object, depth: int) -> Iterator[str]:
    """Give the texts where servers explain themselves, at most so deep."""
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, list) and depth:
        for one in value:
            yield from sentences(one, depth - 1)
    elif isinstance(value, dict) and depth:
        for key in KEYS:
            yield from sentences(value.get(key), depth - 1)


def read_object(body: bytes) -> dict[str, Any] | None:
    """Give the JSON object in an answer, as registries explain themselves; None for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
