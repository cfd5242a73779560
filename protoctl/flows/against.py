"""Against: from what `--against` says to a baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import UsageError
from protoctl.workspace.revision import forms_hint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.flows.baseline import Baseline
    from protoctl.flows.session import Session

PACKAGES = (".whl", ".tar.gz", ".tgz")

DESCRIPTOR_SETS = {".binpb", ".pb", ".desc", ".bin", ".protoset"}
"""Names that no revision is meant by."""


def read_baseline(session: Session, against: str, foreign: Mapping[str, bytes]) -> Baseline:
    """Give what `--against` names, nothing being the last releases; a path that exists comes before a revision.

    `foreign` are the protos of others that the workspace is compiled with. Raises UsageError, BaselineError,
    SourceError, ArtifactError, MachineError, and what `read_released` raises.
    """
    path = Path(against)
    is_package = against.endswith(PACKAGES)
    if against.startswith("git:"):
        return read_revision(session, against.removeprefix("git:"), foreign)
    if against and path.exists():
        return read_path(session, path, foreign, is_package=is_package)
    if not against or ("==" in against and not is_package):
        return read_release(session, against)
    if is_package or path.suffix in DESCRIPTOR_SETS:
        raise UsageError(f"there is no file {against}", hint=forms_hint())
    return read_revision(session, against, foreign)


def read_path(session: Session, path: Path, foreign: Mapping[str, bytes], *, is_package: bool) -> Baseline:
    """Give what a folder or a file holds."""
    if is_package and path.is_file():
        from protoctl.flows.packed import read_packages  # each way imports its own tools

        return read_packages([path])
    from protoctl.flows.baseline import read_descriptors, read_folder

    return read_folder(session, path, foreign) if path.is_dir() else read_descriptors(session, path)


def read_release(session: Session, against: str) -> Baseline:
    """Give a release, or the last ones."""
    from protoctl.flows.released import read_released, read_version

    return read_version(session, against) if against else read_released(session)


def read_revision(session: Session, name: str, foreign: Mapping[str, bytes]) -> Baseline:
    """Give a git revision."""
    from protoctl.flows.revision import read_git

    return read_git(session, name, foreign)
