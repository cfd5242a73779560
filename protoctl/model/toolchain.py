"""The lock and the installed toolchain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PYTHON = "python"
"""Component: protoc with its Python and gRPC generators, mypy-protobuf."""
NODE = "node"
"""Component: Node and protoc-gen-es."""
PROTOS = "protos"
"""Component: proto sources of other distributions."""
COMPONENTS = (PYTHON, NODE, PROTOS)
"""Every component; each is installed on first use and has a digest of its own."""


@dataclass(frozen=True)
class Pin:
    """One locked package."""

    name: str
    """As its index lists it."""
    version: str
    """Exact."""
    source: str
    """`pypi` or `npm`."""
    component: str
    """Who needs it."""


@dataclass(frozen=True)
class Image:
    """The toolchain as a container image."""

    base: str
    """Reference with digest, or any local image when the engine builds for itself."""
    reference: str = ""
    """`registry/name@sha256:…` as pushed, or nothing while the image is only local."""


@dataclass(frozen=True)
class Lock:
    """What `protoctl.lock` holds."""

    settings: Mapping[str, tuple[str, ...]]
    """What was resolved for: the image's base, `requires-python`, and the requirements of each component."""
    pins: tuple[Pin, ...]
    """Sorted by component and name."""
    files: Mapping[str, str]
    """Path below `build/` to sha256; these files carry the hashes of every download."""
    image: Image
    """The base and, once pushed, the image itself."""
    generator: str
    """The version of protoctl that wrote it."""
    packer: str
    """The version of hatchling that makes the archives."""
    digest: str = ""
    """Of all that can change a byte: pins, files and packer; not of the image reference."""

    def version(self, name: str) -> str:
        """Give the pinned version of a package that the lock must hold."""
        return next(pin.version for pin in self.pins if pin.name == name)


@dataclass(frozen=True)
class Component:
    """An installed part of the toolchain."""

    name: str
    """One of COMPONENTS."""
    digest: str
    """Of its pins."""
    folder: Path
    """Where it is installed."""
