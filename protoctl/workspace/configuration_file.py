"""`protoctl.toml`, read strictly: every error names file, line and key."""

from __future__ import annotations

import re
import stat
import tomllib
from typing import TYPE_CHECKING, Any

import msgspec

from protoctl.errors import ConfigurationError, WorkspaceError
from protoctl.kit.text import nearest
from protoctl.model.configuration import Configuration
from protoctl.workspace.settings import explain_setting
from protoctl.workspace.toml_lines import locate

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "protoctl.toml"
SIZE_LIMIT = 1 << 20
"""Bytes; a larger file is no configuration."""
PATH = re.compile(r"\.([^.\[\]`]+)|\[(\d+|\.\.\.)\]")
"""One step of msgspec's path: `.name`, `[0]`, or `[...]` for a value of a mapping."""


def read_configuration(root: Path) -> Configuration:
    """Give the configuration of a workspace folder; raises WorkspaceError and ConfigurationError."""
    return parse_configuration(read_text(root))


def read_text(root: Path) -> str:
    """Give the text of a folder's configuration; raises WorkspaceError and ConfigurationError."""
    path = root / FILE_NAME
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise WorkspaceError(f"{path} is no regular file")
        if status.st_size > SIZE_LIMIT:
            raise ConfigurationError(f"larger than {SIZE_LIMIT >> 20} MiB", where=FILE_NAME)
        return decode(path.read_bytes())
    except FileNotFoundError:
        raise WorkspaceError(
            f"{root} has no {FILE_NAME}", hint="run `protoctl init` there, or name a workspace with --workspace"
        ) from None
    except OSError as error:
        raise WorkspaceError(f"cannot read {path}: {error.strerror}") from error


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
    except RecursionError:
        raise ConfigurationError("values are nested too deeply", where=FILE_NAME) from None
    except ValueError as error:  # a TOMLDecodeError, or what int() says about too many digits
        raise syntax_error(text, error) from error
    try:
        configuration = msgspec.convert(value, Configuration)
    except msgspec.ValidationError as error:
        raise invalid_value(text, value, str(error)) from error
    keys, problem, hint = explain_setting(configuration)
    if problem:
        where = f"{FILE_NAME}:{locate(text, keys)}"
        raise ConfigurationError(f"{'.'.join(keys)}: {problem}", where=where, hint=hint)
    return configuration


def syntax_error(text: str, error: ValueError) -> ConfigurationError:
    """Turn the reader's `… (at line 3, column 5)` into a place and a sentence."""
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(error), re.DOTALL)
    if not found:
        return ConfigurationError(str(error), where=FILE_NAME)
    line = found[2] or str(text.rstrip().count("\n") + 1)
    return ConfigurationError(found[1][0].lower() + found[1][1:], where=f"{FILE_NAME}:{line}")


def invalid_value(text: str, value: dict[str, Any], message: str) -> ConfigurationError:
    """Turn msgspec's `… - at `$.python.prefix`` into a place, a sentence and a hint."""
    sentence, _, path = message.partition(" - at `$")
    keys = complete_keys(value, [name or index for name, index in PATH.findall(path)], path)
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", sentence, re.DOTALL)
    missing = re.fullmatch(r"Object missing required field `(.*)`", sentence)
    known = known_keys(keys)
    if unknown:
        guess = nearest(unknown[1], known)
        hint = f"did you mean {guess}?" if guess else f"known keys are {', '.join(sorted(known))}"
        keys.append(unknown[1])
        sentence = f"unknown key {'.'.join(keys)}"
    elif missing:
        hint = str(known[missing[1]].get("description", ""))
        sentence = f"{'.'.join([*keys, missing[1]])} is missing"
    else:
        hint = describe_value(keys)
        sentence = f"{'.'.join(keys)}: {sentence[0].lower()}{sentence[1:]}"
    return ConfigurationError(sentence, where=f"{FILE_NAME}:{locate(text, keys)}", hint=hint)


def complete_keys(value: dict[str, Any], keys: list[str], path: str) -> list[str]:
    """Replace msgspec's `...` for a key of a mapping by the key whose value is refused."""
    if "..." not in keys:
        return keys
    at = keys.index("...")
    table = value
    for key in keys[:at]:
        table = table[key]
    name = next((name for name in table if is_refused(value, keys[:at], name, path)), "...")
    return [*keys[:at], name, *keys[at + 1 :]]


def is_refused(value: dict[str, Any], keys: list[str], name: str, path: str) -> bool:
    """Tell whether the configuration is refused at the same path when a table has but one entry."""
    first, *rest = keys
    nested: Any = (
        {name: value[first][name]} if not rest else {**value[first], rest[0]: {name: value[first][rest[0]][name]}}
    )
    try:
        msgspec.convert({**value, first: nested}, Configuration)
    except msgspec.ValidationError as error:
        return str(error).partition(" - at `$")[2] == path
    return False


def known_keys(path: list[str]) -> dict[str, dict[str, Any]]:
    """Give the keys that may stand in a table, each with its JSON schema; nothing where there is no table."""
    definitions = msgspec.json.schema(Configuration)["$defs"]
    here: dict[str, Any] = definitions["Configuration"]
    for step in path:
        inner = here.get("properties", {}).get(step) or here.get("additionalProperties") or here.get("items") or {}
        here = definitions[inner["$ref"].rpartition("/")[2]] if "$ref" in inner else inner
    return dict(here.get("properties", {}))


def describe_value(keys: list[str]) -> str:
    """Say what a value has to be, or nothing."""
    parents = (keys[:end] for end in range(len(keys) - 1, -1, -1))
    found = next(
        (known_keys(above)[keys[len(above)]] for above in parents if keys[len(above)] in known_keys(above)), {}
    )
    choices = ", ".join(map(str, (found.get("items", {}) if "enum" not in found else found).get("enum", ())))
    return f"one of {choices}" if choices else str(found.get("description", ""))
