"""What `exports` lets others import, as Node reads it."""

from __future__ import annotations

import pytest

from protoctl.targets.node.gate.subpaths import expand

FILES = ["esm/a.js", "esm/b/c.js", "cjs/a.js", "esm/a.d.ts", "x.proto"]


def names(exports: object) -> dict[str, str]:
    """Give name to target."""
    return {one.name: one.target for one in expand(exports, FILES)}


def test_conditions_are_told_from_the_outside_in_and_default_is_none() -> None:
    exports = {"./a": {"import": {"types": "./esm/a.d.ts", "default": "./esm/a.js"}, "require": "./cjs/a.js"}}
    found = [(one.conditions, one.target) for one in expand(exports, FILES)]
    assert found == [(("import", "types"), "esm/a.d.ts"), (("import",), "esm/a.js"), (("require",), "cjs/a.js")]


@pytest.mark.parametrize("exports", ["./esm/a.js", {"import": "./esm/a.js"}, {".": "./esm/a.js"}])
def test_a_target_alone_stands_for_the_package(exports: object) -> None:
    assert names(exports) == {".": "esm/a.js"}


def test_a_pattern_stands_for_every_file_that_fits_also_in_folders() -> None:
    assert names({"./*": "./esm/*.js"}) == {"./a": "esm/a.js", "./b/c": "esm/b/c.js"}


def test_a_pattern_names_targets_that_are_missing_under_one_condition() -> None:
    found = expand({"./*": {"import": "./esm/*.js", "require": "./cjs/*.js"}}, FILES)
    assert {one.target for one in found} == {"esm/a.js", "cjs/a.js", "esm/b/c.js", "cjs/b/c.js"}


def test_a_name_comes_before_a_pattern_and_a_longer_pattern_before_a_shorter() -> None:
    exports = {"./*": "./esm/*.js", "./b/*": "./other/*.js", "./a": "./x.proto"}
    assert names(exports)["./a"] == "x.proto"
    assert expand({"./*": "./esm/*.js", "./b/*": "./esm/b/*.js"}, FILES)[0].name == "./b/c"


def test_null_forbids() -> None:
    assert names({"./a": None}) == {}
    assert names(None) == {}
