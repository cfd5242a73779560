"""A text that nothing prints."""

from __future__ import annotations

from typing import NoReturn

HIDDEN = "***"


class Secret:
    """A password or token; whoever needs it asks for it by name, and nothing else shows it."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        """Take the text."""
        self.__value = value

    def reveal(self) -> str:
        """Give the text; what is done with it is in the hands of the caller."""
        return self.__value

    def __repr__(self) -> str:
        """Give the same for every secret."""
        return HIDDEN

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled, copied into a cache or sent to another process."""
        message = "a secret is not written anywhere"
        raise TypeError(message)
