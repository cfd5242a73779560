"""What makes an image the locked toolchain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.errors import EngineError

if TYPE_CHECKING:
    from protoctl.model.toolchain import Lock

TOOLCHAIN = "protoctl.toolchain"
"""Label of an image: the digest of the lock that it was built from."""
SHORT_DIGEST = len("sha256:") + 12
"""As `docker images` prints them."""


@dataclass(frozen=True)
class ToolchainImage:
    """An image on an engine."""

    name: str
    """As it is asked for: a tag or a reference by digest."""
    identifier: str
    """`sha256:…`"""
    toolchain: str
    """The digest that its label tells, empty without label."""
    architecture: str
    """As Go names it, like `amd64`."""

    @property
    def short_name(self) -> str:
        """The name for one line of output."""
        name, at, digest = self.name.partition("@")
        return f"{name}{at}{digest[:SHORT_DIGEST]}"


def local_tag(lock: Lock) -> str:
    """Give the name of an image that only this engine has."""
    return f"protoctl-toolchain:{lock.digest[:20]}"


def check_image(image: ToolchainImage, lock: Lock, architecture: str) -> None:
    """Raise EngineError unless the image holds the locked toolchain for the engine's processor."""
    if image.toolchain != lock.digest:
        raise EngineError(
            f"the image {image.name} holds another toolchain than protoctl.lock",
            said=f"image: {image.toolchain or 'no label ' + TOOLCHAIN}\nlock:  {lock.digest}",
            hint="run `protoctl lock --image` to build the locked one",
        )
    if image.architecture != architecture:
        raise EngineError(
            f"the image {image.name} is for {image.architecture}, the engine runs {architecture}",
            hint=f"push an image that is built on {architecture}, or use --runner local",
        )
