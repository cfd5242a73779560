"""Links of pages are found as browsers find them, in time that grows with the page."""

from __future__ import annotations

import html
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as some

from protoctl.indexes.access.html_page import read_html_page

SECONDS = 2
"""Processor time for a page of 200 kB; it takes a tenth."""


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ('<a href="x" data-yanked>', [{"href": "x", "data-yanked": ""}]),
        ("<A\nHREF=x>", [{"href": "x"}]),
        ("<a href='x'data-y=\"1\">", [{"href": "x", "data-y": "1"}]),
        ('<a href="x>y" a=b>', [{"href": "x>y", "a": "b"}]),
        ('<a rel="<4,>=3.9" href=x><a href=y>', [{"rel": "<4,>=3.9", "href": "x"}, {"href": "y"}]),
        ('<a / href = "x" />', [{"href": "x"}]),
        ('<a href="x" href="y">', [{"href": "x"}]),
        ("<a it's href=x>", [{"it's": "", "href": "x"}]),
        ('<a ="x" href=y>', [{'="x"': "", "href": "y"}]),
        ("<a href= >", [{"href": "", "=": ""}]),
        ('<a href="?a=1&amp;b">', [{"href": "?a=1&b"}]),
        (f'<a href="&#{"9" * 5000};">', [{"href": f"&#{'9' * 5000};"}]),
        ("<!-- <a href=x> --><a href=y><!-- <a href=z>", [{"href": "y"}]),
        ("<!doctype html><?x ?></a><a href=y>", [{"href": "y"}]),
        ("< a href=x><a><abbr href=x>", []),
        ("<a href=x", []),
        ('<a href="x', []),
        ("<", []),
        ("", []),
    ],
)
def test_links_are_found(text: str, links: list[dict[str, str]]) -> None:
    assert read_html_page(text).links == links


def test_a_page_tells_of_itself() -> None:
    titles = "<title>Links &amp; more</title><title>x</title>"
    page = read_html_page(f'{titles}<base href="/a/"><base href="/b/"><meta name="v" content="1">')
    assert (page.title, page.base, page.meta) == ("Links & more", "/a/", {"v": "1"})
    assert read_html_page("<title>to the end").title == "to the end"


class Witness(HTMLParser):
    """The standard library's opinion of a page."""

    def __init__(self, text: str) -> None:
        """Take the page."""
        super().__init__()
        self.links: list[dict[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a link."""
        if tag == "a":
            self.links.append({name: value or "" for name, value in attrs})


names = some.sampled_from(["href", "data-yanked", "rel", "data-requires-python"])
values = some.text(some.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
anchors = some.dictionaries(names, values, max_size=4)


@given(some.lists(anchors, max_size=4), some.sampled_from(["\n", "<br>text<p>", "<!-- > -->"]))
def test_pages_as_indexes_write_them_are_read_as_the_standard_library_does(
    wanted: list[dict[str, str]], between: str
) -> None:
    tags = (" ".join(f'{name}="{html.escape(value)}"' for name, value in one.items()) for one in wanted)
    text = between.join(f"<a {one}>file</a>" for one in tags)
    assert read_html_page(text).links == [one for one in Witness(text).links if "href" in one]


UNITS = [
    *("<!--", "<!", "</", "</a ", "<a ", "<a a=", '<a a="', "<a x='", "<a x='\" ", "<a =", "a="),
    *("&#", "<title>", "<title>&#1", "<<<<<<<<<"),
]


@pytest.mark.parametrize("unit", UNITS)
def test_no_page_takes_long(unit: str) -> None:
    text = (unit * 200_000)[:200_000]
    begin = time.process_time()
    read_html_page(text)
    assert time.process_time() - begin < SECONDS
