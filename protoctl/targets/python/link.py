"""Packages in a virtual environment, as editable installs that are kept up to date."""

from __future__ import annotations

import json
import os
import shutil
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from protoctl.errors import UsageError
from protoctl.kit import process
from protoctl.kit.files import write_atomic
from protoctl.kit.trees import replace_tree
from protoctl.model.event import Event, Level
from protoctl.packaging.installed import identify
from protoctl.targets.lack import Lack
from protoctl.targets.python.editable import URL, installed_metadata, pointer, pointer_name, read_wheel
from protoctl.targets.python.naming import normalise
from protoctl.toolchain.clients import find_uv, run_client

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.model.event import Emit
    from protoctl.targets.python.editable import Wheel
    from protoctl.targets.target import Offer

ASK = """
import json, sys, sysconfig
version = ".".join(map(str, sys.version_info[:3]))
print(json.dumps([version, sys.prefix, sysconfig.get_path("purelib"), sys.path]))
"""
METADATA = (".dist-info", ".egg-info")
"""How the names of folders and files end that tell what is installed."""
ATTIC = ".old"
"""The folder in the store for the code before the last change."""
SECONDS = 20
"""For an interpreter to answer."""


def is_mine(folder: Path) -> bool:
    """Tell whether a folder is a virtual environment or one of conda."""
    return (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()


def open_place(folder: Path, store: Path, emit: Emit) -> PythonPlace:
    """Give an environment, whose packages' code will lie in a store.

    Raises UsageError when its Python is another's, or for a store that a line of a file cannot name.
    """
    if not str(store).isprintable():
        raise UsageError(f"cannot link to code below {str(store)!a}", hint="move the workspace")
    python = folder / "bin" / "python"
    said = ""
    try:
        done = process.run([str(python), "-I", "-c", ASK], timeout=SECONDS)
        said = done.stderr
        version, prefix, site, path = json.loads(done.stdout)
        if not Path(prefix).samefile(folder):
            raise UsageError(f"{python} belongs to {prefix}", hint=f"make the environment {folder} anew")
        return PythonPlace(python, str(version), Path(site), list(map(str, path)), store, emit)
    except (OSError, ValueError, TypeError) as error:  # a timeout is an OSError, too
        raise UsageError(f"{python} does not answer as a Python does", said=said or str(error)) from error


class PythonPlace:
    """A virtual environment."""

    def __init__(self, python: Path, version: str, site: Path, path: list[str], store: Path, emit: Emit) -> None:
        """Take what its Python tells, where code is to lie, and whom to tell what is missing."""
        self.folder = python.parent.parent
        self.python = python
        self.version = version
        self.site = site
        self.path = path
        self.store = store
        self.emit = emit
        self.linked: dict[str, tuple[str, Wheel]] = {}
        self.required: list[str] = []
        self.lack = Lack(self.folder, emit)

    def update(self, offers: Sequence[Offer], siblings: set[str], *, is_all: bool) -> None:
        """Link what is not linked as it is now; with all that the workspace has, what else it had is unlinked.

        Raises UsageError for packages that are not for this Python, ArtifactError, MachineError and OSError.
        """
        if not self.site.is_dir():
            raise UsageError(f"{self.folder} is not the environment that it was", hint="start again")
        found = self.installed()
        for offer in offers:
            if not offer.path.name.endswith(".whl"):
                continue
            digest, wheel = self.linked.get(offer.distribution, ("", None))
            if wheel is None or digest != offer.sha256 or not self.is_there(wheel):
                wheel = read_wheel(offer.path.name, offer.read())
                self.link(wheel, found.get(normalise(wheel.name), []))
                self.linked[offer.distribution] = offer.sha256, wheel
        if is_all:
            self.drop(found, {offer.distribution for offer in offers})
        self.tell_missing(siblings)

    def is_there(self, wheel: Wheel) -> bool:
        """Tell whether nobody removed a link."""
        return (self.site / wheel.info).is_dir() and (self.store / wheel.name).is_dir()

    def installed(self) -> dict[str, list[Path]]:
        """Give normalised name to the places of metadata of what is installed, as their names tell it."""
        found: dict[str, list[Path]] = {}
        for path in self.site.iterdir():
            if path.name.endswith(METADATA):
                found.setdefault(normalise(path.stem.partition("-")[0]), []).append(path)
        return found

    def link(self, wheel: Wheel, others: Sequence[Path]) -> None:
        """Let an import find a wheel's code, instead of what is installed under its name."""
        if not SpecifierSet(wheel.python).contains(self.version):
            raise UsageError(f"{wheel.name} is for Python {wheel.python}, {self.python} is {self.version}")
        place = self.store / wheel.name
        if any(not self.is_ours(info) for info in others):
            self.uninstall(normalise(wheel.name))
        replace_tree(place, wheel.code, self.store / ATTIC / wheel.name)
        replace_tree(self.site / wheel.info, installed_metadata(wheel, place))
        pth = self.site / pointer_name(wheel)
        if not pth.is_file() or pth.read_bytes() != pointer(place):
            write_atomic(pth, pointer(place))
        for info in others:
            if info.name != wheel.info:
                shutil.rmtree(info, ignore_errors=True)

    def is_ours(self, info: Path) -> bool:
        """Tell whether metadata is that of a link into the store."""
        try:
            url = urlsplit(str(json.loads((info / URL).read_text())["url"]))
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return url.scheme == "file" and Path(unquote(url.path)).parent == self.store

    def uninstall(self, name: str) -> None:
        """Uninstall what hides a link; raises MachineError."""
        self.emit(Event(f"{name} in {self.folder} gives way to the link", Level.NOTE))
        argv = [find_uv(), "pip", "uninstall", "--python", str(self.python), name, "--no-config", "--quiet"]
        run_client(argv, f"cannot uninstall {name}", os.environ, offline=False)

    def drop(self, found: dict[str, list[Path]], current: set[str]) -> None:
        """Unlink what the workspace no longer has."""
        for name in found.keys() - set(map(normalise, current)):
            for info in filter(self.is_ours, found[name]):
                stem = info.name.partition("-")[0]
                (self.site / f"_{stem}.pth").unlink(missing_ok=True)
                shutil.rmtree(info, ignore_errors=True)
                for place in (self.store / stem, self.store / ATTIC / stem):
                    shutil.rmtree(place, ignore_errors=True)

    def tell_missing(self, siblings: set[str]) -> None:
        """Say once what has to be installed beside the links."""
        required = sorted({one for _, wheel in self.linked.values() for one in wheel.requires})
        if required == self.required:
            return
        self.required = required
        found = dict(identify(one) for one in distributions(path=self.path[::-1]))  # the first on the path counts
        versions = {normalise(name): version for name, version in found.items()}
        absent = [one for one in map(Requirement, required) if not is_met(one, versions)]
        unlinked = sorted({one.name for one in absent if normalise(one.name) in siblings})
        wanted = [str(one) for one in absent if normalise(one.name) not in siblings]
        self.lack.tell([str(self.python), "-m", "pip", "install"], wanted, unlinked)


def is_met(requirement: Requirement, versions: dict[str, str]) -> bool:
    """Tell whether an installed version fits a requirement."""
    if requirement.marker and not requirement.marker.evaluate():
        return True
    version = versions.get(normalise(requirement.name))
    return version is not None and requirement.specifier.contains(version, prereleases=True)
