"""From a session to packages in `dist/`: compile what is not known, make it, place it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.flows.idle import record_key
from protoctl.flows.modules import module_order
from protoctl.flows.narrow import Narrow
from protoctl.flows.record import Record, decode_record, describe_files, encode_record
from protoctl.flows.schema import sound_schema, tell_warnings
from protoctl.flows.workshop import Batch, Workshop
from protoctl.kit.digest import digest_bytes
from protoctl.kit.files import link_file, replaced_folder, write_tree
from protoctl.kit.text import plural, size
from protoctl.model.artifact import Manifest
from protoctl.model.event import Event, Level
from protoctl.packaging.manifest import FILE_NAME, encode_manifest, is_intact, read_manifest
from protoctl.targets import load_target, target_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from protoctl.flows.session import Session
    from protoctl.flows.workshop import Name, Order, Package
    from protoctl.model.artifact import Artifact
    from protoctl.model.runner import ResultStore


@dataclass(frozen=True)
class Past:
    """What past builds may have left."""

    settings: str
    """Digest of all that packages depend on besides protos."""
    build: str
    """Digest of all that packages depend on."""
    previous: str
    """Key of the record of the last build into the same folder; may be empty."""
    store: ResultStore
    """Where records and packages are kept."""

    def wanted(self, order: Order) -> list[Name]:
        """Give what is asked for."""
        return [(module, target.name) for target in order.targets for module in order.modules]

    def key(self, order: Order) -> str:
        """Give the key of the record of this build."""
        return record_key(self.build, self.wanted(order))

    def is_whole(self, order: Order, manifest: Manifest) -> bool:
        """Tell whether nothing would be kept that is not asked for: what that needs is known after compiling only."""
        return {(one.module, one.target) for one in manifest.artifacts}.issubset(self.wanted(order))


def make_packages(session: Session, order: Order, out: Path, past: Past | None = None) -> Manifest:
    """Compile, generate, pack and place; give what `out` then holds.

    With what past builds knew, only that is compiled and made which may be other than before. A release is placed only
    when all its packages pass. Raises SourceError, ModuleCycleError, MachineError, ArtifactError.
    """
    batch = None
    if past and past.is_whole(order, read_manifest(out)):
        batch = remember(session, order, past) or continue_from(session, order, past, out)
    batch = batch or make_all(session, order, past, out)
    if order.is_tried or any(not order.releases[module].is_development for module in order.modules):
        from protoctl.flows.verify import prove  # compiled schemas and consumers: not for what is not released

        beside = {one.path: (out / one.path).read_bytes() for one in batch.others}
        with session.trace.span("try"):
            prove(batch.fresh, {**order.published, **beside}, session.options, session.emit)
    with session.trace.span("place"):
        manifest = place(out, batch)
    with session.trace.span("share"):
        if past and batch.record:
            past.store.save(past.key(order), encode_record(batch.record))
        session.store.finish()
    return manifest


def make_all(session: Session, order: Order, past: Past | None, out: Path) -> Batch:
    """Compile everything and give all packages of the order."""
    schema, findings = sound_schema(session)
    modules = module_order(schema, session.workspace.configuration.workspace.proto)
    workshop = Workshop(session, order, schema)
    packages, batch = workshop.fill([name for name in modules if name in order.modules])
    with session.trace.span("keep"):
        others = kept(out, workshop, packages)
        if not past:
            return replace(batch, others=tuple(others))
        files, descriptors = session.workspace.sources.files, workshop.generator.descriptors
        facts = describe_files(session.workspace, files, schema.files, descriptors, findings)
        foreign = tuple(sorted(schema.files.keys() - files.keys()))
        record = Record(past.settings, facts, foreign, workshop.facts(packages, batch))
    return replace(batch, others=tuple(others), record=record)


def remember(session: Session, order: Order, past: Past) -> Batch | None:
    """Give all packages of a build of the same that was made here or elsewhere; None where any is missing."""
    record = decode_record(past.store.load(past.key(order)))
    if not record or {(one.module, one.target) for one in record.packages} != set(past.wanted(order)):
        return None
    known = past.store.load_all(fact.key for fact in record.packages)
    artifacts, fresh = [], {}
    for fact in record.packages:
        for one in fact.artifacts:
            data = known.get(fact.key, {}).get(one.path.removeprefix(f"{fact.target}/"))
            if data is None or digest_bytes(data) != one.sha256:
                return None
            artifacts.append(one)
            fresh[one.path] = data
    tell_warnings(session, record.warnings)
    session.emit(Event(f"{plural(len(record.packages), 'package')} known already", Level.NOTE))
    return Batch(tuple(artifacts), fresh, record=record)


def continue_from(session: Session, order: Order, past: Past, out: Path) -> Batch | None:
    """Make what a change since the last build reaches, and keep the rest; None where that is not certain."""
    record = decode_record(past.store.load(past.previous)) if past.previous else None
    found = Narrow(session, record).find() if record and record.settings == past.settings else None
    if not record or not found:
        return None
    part, facts = found
    kept = tuple(fact for fact in record.packages if fact.module not in part.modules)
    others = tuple(one for fact in kept for one in fact.artifacts)
    if {(fact.module, fact.target) for fact in record.packages} != set(past.wanted(order)):
        return None
    if not all(is_intact(out, one) for one in others):
        return None
    workshop = Workshop(session, order, part.schema)
    files = {**record.files, **facts}
    packages, batch = workshop.fill(sorted(part.modules))
    made = (*kept, *workshop.facts(packages, batch))
    fresh = Record(past.settings, files, record.foreign, tuple(sorted(made, key=lambda one: (one.target, one.module))))
    tell_warnings(session, fresh.warnings)
    return replace(batch, others=others, record=fresh)


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


def place(out: Path, batch: Batch) -> Manifest:
    """Put artifacts and manifest into `dist/`, beside what is kept; raises MachineError and leaves the old one."""
    manifest = Manifest(tuple(sorted([*batch.artifacts, *batch.others], key=lambda artifact: artifact.path)))
    try:
        with replaced_folder(out) as fresh:
            write_tree(fresh, batch.fresh)
            for other in batch.others:
                link_file(out / other.path, fresh / other.path)
            (fresh / FILE_NAME).write_bytes(encode_manifest(manifest))
    except OSError as error:
        needed = size(sum(map(len, batch.fresh.values())))
        hint = f"choose another folder with --out; {needed} are needed, beside what is there"
        raise MachineError(f"cannot write {out}: {error.strerror}", hint=hint) from error
    return manifest
