"""The lock and the installed toolchain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

PYTHON = "python"
"""Component: protoc with its Python and gRPC generators, mypy-protobuf."""
NODE = "node"
"""Component: Node and protoc-gen-es."""
PROTOS = "protos"
"""Component: proto sources of other distributions."""
COMPONENTS = (PYTHON, NODE, PROTOS)
"""What every lock has; each component is installed on first use and has a digest of its own."""


def python_component(floor: str) -> str:
    """Give the component whose code works from a protobuf runtime on, beside the workspace's own `python`."""
    return f"{PYTHON}-{floor}"


def is_python(component: str) -> bool:
    """Tell whether a component holds protoc and mypy-protobuf."""
    return component == PYTHON or component.startswith(f"{PYTHON}-")


def components_in(settings: Iterable[str]) -> tuple[str, ...]:
    """Give the components that a lock with these settings has: COMPONENTS, and after `python` the others like it."""
    return (PYTHON, *sorted(name for name in settings if name != PYTHON and is_python(name)), NODE, PROTOS)


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

    @property
    def components(self) -> tuple[str, ...]:
        """COMPONENTS, and after `python` one for each further runtime floor, sorted by name."""
        return components_in(self.settings)

    def version(self, name: str, component: str = "") -> str:
        """Give the pinned version of a package that the lock must hold, in a component or in the first that has it."""
        return next(pin.version for pin in self.pins if pin.name == name and component in {"", pin.component})


@dataclass(frozen=True)
class Component:
    """An installed part of the toolchain."""

    name: str
    """One of the lock's components."""
    digest: str
    """Of its pins."""
    folder: Path
    """Where it is installed."""
