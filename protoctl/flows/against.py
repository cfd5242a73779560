"""Against: from what `--against` says to a baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.errors import UsageError
from protoctl.flows.baseline import PACKAGES, Baseline, read_descriptors, read_folder, read_packages
from protoctl.flows.released import read_released, read_version
from protoctl.flows.revision import read_git
from protoctl.workspace.revision import forms_hint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protoctl.flows.session import Session

DESCRIPTOR_SETS = {".binpb", ".pb", ".desc", ".bin", ".protoset"}
"""Names that no revision is meant by."""


def read_baseline(session: Session, against: str, foreign: Mapping[str, bytes]) -> Baseline:
    """Give what `--against` names, nothing being the last releases; a path that exists comes before a revision.

    `foreign` are the protos of others that the workspace is compiled with. Raises UsageError, BaselineError,
    SourceError, ArtifactError, MachineError, and what `read_released` raises.
    """
    path = Path(against)
    if not against:
        return read_released(session)
    if against.startswith("git:"):
        return read_git(session, against.removeprefix("git:"), foreign)
    if path.is_dir():
        return read_folder(session, path, foreign)
    if path.is_file():
        return read_packages([path]) if against.endswith(PACKAGES) else read_descriptors(session, path)
    if against.endswith(PACKAGES) or path.suffix in DESCRIPTOR_SETS:
        raise UsageError(f"there is no file {against}", hint=forms_hint())
    return read_version(session, against) if "==" in against else read_git(session, against, foreign)
