"""Who owns imported code on npm."""

from __future__ import annotations

import pytest

from protoctl.errors import ConfigurationError
from protoctl.targets.node.imports import Owner, parse_owner


def test_an_owner_is_a_package_with_its_versions() -> None:
    assert parse_owner("google/**", "@acme/googleapis@^1.2.0") == Owner("@acme/googleapis", "^1.2.0")
    assert parse_owner("google/**", "bundle") is None


@pytest.mark.parametrize("text", ["@acme/googleapis", "googleapis@^1.0.0", "@acme/googleapis@", "Bundle"])
def test_an_owner_without_scope_or_versions_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="names no package with its versions"):
        parse_owner("google/**", text)
