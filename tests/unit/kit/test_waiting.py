"""How long one waits between two questions."""

from __future__ import annotations

from itertools import islice

from protoctl.kit.waiting import pauses


def test_pauses_grow_to_three_seconds() -> None:
    assert [round(pause.seconds, 1) for pause in islice(pauses(), 8)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.0, 3.0, 3.0]
