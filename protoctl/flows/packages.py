"""From a session to packages in `dist/`: compile, generate, pack, place."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.codegen.generate import Generator
from protoctl.errors import MachineError
from protoctl.flows.modules import module_order
from protoctl.flows.schema import build_schema
from protoctl.kit.digest import digest_bytes, digest_json
from protoctl.kit.files import replaced_folder, write_tree
from protoctl.kit.text import plural
from protoctl.model.artifact import Artifact, Manifest
from protoctl.model.event import Event
from protoctl.packaging.manifest import FILE_NAME, encode_manifest, is_intact, read_manifest
from protoctl.packaging.record import build_record, embed_schema
from protoctl.targets.target import Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.flows.session import Session
    from protoctl.model.tree import Tree
    from protoctl.schema.view import Schema
    from protoctl.targets.target import Target
    from protoctl.versioning.release import Release


@dataclass(frozen=True)
class Package:
    """One module in one language, ready to pack."""

    target: Target
    request: Request
    stage: Tree


@dataclass(frozen=True)
class Order:
    """What is to be made."""

    modules: Sequence[str]
    """Names of modules."""
    targets: Sequence[Target]
    """Output languages."""
    release: Release
    """The version of every module."""
    license_text: bytes
    """The workspace's LICENSE, or nothing."""


def make_packages(session: Session, order: Order, out: Path) -> tuple[Manifest, list[str]]:
    """Compile, generate, pack and place; give what `out` then holds and the paths of what was made.

    Raises SourceError, ModuleCycleError, MachineError.
    """
    schema = build_schema(session)
    ordered = [name for name in module_order(schema) if name in order.modules]
    releases = dict.fromkeys(session.workspace.modules, order.release)
    requests = [make_request(session, schema, name, releases, order.license_text) for name in ordered]
    artifacts, files = make_artifacts(session, schema, order.targets, requests)
    manifest = place(out, artifacts, files, kept(out, session, schema, artifacts, releases))
    return manifest, [artifact.path for artifact in artifacts]


def make_request(
    session: Session, schema: Schema, name: str, releases: Mapping[str, Release], license_text: bytes
) -> Request:
    """Give everything that a target needs to know about a module."""
    module = session.workspace.modules[name]
    descriptors = embed_schema(schema, module)
    sources = {path: session.workspace.sources.files[path] for path in module.files}
    record = build_record(module, releases[name].python, descriptors, sources, session.lock)
    return Request(
        module,
        session.workspace.configuration,
        session.lock,
        schema,
        sources,
        license_text,
        releases,
        descriptors,
        record,
    )


def make_artifacts(
    session: Session, schema: Schema, targets: Sequence[Target], requests: Sequence[Request]
) -> tuple[list[Artifact], dict[str, bytes]]:
    """Give the artifacts of all packages and their contents by path below `dist/`.

    Each language is generated in a thread of its own, and packed while the next one is still generated.
    """
    languages = ", ".join(target.name for target in targets)
    session.emit(Event(f"generating and packing {plural(len(requests), 'module')} for {languages}"))
    runner = session.runner
    artifacts: list[Artifact] = []
    files: dict[str, bytes] = {}
    with ThreadPoolExecutor(len(targets)) as threads:
        staged = [threads.submit(stage_packages, session, schema, target, requests) for target in targets]
        try:
            for ready in as_completed(staged):
                for package in ready.result():
                    made = pack(session, package)
                    files |= made
                    artifacts += [describe_artifact(package, path, data) for path, data in made.items()]
        except BaseException:
            runner.stop()
            raise
    return artifacts, files


def stage_packages(session: Session, schema: Schema, target: Target, requests: Sequence[Request]) -> list[Package]:
    """Generate all modules in one language and stage each package."""
    jobs = {request.module.name: target.jobs(request) for request in requests}
    generator = Generator(schema, session.runner, session.store, session.component_digest)
    outputs = generator.generate([job for group in jobs.values() for job in group])
    return [
        Package(
            target,
            request,
            target.stage(request, {job.plugin.name: outputs[job] for job in jobs[request.module.name]}),
        )
        for request in requests
    ]


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
    )


def pack(session: Session, package: Package) -> dict[str, bytes]:
    """Give the artifacts of one package by path, from the store when the same stage was packed before."""
    target = package.target
    key = digest_json(["pack", target.name, session.lock.packer, package.stage.digest])
    made = session.store.load(key)
    if made is None:
        with tempfile.TemporaryDirectory(prefix="protoctl-dist-") as name:
            made = {path.name: path.read_bytes() for path in target.pack(package.stage, Path(name))}
        session.store.save(key, made)
    return {f"{target.name}/{name}": data for name, data in made.items()}


def kept(
    out: Path, session: Session, schema: Schema, artifacts: Sequence[Artifact], releases: Mapping[str, Release]
) -> list[Artifact]:
    """Give what `dist/` holds of other modules and targets that a build of all would give just so."""
    built = {(artifact.module, artifact.target) for artifact in artifacts}
    others = [one for one in read_manifest(out).artifacts if (one.module, one.target) not in built]
    digests = {
        name: digest_bytes(embed_schema(schema, session.workspace.modules[name]))
        for name in {one.module for one in others} & set(session.workspace.modules)
    }
    versions = {name: {release.python, release.npm} for name, release in releases.items()}
    return [
        one
        for one in others
        if digests.get(one.module) == one.schema
        and one.toolchain == session.lock.digest
        and one.version in versions[one.module]
        and is_intact(out, one)
    ]


def place(out: Path, artifacts: Sequence[Artifact], files: Mapping[str, bytes], others: Sequence[Artifact]) -> Manifest:
    """Put artifacts and manifest into `dist/`, beside what is kept; raises MachineError and leaves the old one."""
    manifest = Manifest(tuple(sorted([*artifacts, *others], key=lambda artifact: artifact.path)))
    try:
        everything = dict(files) | {other.path: (out / other.path).read_bytes() for other in others}
        with replaced_folder(out) as fresh:
            write_tree(fresh, everything)
            (fresh / FILE_NAME).write_bytes(encode_manifest(manifest))
    except OSError as error:
        raise MachineError(f"cannot write {out}: {error.strerror}", hint="choose another folder with --out") from error
    return manifest
