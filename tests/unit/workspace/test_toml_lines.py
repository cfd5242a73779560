"""Lines of keys in every way that TOML can write them."""

from __future__ import annotations

import time
import tomllib

import pytest

from protoctl.workspace.toml_lines import locate

TEXT = '''# a comment
[workspace]
name = "acme"
modules = [
  "acme/*",   # name = "no key"
  "[python]",
  "b/*",
]
note = """
[node]
int64 = "no key"
"""

[ python ]  # the header
"prefix" = "x"

["dependencies"."google/api/**"]
python = "x"

[dependencies]
"a.b/**" = { python = "y", node = """
bundle""" }
'c' = {python="z"}
d.python = "w"

[indexes.one]
url = "u"
[[list]]
x = 1
'''


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (["workspace"], 2),
        (["workspace", "name"], 3),
        (["workspace", "modules"], 4),
        (["workspace", "absent"], 2),
        (["workspace", "note"], 9),
        (["node"], 1),
        (["node", "int64"], 1),
        (["python"], 14),
        (["python", "prefix"], 15),
        (["dependencies", "google/api/**", "python"], 18),
        (["dependencies", "google/api/**", "node"], 17),
        (["dependencies", "a.b/**", "node"], 21),
        (["dependencies", "c", "python"], 23),
        (["dependencies", "c", "nothing"], 23),
        (["dependencies", "d", "python"], 24),
        (["indexes", "one", "url"], 27),
        (["list"], 28),
        ([], 1),
    ],
)
def test_the_line_of_a_key(keys: list[str], line: int) -> None:
    assert locate(TEXT, keys) == line


@pytest.mark.parametrize(
    "text",
    [
        "list = [\n" + '"a",\n' * 50_000 + "]\nkey = 1",
        "text = '''\n" + ("a = [\n" + "1,\n" * 499) * 100 + "'''\nkey = 1",
        "text = '''\n" + "\n" * 600 + "a = " + "[" * 5_000 + "\na = " + "1" * 5_000 + "\n'''",
    ],
    ids=["one long value", "many that seem to begin", "text that the reader chokes on"],
)
def test_a_text_made_to_take_time_or_to_break_the_reader_is_left(text: str) -> None:
    tomllib.loads(text)
    start = time.process_time()
    assert locate(text, ["absent"]) == 1
    assert time.process_time() - start < 10


def test_tables_of_a_list_are_told_apart() -> None:
    text = "[a]\nx = 1\n[[a.b]]\nc = 1\n\n[[a.b]]\n# d\nc = 2\n"
    assert [locate(text, ["a", "b", number, "c"]) for number in "01"] == [4, 8]
    assert locate(text, ["a", "b", "1", "d"]) == 6
