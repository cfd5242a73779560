"""The published JSON schema of `protoctl.toml`: `PROTOCTL_REFRESH=1 pytest tests/unit/model` writes it anew."""

from __future__ import annotations

import json
import os
from typing import Any

import msgspec
from conftest import REPOSITORY

from protoctl.model.configuration import Configuration

PATH = REPOSITORY / "docs" / "protoctl.schema.json"
HEAD = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "protoctl.toml",
    "description": "The configuration of a protoctl workspace. For completion and checks in an editor, begin the file "
    "with a line like `#:schema ./docs/protoctl.schema.json`, which Taplo and Even Better TOML read.",
}


def generate() -> str:
    """Give the text of the schema."""
    return json.dumps(HEAD | msgspec.json.schema(Configuration), indent=2) + "\n"


def definitions() -> dict[str, dict[str, Any]]:
    """Give the tables of the published schema."""
    value = json.loads(PATH.read_text())["$defs"]
    assert isinstance(value, dict)
    return value


def test_the_published_schema_is_the_one_in_use() -> None:
    if os.environ.get("PROTOCTL_REFRESH"):
        PATH.write_text(generate())
    assert PATH.read_text() == generate()


def test_every_key_is_described() -> None:
    tables = definitions()
    bare = [
        f"{name}.{key}"
        for name, table in tables.items()
        for key, value in table["properties"].items()
        if not (value.get("description") or tables[value["$ref"].rpartition("/")[2]]["description"])
    ]
    assert bare == []


def test_unknown_keys_are_refused_everywhere() -> None:
    assert [name for name, table in definitions().items() if table["additionalProperties"] is not False] == []
