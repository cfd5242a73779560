"""From a session to packages in `dist/`: compile, generate, pack, place; what is known already is not made again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protoctl.codegen.generate import Generator
from protoctl.errors import MachineError
from protoctl.flows.idle import own_code
from protoctl.flows.modules import module_order
from protoctl.flows.requests import make_request, request_digest
from protoctl.flows.schema import build_schema
from protoctl.kit.digest import digest_bytes, digest_json
from protoctl.kit.files import replaced_folder, write_tree
from protoctl.kit.scratch import temporary_folder
from protoctl.kit.text import plural, size
from protoctl.model.artifact import Artifact, Manifest
from protoctl.model.event import Event, Level
from protoctl.packaging.manifest import FILE_NAME, encode_manifest, is_intact, read_manifest
from protoctl.targets import load_target, target_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from protoctl.codegen.plugin import Job
    from protoctl.flows.session import Session
    from protoctl.model.tree import Tree
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


class Workshop:
    """Makes packages from one schema."""

    def __init__(self, session: Session, order: Order) -> None:
        """Compile the workspace; raises SourceError and ModuleCycleError."""
        self.session = session
        self.order = order
        self.schema = build_schema(session)
        self.modules = module_order(self.schema, session.workspace.configuration.workspace.proto)
        self.generator = Generator(self.schema, lambda: session.runner, session.store, session.component_digest)
        self.code = own_code()

    def plan(self, module: str, target: Target) -> Package:
        """Give what is to be made for a module in a language."""
        request = make_request(self.session, self.schema, module, self.order.releases, self.order.license_text)
        jobs = tuple(target.jobs(request))
        keys = [self.generator.key(job) for job in jobs]
        return Package(target, request, jobs, digest_json([target.name, request_digest(request), keys]))

    def make(self, packages: Sequence[Package]) -> dict[Name, Files]:
        """Give the artifacts of every package by file name, from the store where the same was made before."""
        known = self.session.store.load_all(map(self.key, packages))
        made: dict[Name, Files] = {}
        missing: dict[str, list[Package]] = {}
        for package in packages:
            if self.key(package) in known:
                made[package.name] = known[self.key(package)]
            else:
                missing.setdefault(package.target.name, []).append(package)
        return made | self.make_missing(missing) if missing else made

    def make_missing(self, missing: Mapping[str, Sequence[Package]]) -> dict[Name, Files]:
        """Generate and pack; each language is generated in a thread, and packed while the next is still generated.

        A fault or an interrupt stops everything that runs.
        """
        count = len({package.request.module.name for group in missing.values() for package in group})
        self.session.emit(Event(f"generating and packing {plural(count, 'module')} for {', '.join(missing)}"))
        total = sum(len(group) for group in missing.values())
        runner = self.session.runner  # made here, not by two threads at once
        made: dict[Name, Files] = {}
        with ThreadPoolExecutor(len(missing)) as threads:
            try:
                staged = [threads.submit(self.stage, group) for group in missing.values()]
                for ready in as_completed(staged):
                    for package, tree in ready.result():
                        made[package.name] = pack(package.target, tree)
                        self.session.store.save(self.key(package), made[package.name])
                        self.session.emit(Event("packing", Level.PROGRESS, len(made), total))
            except BaseException:
                runner.stop()
                raise
        return made

    def stage(self, packages: Sequence[Package]) -> list[tuple[Package, Tree]]:
        """Generate all packages of one language and give what goes into each."""
        outputs = self.generator.generate([job for package in packages for job in package.jobs])
        return [
            (package, package.target.stage(package.request, {job.plugin.name: outputs[job] for job in package.jobs}))
            for package in packages
        ]

    def key(self, package: Package) -> str:
        """Give the key of a package's artifacts in the store."""
        return digest_json(["package", package.inputs, self.code])


def make_packages(session: Session, order: Order, out: Path) -> tuple[Manifest, list[str]]:
    """Compile, generate, pack and place; give what `out` then holds and the paths of what was made.

    A release is placed only when all its packages pass. Raises SourceError, ModuleCycleError, MachineError,
    ArtifactError.
    """
    workshop = Workshop(session, order)
    wanted = [name for name in workshop.modules if name in order.modules]
    packages = [workshop.plan(module, target) for target in order.targets for module in wanted]
    made = workshop.make(packages)
    files = {
        f"{package.target.name}/{name}": (package, data)
        for package in packages
        for name, data in made[package.name].items()
    }
    artifacts = [describe_artifact(package, path, data) for path, (package, data) in files.items()]
    fresh = {path: data for path, (_, data) in files.items()}
    others = kept(out, workshop, packages)
    if order.is_tried or any(not order.releases[module].is_development for module in wanted):
        from protoctl.flows.verify import prove  # compiled schemas and consumers: not for what is not released

        beside = {one.path: (out / one.path).read_bytes() for one in others}
        prove(fresh, {**order.published, **beside}, session.options, session.emit)
    manifest = place(out, artifacts, fresh, others)
    session.store.finish()
    return manifest, [artifact.path for artifact in artifacts]


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


def pack(target: Target, stage: Tree) -> Files:
    """Give the artifacts of a staged package by file name."""
    with temporary_folder("dist") as folder:
        return {path.name: path.read_bytes() for path in target.pack(stage, folder)}


def kept(out: Path, workshop: Workshop, packages: Sequence[Package]) -> list[Artifact]:
    """Give what `dist/` holds of other modules and targets that a build of all would give just so."""
    built = {package.name for package in packages}
    others = [one for one in read_manifest(out).artifacts if (one.module, one.target) not in built]
    configuration = workshop.session.workspace.configuration
    current = {
        name: workshop.plan(name[0], load_target(name[1], configuration)).inputs
        for name in {(one.module, one.target) for one in others}
        if name[0] in workshop.order.releases and name[1] in target_names()
    }
    return [one for one in others if current.get((one.module, one.target)) == one.inputs and is_intact(out, one)]


def place(out: Path, artifacts: Sequence[Artifact], files: Files, others: Sequence[Artifact]) -> Manifest:
    """Put artifacts and manifest into `dist/`, beside what is kept; raises MachineError and leaves the old one."""
    manifest = Manifest(tuple(sorted([*artifacts, *others], key=lambda artifact: artifact.path)))
    everything = dict(files) | {other.path: (out / other.path).read_bytes() for other in others}
    try:
        with replaced_folder(out) as fresh:
            write_tree(fresh, everything)
            (fresh / FILE_NAME).write_bytes(encode_manifest(manifest))
    except OSError as error:
        needed = size(sum(map(len, everything.values())))
        hint = f"choose another folder with --out; {needed} are needed, beside what is there"
        raise MachineError(f"cannot write {out}: {error.strerror}", hint=hint) from error
    return manifest
