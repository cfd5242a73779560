"""A secret is shown by nothing that shows values."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING

import pytest

from protoctl.kit.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("show", [repr, str, "{}".format, "%s".__mod__, lambda one: repr([one]), ascii])
def test_nothing_shows_it(show: Callable[[object], str]) -> None:
    shown = show(Secret("canary"))
    assert "canary" not in shown
    assert "***" in shown


def test_it_is_given_to_who_asks() -> None:
    assert Secret("canary").reveal() == "canary"


@pytest.mark.parametrize("write", [pickle.dumps, copy.deepcopy])
def test_it_is_written_nowhere(write: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match="a secret is not written anywhere"):
        write(Secret("canary"))


def test_it_has_no_dictionary_to_print() -> None:
    with pytest.raises(TypeError):
        vars(Secret("canary"))
