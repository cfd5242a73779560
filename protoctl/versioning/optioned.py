"""Every kind of element that has options, with its pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.schema.view import Path
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.matching import Pair


class Optioned(NamedTuple):
    """A pair whose written options differ."""

    kind: str
    """What a person calls it, like `enum value`."""
    pair: Pair[Any]
    """Both sides."""

    @property
    def title(self) -> str:
        """Kind and name, like `field acme.user.v1.User.name`."""
        return f"{self.kind} {self.pair.current.full_name}"

    @property
    def at(self) -> tuple[Path, Path]:
        """Where options are written within each side."""
        path = (self.pair.current.descriptor.DESCRIPTOR.fields_by_name["options"].number,)
        return path, path


def with_other_options(comparison: Comparison) -> Iterator[Optioned]:
    """Give every pair of whatever kind whose options are not equal."""
    for kind in ("file", "message", "field", "oneof", "enum", "value", "extension", "service", "method"):
        for pair in getattr(comparison, f"{kind}s").both:
            before, now = pair.baseline.descriptor, pair.current.descriptor
            if (before.HasField("options") or now.HasField("options")) and before.options != now.options:
                yield Optioned("enum value" if kind == "value" else kind, pair)
