"""Pages of an index that is a folder: what pip finds in `simple/NAME/`, and what npm finds as `npm/@SCOPE/NAME`."""

from __future__ import annotations

import hashlib
import json
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from protoctl.indexes.access.core_metadata import requires_python
from protoctl.indexes.access.exchange import NonsenseError
from protoctl.indexes.access.html_page import read_html_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

YANKED = "data-yanked"


def read_entries(text: str) -> dict[str, dict[str, str]]:
    """Give file → attributes of its link, in the order of the page."""
    entries = {}
    for attributes in read_html_page(text).links:
        name = unquote(attributes["href"].partition("#")[0].partition("?")[0].rpartition("/")[2])
        entries[name] = dict(attributes)
    return entries


def link_to(file: str, data: bytes) -> dict[str, str]:
    """Give the attributes of the link to a file beside the page (PEP 503), with the Pythons that it runs on."""
    needed = requires_python(file, data)
    href = f"{quote(file)}#sha256={hashlib.sha256(data).hexdigest()}"
    return {"href": href, **({"data-requires-python": needed} if needed else {})}


def render_page(name: str, entries: Mapping[str, Mapping[str, str]]) -> bytes:
    """Give the page of a distribution, sorted by file."""
    title = f"Links for {escape(name)}"
    lines = [render_link(file, entries[file]) for file in sorted(entries)]
    return render(title, lines)


def render_root(names: Iterable[str]) -> bytes:
    """Give the page of all distributions."""
    return render("Simple index", [render_link(name, {"href": f"{quote(name)}/"}) for name in sorted(names)])


def render_link(text: str, attributes: Mapping[str, str]) -> str:
    """Give one link."""
    written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<a{written}>{escape(text)}</a><br>"


def render(title: str, lines: Iterable[str]) -> bytes:
    """Give a page that every client reads (PEP 629)."""
    head = f'<meta charset="utf-8"><meta name="pypi:repository-version" content="1.0"><title>{title}</title>'
    body = "\n".join([f"<h1>{title}</h1>", *lines])
    return f"<!DOCTYPE html>\n<html><head>{head}</head>\n<body>\n{body}\n</body></html>\n".encode()


def read_document(package: str, data: bytes) -> dict[str, Any]:
    """Give the document of an npm package; raises NonsenseError for another shape."""
    try:
        document = json.loads(data)
        if all(isinstance(document[key], dict) for key in ("versions", "dist-tags")):
            return dict(document)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"the document of {package} is damaged: {error}"
        raise NonsenseError(message) from error
    message = f"the document of {package} has no versions or no dist-tags"
    raise NonsenseError(message)


def empty_document(package: str) -> dict[str, Any]:
    """Give the document of a package without versions."""
    return {"_id": package, "name": package, "dist-tags": {}, "versions": {}}


def render_document(document: Mapping[str, Any]) -> bytes:
    """Give the text of a document."""
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()
