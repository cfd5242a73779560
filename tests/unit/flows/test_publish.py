"""What an interrupted release says of itself."""

from __future__ import annotations

import signal

import pytest

from protoctl.errors import Interrupted
from protoctl.flows.publish import going_on


def test_who_interrupts_an_upload_is_not_told_that_nothing_happened() -> None:
    with pytest.raises(Interrupted) as caught, going_on():
        raise Interrupted(signal.SIGTERM)
    assert caught.value.exit_code == 143
    assert caught.value.left == "what is uploaded stays, and the next `protoctl publish` goes on"
    assert Interrupted(signal.SIGINT).left == "nothing was left half done"
