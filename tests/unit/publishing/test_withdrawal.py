"""Where `latest` goes and who is built on a withdrawn version."""

from __future__ import annotations

import pytest

from protoctl.model.index import Listed
from protoctl.publishing.withdrawal import Dependant, find_dependant, next_latest
from protoctl.versioning.release import parse_release
from protoctl.versioning.requirements import Bound, read_npm, read_python


def listing(*versions: str, latest: str = "", withdrawn: str = "") -> list[Listed]:
    """Give what an index lists of a package."""
    return [
        Listed("f.tgz", "@acme/user", one, "", "", one == withdrawn, ("latest",) if one == latest else ())
        for one in versions
    ]


@pytest.mark.parametrize(
    ("versions", "latest", "other", "is_undo", "expected"),
    [
        (("1.9.0", "1.10.0", "2.0.0-rc.1", "1.11.0"), "1.11.0", "", False, "1.10.0"),
        (("1.9.0", "1.10.0", "1.11.0"), "1.11.0", "1.10.0", False, "1.9.0"),
        (("1.10.0", "1.11.0"), "1.10.0", "", False, ""),
        (("2.0.0-rc.1", "1.11.0"), "1.11.0", "", False, ""),
        (("weird", "1.11.0"), "1.11.0", "", False, ""),
        (("1.10.0", "1.11.0"), "1.10.0", "", True, "1.11.0"),
        (("1.11.0", "1.12.0"), "1.12.0", "", True, ""),
        (("1.11.0", "1.12.0"), "", "", True, "1.11.0"),
        (("1.11.0",), "1.11.0", "", True, ""),
    ],
)
def test_latest_leaves_a_withdrawn_version_and_comes_back_only_forward(
    versions: tuple[str, ...], latest: str, other: str, *, is_undo: bool, expected: str
) -> None:
    found = listing(*versions, latest=latest, withdrawn=other)
    assert next_latest(found, "1.11.0", is_undo=is_undo) == expected


def test_a_preview_that_is_given_back_is_nobodys_latest() -> None:
    assert next_latest(listing("1.0.0", "2.0.0-rc.1", latest="1.0.0"), "2.0.0-rc.1", is_undo=True) == ""


@pytest.mark.parametrize(
    ("bound", "left", "expected"),
    [
        (read_python("acme-user>=1.4.0,<2"), ["1.4.1"], False),
        (read_python("acme-user>=1.4.0,<2"), ["1.3.0", "2.0.0"], True),
        (read_python("acme-user==1.4.0"), ["1.4.1"], True),
        (read_python("acme-user>=1.3.0,<2"), ["1.4.1"], None),
        (read_python("acme-user>=1.3.0,<2"), ["1.2.0"], True),
        (read_python("acme-user>=1.5.0,<2"), [], None),
        (read_python("acme-user"), ["0.1.0"], None),
        (read_npm("@acme/user", "^1.4.0"), ["1.4.1"], False),
        (read_npm("@acme/user", "^1.4.0"), ["2.0.0"], True),
        (read_npm("@acme/user", "1.4.0"), ["1.4.1"], True),
        (read_npm("@acme/user", "^0.4.0"), ["0.4.1"], None),
    ],
    ids=lambda value: getattr(value, "text", None),
)
def test_dependants_are_those_with_it_as_the_oldest_or_the_only_one(
    *, bound: Bound, left: list[str], expected: bool | None
) -> None:
    found = find_dependant("shop", "1.0.0", [bound], parse_release("1.4.0"), map(parse_release, left))
    assert found == (None if expected is None else Dependant("shop", "1.0.0", bound.text, is_stranded=expected))
