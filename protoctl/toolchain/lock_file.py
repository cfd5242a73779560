"""`protoctl.lock` and `build/`: read, written, compared with each other and with the configuration."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from protoctl import __version__
from protoctl.errors import LockError
from protoctl.kit.digest import digest_bytes, digest_json
from protoctl.kit.files import write_atomic
from protoctl.model.toolchain import COMPONENTS, NODE, PROTOS, PYTHON, Image, Lock, Pin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.model.configuration import Configuration

FILE_NAME = "protoctl.lock"
FOLDER = "build"
FORMAT = 1
DRIVER = Path(__file__).parent.parent / "runners" / "driver.py"
DOCKERFILE = Path(__file__).parent / "templates" / "Dockerfile"
COMPONENT_FILES = {
    PYTHON: ("python/requirements.txt",),
    NODE: ("node/package-lock.json", "node/package.json", "node/requirements.txt"),
    PROTOS: ("protos/requirements.txt",),
}
"""The files of `build/` that a component is installed from."""
RELOCK = "run `protoctl lock`"


def fixed_files() -> dict[str, bytes]:
    """Give the files of `build/` that come with this protoctl and do not depend on what was resolved."""
    return {"Dockerfile": DOCKERFILE.read_bytes(), "driver.py": DRIVER.read_bytes()}


def settings_of(configuration: Configuration) -> dict[str, tuple[str, ...]]:
    """Give what a lock is resolved for."""
    return {
        "base": (configuration.image.base,),
        "protos": tuple(sorted({owner.python for owner in configuration.dependencies.values()})),
        "requires-python": (configuration.python.requires_python,),
    }


def make_lock(
    settings: Mapping[str, tuple[str, ...]],
    pins: tuple[Pin, ...],
    files: Mapping[str, bytes],
    image: Image,
    packer: str,
) -> Lock:
    """Give the lock for resolved pins and the files that carry their hashes."""
    digests = {path: digest_bytes(files[path]) for path in sorted(files)}
    return Lock(dict(settings), pins, digests, image, __version__, packer, lock_digest(pins, digests, packer))


def lock_digest(pins: tuple[Pin, ...], files: Mapping[str, str], packer: str) -> str:
    """Give the toolchain's digest; the Dockerfile is left out, since it changes where tools run, not what they do."""
    relevant = {path: digest for path, digest in files.items() if path != "Dockerfile"}
    return digest_json([[pin.source, pin.name, pin.version] for pin in pins] + [relevant, packer])


def component_digest(lock: Lock, component: str) -> str:
    """Give the digest of what is installed for a component, and of the driver that runs it."""
    return digest_json([lock.files[path] for path in (*COMPONENT_FILES[component], "driver.py")])


def read_lock(root: Path) -> Lock | None:
    """Give the lock of a workspace, None when it has none; raises LockError when it cannot be trusted."""
    path = root / FILE_NAME
    try:
        value = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LockError(f"cannot be read: {error}", where=FILE_NAME, hint=f"restore it from git, or {RELOCK}") from error
    if value.get("format") != FORMAT:
        raise LockError(
            f"format {value.get('format')} is not {FORMAT}, written by protoctl {value.get('generator', 'unknown')}",
            where=FILE_NAME,
            hint="use the protoctl that wrote it, or " + RELOCK,
        )
    return parse_lock(value)


def parse_lock(value: dict[str, Any]) -> Lock:
    """Give the lock for parsed TOML; raises LockError for a wrong shape."""
    try:
        lock = msgspec.convert(
            {name: item for name, item in value.items() if name != "format"} | {"pins": value.get("package", [])},
            Lock,
        )
    except msgspec.ValidationError as error:
        raise LockError(f"is damaged: {error}", where=FILE_NAME, hint=RELOCK) from error
    if lock.digest != lock_digest(lock.pins, lock.files, lock.packer):
        raise LockError("was edited by hand: its digest does not fit", where=FILE_NAME, hint=RELOCK)
    return lock


def write_lock(root: Path, lock: Lock, files: Mapping[str, bytes]) -> None:
    """Write `build/`, then the lock; unchanged files keep their time."""
    for path, data in files.items():
        target = root / FOLDER / path
        if not target.is_file() or target.read_bytes() != data:
            write_atomic(target, data)
    write_atomic(root / FILE_NAME, render_lock(lock).encode())


def render_lock(lock: Lock) -> str:
    """Give the text of `protoctl.lock`."""
    import tomli_w  # noqa: PLC0415  only needed to write

    value = msgspec.to_builtins(lock)
    head = {"format": FORMAT} | {name: value[name] for name in ("generator", "packer", "digest")}
    body = {name: value[name] for name in ("settings", "image", "files")}
    text = tomli_w.dumps(head | body | {"package": value["pins"]})
    return f"# Written by `protoctl lock`; committed and reviewed, never edited by hand.\n{text}"


def find_drift(lock: Lock, configuration: Configuration, root: Path) -> str:
    """Say how the lock differs from the configuration, this protoctl or `build/`; nothing when it fits."""
    wanted = settings_of(configuration)
    for name in sorted(wanted):
        if tuple(lock.settings.get(name, ())) != wanted[name]:
            return f"it was resolved for another {name}"
    for path, data in fixed_files().items():
        if lock.files.get(path) != digest_bytes(data):
            return f"it was written by protoctl {lock.generator}, whose {path} differs"
    for path, digest in lock.files.items():
        target = root / FOLDER / path
        if not target.is_file():
            return f"{FOLDER}/{path} is missing"
        if digest_bytes(target.read_bytes()) != digest:
            return f"{FOLDER}/{path} was changed"
    return ""


def needed_components(lock: Lock) -> tuple[str, ...]:
    """Give the components that have something to install."""
    return tuple(name for name in COMPONENTS if any(pin.component == name for pin in lock.pins))
