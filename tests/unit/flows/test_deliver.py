"""Delivering to an index that is slow, false or shared."""

from __future__ import annotations

import pytest
from fakes import FakeIndex

from protoctl.errors import PackageIndexError, TakenError
from protoctl.flows.deliver import deliver, move_tag
from protoctl.flows.deliver import describe as describe_delivered
from protoctl.kit.archive import pack_tgz
from protoctl.kit.digest import digest_bytes
from protoctl.model.artifact import Artifact
from protoctl.model.event import silent
from protoctl.model.index import Upload
from protoctl.publishing.shipment import Consignment

OURS = pack_tgz({"package/a.js": b"1", "package/b.js": b"same"})
THEIRS = pack_tgz({"package/a.js": b"2", "package/b.js": b"same"})
SDIST, WHEEL, TARBALL = "acme_user-1.2.0.tar.gz", "acme_user-1.2.0-py3-none-any.whl", "acme-user-1.2.0.tgz"
FILES = {f"python/{SDIST}": OURS, f"python/{WHEEL}": b"a wheel"}


def describe(path: str, data: bytes) -> Artifact:
    """Give what a manifest says of a file."""
    target = path.partition("/")[0]
    name = {"python": "acme-user", "node": "@acme/user"}[target]
    return Artifact(path, "user", target, name, "1.2.0", digest_bytes(data), "", "", "")


PYTHON = Consignment("team", "python", "acme-user", "1.2.0", tuple(describe(*one) for one in FILES.items()))
NODE = Consignment("team", "node", "@acme/user", "1.2.0", (describe(f"node/{TARBALL}", OURS),), dist_tag="latest")


def bring(index: FakeIndex, patience: float = 0.3) -> list[str]:
    """Deliver the Python files, and give the digests that the receipt gets."""
    return [one.sha256 for one in describe_delivered(PYTHON, deliver(PYTHON, index, FILES, patience, silent))]


def test_files_are_uploaded_listed_and_compared() -> None:
    index = FakeIndex()
    assert bring(index) == [digest_bytes(data) for data in FILES.values()]
    assert index.said == [
        "list acme-user",
        f"upload {SDIST}",
        f"upload {WHEEL}",
        "list acme-user",
        f"fetch {SDIST}",
        f"fetch {WHEEL}",
    ]


def test_what_is_there_is_asked_for_once() -> None:
    index = FakeIndex()
    first = bring(index)
    index.said.clear()
    assert bring(index) == first
    assert index.said == ["list acme-user"]


def test_without_digests_the_bytes_decide() -> None:
    index = FakeIndex(has_digests=False)
    first = bring(index)
    index.said.clear()
    assert bring(index) == first
    assert index.said == ["list acme-user", f"fetch {SDIST}", f"fetch {WHEEL}"]


@pytest.mark.parametrize("has_digests", [True, False])
def test_other_bytes_are_never_replaced_even_where_that_is_possible(*, has_digests: bool) -> None:
    index = FakeIndex(has_digests=has_digests, is_volatile=True)
    index.keep(Upload("python", "acme-user", "1.2.0", SDIST, THEIRS))
    with pytest.raises(TakenError) as caught:
        bring(index)
    assert caught.value.exit_code == 5
    assert str(caught.value).splitlines()[:4] == [
        f"team: acme-user 1.2.0 is taken by another {SDIST}",
        f"  here:  sha256 {digest_bytes(OURS)}",
        f"  there: sha256 {digest_bytes(THEIRS)}",
        "  differs: package/a.js",
    ]
    assert index.files == {SDIST: THEIRS}
    assert not any(one.startswith("upload") for one in index.said)


def test_a_lost_answer_is_no_failure() -> None:
    index = FakeIndex(refuses=True, keeps_refused=True)
    bring(index)
    assert index.files == {SDIST: OURS, WHEEL: b"a wheel"}


def test_a_refusal_ends_the_release_of_a_distribution() -> None:
    index = FakeIndex(refuses=True)
    with pytest.raises(PackageIndexError, match="502 Bad Gateway"):
        bring(index)
    assert [one for one in index.said if one.startswith("upload")] == [f"upload {SDIST}"]


def test_who_comes_second_agrees_with_the_same_bytes() -> None:
    index = FakeIndex(rival={SDIST: OURS, WHEEL: b"a wheel"})
    assert bring(index) == [digest_bytes(data) for data in FILES.values()]


def test_who_comes_second_adds_nothing_to_a_version_of_somebody_else() -> None:
    index = FakeIndex(rival={SDIST: THEIRS})
    with pytest.raises(TakenError):
        bring(index)
    assert index.files == {SDIST: THEIRS}


def test_a_success_that_is_a_lie_is_found_out() -> None:
    index = FakeIndex(spoils=True)
    with pytest.raises(TakenError):
        bring(index)


def test_an_index_that_lists_late_is_waited_for() -> None:
    index = FakeIndex(delay=2)
    bring(index, patience=60)
    assert index.said.count("list acme-user") == 4


def test_an_index_that_never_lists_is_not_waited_for_without_end() -> None:
    index = FakeIndex(delay=1000)
    with pytest.raises(PackageIndexError, match=rf"team: took {SDIST} and does not list it after 0\.3 s") as caught:
        bring(index)
    assert caught.value.hint == "run `protoctl publish` again: it goes on where this one stopped"


def test_latest_stands_on_a_version_only_after_all_is_compared() -> None:
    index = FakeIndex()
    for tags in ("staged",), ("latest", "staged"):
        listing = deliver(NODE, index, {f"node/{TARBALL}": OURS}, 0, silent)
        assert index.listed[TARBALL].tags == tags
        move_tag(NODE, index, listing, silent)
    assert index.listed[TARBALL].tags == ("latest", "staged")
    assert index.said.count("tag @acme/user 1.2.0 latest") == 1


def test_latest_never_moves_down() -> None:
    index = FakeIndex()
    index.keep(Upload("node", "@acme/user", "2.0.0", "acme-user-2.0.0.tgz", THEIRS, dist_tag="latest"))
    listing = deliver(NODE, index, {f"node/{TARBALL}": OURS}, 0, silent)
    move_tag(NODE, index, listing, silent)
    assert index.listed["acme-user-2.0.0.tgz"].tags == ("latest",)


def test_what_was_withdrawn_in_between_is_not_given_back() -> None:
    index = FakeIndex()
    bring(index)
    index.withdraw("python", "acme-user", "1.2.0", "is wrong")
    index.said.clear()
    bring(index)
    assert index.said == ["list acme-user"]
    assert all(one.is_withdrawn for one in index.listed.values())
