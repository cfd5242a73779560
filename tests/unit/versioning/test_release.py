"""One version, two spellings."""

from __future__ import annotations

import pytest

from protoctl.errors import UsageError
from protoctl.versioning.release import Release, development_release, parse_release


@pytest.mark.parametrize(
    ("text", "python", "npm"),
    [
        ("1.4.0", "1.4.0", "1.4.0"),
        ("1.0", "1.0.0", "1.0.0"),
        ("v2", "2.0.0", "2.0.0"),
        ("1.4.0rc1", "1.4.0rc1", "1.4.0-rc.1"),
        ("1.4.0-rc.1", "1.4.0rc1", "1.4.0-rc.1"),
        ("1.4.0-alpha.2", "1.4.0a2", "1.4.0-alpha.2"),
        ("1.4.0b3.dev4", "1.4.0b3.dev4", "1.4.0-beta.3.dev.4"),
        ("1.4.0-beta.3.dev.4", "1.4.0b3.dev4", "1.4.0-beta.3.dev.4"),
        ("0.1.0-dev.0", "0.1.0.dev0", "0.1.0-dev.0"),
    ],
)
def test_either_spelling_gives_the_pair(text: str, python: str, npm: str) -> None:
    assert parse_release(text) == Release(python, npm)


@pytest.mark.parametrize(
    "text", ["", "one", "1.0.0+local", "1.0.0.post1", "1!1.0", "1.2.3.4", f"{1 << 64}.0.0", "1.0.0\n;x"]
)
def test_what_has_no_equal_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_release(text)


@pytest.mark.parametrize(
    ("text", "bound"), [("0.1.0.dev0", "0.2"), ("0.9.3", "0.10"), ("1.4.0", "2"), ("3.0.0rc1", "4")]
)
def test_the_bound_is_the_next_version_that_may_break(text: str, bound: str) -> None:
    assert parse_release(text).breaking_bound == bound


def test_a_local_build_is_the_first_development_release() -> None:
    assert development_release("0.1.0") == Release("0.1.0.dev0", "0.1.0-dev.0")
