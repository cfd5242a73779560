"""What tests of indexes have in common: scripted servers, and a way to ask them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keyring
import pytest
from asking import QUICK, Asker
from rings import Ring
from scripted_server import scripted

from protoctl.indexes import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scripted_server import ScriptedServer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """Give a scripted server."""
    with scripted() as started:
        yield started


@pytest.fixture
def other_server() -> Iterator[ScriptedServer]:
    """Give a scripted server of another origin."""
    with scripted() as started:
        yield started


@pytest.fixture
def surroundings(tmp_path: Path) -> Surroundings:
    """Give a workspace and a home without credentials."""
    return Surroundings(tmp_path, {"HOME": str(tmp_path)}, QUICK)


@pytest.fixture
def asker(surroundings: Surroundings) -> Asker:
    """Give what asks servers."""
    return Asker(surroundings)


@pytest.fixture
def ring() -> Iterator[Ring]:
    """Give an empty keyring, which is the system's meanwhile."""
    before = keyring.get_keyring()
    ring = Ring({})
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)
