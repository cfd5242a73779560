"""Which Python modules and classes wheels hold, derived from their compiled schemas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from protoctl.targets.python.naming import module_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.verification.parcel import Parcel


@dataclass(frozen=True)
class Layout:
    """The wheels of an environment."""

    wheels: Sequence[Parcel]
    """Those that are tried and those that they need."""

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """Path of a proto that a wheel owns to the folder around it, like `stubs/` or nothing."""
        return {path: wheel.prefix for wheel in self.wheels for path in wheel.embedded.record.files}

    def module(self, proto: str, suffix: str = "_pb2") -> str:
        """Give the dotted name of the module generated from a proto."""
        return module_path(self.prefixes.get(proto, "") + proto).replace("/", ".") + suffix


def python_modules(wheel: Parcel) -> list[str]:
    """Give the dotted names of all modules in a wheel, sorted."""
    code = [path for path in wheel.embedded.files if path.endswith(".py")]
    return sorted(path.removesuffix(".py").replace("/", ".") for path in code)
