"""What strangers write, as GitHub's own renderer shows it."""

from __future__ import annotations

import html
import re

import cmarkgfm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protoctl.kit.markdown import LIMIT, code, cut, escape, fit, shorten
from protoctl.kit.text import printable

HOSTILE = [
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "see https://evil.example and www.evil.example or WWW.evil.example",
    "mail a@b.example, ask @admin",
    "<img src=x onerror=alert(1)>",
    "</details><script>",
    "&lt;b&gt; &amp; &#60;",
    "*a* **b** _c_ __d__ ~~e~~ `f` $g$",
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "12) item",
    "=== ",
    "> quote",
    "a | b",
    "[ ] task",
    "[^1]: note",
    "line\n\n# feed\r\n",
    "right\u202eto left",
    "\\*",
    "a\\",
    "trailing  ",
    "    indented",
    ":tada: #12 GH-12 gh-1",
    "``` js",
    "user_id is __init__ and _x",
    "xmpp:a@b.example mailto:a@b.example ftp://x.example",
    "---",
    "***",
    "~~~",
    "",
]
TEXTS = st.one_of(st.text(), st.text(st.sampled_from("a1 _*`[]()<>|~#@:/.-+=&!\\$w\n")))


def shown(markdown: str) -> str:
    """Give what GitHub shows of one list item: its HTML, without zero-width spaces."""
    page = cmarkgfm.github_flavored_markdown_to_html(f"- x\n- {markdown}\n")
    match = re.fullmatch(r"<ul>\n<li>x</li>\n<li>(.*)</li>\n</ul>\n", page, re.DOTALL)
    assert match, page
    return str(match[1]).replace("\u200b", "")


def as_html(text: str) -> str:
    """Give what the text is in HTML, without blanks around it."""
    return html.escape(printable(text).strip()).replace("&#x27;", "'")


def mentions(page: str) -> list[str]:
    """Give what GitHub would link in text after rendering."""
    return re.findall(r"@\w|#[0-9]|(?i:gh-[0-9])", page)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_shown_as_it_is(text: str) -> None:
    assert shown(escape(text)) == as_html(text)
    assert "\n" not in escape(text)


@given(TEXTS)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    assert shown(escape(text)) == as_html(text)


@given(TEXTS)
def test_nobody_is_mentioned(text: str) -> None:
    page = html.unescape(cmarkgfm.github_flavored_markdown_to_html(escape(text)))
    assert not mentions(page)


def test_mentions_would_be_seen() -> None:
    assert mentions(cmarkgfm.github_flavored_markdown_to_html("@a #1 GH-1"))


@given(TEXTS)
def test_code_shows_any_text(text: str) -> None:
    expected = as_html(text)
    assert shown(f"x{code(text)}") == (f"x<code>{expected}</code>" if expected else "x")


def test_words_of_protos_stay_readable() -> None:
    plain = "field user_id of acme.user.v1.User is string, was int64: 2 (field-type)"
    assert escape(plain) == plain


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_of_a_table_stays_one(text: str) -> None:
    page = cmarkgfm.github_flavored_markdown_to_html(f"| a | b |\n| --- | --- |\n| {escape(text)} | y |\n")
    assert page.count("<td>") == 2
    assert "<td>y</td>" in page


def test_text_is_cut_only_where_it_is_too_long() -> None:
    assert shorten("a" * 300) == "a" * 300
    assert shorten("a" * 301) == "a" * 299 + "…"
    assert shorten("a\nb", 4) == "a\\nb"
    assert shorten("\n" * 10, 4) == "\\n\\…"


@pytest.mark.parametrize(
    ("most", "lines"),
    [(3, ["- 1", "- 2"]), (2, ["- 1", "- 2"]), (1, ["- 1", "- … and 1 break more"]), (0, ["- … and 2 breaks more"])],
)
def test_a_list_says_how_much_is_left_out(most: int, lines: list[str]) -> None:
    assert list(cut([1, 2], most, "break", "- {}".format)) == lines


@pytest.mark.parametrize(
    ("size", "most"), [(1, 1000), (60, 300), (200, 100), (600, 30), (2000, 10), (6000, 3), (20000, 0), (90000, 0)]
)
def test_the_longest_form_that_fits_is_taken(size: int, most: int) -> None:
    assert fit(lambda steps: [str(steps), *["x" * (size - 1)] * steps]).splitlines()[0] == str(most)


@pytest.mark.parametrize(("length", "most"), [(LIMIT // 2 - 1, 2), (LIMIT // 2, 1)])
def test_the_limit_counts_bytes_and_line_feeds(length: int, most: int) -> None:
    line = "é" * (length // 2) + "e" * (length % 2)
    assert fit(lambda steps: [line] * steps, (2, 1)).count("\n") == most - 1
