"""What a package looks like, file by file: `PROTOCTL_REFRESH=1 pytest` writes what is built now."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY
from node_programs import read_package

if TYPE_CHECKING:
    from conftest import Sample

GOLDEN = REPOSITORY / "tests/golden/node"
FILES = (
    "README.md",
    "package.json",
    "esm/index.js",
    "cjs/index.js",
    "cjs/acme/user/v1/index.js",
    "esm/acme/user/v1/user_service_grpc.js",
    "esm/acme/user/v1/user_service_grpc.d.ts",
    "cjs/acme/user/v1/user_service_grpc.js",
    "cjs/acme/user/v1/user_pb.js",
)


@pytest.fixture(scope="module")
def package(sample: Sample) -> dict[str, bytes]:
    """Give the files of the user module's package."""
    return read_package(sample.dist / "node/acme-user-0.1.0-dev.0.tgz")


@pytest.mark.parametrize("path", FILES)
def test_file_is_as_it_was(package: dict[str, bytes], path: str) -> None:
    golden = GOLDEN / path
    if os.environ.get("PROTOCTL_REFRESH"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(package[path])
    assert package[path] == golden.read_bytes()


def test_the_package_holds_these_files_and_no_others(package: dict[str, bytes]) -> None:
    listing = GOLDEN / "FILES"
    found = "".join(f"{path}\n" for path in sorted(package))
    if os.environ.get("PROTOCTL_REFRESH"):
        listing.write_text(found)
    assert found == listing.read_text()
