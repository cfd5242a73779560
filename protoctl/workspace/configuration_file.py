"""`protoctl.toml`, read strictly: every error names file, line and key."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import msgspec

from protoctl.errors import ConfigurationError, WorkspaceError
from protoctl.kit.text import nearest
from protoctl.model.configuration import Configuration

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "protoctl.toml"
SIZE_LIMIT = 1 << 20
"""Bytes; a larger file is no configuration."""


def read_configuration(root: Path) -> Configuration:
    """Give the configuration of a workspace folder; raises WorkspaceError and ConfigurationError."""
    path = root / FILE_NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise WorkspaceError(
            f"{root} has no {FILE_NAME}", hint="run `protoctl init` there, or name a workspace with --workspace"
        ) from None
    except OSError as error:
        raise WorkspaceError(f"cannot read {path}: {error.strerror}") from error
    if len(data) > SIZE_LIMIT:
        raise ConfigurationError(f"larger than {SIZE_LIMIT} bytes", where=FILE_NAME)
    return parse_configuration(decode(data))


def decode(data: bytes) -> str:
    """Give the text of a configuration without its byte order mark."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ConfigurationError("not UTF-8", where=f"{FILE_NAME}:{line}") from error


def parse_configuration(text: str) -> Configuration:
    """Give the configuration that a text says; raises ConfigurationError with the line of the first fault."""
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise syntax_error(text, error) from error
    try:
        return msgspec.convert(value, Configuration)
    except msgspec.ValidationError as error:
        raise invalid_value(text, value, str(error)) from error


def syntax_error(text: str, error: tomllib.TOMLDecodeError) -> ConfigurationError:
    """Turn the reader's `… (at line 3, column 5)` into a place and a sentence."""
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(error))
    message, line = (found[1], found[2]) if found else (str(error), None)
    line = line or str(text.rstrip().count("\n") + 1)
    return ConfigurationError(message[0].lower() + message[1:], where=f"{FILE_NAME}:{line}")


def invalid_value(text: str, value: dict[str, Any], message: str) -> ConfigurationError:
    """Turn msgspec's `… - at `$.python.prefix`` into a place and a sentence."""
    sentence, _, path = message.partition(" - at `$")
    keys = [key for key in re.split(r"[.\[\]`]+", path) if key]
    keys = complete_keys(value, keys)
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", sentence)
    missing = re.fullmatch(r"Object missing required field `(.*)`", sentence)
    if unknown:
        keys.append(unknown[1])
        guess = nearest(unknown[1], known_keys(keys[:-1]))
        return ConfigurationError(
            f"unknown key {'.'.join(keys)}",
            where=f"{FILE_NAME}:{locate(text, keys)}",
            hint=f"did you mean {guess}?" if guess else f"known keys are {', '.join(known_keys(keys[:-1]))}",
        )
    if missing:
        sentence = f"{'.'.join([*keys, missing[1]])} is missing"
    else:
        sentence = f"{'.'.join(keys)}: {sentence[0].lower()}{sentence[1:]}"
    return ConfigurationError(sentence, where=f"{FILE_NAME}:{locate(text, keys)}")


def complete_keys(value: dict[str, Any], keys: list[str]) -> list[str]:
    """Replace msgspec's `...` for a key of a mapping by the key whose value has the wrong shape."""
    if "..." not in keys:
        return keys
    at = keys.index("...")
    table = value
    for key in keys[:at]:
        table = table[key]
    candidates = [name for name in table if is_faulty(keys[0], {name: table[name]})]
    return [*keys[:at], *candidates[:1], *keys[at + 1 :]]


def is_faulty(section: str, table: dict[str, Any]) -> bool:
    """Tell whether a section with only this entry is refused."""
    field = next(entry for entry in msgspec.structs.fields(Configuration) if entry.encode_name == section)
    try:
        msgspec.convert(table, field.type)
    except msgspec.ValidationError:
        return True
    return False


def known_keys(path: list[str]) -> list[str]:
    """Give the keys that may stand in a table, sorted."""
    if not path:
        return sorted(entry.encode_name for entry in msgspec.structs.fields(Configuration))
    schema = msgspec.json.schema(Configuration)["$defs"]
    table = {"dependencies": "DependencyTable", "indexes": "IndexTable"}.get(path[0], f"{path[0].title()}Table")
    return sorted(schema.get(table, {}).get("properties", {}))


def locate(text: str, keys: list[str]) -> int:
    """Give the line of the key, of the nearest enclosing table, or 1.

    The standard reader gives no positions, so this looks for `[a.b]` headers and `key =` lines; a key that is
    written in an unusual way (an inline table over several lines) yields the line of its table.
    """
    best, best_depth = 1, 0
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
        entry = re.match(r"""\s*("[^"]*"|'[^']*'|[A-Za-z0-9_.-]+)\s*=""", line)
        if header:
            table = split_key(header[1])
            here = table
        elif entry:
            here = table + split_key(entry[1])
        else:
            continue
        if here == keys[: len(here)] and len(here) > best_depth:
            best, best_depth = number, len(here)
    return best


def split_key(dotted: str) -> list[str]:
    """Give the parts of a dotted key without their quotes."""
    return [part.strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", dotted)]
