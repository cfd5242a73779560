"""Whether a consumer's installers mix indexes, so that a stranger could answer for a package of the team."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import MachineError
from protoctl.flows.doctor import Part, Status
from protoctl.indexes.access.addresses import shown
from protoctl.kit.text import listing
from protoctl.toolchain.pip_settings import read_pip_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STRANGER = "whoever registers a name of yours on one of them can answer for it"


def look_at_indexes(environment: Mapping[str, str], prefix: Path) -> Iterator[Part]:
    """Give a part for each installer that takes the highest version of several indexes; nothing for none.

    pip does so with every index that it has, uv with an `unsafe` strategy only. Settings of a single project are not
    looked at.
    """
    try:
        settings = read_pip_settings(environment, str(prefix))
    except MachineError as error:
        yield Part("pip indexes", Status.NOTE, error.what, error.hint)
    else:
        yield from look_at_pip(settings)
    strategy = environment.get("UV_INDEX_STRATEGY") or read_strategy(environment)
    if strategy.startswith("unsafe"):
        text = f"uv takes the best of all indexes (index-strategy {strategy}): {STRANGER}"
        yield Part("uv indexes", Status.NOTE, text, "leave out index-strategy: the first index that has a name counts")


def look_at_pip(settings: Mapping[str, str]) -> Iterator[Part]:
    """Give a part when pip has more than one index."""
    more = settings.get("extra-index-url", "").split()
    if more:
        first = settings.get("index-url", "")
        asked = listing(map(shown, filter(None, (first, *more))))
        text = f"pip asks {asked}{'' if first else ' beside the public one'} for every name: {STRANGER}"
        yield Part("pip indexes", Status.NOTE, text, "keep one index-url, which mirrors the other, or install with uv")


def read_strategy(environment: Mapping[str, str]) -> str:
    """Give the index-strategy that a user set for uv (docs.astral.sh/uv/concepts/configuration-files); else nothing."""
    home = environment.get("XDG_CONFIG_HOME") or str(Path(environment.get("HOME", "/"), ".config"))
    try:
        settings = tomllib.loads(Path(home, "uv", "uv.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # uv itself refuses a file that cannot be read
        return ""
    return str(settings.get("index-strategy", ""))
