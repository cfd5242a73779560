"""Which image is the locked toolchain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY

from protoctl.errors import EngineError
from protoctl.runners.image import ToolchainImage, check_image
from protoctl.toolchain.lock_file import read_lock

if TYPE_CHECKING:
    from protoctl.model.toolchain import Lock


@pytest.fixture
def lock() -> Lock:
    """Give this repository's lock."""
    found = read_lock(REPOSITORY)
    assert found
    return found


@pytest.fixture
def image(lock: Lock) -> ToolchainImage:
    """Give an image that fits."""
    return ToolchainImage(f"registry.acme/tools@sha256:{'1' * 64}", "sha256:2", lock.digest, "arm64")


def test_the_locked_toolchain_for_this_processor_passes(image: ToolchainImage, lock: Lock) -> None:
    """Nothing is said."""
    check_image(image, lock, "arm64")


def test_another_toolchain_is_refused_with_both_digests(image: ToolchainImage, lock: Lock) -> None:
    """Whatever the image is called."""
    with pytest.raises(EngineError, match="another toolchain") as caught:
        check_image(replace(image, toolchain="3" * 64), lock, "arm64")
    assert "3" * 64 in caught.value.said
    assert lock.digest in caught.value.said


def test_an_image_without_label_is_refused(image: ToolchainImage, lock: Lock) -> None:
    """Nobody knows what it holds."""
    with pytest.raises(EngineError, match="another toolchain") as caught:
        check_image(replace(image, toolchain=""), lock, "arm64")
    assert "no label protoctl.toolchain" in caught.value.said


def test_another_processor_is_refused(image: ToolchainImage, lock: Lock) -> None:
    """Before anything runs."""
    with pytest.raises(EngineError, match="is for arm64, the engine runs amd64"):
        check_image(image, lock, "amd64")


def test_a_long_reference_is_shortened_for_people(image: ToolchainImage) -> None:
    """A tag is not."""
    assert image.short_name == "registry.acme/tools@sha256:111111111111"
    assert replace(image, name="protoctl-toolchain:abc").short_name == "protoctl-toolchain:abc"
