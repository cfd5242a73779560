"""On PYTHONPATH this file, which Python imports first, lets folders be listed in an order that the seed decides."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

LIST, SCAN = os.listdir, os.scandir
ORDER = random.Random(os.environ.get("REPRODUCE_SEED", ""))  # noqa: S311  an order, no secret


class Shuffled:
    """What `os.scandir` gives, in another order."""

    def __init__(self, *arguments: str) -> None:
        """Read the whole folder."""
        with SCAN(*arguments) as found:
            self.entries = list(found)
        ORDER.shuffle(self.entries)
        self.rest = iter(self.entries)

    def __iter__(self) -> Iterator[os.DirEntry[str]]:
        """Give itself, as the original does."""
        return self

    def __next__(self) -> os.DirEntry[str]:
        """Give the next entry."""
        return next(self.rest)

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close what is closed already."""

    def close(self) -> None:
        """Close what is closed already."""


def shuffled_list(*arguments: str) -> list[str]:
    """Give what `os.listdir` gives, in another order."""
    found = LIST(*arguments)
    ORDER.shuffle(found)
    return found


os.listdir, os.scandir = shuffled_list, Shuffled  # type: ignore[assignment]
