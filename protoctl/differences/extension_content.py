"""What extensions hold: they are fields that stand elsewhere, and rules about fields hold for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from protoctl.differences import field_cardinality, field_default, field_encoding, field_options, field_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.differences.rule import Rule
    from protoctl.model.difference import Difference
    from protoctl.versioning.comparison import Comparison

RULES: tuple[Rule, ...] = ()
"""All are those of fields."""
SHARED = (field_cardinality, field_default, field_encoding, field_options, field_type)


def find(comparison: Comparison) -> Iterator[Difference]:
    """Give what rules about fields find in extensions."""
    as_fields = replace(comparison, fields=comparison.extensions)
    for module in SHARED:
        for found in module.find(as_fields):
            message, remedy = (text.replace("field", "extension", 1) for text in (found.message, found.remedy))
            yield replace(found, message=message, remedy=remedy)
