"""From a schema to packages: plan, generate, stage, pack; what is known already is not made again."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protoctl.codegen.generate import Generator
from protoctl.flows.modules import module_order
from protoctl.flows.record import PackageFact
from protoctl.flows.requests import make_request, request_digest
from protoctl.flows.schema import build_schema
from protoctl.flows.worker import Task
from protoctl.flows.workers import Workers, worker_count
from protoctl.kit.digest import digest_bytes, digest_json
from protoctl.kit.own_code import own_digest
from protoctl.kit.scratch import temporary_folder
from protoctl.kit.text import plural
from protoctl.model.artifact import Artifact
from protoctl.model.event import Event, Level

if TYPE_CHECKING:
    from collections.abc import Generator as Each
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from protoctl.codegen.plugin import Job
    from protoctl.flows.record import Record
    from protoctl.flows.session import Session
    from protoctl.model.runner import ResultStore
    from protoctl.model.tree import Tree
    from protoctl.schema.view import Schema
    from protoctl.targets.target import Request, Target
    from protoctl.versioning.release import Release

    Name = tuple[str, str]
    Files = dict[str, bytes]


@dataclass(frozen=True)
class Order:
    """What is to be made."""

    modules: Sequence[str]
    """Names of modules."""
    targets: Sequence[Target]
    """Output languages."""
    releases: Mapping[str, Release]
    """Module to its version, also of those that only others need; a module without one is not made."""
    license_text: bytes
    """The workspace's LICENSE, or nothing."""
    is_tried: bool = False
    """Whether packages are tried also when none of them is a release."""
    published: Mapping[str, bytes] = field(default_factory=dict)
    """Packages that are on an index and that those need, by path as in `dist/`: a release is tried with them."""


@dataclass(frozen=True)
class Package:
    """One module in one language."""

    target: Target
    """The language."""
    request: Request
    """The module."""
    jobs: tuple[Job, ...]
    """What has to be generated for it."""
    inputs: str
    """Digest of all that its artifacts depend on."""

    @property
    def name(self) -> Name:
        """Its module and its target."""
        return self.request.module.name, self.target.name


@dataclass(frozen=True)
class Batch:
    """What `dist/` is to hold."""

    artifacts: tuple[Artifact, ...]
    """Files that were made."""
    fresh: Mapping[str, bytes]
    """Path of each to its content."""
    others: tuple[Artifact, ...] = ()
    """Files that stay as they are."""
    record: Record | None = None
    """What is known of all that."""


