"""Doctor: what this machine and this workspace have, and what to do about what they lack."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from protoctl.cache.limit import cache_limit
from protoctl.cache.results import RESULTS
from protoctl.errors import ClusterError, EngineError, ProtoctlError
from protoctl.flows.cluster import find_cluster, may_write
from protoctl.kit.files import folder_size
from protoctl.kit.text import listing, size
from protoctl.model.event import silent
from protoctl.toolchain.install import CACHE_VARIABLE, Installer
from protoctl.toolchain.lock_file import find_drift, needed_components, read_lock
from protoctl.workspace.configuration_file import FILE_NAME, read_configuration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.configuration import CacheTable, Configuration, IndexTable
    from protoctl.model.toolchain import Lock

INDEX_SECONDS = 3
"""For an index to answer."""


class Status(Enum):
    """How a part is."""

    OK = "ok"
    NOTE = "note"
    """It works, or will on first use; there is something to know."""
    FAILED = "failed"


@dataclass(frozen=True)
class Part:
    """One thing that was looked at."""

    name: str
    """Like `lock` or `index internal-python`."""
    status: Status
    text: str
    """What was found, one line."""
    hint: str = ""
    """What to do, nothing where nothing is to be done."""
    exit_code: int = 0
    """What a failure means for the whole, as in `errors`."""


@dataclass(frozen=True)
class Result:
    """What the doctor found."""

    parts: tuple[Part, ...]
    """In the order in which they were looked at."""

    @property
    def exit_code(self) -> int:
        """0 unless something that a build or an index needs fails: then 2 for configuration or lock, else 4."""
        return min((part.exit_code for part in self.parts if part.status is Status.FAILED), default=0)


def doctor(root: Path, cache: Path) -> Result:
    """Look at everything; a folder that is no workspace has only the machine's parts. Nothing is changed or fetched."""
    python = f"{platform.python_version()} at {sys.executable}"
    parts = [Part("python", Status.OK, python), look_at_node(), look_at_cache(cache)]
    if not (root / FILE_NAME).exists():
        hint = "run `protoctl init`, or name a workspace with --workspace"
        return Result((*parts, *look_at_engine(None), Part("workspace", Status.NOTE, f"{root} is none", hint)))
    try:
        configuration = read_configuration(root)
    except ProtoctlError as error:
        return Result((*parts, *look_at_engine(None), failure("configuration", error)))
    parts.append(Part("configuration", Status.OK, str(root / FILE_NAME)))
    lock, part = look_at_lock(root, configuration)
    parts += [part, *look_at_engine(lock)]
    if lock:
        parts += look_at_toolchain(root, lock, cache)
    parts += look_at_cluster(configuration.cache)
    return Result((*parts, *look_at_indexes(configuration)))


def failure(name: str, error: ProtoctlError) -> Part:
    """Give the part for what raised an error."""
    text = f"{error.where}: {error.what}" if error.where else error.what
    return Part(name, Status.FAILED, text, error.hint, error.exit_code)


def look_at_node() -> Part:
    """Tell about the user's own Node, which no build needs."""
    found = shutil.which("node")
    text = f"{found}; builds use the toolchain's own" if found else "none on PATH; builds use the toolchain's own"
    return Part("node", Status.OK, text)


def look_at_cache(cache: Path) -> Part:
    """Tell where the cache folder is, how large it is and may get, and whether it can be written."""
    parent = next(folder for folder in (cache, *cache.parents) if os.path.lexists(folder))
    try:
        with tempfile.TemporaryDirectory(prefix=".probe-", dir=parent):
            pass
    except OSError as error:
        hint = f"allow it, or choose another folder with {CACHE_VARIABLE}"
        return Part("cache", Status.FAILED, f"{cache} cannot be written: {error.strerror}", hint, 4)
    try:
        limit = cache_limit()
    except ProtoctlError as error:
        return failure("cache", error)
    results = f"{size(folder_size(cache / RESULTS))} of at most {size(limit)} are results"
    return Part("cache", Status.OK, f"{cache} ({size(folder_size(cache))}, {results})")


