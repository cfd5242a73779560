"""Comments in gRPC code."""

from __future__ import annotations

from protoctl.targets.node.grpc import comment_lines


def test_no_comment_ends_the_comment_around_it() -> None:
    assert comment_lines("a */ evil() /*\nb", is_deprecated=False) == ["a *\\/ evil() /*", "b"]


def test_deprecation_is_told() -> None:
    assert comment_lines("", is_deprecated=True) == ["@deprecated"]
    assert comment_lines("", is_deprecated=False) == []
