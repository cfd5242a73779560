"""Builds that are killed at any instant: `dist/` is whole, nothing runs on, and the next run cleans up."""

from __future__ import annotations

import os
import random
import time
from typing import TYPE_CHECKING

import pytest
from faults import litter, snapshot, wait_until

if TYPE_CHECKING:
    from faults import Machine

KILLS = int(os.environ.get("PROTOCTL_TEST_KILLS", "20"))
"""Builds that the loop kills; each takes half a build's time."""
SEED = int(os.environ.get("PROTOCTL_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
"""Of the instants; a failure tells it."""
SECONDS_TO_VANISH = 5


@pytest.mark.slow
def test_a_killed_build_leaves_a_whole_dist_and_nothing_that_runs(
    machine: Machine, references: dict[str, dict[str, bytes]]
) -> None:
    generator = random.Random(SEED)  # noqa: S311  instants, no secrets
    begin = time.monotonic()
    assert machine.reference("first") == references["first"]
    span = time.monotonic() - begin
    for number in range(KILLS):
        machine.edit(("first", "second")[number % 2])
        if generator.random() < 0.7:  # else later stages are reached sooner, since earlier ones are known
            machine.forget()
        instant = generator.uniform(0, span)
        with machine.start() as process:
            time.sleep(instant)
            process.kill()
        told = f"seed {SEED}, kill {number} after {instant:.3f} s"
        assert snapshot(machine.dist) in references.values(), told
        wait_until(lambda: not machine.processes(), SECONDS_TO_VANISH)
    for name, expected in references.items():
        machine.edit(name)
        machine.forget()  # so that all is done again, which removes what killed builds left
        done = machine.run()
        assert done.code == 0, done.err
        assert snapshot(machine.dist) == expected, SEED
    assert litter(machine) == [], SEED
    machine.assert_clean()
