"""pip's settings, read as pip reads them, so that they hold where protoctl was installed without pip.

https://pip.pypa.io/en/stable/topics/configuration/
"""

from __future__ import annotations

import configparser
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECTIONS = ("global", "install")
"""The sections that `pip install` reads, the stronger one last."""


def read_pip_settings(environment: Mapping[str, str], prefix: str = sys.prefix) -> dict[str, str]:
    """Give pip's effective settings by name, like `index-url`; variables are stronger than files.

    `prefix` is the folder of the Python that packages are installed for.

    Raises MachineError for a file that cannot be parsed.
    """
    settings: dict[str, str] = {}
    for path in configuration_files(environment, prefix):
        settings |= read_file(path)
    for name, value in environment.items():
        if name.startswith("PIP_") and value:
            settings[name.removeprefix("PIP_").lower().replace("_", "-")] = value
    return settings


def configuration_files(environment: Mapping[str, str], prefix: str = sys.prefix) -> Iterator[Path]:
    """Give the files that pip reads, the stronger ones last; they may be missing."""
    chosen = environment.get("PIP_CONFIG_FILE", "")
    if chosen == os.devnull:
        return
    home = Path(environment.get("HOME") or os.path.expanduser("~"))  # noqa: PTH111  the other one raises for unknown users
    if sys.platform == "darwin":
        yield Path("/Library/Application Support/pip/pip.conf")
    for folder in (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"):
        yield Path(folder, "pip", "pip.conf")
    yield Path("/etc/pip.conf")
    yield home / ".pip" / "pip.conf"
    yield Path(environment.get("XDG_CONFIG_HOME") or home / ".config", "pip", "pip.conf")
    if sys.platform == "darwin":
        yield home / "Library" / "Application Support" / "pip" / "pip.conf"
    yield Path(prefix, "pip.conf")
    if chosen:
        yield Path(chosen)


def read_file(path: Path) -> dict[str, str]:
    """Give the settings of one file, nothing when it is missing or unreadable, as pip does."""
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise MachineError(
            f"cannot read pip's settings in {path}", said=str(error), hint="correct that file"
        ) from error
    except OSError:
        return {}
    settings: dict[str, str] = {}
    for section in SECTIONS:
        if parser.has_section(section):
            settings |= {name.replace("_", "-"): value for name, value in parser.items(section)}
    return settings
