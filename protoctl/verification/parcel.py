"""An artifact as it arrives at a consumer: nothing is known of it but what is inside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError

from protoctl.errors import ArtifactError
from protoctl.model.trial import Fault, Trial
from protoctl.packaging.embedded import Embedded, read_embedded
from protoctl.schema.view import Schema, read_schema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Parcel:
    """One artifact."""

    path: Path
    """The file."""
    embedded: Embedded
    """What it says about itself."""
    schema: Schema
    """The compiled schema inside; the module's own files are those with an owner."""

    @property
    def module(self) -> str:
        """The module it was built from."""
        return self.embedded.record.module

    @cached_property
    def prefix(self) -> str:
        """The folder that protos lie below inside the package, with its final slash, or nothing."""
        own = self.embedded.record.files[0]
        shortest = min((path for path in self.embedded.files if f"/{path}".endswith(f"/{own}")), key=len, default=own)
        return shortest.removesuffix(own)


def read_parcel(path: Path) -> Parcel:
    """Open an artifact; raises ArtifactError for a file that cannot be read or that protoctl did not make."""
    try:
        embedded = read_embedded(path.name, path.read_bytes())
        if not embedded.record.files:
            raise ArtifactError("holds no proto", where=path.name)
        owners = dict.fromkeys(embedded.record.files, embedded.record.module)
        schema = read_schema(embedded.descriptors, owners)
    except OSError as error:
        raise ArtifactError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except DecodeError as error:
        raise ArtifactError("carries a schema that is no FileDescriptorSet", where=path.name) from error
    absent = sorted(owners.keys() - schema.files.keys())
    if absent:
        raise ArtifactError(f"carries a schema without {', '.join(absent)}", where=path.name)
    return Parcel(path, embedded, schema)


def open_parcels(target: str, files: Sequence[Path]) -> tuple[list[Parcel], list[Trial]]:
    """Give the artifacts that can be opened, and a trial for each file."""
    parcels, trials = [], []
    for path in files:
        try:
            parcels.append(read_parcel(path))
            trials.append(Trial(target, parcels[-1].module, f"open, {path.name}"))
        except ArtifactError as error:
            fault = Fault(error.what, path.name, said=error.said)
            trials.append(Trial(target, "", f"open, {path.name}", (fault,)))
    return parcels, trials
