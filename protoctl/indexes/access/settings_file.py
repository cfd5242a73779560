"""Files with credentials in the syntax of INI, whose contents never reach a message."""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING

from protoctl.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 1 << 20
"""Bytes; a larger file is no file of settings."""


class AsWritten(configparser.RawConfigParser):
    """Keeps names as they are written."""

    def optionxform(self, optionstr: str) -> str:
        """Give a name unchanged: npm's have capitals."""
        return optionstr


def read_settings(path: Path, head: str = "") -> dict[str, dict[str, str]]:
    """Give section → name → value, nothing for a file that is not there.

    With a `head`, which stands before the first line, the file is one of npm's: indentation has no meaning. Raises
    ConfigurationError, which tells no content, for a file that cannot be read.
    """
    parser = AsWritten(
        delimiters=("=",) if head else ("=", ":"), strict=False, allow_no_value=bool(head), default_section=""
    )
    try:
        if not path.is_file():
            return {}
        with path.open(encoding="utf-8-sig") as stream:
            text = stream.read(LIMIT)
        lines = [head, *(line.strip() for line in text.splitlines())] if head else [text]
        parser.read_string("\n".join(lines))
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from None
    except (configparser.Error, UnicodeDecodeError):
        raise ConfigurationError(f"{path} cannot be understood", hint="correct or remove that file") from None
    return {name: {key: value or "" for key, value in parser.items(name)} for name in parser.sections()}
