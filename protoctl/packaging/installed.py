"""What an environment has installed, read from the files that installers leave: nothing of it is imported or run."""

from __future__ import annotations

import csv
import errno
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from protoctl.packaging.record import RECORD_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from importlib.metadata import Distribution

RECORD = f"extra_metadata/protoctl/{RECORD_FILE}"
"""Below `.dist-info`, of packages that protoctl made."""
HEAD = 1 << 18
"""Bytes of a generated file in which its checks stand."""
GENERATED = ("_pb2.py", "_pb2_grpc.py")


@dataclass(frozen=True)
class Stubs:
    """An installed package that protoctl made."""

    name: str
    """As its metadata spells it."""
    version: str
    """PEP 440."""
    code: tuple[bytes, ...]
    """The beginning of each generated file."""
    fault: str = ""
    """Why it could not be read; nothing when it could."""


@dataclass(frozen=True)
class Environment:
    """What was found on a search path."""

    versions: Mapping[str, str]
    """Name as metadata spells it, in lower case, to version; the first on the path counts, as for an import."""
    stubs: tuple[Stubs, ...]
    """Sorted by name."""
    broken: tuple[Path, ...]
    """Folders of metadata that name no distribution and version, sorted."""


def read_environment(path: Iterable[str]) -> Environment:
    """Give what is installed in the folders of a search path; a folder that is not there has nothing."""
    from importlib.metadata import distributions

    versions: dict[str, str] = {}
    stubs: list[Stubs] = []
    broken: list[Path] = []
    for found in distributions(path=list(path)):
        name, version = identify(found)
        if not name or not version:
            broken.append(Path(str(found.locate_file(""))) / metadata_folder(found))
        elif name.lower() not in versions:
            versions[name.lower()] = version
            stubs += read_stubs(found, name, version)
    return Environment(versions, tuple(sorted(stubs, key=lambda one: one.name)), tuple(sorted(broken)))


def identify(found: Distribution) -> tuple[str, str]:
    """Give name and version of a distribution, empty where its metadata are broken."""
    try:
        metadata = found.metadata
    except (OSError, UnicodeDecodeError, TypeError):  # the last when there is no file
        return "", ""
    name, version = (str(metadata[key]) if key in metadata else "" for key in ("Name", "Version"))
    return name, version


def metadata_folder(found: Distribution) -> str:
    """Give the name of the folder that holds a distribution's metadata; Python tells it by an attribute only."""
    return Path(str(getattr(found, "_path", "?"))).name


def read_stubs(found: Distribution, name: str, version: str) -> Iterator[Stubs]:
    """Give the package when protoctl made it."""
    try:
        text = found.read_text(RECORD)
        if text is None:
            return
        if not isinstance(json.loads(text), dict):
            yield Stubs(name, version, (), f"{RECORD_FILE} is no record of a build")
            return
        yield Stubs(name, version, tuple(read_code(found)))
    except (OSError, ValueError, csv.Error) as error:
        yield Stubs(name, version, (), f"cannot be read: {error}")


def read_code(found: Distribution) -> Iterator[bytes]:
    """Give the beginning of every generated file of the package; raises OSError for one that is missing."""
    place = editable_place(found)
    if place:
        paths = sorted(path for path in place.rglob("*.py") if path.name.endswith(GENERATED))
    else:
        names = [PurePosixPath(name) for name, *_ in csv.reader((found.read_text("RECORD") or "").splitlines())]
        inside = [one for one in names if ".." not in one.parts and not one.is_absolute()]
        paths = [Path(str(found.locate_file(str(one)))) for one in inside if one.name.endswith(GENERATED)]
    for path in paths:
        with path.open("rb") as stream:
            yield stream.read(HEAD)


def editable_place(found: Distribution) -> Path | None:
    """Give the folder of an editable install, as direct_url.json tells; raises OSError when it is gone."""
    direct = json.loads(found.read_text("direct_url.json") or "{}")
    is_editable = (
        isinstance(direct, dict) and isinstance(direct.get("dir_info"), dict) and direct["dir_info"].get("editable")
    )
    if not is_editable:
        return None
    place = Path(unquote(urlsplit(str(direct.get("url", ""))).path))
    if not place.is_dir():
        raise FileNotFoundError(errno.ENOENT, "its code is gone", str(place))
    return place
