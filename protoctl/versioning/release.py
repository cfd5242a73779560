"""A version as Python and npm write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from packaging.version import InvalidVersion, Version

from protoctl.errors import UsageError

FIRST = "0.1.0"
"""The version of a module that was never released."""
PHASES = {"a": "alpha", "b": "beta", "rc": "rc"}
"""PEP 440 pre-release phases to npm's usual words."""
SEMVER = re.compile(r"(\d+\.\d+\.\d+)-(?:(alpha|beta|rc)\.(\d+)(?:\.dev\.(\d+))?|dev\.(\d+))")
LIMIT = (1 << 53) - 1
"""npm reads version numbers as doubles."""


@dataclass(frozen=True)
class Release:
    """One version in two spellings."""

    python: str
    """PEP 440, like `1.4.0rc1` or `0.1.0.dev0`."""
    npm: str
    """Semantic Versioning 2.0, like `1.4.0-rc.1` or `0.1.0-dev.0`."""

    @cached_property
    def version(self) -> Version:
        """What orders releases.

        npm sorts final releases and previews of one phase alike, and puts development releases after betas.
        """
        return Version(self.python)

    @property
    def numbers(self) -> tuple[int, int, int]:
        """Major, minor and patch, whatever phase follows."""
        major, minor, patch = self.version.release
        return major, minor, patch

    @property
    def is_final(self) -> bool:
        """Whether it is no alpha, beta, candidate or development release."""
        return not self.version.is_prerelease

    @property
    def is_development(self) -> bool:
        """Whether it comes before a release and is never one itself."""
        return self.version.is_devrelease

    @property
    def breaking_bound(self) -> str:
        """The first version that may break a consumer: `2` for 1.4.0, `0.2` for 0.1.3."""
        major, minor, _ = self.numbers
        return str(major + 1) if major else f"0.{minor + 1}"


def parse_release(text: str) -> Release:
    """Give both spellings of a version written in either; raises UsageError for anything that has no equal there."""
    semver = SEMVER.fullmatch(text.strip())
    if semver:
        text = semver[1] + (f"{semver[2].replace('alpha', 'a').replace('beta', 'b')}{semver[3]}" if semver[2] else "")
        development = semver[4] or semver[5]
        text += f".dev{development}" if development else ""
    try:
        version = Version(text)
    except InvalidVersion:
        raise UsageError(f"{text!r} is no version", hint="write 1.4.0, 1.4.0rc1 or 1.4.0.dev3") from None
    if version.local or version.post is not None or version.epoch or len(version.release) > 3:  # noqa: PLR2004  x.y.z
        raise UsageError(f"{text} has no npm spelling", hint="use x.y.z with a, b, rc or dev at most")
    if max(version.release) > LIMIT:
        raise UsageError(f"{text} has a number that npm cannot read")
    return Release(str(padded(version)), npm_spelling(version))


def release_of(numbers: tuple[int, int, int]) -> Release:
    """Give the final release of three numbers; raises UsageError for one that npm cannot read."""
    return parse_release(".".join(map(str, numbers)))


def padded(version: Version) -> Version:
    """Give the version with three release numbers."""
    numbers = ".".join(str(number) for number in (*version.release, 0, 0)[:3])
    rest = "".join(str(part) for part in version.pre or ())
    return Version(numbers + rest + (f".dev{version.dev}" if version.dev is not None else ""))


def npm_spelling(version: Version) -> str:
    """Give the version in Semantic Versioning."""
    identifiers: list[str] = []
    if version.pre:
        identifiers += [PHASES[version.pre[0]], str(version.pre[1])]
    if version.dev is not None:
        identifiers += ["dev", str(version.dev)]
    return padded(version).base_version + (f"-{'.'.join(identifiers)}" if identifiers else "")


def development_release(next_version: str, number: int = 0) -> Release:
    """Give a development release before a version."""
    return parse_release(f"{next_version}.dev{number}")
