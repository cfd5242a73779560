"""Tags of releases as git has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from repositories import commit, git

from protoctl.errors import MachineError
from protoctl.workspace.checkout import local_tags, make_tag, push_tag, read_checkout, remote_tags

if TYPE_CHECKING:
    from pathlib import Path


def test_tags_are_read_at_once_whatever_their_kind(tmp_path: Path) -> None:
    """An annotated tag is an object of its own; what counts is the commit below it."""
    first = commit(tmp_path)
    checkout = read_checkout(tmp_path, [])
    assert checkout
    assert local_tags(checkout) == {}
    make_tag(checkout, "user/v1.0.0", "user 1.0.0")
    second = commit(tmp_path)
    git(tmp_path, "tag", "light")
    git(tmp_path, "branch", "user/v2.0.0")
    assert local_tags(checkout) == {"user/v1.0.0": first, "light": second}


def test_a_remote_has_what_is_pushed_to_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "far.git")
    first = commit(tmp_path)
    checkout = read_checkout(tmp_path, [])
    assert checkout
    make_tag(checkout, "user/v1.0.0", "user 1.0.0")
    assert remote_tags(checkout, "far.git") == {}
    push_tag(checkout, "user/v1.0.0", "far.git")
    assert remote_tags(checkout, "far.git") == local_tags(checkout) == {"user/v1.0.0": first}
    with pytest.raises(MachineError, match="git cannot read the tags of nowhere"):
        remote_tags(checkout, "nowhere")
