"""The links of an HTML page, found in linear time as browsers find them (html.spec.whatwg.org, 13.2.5).

The parser of the standard library takes minutes for a page of 100 kB that somebody wrote to hurt it (CVE-2025-6069),
and each Python from 3.11 on has to be safe.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

TAG = re.compile(r"<(?:(!--)|([a-zA-Z][^\s/>]*+)|[/!?])")
"""How a comment, a start tag, or anything else between `<` and `>` begins."""
ATTRIBUTE = re.compile(r"""[\s/]*+(=?[^\s/>=]++|=)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"'][^\s>]*+)))?""")
END = re.compile(r"[\s/]*+>")


@dataclass(frozen=True)
class Tag:
    """A start tag."""

    name: str
    """In lower case."""
    attributes: dict[str, str]
    """Name in lower case to value; empty without one."""
    end: int
    """Where the text after it begins."""


@dataclass
class Page:
    """What was seen of a page."""

    links: list[dict[str, str]] = field(default_factory=list)
    """The attributes of every `<a href>`, in order."""
    base: str = ""
    """What links are relative to, when the page tells."""
    meta: dict[str, str] = field(default_factory=dict)
    """Name to content of every `<meta>`."""
    title: str = ""
    """The text up to the first tag in `<title>`."""


def read_html_page(text: str) -> Page:
    """Give what matters of a page; whatever it is, there is something to give."""
    page = Page()
    for tag in start_tags(text):
        if tag.name == "a" and "href" in tag.attributes:
            page.links.append(tag.attributes)
        elif tag.name == "base" and "href" in tag.attributes:
            page.base = page.base or tag.attributes["href"]
        elif tag.name == "meta" and "name" in tag.attributes:
            page.meta[tag.attributes["name"]] = tag.attributes.get("content", "")
        elif tag.name == "title" and not page.title:
            end = text.find("<", tag.end)
            page.title = unescape(text[tag.end : end if end >= 0 else len(text)])
    return page


def start_tags(text: str) -> Iterator[Tag]:
    """Give the start tags outside of comments; one that does not end, ends the page, and nothing is read twice."""
    match = TAG.search(text)
    while match:
        if match[2]:
            tag = read_tag(text, match)
            if not tag:
                return
            yield tag
            end = tag.end
        else:
            mark = "-->" if match[1] else ">"
            end = text.find(mark, match.end()) + len(mark)
            if end < match.end():
                return
        match = TAG.search(text, end)


def read_tag(text: str, start: re.Match[str]) -> Tag | None:
    """Give a start tag, or None when the page ends in it."""
    attributes: dict[str, str] = {}
    at = start.end()
    while found := ATTRIBUTE.match(text, at):
        value = next((one for one in found.groups()[1:] if one is not None), "")
        attributes.setdefault(found[1].lower(), unescape(value))
        at = found.end()
    end = END.match(text, at)
    return Tag(start[2].lower(), attributes, end.end()) if end else None


def unescape(text: str) -> str:
    """Give text with its character references replaced, or as it is when one has more digits than any character."""
    try:
        return html.unescape(text)
    except ValueError:
        return text
