"""Wheels and sdists through hatchling's builders, in this process."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from protoctl.errors import ConfigurationError
from protoctl.kit.scratch import temporary_files_in, temporary_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hatchling.builders.plugin.interface import BuilderInterface

TIMESTAMP = "1580601600"
"""Seconds; the time that hatchling gives to files when nobody says otherwise (2020-02-02)."""


def build_python_archives(project: Path, folder: Path) -> list[Path]:
    """Build sdist and wheel of a project folder with a `pyproject.toml` for hatchling; never in two threads at once.

    The caller's SOURCE_DATE_EPOCH is ignored: artifacts depend on the inputs and on nothing else. Raises
    ConfigurationError for metadata that hatchling refuses.
    """
    from hatchling.builders.sdist import SdistBuilder
    from hatchling.builders.wheel import WheelBuilder

    with temporary_folder("hatchling") as scratch, temporary_files_in(scratch), fixed_time():
        return [pack(builder(str(project)), folder) for builder in (SdistBuilder, WheelBuilder)]


def pack(builder: BuilderInterface[Any, Any], folder: Path) -> Path:
    """Build one archive."""
    try:
        builder.metadata.validate_fields()
    except (TypeError, ValueError) as error:
        hint = "`license` is an SPDX expression like MIT or Apache-2.0"
        said = "a package cannot have the metadata of this configuration"
        raise ConfigurationError(said, where="protoctl.toml", said=str(error), hint=hint) from error
    return Path(next(iter(builder.build(directory=str(folder), versions=["standard"]))))


@contextmanager
def fixed_time() -> Iterator[None]:
    """Let hatchling see one timestamp only."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = TIMESTAMP
    try:
        yield
    finally:
        del os.environ["SOURCE_DATE_EPOCH"]
        if before is not None:
            os.environ["SOURCE_DATE_EPOCH"] = before
