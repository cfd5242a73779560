"""Keyrings of the library `keyring`, for tests."""

from __future__ import annotations

import keyring.backend
import keyring.errors


class Ring(keyring.backend.KeyringBackend):
    """A keyring with what a test put in."""

    priority = 1.0

    def __init__(self, entries: dict[tuple[str, str], str]) -> None:
        """Take service and user to password."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries = entries
        self.asked: list[str] = []

    def get_password(self, service: str, username: str) -> str | None:
        """Give what is there."""
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Refuse."""
        raise keyring.errors.PasswordSetError(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        """Refuse."""
        raise keyring.errors.PasswordDeleteError(service, username)

    def get_credential(self, service: str, username: str | None) -> keyring.credentials.Credential | None:
        """Give the first entry of a service that fits."""
        self.asked.append(service)
        found = [(user, word) for (name, user), word in self.entries.items() if name == service]
        fitting = [one for one in found if username in {None, one[0]}]
        return keyring.credentials.SimpleCredential(*fitting[0]) if fitting else None


class Closed(Ring):
    """A keyring that nobody can open."""

    def get_credential(self, service: str, username: str | None) -> keyring.credentials.Credential | None:
        """Refuse."""
        raise keyring.errors.KeyringLocked(service, username)
