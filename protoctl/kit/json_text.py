"""JSON for people and programs: indented, in ASCII, quickly also when it is long."""

from __future__ import annotations

import json
from typing import Any

import msgspec


def json_text(value: Any) -> str:  # noqa: ANN401  whatever JSON can say
    """Give a value as JSON, indented by two; with `indent` the standard library's encoder is slower by far."""
    return msgspec.json.format(json.dumps(value), indent=2)
