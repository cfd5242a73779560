"""The `pyproject.toml` of a generated package, written by a serializer: no text of a proto is ever parsed as TOML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from protoctl.packaging.record import RECORD_FILE, SCHEMA_FILE
from protoctl.packaging.sbom import SBOM_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protoctl.targets.target import Request

METADATA_VERSION = "2.4"
"""The first with licence expressions (PEP 639), which every package has; private indexes refuse newer ones."""
SCHEMA_FOLDER = "protoctl"
"""In the sdist; in the wheel it becomes `.dist-info/extra_metadata/protoctl`, but for what PEP 770 has a place for."""


def project(request: Request, name: str, description: str, requires: list[str], folders: Iterable[str]) -> str:
    """Give the text of `pyproject.toml` for hatchling."""
    import tomli_w

    metadata = request.configuration.metadata
    table: dict[str, Any] = {
        "name": name,
        "version": request.releases[request.module.name].python,
        "description": description,
        "readme": "README.md",
        "requires-python": request.configuration.python.requires_python,
        "keywords": sorted({"grpc", "protobuf", "stubs", *metadata.keywords}),
        "classifiers": ["Programming Language :: Python :: 3", "Typing :: Typed"],
        "dependencies": requires,
    }
    if metadata.license:
        table["license"] = metadata.license
    table["license-files"] = ["LICENSE"] if request.license_text else []
    if metadata.authors:
        table["authors"] = [author(text) for text in metadata.authors]
    if metadata.urls:
        table["urls"] = dict(sorted(metadata.urls.items()))
    return tomli_w.dumps(
        {
            "build-system": {
                "requires": [f"hatchling=={request.lock.packer}"],
                "build-backend": "hatchling.build",
            },
            "project": table,
            "tool": {"hatch": {"build": build_table(folders)}},
        }
    )


def build_table(folders: Iterable[str]) -> dict[str, Any]:
    """Give hatchling's settings: exactly the staged files, whatever a `.gitignore` around them says."""
    origin = [f"{SCHEMA_FOLDER}/{name}" for name in (RECORD_FILE, SCHEMA_FILE)]
    return {
        "ignore-vcs": True,
        "targets": {
            "sdist": {"core-metadata-version": METADATA_VERSION},
            "wheel": {
                "core-metadata-version": METADATA_VERSION,
                "only-include": sorted(folders),
                "extra-metadata": dict(zip(origin, origin, strict=True)),
                "sbom-files": [f"{SCHEMA_FOLDER}/{SBOM_FILE}"],
            },
        },
    }


def author(text: str) -> dict[str, str]:
    """Give the table for `Name`, `mail@host` or `Name <mail@host>`."""
    found = re.fullmatch(r"\s*(?P<name>[^<]*?)\s*<(?P<email>[^>]+)>\s*", text)
    if found:
        return {key: value for key, value in found.groupdict().items() if value}
    return {"email": text} if "@" in text else {"name": text}
