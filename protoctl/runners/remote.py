"""The remote runner: each invocation an action in the locked image; what the cluster cannot do is done here."""

from __future__ import annotations

import io
from concurrent.futures import FIRST_COMPLETED, wait
from functools import partial
from typing import TYPE_CHECKING, Any

from protoctl.cluster.execution import Execution, Task, encode
from protoctl.cluster.patience import Patience
from protoctl.errors import ClusterError, EngineError, ToolError, UsageError
from protoctl.kit.background import run_together, start
from protoctl.runners.exchange import RESPONSE_LIMIT, AnswersEndedError, read_answer, write_request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from protoctl.cluster.blobs import BlobStorage
    from protoctl.cluster.cluster import Cluster
    from protoctl.cluster.digest import Digest
    from protoctl.errors import MachineError
    from protoctl.model.invocation import Invocation, Outcome
    from protoctl.model.runner import Runner
    from protoctl.model.toolchain import Lock

REQUEST, RESPONSE = "requests", "answers"
DRIVER = ("python3", "-I", "-S", "/opt/protoctl/driver.py", "/opt/protoctl", REQUEST, RESPONSE)
"""As the image's entry point begins, but with files: an action has no standard input."""
ENVIRONMENT = {
    "HOME": "/tmp",  # noqa: S108  on the worker
    "LC_ALL": "C.UTF-8",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "TZ": "UTC",
}
SECONDS = 600
"""For one action, as long as a container may take."""
HEAD_START = 5.0
"""Seconds after which the same is begun here, and whoever is first has done it."""
AT_ONCE = 32
"""Actions that are followed together."""


def connect(
    cluster: Cluster | None, lock: Lock, platform: Mapping[str, str], make_local: Callable[[], Runner]
) -> RemoteRunner:
    """Give the runner on a cluster; raises UsageError without cluster or image, ClusterError without gRPC."""
    if not cluster:
        hint = 'say [cache] remote = "grpcs://HOST/INSTANCE", and not --offline'
        raise UsageError("--runner remote has no cluster", hint=hint)
    if not lock.image.reference:
        hint = "say [image] repository and run `protoctl lock --image`"
        raise UsageError("--runner remote has no image that a cluster could pull", hint=hint)
    cluster.require()
    return RemoteRunner(cluster, {**platform, "container-image": f"docker://{lock.image.reference}"}, make_local)


class RemoteRunner:
    """Runs the driver on the workers of a cluster, and here when that fails or takes long."""

    name = "remote"

    def __init__(self, cluster: Cluster, platform: Mapping[str, str], make_local: Callable[[], Runner]) -> None:
        """Take the cluster, what workers are chosen by, and what gives a runner here, a new one each time."""
        self.cluster = cluster
        self.platform = platform
        self.make_local = make_local
        self.here = make_local()
        self.reason = cluster.place.address.text
        self.executions: set[Execution] = set()
        self.racing: set[Runner] = set()
        self.is_stopped = False
        self.is_given_up = False
        self.has_run = False

    def run(self, invocations: Sequence[Invocation]) -> list[Outcome]:
        """Run all there, side by side, and here what does not end well or in time."""
        if self.is_given_up or self.cluster.is_lost:
            return self.here.run(invocations)
        there = start(partial(self.run_there, invocations))
        try:
            wait([there], HEAD_START)
            return self.complete(invocations, there.result()) if there.done() else self.race(invocations, there)
        except BaseException:
            self.cancel()
            raise

    def race(self, invocations: Sequence[Invocation], there: Future[list[Outcome | None]]) -> list[Outcome]:
        """Run all here too, in a driver that can be killed alone, and give what is done first."""
        here = self.make_local()
        self.racing.add(here)
        local = start(partial(here.run, invocations))
        both: tuple[Future[Any], ...] = (there, local)
        try:
            wait(both, return_when=FIRST_COMPLETED)
            if local.done() and local.exception() is None:
                self.give_up(ClusterError("it had not run the compiler when this machine had"))
                self.cancel()
                return local.result()
            found = [one for one in there.result() if one is not None]
            return found if len(found) == len(invocations) else local.result()
        finally:
            here.stop()
            here.close()
            self.racing.discard(here)

    def complete(self, invocations: Sequence[Invocation], found: Sequence[Outcome | None]) -> list[Outcome]:
        """Give the outcomes, running here what has none."""
        missing = [one for one, outcome in zip(invocations, found, strict=True) if outcome is None]
        if self.is_stopped:
            raise EngineError("the run was stopped")
        made = iter(self.here.run(missing) if missing else ())
        return [next(made) if outcome is None else outcome for outcome in found]

    def run_there(self, invocations: Sequence[Invocation]) -> list[Outcome | None]:
        """Give the outcomes that the cluster gives, None for those that it does not."""
        try:
            works = self.send(invocations)
        except ClusterError as error:
            self.give_up(error)
            return [None] * len(invocations)
        return run_together(works, AT_ONCE)

    def send(self, invocations: Sequence[Invocation]) -> list[Callable[[], Outcome | None]]:
        """Have in the cluster what the actions are made of, and give what executes each."""
        if not self.cluster.open().may_execute:
            raise ClusterError("it keeps results and runs nothing")
        storage = self.cluster.blobs(Patience(SECONDS))
        blobs: dict[Digest, bytes] = {}
        works: list[Callable[[], Outcome | None]] = []
        for invocation in invocations:
            inputs = {REQUEST: b"".join(write_request(0, invocation, {}))}
            action, parts = encode(Task(DRIVER, ENVIRONMENT, self.platform, inputs, RESPONSE, SECONDS))
            blobs |= parts
            works.append(partial(self.execute, storage, action))
        storage.write(blobs)
        return works

    def execute(self, storage: BlobStorage, action: Digest) -> Outcome | None:
        """Give the outcome of an action, None when it has none."""
        execution = Execution(storage, action)
        self.executions.add(execution)
        try:
            if self.is_stopped or self.is_given_up:
                return None
            data = execution.output(execution.run(), RESPONSE, RESPONSE_LIMIT)
            _, outcome = read_answer(io.BytesIO(data).read)
        except AnswersEndedError:
            self.give_up(ClusterError("its answer is cut"))
            return None
        except (ClusterError, ToolError) as error:
            if not execution.is_cancelled:
                self.give_up(error)
            return None
        finally:
            self.executions.discard(execution)
        self.has_run = True
        return outcome

    def give_up(self, error: MachineError) -> None:
        """Run all that follows here; the cluster may still be good for its cache."""
        self.is_given_up = True
        self.cluster.warn(error, "the compiler runs here")

    def cancel(self) -> None:
        """End what runs there."""
        run_together([execution.cancel for execution in tuple(self.executions)], AT_ONCE)

    def stop(self) -> None:
        """End all, here and there."""
        self.is_stopped = True
        for runner in (self.here, *self.racing):
            runner.stop()
        self.cancel()

    def close(self) -> None:
        """End the driver here."""
        self.here.close()
