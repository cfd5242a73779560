"""The collector is as it was, whatever happens meanwhile."""

from __future__ import annotations

import gc

import pytest

from protoctl.kit.collection import paused_collection


def test_the_collector_works_again_after_an_error() -> None:
    assert gc.isenabled()
    with pytest.raises(ValueError, match="meanwhile"):
        fail_meanwhile()
    assert gc.isenabled()


def fail_meanwhile() -> None:
    """Raise an error while the collector rests."""
    with paused_collection():
        assert not gc.isenabled()
        raise ValueError("meanwhile")


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with paused_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
