"""Fields that get another name, in protos or in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from protoctl.differences.rule import BREAK, CONDITIONAL, SAFE, Rule
from protoctl.model.change import Change, Effects
from protoctl.schema.trim import default_json_name
from protoctl.versioning.field_types import json_name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison
    from protoctl.versioning.matching import Pair

RENAMED = Rule(
    "field-renamed",
    "A field has another name under the same number: code names it, and so does JSON unless the JSON name is kept",
    Change.MAJOR,
    Effects(json=BREAK, python=BREAK, node=BREAK),
)
JSON_RENAMED = Rule(
    "field-json-name-changed",
    "A field has another name in JSON: either side takes the other's for an unknown one",
    Change.MAJOR,
    Effects(json=BREAK),
)
RULES = (RENAMED, JSON_RENAMED)
NAME = (FieldDescriptorProto.NAME_FIELD_NUMBER,)
JSON_NAME = (FieldDescriptorProto.JSON_NAME_FIELD_NUMBER,)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give fields that are called otherwise; a renamed one says what became of its JSON name."""
    for pair in comparison.fields.renamed:
        yield renamed(comparison, pair)
    for pair in comparison.fields.pairs:
        old, new = json_name_of(pair.baseline.descriptor), json_name_of(pair.current.descriptor)
        if old != new:
            words = f"field {pair.current.full_name} changes its JSON name from {old} to {new}"
            remedy = f'keep `json_name = "{old}"`'
            yield JSON_RENAMED.on_pair(comparison, pair, words, at=(JSON_NAME, JSON_NAME), remedy=remedy)


def renamed(comparison: Comparison, pair: Pair[FieldDescriptorProto]) -> Difference:
    """Give the finding about a field under another name.

    With the JSON name kept, JSON still breaks for who writes the names of protos.
    """
    before, now = pair.baseline, pair.current
    old, new = json_name_of(before.descriptor), json_name_of(now.descriptor)
    words = f"field {before.full_name} is renamed to {now.name}"
    effects = RENAMED.effects._replace(
        json=CONDITIONAL if old == new else BREAK,
        node=SAFE if default_json_name(before.name) == default_json_name(now.name) else BREAK,
    )
    if old != new:
        words += f", in JSON from {old} to {new}"
    remedy = f"add {now.name} as a new field and deprecate {before.name}"
    return RENAMED.on_pair(comparison, pair, words, at=(NAME, NAME), effects=effects, remedy=remedy)