def look_at_lock(root: Path, configuration: Configuration) -> tuple[Lock | None, Part]:
    """Give the lock when it can be read, and whether it is current."""
    try:
        lock = read_lock(root)
    except ProtoctlError as error:
        return None, failure("lock", error)
    if not lock:
        return None, Part("lock", Status.NOTE, "there is none", "run `protoctl lock` and commit what it writes")
    drift = find_drift(lock, configuration, root)
    if drift:
        return lock, Part("lock", Status.FAILED, f"is not current: {drift}", "run `protoctl lock`", 2)
    return lock, Part("lock", Status.OK, f"current, toolchain {lock.digest[:12]}")


def look_at_engine(lock: Lock | None) -> Iterator[Part]:
    """Tell whether a container engine answers and has the image; without one the local runner serves."""
    from protoctl.runners.docker import Engine

    try:
        engine = Engine.open()
    except EngineError as error:
        yield Part("engine", Status.NOTE, f"{error.what}; builds run locally", error.hint)
        return
    yield Part("engine", Status.OK, engine.address)
    if lock:
        try:
            image = engine.require_image(lock, offline=True)
        except EngineError as error:
            yield Part("image", Status.NOTE, f"{error.what}; builds run locally", error.hint)
        else:
            yield Part("image", Status.OK, image.name)


def look_at_toolchain(root: Path, lock: Lock, cache: Path) -> Iterator[Part]:
    """Tell of each component whether it is installed."""
    installer = Installer(root, lock, cache, silent, offline=True)
    for component in needed_components(lock):
        name = f"toolchain {component}"
        if installer.is_installed(component):
            yield Part(name, Status.OK, str(installer.folder(component)))
        else:
            yield Part(name, Status.NOTE, "not installed; the first build that needs it does that, with the network")


def look_at_cluster(table: CacheTable) -> Iterator[Part]:
    """Tell whether the cluster answers, and what it does for this machine; without one nothing is missing."""
    try:
        cluster = find_cluster(table, os.environ, silent)
        takes = may_write(table, os.environ)
        if cluster:
            found = cluster.open()
            gifts = ["gives results", "takes them from here" if takes and found.may_write else "takes none from here"]
            gifts += ["runs the compiler"] if found.may_execute else []
            yield Part("cluster", Status.OK, f"{table.remote} {listing(gifts)}")
    except ClusterError as error:
        yield Part("cluster", Status.NOTE, f"{table.remote}: {error.what}; all is done here", error.hint)
    except ProtoctlError as error:
        yield failure("cluster", error)


def look_at_indexes(configuration: Configuration) -> list[Part]:
    """Ask every configured index, all at once."""
    with ThreadPoolExecutor(max(1, len(configuration.indexes))) as workers:
        return list(workers.map(lambda item: look_at_index(*item), sorted(configuration.indexes.items())))


def look_at_index(name: str, index: IndexTable) -> Part:
    """Tell whether an index answers; any answer but a server's fault will do, since credentials are not used here."""
    part, url = f"index {name}", without_credentials(index.url)
    hint = f"check indexes.{name}.url in {FILE_NAME} and the network"
    if index.kind == "directory":
        is_there = Path(index.url.removeprefix("file://")).is_dir()
        return Part(part, Status.OK, url) if is_there else Part(part, Status.NOTE, f"there is no folder {url} yet")
    try:
        with urlopen(Request(url, headers={"User-Agent": "protoctl"}), timeout=INDEX_SECONDS) as answer:  # noqa: S310  the team's own index
            return Part(part, Status.OK, f"{url} answers {answer.status}")
    except HTTPError as error:
        if error.code >= 500:  # noqa: PLR2004  RFC 9110: server errors
            return Part(part, Status.FAILED, f"{url} answers {error.code}", "try again later", 4)
        text = "asks for credentials" if error.code in {401, 403} else f"answers {error.code}"
        return Part(part, Status.OK, f"{url} {text}")
    except URLError as error:
        return Part(part, Status.FAILED, f"{url} cannot be reached: {error.reason}", hint, 4)
    except (OSError, ValueError, HTTPException) as error:
        return Part(part, Status.FAILED, f"{url} cannot be reached: {error}", hint, 4)


def without_credentials(url: str) -> str:
    """Give a URL without user and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
