"""What was measured, as it is kept from run to run beside the documents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = Path(__file__).with_name("results")


@dataclass(frozen=True)
class Score:
    """What was measured of one contender."""

    key: str
    """As its contender has it."""
    name: str
    """As tables print it."""
    times: tuple[float, ...]
    """Seconds of each run, at least one."""
    processors: tuple[float, ...] = ()
    """Seconds of all processors in each of these runs."""
    peaks: tuple[int, ...] = ()
    """Bytes of each watched run."""
    is_stopped: bool = False
    """Whether it was stopped, so that it would have taken longer than the last time says."""

    @property
    def time(self) -> float:
        """The median in seconds."""
        return median(self.times)

    @property
    def processor(self) -> float:
        """The median in seconds, 0 when unknown."""
        return median(self.processors) if self.processors else 0

    @property
    def peak(self) -> float:
        """The median in bytes, 0 when unknown."""
        return median(self.peaks) if self.peaks else 0


@dataclass(frozen=True)
class Kept:
    """The last run of a race."""

    race: str
    """Its name."""
    facts: tuple[str, ...]
    """Date, versions and machine, a line for each; nothing that names the machine or its folders."""
    files: int
    """How many protos were built."""
    modules: int
    """How many modules they make."""
    targets: tuple[str, ...]
    """Output languages."""
    scores: tuple[Score, ...]
    """In the order of the table."""

    def score(self, key: str) -> Score | None:
        """Give the score of a contender."""
        return next((score for score in self.scores if score.key == key), None)


def save(kept: Kept, folder: Path = FOLDER) -> None:
    """Keep a run instead of the last one of the same race."""
    folder.mkdir(exist_ok=True)
    (folder / f"{kept.race}.json").write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=2) + b"\n")


def load(names: Sequence[str], folder: Path = FOLDER) -> dict[str, Kept]:
    """Give the last run of each race that has one, in the order of the names."""
    paths = {name: folder / f"{name}.json" for name in names}
    return {name: msgspec.json.decode(path.read_bytes(), type=Kept) for name, path in paths.items() if path.is_file()}
