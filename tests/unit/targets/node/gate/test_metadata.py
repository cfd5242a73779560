"""What a package.json may say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from protoctl.targets.node.gate.metadata import judge_metadata

GOOD: dict[str, Any] = {
    "name": "@a/b",
    "version": "1.0.0",
    "main": "./cjs/index.js",
    "exports": {".": "./cjs/index.js", "./*.js": "./cjs/*.js"},
    "typesVersions": {"*": {"x/*": ["./cjs/*"]}},
    "dependencies": {"c": "^1.2.3-rc.1 || >=2 <3.x"},
}
FILES = ("cjs/index.js", "package.json")


def judge(*files: str, **changes: Any) -> list[str]:  # noqa: ANN401  any JSON value
    """Give what is wrong with a good package.json that was changed, each with its line."""
    text = json.dumps(GOOD | changes, indent=1)
    return [f"{one.file}:{one.line}: {one.cause}" for one in judge_metadata(text, [*FILES, *files])]


def test_what_protoctl_writes_is_good() -> None:
    assert judge() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"scripts": {}}, "has scripts: npm runs scripts"),
        ({"bin": "./x"}, "has bin: "),
        ({"bundleDependencies": ["c"]}, "has bundleDependencies: "),
        ({"main": "./no.js"}, "has main ./no.js, which is not there"),
        ({"exports": {".": {"import": "./no.js"}}}, "exports . as import: no.js, which is not there"),
        ({"exports": {"./*": "./esm/*.js"}}, "exports ./*, for which there is no file"),
        ({"typesVersions": {"*": {"x": ["./no/*"]}}}, "has typesVersions x as ./no/*, which is not there"),
        ({"dependencies": {"c": "npm:d@1"}}, "requires c from 'npm:d@1'"),
        ({"optionalDependencies": {"c": "file:../c"}}, "requires c from 'file:../c'"),
        ({"peerDependencies": {"c": "https://c.test"}}, "requires c from 'https://c.test'"),
        ({"version": 1}, "has no version"),
        ({"dependencies": ["c"]}, "has dependencies that are no texts by name"),
    ],
)
def test_each_fault_is_told_with_its_line(changes: dict[str, Any], expected: str) -> None:
    [found] = judge(**changes)
    place, _, cause = found.partition(": ")
    assert cause.startswith(expected)
    assert int(place.removeprefix("package.json:")) > 0


@pytest.mark.parametrize("path", ["binding.gyp", "x/.npmrc", "node_modules/c/index.js", "npm-shrinkwrap.json"])
def test_files_that_npm_obeys_are_faults(path: str) -> None:
    assert judge(path) == [f"{path}:0: has no place in a package: npm obeys it"]


@pytest.mark.parametrize("text", ["", "{", '{"a": 1, "a": 2}', "[]", "NaN"])
def test_what_readers_may_read_in_two_ways_is_a_fault(text: str) -> None:
    assert len(judge_metadata(text, FILES)) == 1
