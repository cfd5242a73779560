"""An index that cannot withdraw, and what a person reads of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protoctl.cli.texts import show_yank
from protoctl.errors import PackageIndexError, ProtoctlError, UsageError
from protoctl.flows.published import Offer, Publication, Published
from protoctl.flows.yank import Choice, Result, State, group_offers, withdraw
from protoctl.indexes.access.exchange import Limits
from protoctl.indexes.directory import FolderIndex
from protoctl.model.event import silent
from protoctl.model.index import Listed
from protoctl.versioning.release import parse_release

if TYPE_CHECKING:
    from pathlib import Path

RELEASE = parse_release("1.4.0")


class Stubborn(FolderIndex):
    """An index without yanking."""

    def __init__(self, root: Path, error: ProtoctlError) -> None:
        """Take what it says."""
        super().__init__("team", root, Limits())
        self.error = error

    def withdraw(self, target: str, distribution: str, version: str, reason: str) -> None:
        """Refuse."""
        del target, distribution, version, reason
        raise self.error


@pytest.mark.parametrize("error", [UsageError("has no\x1b yank", hint="ask"), PackageIndexError("answers 500")])
def test_a_refusal_is_told_and_keeps_nobody_from_going_on(tmp_path: Path, error: ProtoctlError) -> None:
    index = Stubborn(tmp_path, error)
    offers = [
        Offer(index, target, Listed(f"user{end}", name, "1.4.0", "", tags=tags))
        for target, name, end, tags in (
            ("node", "@acme/user", ".tgz", ("latest",)),
            ("python", "acme-user", ".tar.gz", ()),
            ("python", "acme-user", ".whl", ()),
        )
    ]
    history = Published("user", (Publication(RELEASE, tuple(offers)),))
    found = tuple(withdraw(one, history, Choice("", "why"), silent) for one in group_offers(history, RELEASE))
    assert [(one.distribution, one.state) for one in found] == [
        ("acme-user", State.FAILED),
        ("@acme/user", State.FAILED),
    ]
    result = Result("user", "1.4.0", is_undo=False, withdrawals=found, dependants=())
    assert result.exit_code == error.exit_code
    assert show_yank(result).startswith(f"team: acme-user 1.4.0 failed: {error.what[:6]}")
    assert "\x1b" not in show_yank(result)
