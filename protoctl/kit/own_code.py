"""What protoctl itself consists of: what it makes depends on that as well."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from protoctl.kit.digest import digest_mapping

ROOT = Path(__file__).parent.parent


@cache
def own_digest() -> str:
    """Give the digest of protoctl's own files, the same wherever they are installed."""
    return digest_mapping({path.relative_to(ROOT).as_posix(): path.read_bytes() for path in own_files()})


def own_files() -> list[Path]:
    """Give every file of protoctl, sorted."""
    return sorted(path for path in ROOT.rglob("*") if path.suffix != ".pyc" and path.is_file())
