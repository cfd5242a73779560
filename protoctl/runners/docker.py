"""The docker runner: one container for all runs of a build, which has no network, no mount and no right.

The only file that speaks to an engine, so also what builds and pushes the toolchain image.
"""

from __future__ import annotations

import io
import os
import uuid
import weakref
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING, Any

from docker import APIClient
from docker.constants import DEFAULT_UNIX_SOCKET
from docker.context import ContextAPI
from docker.errors import APIError, DockerException, ImageNotFound
from docker.utils import kwargs_from_env
from urllib3.exceptions import HTTPError

from protoctl.errors import EngineError
from protoctl.kit.signals import held_signals
from protoctl.kit.text import clock_hint
from protoctl.runners.attached import Attachment
from protoctl.runners.container import ENVIRONMENT, RIGHTS, USER, Limits, check_end
from protoctl.runners.conversation import Driver, Line
from protoctl.runners.image import TOOLCHAIN, ToolchainImage, check_image, local_tag
from protoctl.runners.orphans import OWNER, RUN, is_orphan, owner_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from protoctl.model.invocation import Invocation, Outcome
    from protoctl.model.toolchain import Lock

CONNECT_SECONDS = 1.5
"""For an engine to answer at all."""
REQUEST_SECONDS = 60
"""For an engine to answer a request."""
PULL_SECONDS = 600
"""Between two signs of life while an image is built, pulled or pushed."""
MACHINE_FAULTS = (DockerException, HTTPError, OSError)
"""What the SDK raises; the exceptions of requests are OSErrors."""

NONSENSE = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What reading an answer raises that is not shaped as the engine's API says."""
GONE = "the container engine failed during the run"
SECONDS_LENGTH = len("2026-11-24T15:58:38")


def connect(lock: Lock, *, offline: bool) -> DockerRunner:
    """Give a runner on the engine that the environment names, with the locked image on it.

    The image is pulled by digest where the lock has its reference, else it is one that `protoctl lock --image`
    built here. Containers whose process is gone are removed. Raises EngineError when the engine or the image is not
    to be had.
    """
    engine = Engine.open()
    engine.remove_orphans()
    image = engine.require_image(lock, offline=offline)
    return DockerRunner(engine, image)


class DockerRunner:
    """Runs the driver in a container of the toolchain image."""

    name = "docker"

    def __init__(self, engine: Engine, image: ToolchainImage) -> None:
        """Take a connected engine and an image that is on it."""
        self.engine = engine
        self.image = image
        self.reason = f"{image.short_name} at {engine.address}"
        self.line = Line(lambda resources: resources.enter_context(engine.started(image.identifier)))
        weakref.finalize(self, self.line.close)

    def run(self, invocations: Sequence[Invocation]) -> list[Outcome]:
        """Run all in the container, which lives until `close`."""
        return self.line.open().ask(invocations, {}, self.engine.limits.seconds)

    def stop(self) -> None:
        """Remove the container, and let none start."""
        self.line.stop()

    def close(self) -> None:
        """Let the container end, and remove it."""
        self.line.close()


