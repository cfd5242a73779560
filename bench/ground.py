"""A corpus laid out in a folder of its own, for all contenders alike."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tomli_w

from bench.contenders import UnfairError
from bench.corpora import read_folder
from bench.equipment import REPOSITORY, WORK, tell
from protoctl.flows.session import Options, Session
from protoctl.kit.digest import digest_json
from protoctl.model.toolchain import NODE, PROTOS, PYTHON
from protoctl.toolchain.install import TOOLCHAINS, cache_folder
from protoctl.toolchain.lock_file import component_digest
from protoctl.workspace.discover import discover, find_folder
from protoctl.workspace.imports import read_imports

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from bench.corpora import Corpus
    from bench.equipment import Equipment

LOCK = ("protoctl.lock", "build")


@dataclass(frozen=True)
class Ground:
    """Where contenders run."""

    root: Path
    """Holds `proto/`, `third_party/`, and the configuration of protoctl and buf."""
    files: tuple[str, ...]
    """Paths of the protos below `proto/`, sorted."""
    modules: int
    """How many modules they make."""
    environment: Mapping[str, str]
    """What every process sees, and nothing else."""

    @property
    def cache(self) -> Path:
        """The cache folder of protoctl: the installed toolchain, and results that may be removed."""
        return self.root / "cache"


def lay(corpus: Corpus, equipment: Equipment) -> Ground:
    """Write a corpus, with the imports that it does not hold, over what is left of it from an earlier run.

    What an earlier run built stays, and files that are as they should be stay untouched.
    """
    root = WORK / "grounds" / corpus.name
    files = corpus.files(equipment)
    overwrite(root / "proto", files)
    link_toolchains(root / "cache")
    foreign = configure(corpus, root, equipment)
    overwrite(root / "third_party", imported(files, foreign))
    (root / "buf.yaml").write_text(buf_configuration(root))
    modules = {find_folder(path, corpus.modules)[0] for path in files}
    return Ground(root, tuple(files), len(modules), equipment.environment(root / "cache"))


def link_toolchains(cache: Path) -> None:
    """Give a cache folder the toolchains that the user's own has."""
    cache.mkdir(exist_ok=True)
    (cache / TOOLCHAINS).unlink(missing_ok=True)
    (cache / TOOLCHAINS).symlink_to(cache_folder() / TOOLCHAINS)


def overwrite(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder hold these protos and no others."""
    folder.mkdir(parents=True, exist_ok=True)
    for found in folder.rglob("*.proto"):
        if found.relative_to(folder).as_posix() not in files:
            found.unlink()
    for path, data in files.items():
        target = folder / path
        if not target.is_file() or target.read_bytes() != data:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


def imported(files: Mapping[str, bytes], foreign: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give what the files import and the corpus lacks; protoc knows `google/protobuf` itself."""
    found: dict[str, bytes] = {}
    waiting = list(files.values())
    while waiting:
        for one in read_imports(waiting.pop().decode()):
            if one.path in foreign and one.path not in files and one.path not in found:
                found[one.path] = foreign[one.path]
                waiting.append(foreign[one.path])
    return found


def configure(corpus: Corpus, root: Path, equipment: Equipment) -> Mapping[str, bytes]:
    """Write `protoctl.toml` and the lock, and give the protos of others by import path."""
    workspace = {"name": corpus.workspace, "modules": list(corpus.modules)}
    own = (REPOSITORY / "protoctl.toml").read_text().partition("\n[dependencies]")[2].partition("\n[")[0]
    owners = {glob: {"python": owner, "node": "bundle"} for glob, owner in corpus.owners.items()}
    dependencies = tomli_w.dumps({"dependencies": owners}) if owners else f"[dependencies]{own}"
    (root / "protoctl.toml").write_text(f"{tomli_w.dumps({'workspace': workspace})}\n{dependencies}")
    copy_lock(REPOSITORY, root)
    return derive_lock(corpus, root, equipment) if owners else read_folder(equipment.foreign)


def derive_lock(corpus: Corpus, root: Path, equipment: Equipment) -> Mapping[str, bytes]:
    """Lock what owns a corpus's imports, once for each of the repository's locks; give the protos.

    Raises UnfairError when anything else is locked otherwise than in the repository, whose tools all contenders have.
    """
    kept = WORK / "locks" / digest_json([equipment.lock.digest, dict(corpus.owners)])
    if kept.is_dir():
        copy_lock(kept, root)
    session = Session(discover(root), Options(cache=cache_folder()), tell)
    if any(session.component_digest(name) != component_digest(equipment.lock, name) for name in (PYTHON, NODE)):
        message = f"the tools of {corpus.name} are others than the repository's"
        raise UnfairError(message)
    if not kept.is_dir():
        kept.mkdir(parents=True)
        copy_lock(root, kept)
    return read_folder(session.installer.install(PROTOS) / "site")


def copy_lock(source: Path, target: Path) -> None:
    """Copy a lock and `build/`, which it names."""
    file, folder = LOCK
    shutil.copy(source / file, target)
    shutil.rmtree(target / folder, ignore_errors=True)
    shutil.copytree(source / folder, target / folder)


def buf_configuration(root: Path) -> str:
    """Give `buf.yaml`."""
    roots = [name for name in ("proto", "third_party") if any((root / name).iterdir())]
    return "\n".join(["version: v2", "modules:", *(f"  - path: {name}" for name in roots), ""])
