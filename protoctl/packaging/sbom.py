"""What a package consists of and asks for, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/) writes it.

Neither a serial number nor a time stands in it, which the format allows: equal inputs give equal bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from protoctl import __version__
from protoctl.kit.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SBOM_FILE = "sbom.cdx.json"
"""Beside the record of the build in an sdist and an npm package; in a wheel below `.dist-info/sboms` (PEP 770)."""


@dataclass(frozen=True)
class Bundled:
    """Protos of somebody else whose code is inside as a private copy."""

    distribution: str
    """The one on the Python index that they were taken from; nothing when nobody is known to own them."""
    version: str
    """As it is locked; nothing when it is not."""
    files: tuple[str, ...]
    """What was taken of it, sorted."""


@dataclass(frozen=True)
class Contents:
    """A package, as far as a bill of materials tells it."""

    kind: str
    """`pypi` or `npm`."""
    name: str
    """As an index lists it."""
    version: str
    """As this kind writes it."""
    license: str
    """An SPDX expression; nothing when nobody said."""
    requires: Mapping[str, str]
    """Name of another package of the kind to the versions that it may have, as the metadata write it."""
    bundled: Sequence[Bundled] = ()


def make_sbom(contents: Contents) -> bytes:
    """Give the bill of materials of a package, JSON."""
    own = purl(contents.kind, contents.name, contents.version)
    required = [required_component(contents.kind, *one) for one in sorted(contents.requires.items())]
    bundled = [part for one in contents.bundled for part in bundled_components(one)]
    components = [*required, *bundled]
    value = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"tools": {"components": [tool()]}, "component": described(contents, own)},
        "components": components,
        "dependencies": [
            {"ref": own, "dependsOn": sorted(one["bom-ref"] for one in components)},
            *({"ref": one["bom-ref"]} for one in components),
        ],
    }
    return f"{json_text(value)}\n".encode()


def tool() -> dict[str, Any]:
    """Give what wrote the document."""
    return {"type": "application", "name": "protoctl", "version": __version__}


def described(contents: Contents, reference: str) -> dict[str, Any]:
    """Give the package itself."""
    value = component(reference, contents.name) | {"version": contents.version}
    return value | ({"licenses": [{"expression": contents.license}]} if contents.license else {})


def required_component(kind: str, name: str, bound: str) -> dict[str, Any]:
    """Give a package that has to be there; the format knows no ranges, so that they are a property."""
    properties = [{"name": "protoctl:relation", "value": "required"}]
    properties += [{"name": "protoctl:versions", "value": bound}] if bound else []
    return component(purl(kind, name), name) | {"scope": "required", "properties": properties}


def bundled_components(one: Bundled) -> list[dict[str, Any]]:
    """Give the distribution of which a copy is inside, with the files that were taken, or these alone."""
    properties = [{"name": "protoctl:relation", "value": "bundled"}]
    reference = purl("pypi", one.distribution, one.version) if one.distribution else "file"
    files = [{"type": "file", "bom-ref": f"{reference}#{quote(path)}", "name": path} for path in one.files]
    if not one.distribution:
        return [file | {"properties": properties} for file in files]
    version = {"version": one.version} if one.version else {}
    return [component(reference, one.distribution) | version | {"properties": properties, "components": files}]


def component(reference: str, name: str) -> dict[str, Any]:
    """Give what is said of every package."""
    return {"type": "library", "bom-ref": reference, "name": name, "purl": reference}


def purl(kind: str, name: str, version: str = "") -> str:
    """Give the address of a package (https://github.com/package-url/purl-spec)."""
    spelled = name.replace("_", "-").lower() if kind == "pypi" else name
    path = "/".join(quote(part, safe="") for part in spelled.split("/"))
    return f"pkg:{kind}/{path}" + (f"@{quote(version, safe='')}" if version else "")
