"""The lists that the documentation shows, made from the code."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec
from typer.main import get_command

from protoctl.checks import all_rules
from protoctl.cli.application import application
from protoctl.cli.commands import find_commands
from protoctl.differences import all_rules as difference_rules
from protoctl.model.change import Change, Consumer, Effect
from protoctl.model.configuration import Configuration

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from protoctl.differences.rule import Rule as DifferenceRule

WIDTH = 100
"""Columns of the help texts."""
LIST = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
TYPES = {"string": "string", "array": "list of strings", "object": "table", "boolean": "true or false"}


def refresh(page: Path) -> str:
    """Give the text of a page with its lists made anew."""
    makers = {"keys": list_keys, "commands": list_commands, "rules": list_rules, "differences": list_differences}
    return LIST.sub(lambda found: f"{found[1]}\n{makers[found[2]]()}\n\n{found[3]}", page.read_text())


def list_rules() -> str:
    """Give a table of every rule, sorted."""
    rows = [f"| `{rule.id}` | {rule.severity.value} | {rule.sentence} |" for rule in all_rules()]
    return "\n".join(["| rule | | asks for |", "|---|---|---|", *rows])


def list_differences() -> str:
    """Give a table of every rule of the comparison, sorted: what a finding takes, and whom it affects."""
    rows = [
        f"| `{rule.id}` | {rule.change} | {', '.join(reached(rule)) or 'nobody'} | {rule.sentence} |"
        for rule in difference_rules()
    ]
    return "\n".join(["| rule | step | can stop working for | finds |", "|---|---|---|---|", *rows])


def reached(rule: DifferenceRule) -> Iterator[str]:
    """Give the consumers whom a finding affects, where the rule does not find out more about the case."""
    for consumer in Consumer:
        effect = rule.effects.of(consumer)
        if effect and rule.change is Change.MAJOR:
            yield consumer.value if effect is Effect.BREAK else f"{consumer.value} (perhaps)"


def list_commands() -> str:
    """Give the help of every command."""
    parts = []
    for name in ("", *find_commands()):
        heading = f"## {name or 'protoctl'}"
        parts.append(f"{heading}\n\n```text\n{help_text(name)}\n```")
    return "\n\n".join(parts)


def help_text(name: str) -> str:
    """Give what `protoctl NAME --help` prints on a terminal of WIDTH columns."""
    command: Any = get_command(application())
    context = command.make_context(
        "protoctl", [], resilient_parsing=True, max_content_width=WIDTH, terminal_width=WIDTH
    )
    if name:
        inner = command.get_command(context, name)
        context = inner.make_context(
            name, [], parent=context, resilient_parsing=True, max_content_width=WIDTH, terminal_width=WIDTH
        )
        command = inner
    return str(command.get_help(context))


def list_keys() -> str:
    """Give a table for each table of `protoctl.toml`."""
    return "\n\n".join(list_tables())


def list_tables() -> Iterator[str]:
    """Give heading, sentence and keys of each table, in the order of the classes."""
    tables = msgspec.json.schema(Configuration)["$defs"]
    for name, entry in tables["Configuration"]["properties"].items():
        is_mapping = "additionalProperties" in entry
        reference = entry["additionalProperties"]["$ref"] if is_mapping else entry["$ref"]
        table = tables[reference.rpartition("/")[2]]
        heading = f"## `[{name}]`{', each entry' if is_mapping else ''}"
        rows = [row(key, value, table.get("required", ())) for key, value in table["properties"].items()]
        head = "| key | | default | |\n|---|---|---|---|"
        yield "\n".join([heading, "", table["description"], "", head, *rows])
        for key, value in table["properties"].items():
            if "$ref" in value.get("items", {}):
                inner = tables[value["items"]["$ref"].rpartition("/")[2]]
                rows = [row(one, each, inner.get("required", ())) for one, each in inner["properties"].items()]
                yield "\n".join([f"## `[[{name}.{key}]]`", "", inner["description"], "", head, *rows])


def row(key: str, value: dict[str, Any], required: Collection[str]) -> str:
    """Give the row of a key; raises KeyError for one that nothing describes."""
    kind = " or ".join(f"`{one}`" for one in value["enum"]) if "enum" in value else TYPES[value["type"]]
    kind = "list of tables" if "$ref" in value.get("items", {}) else kind
    shown = value.get("default")
    shown = json.dumps(shown) if isinstance(shown, list | tuple) else shown
    default = f"`{shown}`" if value.get("default") else "required" if key in required else "none"
    return f"| `{key}` | {kind} | {default} | {value['description']} |"
