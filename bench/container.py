"""What a container costs: the same build on the local runner and on docker's."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.contenders import AbsentError, Contender
from bench.equipment import tell
from bench.ours import LOCAL, Ours
from protoctl.errors import EngineError
from protoctl.flows.image import build_image
from protoctl.flows.session import Options
from protoctl.model.toolchain import Image
from protoctl.runners.docker import Engine
from protoctl.runners.image import local_tag
from protoctl.toolchain.install import cache_folder
from protoctl.toolchain.lock_file import read_lock, write_lock
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.equipment import Equipment
    from bench.ground import Ground

BASE = "PROTOCTL_TEST_BASE"
"""Names a base image that the engine has, for machines that cannot pull the locked one; tests/engine.sh makes one."""
VARIABLE = "DOCKER_HOST"


def contain(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter both runners; raises AbsentError where no engine answers."""
    del equipment
    try:
        with closing(Engine.open()) as engine:
            address = engine.address
            make_image(ground, engine)
    except EngineError as error:
        raise AbsentError(str(error)) from error
    ours = Ours(ground, targets)
    local = ours.cold()
    job = ours.job("--runner=docker")
    docker = replace(job, environment={**job.environment, VARIABLE: address})
    return [
        replace(local, key="local", name="protoctl build, --runner local", job=ours.job(LOCAL)),
        replace(local, key="docker", name="protoctl build, --runner docker", job=docker, is_elsewhere=True),
    ]


def make_image(ground: Ground, engine: Engine) -> None:
    """Build the image of the toolchain where the engine lacks it."""
    base = os.environ.get(BASE)
    lock = read_lock(ground.root)
    if base and lock:
        with (ground.root / "protoctl.toml").open("a") as stream:
            stream.write(f'\n[image]\nbase = "{base}"\nnetwork = "host"\n')
        write_lock(ground.root, replace(lock, settings={**lock.settings, "base": (base,)}, image=Image(base)), {})
    if lock and not engine.find_image(local_tag(lock)):
        build_image(discover(ground.root), Options(cache_folder()), tell)
