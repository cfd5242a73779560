"""What is read off the text of a proto."""

from __future__ import annotations

import time

import pytest

from protoctl.workspace.imports import Import, Package, has_syntax, is_blank, read_imports, read_package

TEXT = """// import "commented.proto";
/* package commented; import "commented.proto"; */
syntax = "proto3";

  package acme /* here */
    . user.v1;

import "a.proto";
import public 'b.proto' ;
import /* why */ weak
  "c.proto";
message M {
  string a = 1 [default = "import \\"d.proto\\";"];
  string import = 2; string package = 3;
}
"""


def test_statements() -> None:
    assert read_imports(TEXT) == [Import("a.proto", 8), Import("b.proto", 9), Import("c.proto", 10)]
    assert read_package(TEXT) == Package("acme.user.v1", 5, 3)
    assert read_package("message M {}") == Package("", 1, 1)
    assert read_package("package a.v1") == Package("", 1, 1)


@pytest.mark.parametrize(
    ("text", "syntax", "blank"),
    [
        ("", False, True),
        (" // a\n/* b */\n", False, True),
        ("/* never closed", False, True),
        ('/* a */ syntax = "proto3";', True, False),
        ("edition='2023';", True, False),
        ('package a; syntax = "proto3";', False, False),
        ("/* a */ message M {} /* b */", False, False),
        ("syntaxes = 1;", False, False),
        (";", False, False),
    ],
)
def test_first_statement(text: str, *, syntax: bool, blank: bool) -> None:
    assert (has_syntax(text), is_blank(text)) == (syntax, blank)


@pytest.mark.parametrize(
    "text", ["/*" * 200_000, "import " + " " * 400_000, "package a" + " ." * 200_000, '"' * 400_000]
)
def test_no_text_takes_long(text: str) -> None:
    """Where two parts of a pattern can match the same space, these take minutes."""
    assert read_imports(text) == []
    assert read_package(text).name == ""


@pytest.mark.parametrize("unit", ['"\\"', "'\\", 'import "a";\n', "package a.", "import /*", "/**/ syntax", '"'])
@pytest.mark.parametrize("before", ["", "package a", 'import "', "'"])
def test_a_long_text_takes_no_more_than_linear_time(before: str, unit: str) -> None:
    """Strings that are not closed took a minute for a megabyte, so did counting lines for each import."""
    text = before + unit * ((1 << 20) // len(unit))
    start = time.process_time()
    read_imports(text)
    read_package(text)
    has_syntax(text)
    is_blank(text)
    assert time.process_time() - start < 10
