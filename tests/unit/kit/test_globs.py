"""What patterns match."""

from __future__ import annotations

import pytest

from protoctl.kit.globs import compile_glob, is_match


@pytest.mark.parametrize(
    ("pattern", "matched", "passed"),
    [
        ("acme/*", ["acme/user", "acme/a-b"], ["acme", "acme/user/v1", "acmeX/user"]),
        ("acme/**", ["acme/user", "acme/user/v1"], ["acme", "acmes/user"]),
        ("acme/**/", ["acme/user", "acme/user/v1"], ["acme"]),
        ("**", ["acme", "acme/user"], [""]),
        ("**/v1", ["v1", "acme/v1", "acme/user/v1"], ["acme/xv1", "v1/acme"]),
        ("acme/**/v1", ["acme/v1", "acme/user/v1", "acme/a/b/v1"], ["acme/user", "xacme/v1"]),
        ("a?me", ["acme"], ["ame", "a/me", "accme"]),
        ("a**b", ["ab", "axyb"], ["a/b"]),
        ("a.b[c]", ["a.b[c]"], ["axb[c]", "a.bc"]),
        ("/acme/*/", ["acme/user"], ["acme"]),
    ],
)
def test_whole_paths(pattern: str, matched: list[str], passed: list[str]) -> None:
    assert [path for path in matched + passed if compile_glob(pattern).fullmatch(path)] == matched


def test_a_folder_stands_for_what_is_below_it() -> None:
    assert is_match("acme/old", "acme/old/v1/a.proto")
    assert is_match("acme/*/internal", "acme/user/internal/v1/a.proto")
    assert not is_match("acme/old", "acme/older/a.proto")
    assert not is_match("acme/old/v1", "acme/old")
