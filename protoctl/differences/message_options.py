"""Options of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import DescriptorProto, FeatureSet

from protoctl.differences.rule import BREAK, CONDITIONAL, Rule
from protoctl.model.change import Change, Effects
from protoctl.versioning.written_options import rewritten_options, told_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import DescriptorProto as Descriptor

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.matching import Pair

MESSAGE_SET = Rule(
    "message-set-changed",
    "A message is written as a MessageSet or no longer so: neither side reads the other's bytes",
    Change.MAJOR,
    Effects(wire=BREAK),
)
JSON_FORMAT = Rule(
    "message-json-format-changed",
    "A message no longer promises that its JSON is sound: names may clash",
    Change.MAJOR,
    Effects(json=CONDITIONAL),
)
JSON_FORMAT_GAINED = Rule(
    "message-json-format-gained", "A message promises that its JSON is sound, which it did not", Change.PATCH
)
OTHERS = Rule(
    "message-option-changed",
    "An option of a message changes that nothing in Python, Node, bytes or JSON depends on",
    Change.PATCH,
)
RULES = (MESSAGE_SET, JSON_FORMAT, JSON_FORMAT_GAINED, OTHERS)
WITHIN = (DescriptorProto.OPTIONS_FIELD_NUMBER,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give messages with other options or another JSON format."""
    for pair in comparison.messages.both:
        name, before, now = pair.current.full_name, pair.baseline.descriptor.options, pair.current.descriptor.options
        if before.message_set_wire_format != now.message_set_wire_format:
            verb = "becomes" if now.message_set_wire_format else "is no longer"
            words = f"message {name} {verb} a MessageSet"
            yield MESSAGE_SET.on_pair(comparison, pair, words, at=(WITHIN, WITHIN))
        if pair.baseline.features.json_format != pair.current.features.json_format:
            yield json_format(comparison, pair)
        names = neutral_options(pair)
        if names:
            words = f"message {name} changes its {told_options(names)}, which Python and Node do not see"
            yield OTHERS.on_pair(comparison, pair, words, at=(WITHIN, WITHIN))


def json_format(comparison: Comparison, pair: Pair[Descriptor]) -> Difference:
    """Give the finding about a message whose JSON is held to less or to more than before."""
    is_sound = pair.current.features.json_format == FeatureSet.ALLOW
    rule, words = (JSON_FORMAT_GAINED, "ALLOW") if is_sound else (JSON_FORMAT, "LEGACY_BEST_EFFORT")
    return rule.on_pair(comparison, pair, f"message {pair.current.full_name} changes its json_format to {words}")


def neutral_options(pair: Pair[Descriptor]) -> list[str]:
    """Give the names of options that are written otherwise, where no other rule says what that does."""
    before, now = pair.baseline.descriptor.options, pair.current.descriptor.options
    told = {
        "deprecated": before.deprecated != now.deprecated,
        "features": pair.baseline.features != pair.current.features,
        "message_set_wire_format": before.message_set_wire_format != now.message_set_wire_format,
    }
    return [name for name in rewritten_options(pair) if not told.get(name)]
