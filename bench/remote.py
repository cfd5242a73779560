"""What a second developer waits for, when the results of the first are on a server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench.buildgrid import start_server
from bench.measure import measure
from bench.ours import LOCAL, Ours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.contenders import Contender
    from bench.equipment import Equipment
    from bench.ground import Ground

WRITE = {"PROTOCTL_CACHE_WRITE": "always"}
OFFLINE = "--offline"


def share(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter a cold build, and one for which everything is on a server that has no results but these.

    Raises AbsentError where the server does not start.
    """
    del equipment
    with (ground.root / "protoctl.toml").open("a") as stream:
        stream.write(f'\n[cache]\nremote = "{start_server()}"\n')
    ours = Ours(ground, targets)
    cold = ours.cold()
    job = replace(cold.job, commands=[[word for word in cold.job.commands[0] if word != OFFLINE]])
    ours.forget()
    measure(replace(job, environment={**job.environment, **WRITE}))
    return [
        replace(cold, key="cold", name="protoctl build, alone", job=ours.job(LOCAL)),
        replace(cold, key="second", name="protoctl build, with a filled remote cache", job=job),
    ]
