"""Where the protos of a tag are imported from, whatever the repository looks like."""

from __future__ import annotations

import pytest
from replay.trees import lay_out


def proto(package: str) -> bytes:
    """Give a proto of a package."""
    return f'syntax = "proto3";\npackage {package};\n'.encode()


@pytest.mark.parametrize(
    ("paths", "roots", "own"),
    [
        ({"a/v1/x.proto": "a.v1"}, (".",), {"a/v1/x.proto"}),
        ({"idl/a/v1/x.proto": "a.v1", "idl/b/y.proto": "b"}, ("idl",), {"a/v1/x.proto", "b/y.proto"}),
        (
            {"one/proto/a/x.proto": "a", "one/proto/a/z.proto": "a", "two/api/b/y.proto": "b"},
            ("one/proto", "two/api"),
            {"a/x.proto", "a/z.proto", "b/y.proto"},
        ),
        ({"x.proto": "a.b", "y.proto": "a.b"}, (".",), {"x.proto", "y.proto"}),
        ({}, (), set()),
    ],
)
def test_roots_are_found(paths: dict[str, str], roots: tuple[str, ...], own: set[str]) -> None:
    layout = lay_out({path: proto(package) for path, package in paths.items()})
    assert (layout.roots, set(layout.own), dict(layout.refused)) == (roots, own, {})


def test_files_of_others_are_imported_and_not_judged() -> None:
    """Google's by their package, others by the folder that they lie in; products of tools are not there at all."""
    layout = lay_out(
        {
            "proto/acme/x.proto": proto("acme"),
            "proto/google/api/http.proto": proto("google.api"),
            "third_party/validate/validate.proto": proto("validate"),
            "node_modules/n/acme/x.proto": proto("acme"),
            "build/acme/x.proto": proto("acme"),
        }
    )
    assert (set(layout.own), layout.roots, dict(layout.refused)) == ({"acme/x.proto"}, ("proto",), {})
    assert set(layout.foreign) == {"google/api/http.proto", "validate/validate.proto"}


def test_a_repository_of_google_is_its_own() -> None:
    assert set(lay_out({"google/api/http.proto": proto("google.api")}).own) == {"google/api/http.proto"}


def test_a_path_under_two_roots_is_told() -> None:
    layout = lay_out({"p/a/x.proto": proto("a"), "p/a/y.proto": proto("a"), "q/a/x.proto": proto("a")})
    assert layout.roots == ("p", "q")
    assert dict(layout.refused) == {"q/a/x.proto": "a/x.proto lies below p too"}


def test_what_editors_add_is_no_difference() -> None:
    layout = lay_out({"a/x.proto": b"\xef\xbb\xbf" + proto("a").replace(b"\n", b"\r\n")})
    assert layout.own == {"a/x.proto": proto("a")}
