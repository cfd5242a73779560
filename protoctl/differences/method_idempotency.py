"""What a method promises about being called again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import MethodDescriptorProto, MethodOptions

from protoctl.differences.rule import CONDITIONAL, Rule
from protoctl.model.change import Change, Effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

AT = (MethodDescriptorProto.OPTIONS_FIELD_NUMBER, MethodOptions.IDEMPOTENCY_LEVEL_FIELD_NUMBER)
STRENGTH = (MethodOptions.IDEMPOTENCY_UNKNOWN, MethodOptions.IDEMPOTENT, MethodOptions.NO_SIDE_EFFECTS)
"""Each level promises what those before it do."""
WEAKENED = Rule(
    "method-idempotency-weakened",
    "A method no longer promises that it can be repeated or cached: retries, caches and GET requests rely on it",
    Change.MAJOR,
    Effects(wire=CONDITIONAL, json=CONDITIONAL, python=CONDITIONAL, node=CONDITIONAL),
)
STRENGTHENED = Rule(
    "method-idempotency-strengthened", "A method promises that it can be repeated or even cached", Change.MINOR
)
RULES = (WEAKENED, STRENGTHENED)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give methods whose idempotency_level differs; unset is the same as unknown."""
    for pair in comparison.methods.both:
        before, now = (side.descriptor.options.idempotency_level for side in (pair.baseline, pair.current))
        if before == now:
            continue
        names = " to ".join(map(MethodOptions.IdempotencyLevel.Name, (before, now)))
        message = f"method {pair.current.full_name} changes its idempotency_level from {names}"
        rule = WEAKENED if STRENGTH.index(now) < STRENGTH.index(before) else STRENGTHENED
        yield rule.on_pair(comparison, pair, message, at=(AT, AT))