class Workshop:
    """Makes packages from one schema."""

    def __init__(self, session: Session, order: Order, schema: Schema) -> None:
        """Take the session, what is to be made, and the schema of that and all that it imports."""
        self.session = session
        self.order = order
        self.schema = schema
        self.requests: dict[str, Request] = {}
        self.generator = Generator(
            self.schema, lambda: session.runner, session.store, session.component_digest, session.trace
        )

    @classmethod
    def open(cls, session: Session, order: Order) -> Workshop:
        """Compile the workspace; raises SourceError and ModuleCycleError."""
        schema = build_schema(session)
        module_order(schema, session.workspace.configuration.workspace.proto)
        return cls(session, order, schema)

    def fill(self, modules: Sequence[str]) -> tuple[list[Package], Batch]:
        """Give the packages of some modules and what was made of them."""
        with self.session.trace.span("plan"):
            packages = [self.plan(module, target) for target in self.order.targets for module in modules]
        with self.session.trace.span("make"):
            made = self.make(packages)
        files = {
            f"{package.target.name}/{name}": (package, data)
            for package in packages
            for name, data in made[package.name].items()
        }
        artifacts = tuple(describe_artifact(package, path, data) for path, (package, data) in files.items())
        return packages, Batch(artifacts, {path: data for path, (_, data) in files.items()})

    def facts(self, packages: Sequence[Package], batch: Batch) -> tuple[PackageFact, ...]:
        """Give what is known of packages that were made."""
        found: dict[Name, list[Artifact]] = {package.name: [] for package in packages}
        for artifact in batch.artifacts:
            found[artifact.module, artifact.target].append(artifact)
        return tuple(PackageFact(*one.name, self.key(one), tuple(found[one.name])) for one in packages)

    def plan(self, module: str, target: Target) -> Package:
        """Give what is to be made for a module in a language."""
        request = self.request(module)
        jobs = tuple(target.jobs(request))
        keys = [self.generator.key(job) for job in jobs]
        return Package(target, request, jobs, digest_json([target.name, request_digest(request), keys]))

    def request(self, module: str) -> Request:
        """Give what all languages need to know about a module."""
        if module not in self.requests:
            releases, license_text = self.order.releases, self.order.license_text
            self.requests[module] = make_request(self.session, self.schema, module, releases, license_text)
        return self.requests[module]

    def make(self, packages: Sequence[Package]) -> dict[Name, Files]:
        """Give the artifacts of every package by file name, from the store where the same was made before."""
        known: dict[str, Files] = {}
        for store in dict.fromkeys((self.session.store, self.session.store.near)):
            known |= store.load_all(self.key(package) for package in packages if self.store(package) is store)
        made = {package.name: known[self.key(package)] for package in packages if self.key(package) in known}
        missing = [package for package in packages if package.name not in made]
        return made | self.make_missing(missing) if missing else made

    def make_missing(self, missing: Sequence[Package]) -> dict[Name, Files]:
        """Generate and pack; a package is packed as soon as its code is there, while other code is generated.

        A fault or an interrupt stops everything that runs.
        """
        count = len({package.request.module.name for package in missing})
        languages = ", ".join(dict.fromkeys(package.target.name for package in missing))
        self.session.emit(Event(f"generating and packing {plural(count, 'module')} for {languages}"))
        made: dict[Name, Files] = {}
        running: set[Future[tuple[Name, Files]]] = set()
        processes = worker_count(sum(len(data) for package in missing for data in package.request.sources.values()))
        with (
            temporary_folder("pack") as folder,
            ThreadPoolExecutor(processes, "pack") as threads,
            Workers(processes, folder) as workers,
            closing(self.generated(missing)) as generated,
        ):
            for number, (package, outputs) in enumerate(generated):
                task = Task(package.target, package.request, outputs, folder / str(number))
                running.add(threads.submit(self.finish, package, task, workers))
                if len(running) > processes:
                    running = self.collect(running, made, len(missing))
            while running:
                running = self.collect(running, made, len(missing))
        return made

    def generated(self, packages: Sequence[Package]) -> Each[tuple[Package, dict[str, Tree]], None, None]:
        """Give each package with what its plugins wrote, by their names, as soon as all have."""
        takers = {job: package for package in packages for job in package.jobs}
        outputs: dict[Name, dict[str, Tree]] = {package.name: {} for package in packages}
        yield from ((package, {}) for package in packages if not package.jobs)
        with closing(self.generator.generate_each(list(takers))) as ready:
            for job, tree in ready:
                package = takers[job]
                outputs[package.name][job.plugin.name] = tree
                if len(outputs[package.name]) == len(package.jobs):
                    yield package, outputs.pop(package.name)

    def collect(
        self, running: set[Future[tuple[Name, Files]]], made: dict[Name, Files], total: int
    ) -> set[Future[tuple[Name, Files]]]:
        """Take what was packed meanwhile, at least one package, and give what still runs."""
        done, rest = wait(running, return_when=FIRST_COMPLETED)
        made |= dict(one.result() for one in done)
        self.session.emit(Event("packing", Level.PROGRESS, len(made), total))
        return rest

    def finish(self, package: Package, task: Task, workers: Workers) -> tuple[Name, Files]:
        """Have one package made, and keep its artifacts."""
        with self.session.trace.span("pack", "/".join(package.name)):
            files = workers.make(task)
        self.store(package).save(self.key(package), files)
        return package.name, files

    def store(self, package: Package) -> ResultStore:
        """Give where artifacts are kept: what is released is packed here, from code that is held to shapes."""
        store = self.session.store
        return store if package.request.releases[package.request.module.name].is_development else store.near

    def key(self, package: Package) -> str:
        """Give the key of a package's artifacts in the store."""
        return digest_json(["package", package.inputs, own_digest()])


def describe_artifact(package: Package, path: str, data: bytes) -> Artifact:
    """Give what the manifest says about one file of a package."""
    target, request = package.target, package.request
    return Artifact(
        path=path,
        module=request.module.name,
        target=target.name,
        distribution=target.distribution(request.configuration, request.module.name),
        version=target.version(request.releases[request.module.name]),
        sha256=digest_bytes(data),
        schema=digest_bytes(request.descriptors),
        toolchain=request.lock.digest,
        inputs=package.inputs,
    )
