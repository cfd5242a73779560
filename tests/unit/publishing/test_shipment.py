"""What of a release an index lists, and which of npm's tags it gets."""

from __future__ import annotations

import pytest

from protoctl.model.artifact import Artifact
from protoctl.model.index import Listed
from protoctl.publishing.shipment import Consignment, choose_tag, end_of, find_listed, is_same_version


def listed(file: str, version: str, *tags: str) -> Listed:
    """Give a listing."""
    return Listed(file, "acme-user", version, "", tags=tags)


def consignment(version: str, tag: str) -> Consignment:
    """Give a consignment for npm."""
    return Consignment("team", "node", "@acme/user", version, (), tag)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("1.2.0", "1.2.0", True),
        ("1.2", "1.2.0", True),
        ("1.2.0rc1", "1.2.0-rc.1", True),
        ("1.2.0", "1.2.1", False),
        ("what", "ever", False),
        ("what", "what", True),
    ],
)
def test_spellings_of_a_version(one: str, other: str, *, is_same: bool) -> None:
    assert is_same_version(one, other) is is_same


def test_a_file_is_found_by_kind_and_version_whatever_it_is_called() -> None:
    artifact = Artifact("python/acme_user-1.2.0.tar.gz", "user", "python", "acme-user", "1.2.0", "", "", "", "")
    other = listed("acme_user-1.2.0-py3-none-any.whl", "1.2.0")
    mine = listed("acme-user-1.2.tar.gz", "1.2")
    assert find_listed(artifact, [other, listed("acme-user-1.1.tar.gz", "1.1"), mine]) is mine
    assert find_listed(artifact, [other]) is None
    assert end_of("acme.zip") == ""


@pytest.mark.parametrize(
    ("wanted", "listing", "chosen"),
    [
        ("latest", [listed("a.tgz", "1.2.0", "staged")], "latest"),
        ("latest", [listed("a.tgz", "1.2.0", "latest")], ""),
        ("latest", [listed("a.tgz", "1.2.0"), listed("b.tgz", "2.0.0", "latest")], ""),
        ("latest", [listed("a.tgz", "1.2.0"), listed("b.tgz", "1.1.0", "latest")], "latest"),
        ("latest", [listed("a.tgz", "1.2.0"), listed("b.tgz", "2.0.0-rc.1", "latest")], "latest"),
        ("latest", [listed("a.tgz", "1.2.0"), listed("b.tgz", "what", "latest")], "latest"),
        ("1.x", [listed("a.tgz", "1.2.0"), listed("b.tgz", "2.0.0", "latest")], "1.x"),
        ("", [listed("a.tgz", "1.2.0")], ""),
    ],
    ids=["first", "there", "never down", "forward", "from a preview", "from nonsense", "a line", "none"],
)
def test_which_tag_a_version_gets(wanted: str, listing: list[Listed], chosen: str) -> None:
    assert choose_tag(consignment("1.2.0", wanted), listing) == chosen
