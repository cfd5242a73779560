"""How an enum treats what it does not know: open or closed, and how strictly its JSON is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FeatureSet

from protoctl.differences.rule import CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

CLOSED = Rule(
    "enum-closed",
    "An open enum is closed: numbers that it does not know leave their field and become unknown ones",
    Change.MAJOR,
    Effects(wire=CONDITIONAL, json=CONDITIONAL, python=CONDITIONAL, node=CONDITIONAL),
)
OPENED = Rule(
    "enum-opened",
    "A closed enum is open: code meets numbers that have no name, where the field was unset before",
    Change.MAJOR,
    Effects(wire=CONDITIONAL, json=SAFE, python=CONDITIONAL, node=CONDITIONAL),
)
JSON_LOOSENED = Rule(
    "enum-json-best-effort",
    "The compiler no longer holds the JSON names of an enum to be distinct, so a value may not survive JSON",
    Change.MAJOR,
    Effects(json=CONDITIONAL),
)
JSON_HELD = Rule("enum-json-allowed", "The compiler holds the JSON names of an enum to be distinct", Change.PATCH)
RULES = (CLOSED, OPENED, JSON_LOOSENED, JSON_HELD)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give enums whose resolved features differ, wherever the feature is written."""
    for pair in comparison.enums.both:
        before, now = pair.baseline.features, pair.current.features
        name = pair.current.full_name
        if before.enum_type != now.enum_type:
            is_closed = now.enum_type == FeatureSet.CLOSED
            rule, message = (CLOSED, "open to closed") if is_closed else (OPENED, "closed to open")
            yield rule.on_pair(comparison, pair, f"enum {name} changes from {message}")
        if before.json_format != now.json_format:
            is_loose = now.json_format == FeatureSet.LEGACY_BEST_EFFORT
            rule = JSON_LOOSENED if is_loose else JSON_HELD
            step = "ALLOW to LEGACY_BEST_EFFORT" if is_loose else "LEGACY_BEST_EFFORT to ALLOW"
            yield rule.on_pair(comparison, pair, f"enum {name} changes its json_format from {step}")
