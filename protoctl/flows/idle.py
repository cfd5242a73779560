"""Whether anything changed since the last build of the same kind."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from protoctl import __version__
from protoctl.errors import WorkspaceError
from protoctl.kit.digest import digest_bytes, digest_json
from protoctl.kit.files import write_atomic
from protoctl.kit.own_code import own_digest, own_files
from protoctl.kit.stamps import Seen, Stamp, find_doubts, read_stamps, see, stamp_of, trusted_time
from protoctl.packaging.manifest import FILE_NAME, encode_manifest, is_intact, read_manifest
from protoctl.workspace.sources import normalise, read_plain, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protoctl.model.artifact import Manifest
    from protoctl.model.toolchain import Lock
    from protoctl.model.workspace import Workspace

FOLDER = ".protoctl"
LOCKED = "build"
"""The folder of what the lock pins."""
FILES = ("protoctl.toml", "protoctl.lock", "LICENSE")
"""What a build reads of a workspace besides protos and `build/`."""


class State(Struct, frozen=True):
    """What the last build was made of and what it left."""

    key: str
    """Digest of all that artifacts depend on."""
    record: str
    """Key of its record in the store of results."""
    manifest: str
    """Digest of the manifest."""
    version: str
    """Of what was built, as PEP 440 writes it."""
    modules: tuple[str, ...]
    """Names of all modules of the workspace."""
    proto: str
    """The include root, absolute, links resolved."""
    exclude: tuple[str, ...]
    """What of it is left out."""
    protos: dict[str, Seen]
    """Path below the include root to what was read of it, links included."""
    others: dict[str, Seen]
    """Absolute path to what else was read, protoctl's own files included."""
    outputs: dict[str, Seen]
    """Absolute path to what lies in the output folder."""
    trusted: int
    """What `trusted_time` gave; nanoseconds."""


STATE = msgspec.msgpack.Decoder(State)


class Memory:
    """Remembers of an output folder what the last build into it was made of, whatever it was asked for.

    All that a build leaves there is right for its inputs, also what others made; so with the same inputs nothing is to
    be done for whoever asks for what is there.
    """

    def __init__(self, root: Path, out: Path) -> None:
        """Take the workspace and the output folder, and notice what is there before anything is read."""
        self.root = root
        self.path = root / FOLDER / "builds" / f"{digest_json([str(out)])[:20]}.state"
        self.out = out
        self.since = time.monotonic()
        self.stamps = read_stamps(other_inputs(root))
        self.trusted = 0
        self.others: dict[str, Seen] = {}
        self.state = self.read()

    def read(self) -> State | None:
        """Give what is remembered; what is damaged is nothing."""
        try:
            return STATE.decode(self.path.read_bytes())
        except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
            return None

    def look(self, version: str, modules: Iterable[str], targets: Iterable[str]) -> Manifest | None:
        """Give the manifest when the file system proves that nothing changed; what is in doubt is read and compared.

        No module means all.
        """
        state = self.state
        if not state or state.version != version or str(Path(state.proto).resolve()) != state.proto:
            return None
        try:
            protos = proto_stamps(Path(state.proto), state.exclude)
            is_same, is_doubted = compare(state, protos, self.stamps, read_stamps(map(Path, state.outputs)))
        except (OSError, WorkspaceError):
            return None
        manifest = read_manifest(self.out)
        if not is_same or not has_all(manifest, product(modules or state.modules, targets)):
            return None
        if is_doubted:
            self.trust(state)
        return manifest

    def trust(self, state: State) -> None:
        """Remember that everything is as it was, so that less has to be read next time."""
        with suppress(OSError):
            trusted = trusted_time(self.path.parent, self.since)
            write_atomic(self.path, msgspec.msgpack.encode(msgspec.structs.replace(state, trusted=trusted)))

    def begin(self) -> None:
        """Take notice of what is read besides protos, before it is read."""
        try:
            self.trusted = trusted_time(self.path.parent, self.since)
        except OSError:  # a read-only workspace only costs the memory
            return
        self.others = see(self.stamps, self.trusted, digest_there)

    def recall(self, key: str, wanted: Iterable[tuple[str, str]]) -> Manifest | None:
        """Give the manifest when the last build had this key, all is as it left it, and what is wanted is there.

        What is wanted are modules, each with a target.
        """
        manifest = read_manifest(self.out)
        if not self.state or (self.state.key, self.state.manifest) != (key, manifest_digest(manifest)):
            return None
        intact = has_all(manifest, wanted) and all(is_intact(self.out, artifact) for artifact in manifest.artifacts)
        return manifest if intact else None

    def note(self, key: str, record: str, version: str, workspace: Workspace, manifest: Manifest) -> None:
        """Remember a finished build and the key of its record; a read-only workspace only costs the memory."""
        if not self.trusted:
            return
        sources = workspace.sources.files
        written = {str(self.out / one.path): one.sha256 for one in manifest.artifacts}
        written[str(self.out / FILE_NAME)] = manifest_digest(manifest)
        state = State(
            key=key,
            record=record,
            manifest=manifest_digest(manifest),
            version=version,
            modules=tuple(workspace.modules),
            proto=str((self.root / workspace.configuration.workspace.proto).resolve()),
            exclude=workspace.configuration.workspace.exclude,
            protos=see(workspace.stamps, self.trusted, lambda path: digest_bytes(sources.get(path, b""))),
            others=self.others,
            outputs=see(read_stamps(map(Path, written)), self.trusted, written.__getitem__),
            trusted=self.trusted,
        )
        with suppress(OSError):
            write_atomic(self.path, msgspec.msgpack.encode(state))