class Engine:
    """A container engine that answers."""

    def __init__(self, client: APIClient, address: str, limits: Limits) -> None:
        """Take a connected client, where it is connected to, and how much of an answer is waited for."""
        self.client = client
        self.address = address
        self.limits = limits

    @classmethod
    def open(cls, limits: Limits | None = None) -> Engine:
        """Connect as `docker` does, by DOCKER_HOST or the current context; raises EngineError within two seconds."""
        address = os.environ.get("DOCKER_HOST") or DEFAULT_UNIX_SOCKET.replace("http+", "")
        try:
            settings = kwargs_from_env()
            if "base_url" not in settings:
                settings = ContextAPI.kwargs_from_context() | settings
                address = settings.get("base_url", address)
            client = APIClient(version="auto", timeout=CONNECT_SECONDS, **settings)  # type: ignore[arg-type]  # the stubs know whole seconds only
        except MACHINE_FAULTS as error:
            raise absence(address, error) from error
        client.timeout = REQUEST_SECONDS
        return cls(client, address, limits or Limits())

    def require_image(self, lock: Lock, *, offline: bool) -> ToolchainImage:
        """Give the locked image; raises EngineError when it is not to be had, is another one or does not run here."""
        name = lock.image.reference or local_tag(lock)
        image = self.find_image(name)
        if not image and lock.image.reference and not offline:
            self.pull(lock.image.reference)
            image = self.find_image(name)
        if not image:
            hint = f"run `docker pull {name}`" if lock.image.reference else "run `protoctl lock --image`"
            raise EngineError(f"the engine at {self.address} has no image {name}", hint=hint)
        with reported(f"the engine at {self.address} does not tell its architecture"):
            architecture = self.client.version()["Arch"]
        check_image(image, lock, architecture)
        return image

    def find_image(self, name: str) -> ToolchainImage | None:
        """Give an image by tag or reference, None when the engine does not have it."""
        try:
            with reported(f"the engine at {self.address} cannot tell about images"):
                found = self.client.inspect_image(name)  # type: ignore[no-untyped-call]
                toolchain = (found["Config"].get("Labels") or {}).get(TOOLCHAIN, "")
                return ToolchainImage(name, found["Id"], toolchain, found["Architecture"])
        except EngineError as error:
            if isinstance(error.__cause__, ImageNotFound):
                return None
            raise

    def pull(self, reference: str) -> None:
        """Fetch an image by digest; the engine verifies it."""
        hint = f"run `docker pull {reference}` and see; `docker login` where the registry asks for it"
        with reported(f"the image {reference} cannot be pulled", hint), self.patient():
            self.client.pull(reference)

    def build(
        self, context: bytes, tag: str, *, label: str, arguments: Mapping[str, str], network: str
    ) -> Iterator[dict[str, Any]]:
        """Build an image from a tar with a Dockerfile and give the engine's reports; raises EngineError."""
        with reported("the toolchain image cannot be built"), self.patient():
            yield from self.client.build(
                fileobj=io.BytesIO(context),
                custom_context=True,
                tag=tag,
                labels={TOOLCHAIN: label},
                buildargs=dict(arguments),
                network_mode=network or None,
                rm=True,
                forcerm=True,
                decode=True,
            )

    def push(self, tag: str, repository: str, version: str) -> Iterator[dict[str, Any]]:
        """Push an image and give the engine's reports, one of which holds the digest; raises EngineError."""
        hint = "`docker login` where the registry asks for it"
        with reported(f"the image cannot be pushed to {repository}", hint), self.patient():
            self.client.tag(tag, repository, version)
            yield from self.client.push(repository, version, stream=True, decode=True)

    @contextmanager
    def started(self, image: str) -> Iterator[Driver]:
        """Start a container and give its streams; it is gone afterwards.

        The name is ours, so that an interrupt during the creation leaves nothing behind either. Raises EngineError; the
        container's end raises ToolError when its program failed.
        """
        name = f"protoctl-{uuid.uuid4()}"
        try:
            with held_signals(), reported("the engine refuses the container"):
                self.create(name, image)
            with ExitStack() as resources:
                yield self.driver(name, self.attach(name, resources))
        finally:
            with held_signals():
                self.remove(name)

    def create(self, name: str, image: str) -> None:
        """Create a container with nothing but a /tmp in memory, in which nothing can be executed."""
        self.client.create_container(
            image,
            name=name,
            user=USER,
            hostname="protoctl",
            environment=ENVIRONMENT,
            labels={RUN: name, OWNER: owner_label()},
            stdin_open=True,
            network_disabled=True,
            host_config=RIGHTS,
            use_config_proxy=False,
        )

    def attach(self, name: str, resources: ExitStack) -> Attachment:
        """Start a container and give its streams; attached first, so that nothing is missed."""
        flags = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        with reported(GONE):
            attached = resources.enter_context(closing(self.client.attach_socket(name, flags)))
            # Without TLS the SDK gives the read-only file of the HTTP response, whose socket has no public name.
            connection = resources.enter_context(closing(getattr(attached, "_sock", attached)))
            connection.settimeout(None)
            self.client.start(name)
        return Attachment(connection)

    def driver(self, name: str, attachment: Attachment) -> Driver:
        """Give a container that was started as what is talked with."""
        is_killed = Event()

        def kill() -> None:
            """Wake who reads from the container, and remove it."""
            is_killed.set()
            attachment.shut()
            self.remove(name)

        def end() -> None:
            """Wait for its end, unless it is killed; raises what a bad end means."""
            if is_killed.is_set():
                raise EngineError(GONE, said="it was stopped")
            self.end(name, attachment)

        return Driver(attachment.write, attachment.read, end, kill, self.limits.output)

    def end(self, name: str, attachment: Attachment) -> None:
        """Wait for a container's end; raises what a bad end means."""
        with reported(GONE):
            code = int(self.client.wait(name)["StatusCode"])
            out_of_memory = bool(self.client.inspect_container(name)["State"]["OOMKilled"])
        check_end(code, attachment.say(), out_of_memory=out_of_memory)

    def remove(self, name: str) -> None:
        """Kill and delete a container; one that is not there is fine, and an engine that is gone has said so."""
        with suppress(*MACHINE_FAULTS):
            self.client.remove_container(name, force=True, v=True)

    def remove_orphans(self) -> None:
        """Remove the containers that killed builds left; those of others are not touched."""
        with reported(f"the engine at {self.address} cannot tell about containers"):
            found = self.client.containers(all=True, filters={"label": [RUN, OWNER]})
            known = [(one["Id"], str(one["Labels"][OWNER]), float(one["Created"])) for one in found]
            now = self.now() if known else 0
        for identifier, owner, created in known:
            if is_orphan(owner, now - created):
                self.remove(identifier)

    def now(self) -> float:
        """Give the engine's time, by which the age of containers is told: this machine's clock may be wrong."""
        told = datetime.fromisoformat(str(self.client.info()["SystemTime"])[:SECONDS_LENGTH])
        return told.replace(tzinfo=UTC).timestamp()

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    @contextmanager
    def patient(self) -> Iterator[None]:
        """Allow longer silence while images move."""
        self.client.timeout = PULL_SECONDS
        try:
            yield
        finally:
            self.client.timeout = REQUEST_SECONDS


@contextmanager
def reported(what: str, hint: str = "") -> Iterator[None]:
    """Turn what the SDK raises into an EngineError with its words."""
    try:
        yield
    except MACHINE_FAULTS as error:
        said = error.explanation if isinstance(error, APIError) and error.explanation else str(error)
        raise EngineError(what, said=str(said), hint=clock_hint(str(said)) or hint) from error
    except NONSENSE as error:
        raise EngineError(
            what, said=f"its answer cannot be read: {error!r}", hint=hint or "is it an engine?"
        ) from error


def absence(address: str, error: BaseException) -> EngineError:
    """Give the error for an engine that does not answer, by the first cause in the chain."""
    causes = list(chain(error))
    if any(isinstance(cause, PermissionError) for cause in causes):
        hint = "let this user use the engine (on Linux the group docker), or use --runner local"
        return EngineError(f"no permission to use the container engine at {address}", said=str(causes[-1]), hint=hint)
    hint = "start it, set DOCKER_HOST, or use --runner local"
    return EngineError(f"no container engine answers at {address}", said=str(causes[-1]), hint=hint)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Give an exception and what it came from, the first cause last."""
    while error:
        yield error
        error = error.__cause__ or error.__context__