def has_all(manifest: Manifest, wanted: Iterable[tuple[str, str]]) -> bool:
    """Tell whether a manifest lists a package for each module and target."""
    return {(one.module, one.target) for one in manifest.artifacts}.issuperset(wanted)


def manifest_digest(manifest: Manifest) -> str:
    """Give the digest of a manifest as it is written."""
    return digest_bytes(encode_manifest(manifest))


def other_inputs(root: Path) -> list[Path]:
    """Give the paths of all that a build reads besides protos, protoctl's own files included; some may be absent."""
    return [*(root / name for name in FILES), *sorted((root / LOCKED).rglob("*")), *own_files()]


def proto_stamps(proto: Path, exclude: tuple[str, ...]) -> dict[str, Stamp]:
    """Give path to stamp of what a build reads below the include root; raises OSError and WorkspaceError."""
    return {path: stamp_of(entry.stat(follow_symlinks=False)) for path, entry in walk(proto, exclude, set())}


def compare(
    state: State, protos: Mapping[str, Stamp], others: Mapping[str, Stamp], outputs: Mapping[str, Stamp]
) -> tuple[bool, bool]:
    """Tell whether everything is as it was, and whether something had to be read for that; raises OSError."""
    is_doubted = False
    for stamps, seen, digest in (
        (protos, state.protos, partial(digest_proto, Path(state.proto))),
        (others, state.others, digest_there),
        (outputs, state.outputs, digest_there),
    ):
        doubts = find_doubts(stamps, seen, state.trusted)
        if doubts is None or any(digest(path) != seen[path].digest for path in doubts):
            return False, is_doubted
        is_doubted |= bool(doubts)
    return True, is_doubted


def digest_proto(root: Path, path: str) -> str:
    """Give the digest of what is read of a proto; raises OSError."""
    data = read_plain(str(root / path))
    return digest_bytes(normalise(data)) if data is not None else ""


def digest_there(path: str) -> str:
    """Give the digest of a file; nothing for what is no file."""
    try:
        return digest_bytes(Path(path).read_bytes())
    except IsADirectoryError:
        return ""


def build_key(settings: str, workspace: Workspace) -> str:
    """Give the digest of all that artifacts depend on."""
    refused = [str(finding) for finding in workspace.refused]
    return digest_json([settings, workspace.sources.digest, list(workspace.strays), refused])


def settings_key(workspace: Workspace, lock: Lock, license_text: bytes, options: Iterable[str]) -> str:
    """Give the digest of all that artifacts depend on besides protos."""
    return digest_json(
        [
            __version__,
            own_digest(),
            msgspec.json.encode(workspace.configuration.of_packages).decode(),
            lock.digest,
            license_text.decode("latin-1"),
            list(options),
        ]
    )


def record_key(key: str, wanted: Iterable[tuple[str, str]]) -> str:
    """Give the key of the record of a build in the store; `key` is that of the build, `wanted` what was asked for."""
    return digest_json(["record", key, sorted(wanted)])
