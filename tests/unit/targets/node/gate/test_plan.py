"""Which packages share a setup, and which bounds are lowered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from protoctl.errors import MachineError
from protoctl.model.trial import Fault
from protoctl.targets.node.gate.floors import find_excessive, floor_digest, lowered
from protoctl.targets.node.gate.imported import find_imports, judge_imports
from protoctl.targets.node.gate.package import Package
from protoctl.targets.node.gate.plan import Setup, make_setups, make_wish, merge_setups
from protoctl.targets.node.gate.registry import npm_settings


def package(name: str, files: dict[str, str] | None = None, **requires: str) -> Package:
    """Give a package without a parcel."""
    contents = {path: text.encode() for path, text in (files or {}).items()} | {"package.json": b"{}"}
    metadata = {"name": name, "version": "1.0.0", "dependencies": requires}
    return Package(Path(f"{name}.tgz"), contents, metadata)


COMMON = package("common", runtime="^2.1.0")
USER = package("user", common="^1.0.0", runtime="^2.5.0", grpc="^1.0.0")


def test_a_wish_has_what_files_fulfil_and_every_range_on_the_rest() -> None:
    wish = make_wish(USER, {("common", "^1.0.0"): COMMON})
    assert wish.packages == (COMMON, USER)
    assert wish.ranges == {"grpc": ("^1.0.0",), "runtime": ("^2.1.0", "^2.5.0")}
    assert wish.requirers["runtime"] == ("common", "user")


def test_a_module_is_tried_at_its_own_lowest_versions() -> None:
    wishes = [
        (make_wish(COMMON, {}), {"runtime": "2.1.0"}),
        (make_wish(USER, {("common", "^1.0.0"): COMMON}), {"runtime": "2.5.0"}),
    ]
    first, second = make_setups("lowest", wishes)
    assert (first.tried, first.resolution) == ((COMMON,), {"runtime": "2.1.0"})
    assert (second.tried, second.packages) == ((USER,), (COMMON, USER))


def test_modules_with_the_same_versions_share_a_setup_also_when_one_needs_more() -> None:
    wishes = [
        (make_wish(COMMON, {}), {"runtime": "2.5.0"}),
        (make_wish(USER, {}), {"grpc": "1.0.0", "runtime": "2.5.0"}),
    ]
    [setup] = make_setups("lowest", wishes)
    assert setup.resolution == {"grpc": "1.0.0", "runtime": "2.5.0"}
    assert setup.tried == (COMMON, USER)


def test_two_versions_of_one_package_never_share_a_setup() -> None:
    later = package("common", {"x": ""})
    assert len(make_setups("newest", [(make_wish(COMMON, {}), {}), (make_wish(later, {}), {})])) == 2


def test_equal_setups_are_tried_once() -> None:
    lowest = Setup("lowest", {"runtime": "2.5.0"}, (USER,), (USER,))
    newest = replace(lowest, label="newest")
    assert [one.label for one in merge_setups([lowest], [newest])] == ["lowest and newest"]
    other = replace(newest, resolution={"runtime": "2.9.0"})
    assert [one.label for one in merge_setups([lowest], [other])] == ["lowest", "newest"]


SETUP = Setup("lowest", {"grpc": "1.0.0", "runtime": "2.5.0"}, (COMMON, USER), (COMMON, USER))
BELOW = {("runtime", "2.5.0"): "2.4.0", ("grpc", "1.0.0"): ""}


def test_one_release_less_is_tried_of_what_has_one_by_those_that_require_it() -> None:
    [(name, setup)] = lowered(SETUP, BELOW, ())
    assert (name, setup.resolution, setup.tried) == ("runtime", {"grpc": "1.0.0", "runtime": "2.4.0"}, (COMMON, USER))
    names = [name for name, _ in lowered(SETUP, {**BELOW, ("grpc", "1.0.0"): "0.9.0"}, ())]
    assert names == ["grpc", "runtime"]
    assert list(lowered(SETUP, BELOW, ("",))) == []  # packages without a parcel have the module of no name


def with_modules(setup: Setup) -> Setup:
    """Give a setup; packages without a parcel have the module of no name."""
    return replace(setup, tried=setup.tried[:1])


def test_a_bound_is_needed_as_soon_as_one_attempt_fails() -> None:
    made = []

    def attempt(setup: Setup) -> dict[str, list[Fault]]:
        made.append(setup)
        return {"": [Fault("fails")]} if len(made) == 2 else {}

    assert find_excessive(with_modules(SETUP), [attempt] * 3) == set()
    assert len(made) == 2
    assert find_excessive(with_modules(SETUP), [lambda _: {}]) == {""}


def test_versions_that_npm_does_not_put_together_show_that_a_bound_is_needed() -> None:
    def conflict(_: Setup) -> dict[str, list[Fault]]:
        raise MachineError("cannot install", said="npm error code ERESOLVE")

    def broken(_: Setup) -> dict[str, list[Fault]]:
        raise MachineError("cannot install", said="npm error code ENOTFOUND")

    assert find_excessive(SETUP, [conflict]) == set()
    with pytest.raises(MachineError):
        find_excessive(SETUP, [broken])


def test_a_floor_depends_on_what_is_imported_and_not_on_messages() -> None:
    def digest(text: str) -> str:
        one = package("user", {"a.js": text}, runtime="^2.0.0")
        return floor_digest("runtime", one, Setup("", {"runtime": "2.0.0"}, (one,), (one,)))

    code = 'import { fileDesc } from "runtime/v2";\nexport const a = 1;\n'
    assert digest(code) == digest(code.replace("a = 1", "b = 2"))
    assert digest(code) != digest(code.replace("fileDesc", "fileDesc, enumDesc"))


@pytest.mark.parametrize(
    "line",
    [
        'import { a, b as c } from "x/y";',
        'import type * as pb from "x/y";',
        'export * from "x/y";',
        'const { a } = require("x/y");',
        '  ...require("x/y"),',
        'import "x/y";',
        '} from "x/y";',
    ],
)
def test_imports_are_found_with_their_line(line: str) -> None:
    assert list(find_imports(f"// text\n{line}\n")) == [("x/y", 2)]


@pytest.mark.parametrize("line", ['  a: Method["import"]["input"];', ' * from "x";', '// require("x")'])
def test_what_only_looks_like_an_import_is_none(line: str) -> None:
    assert list(find_imports(f"{line}\n")) == []


def test_imports_have_to_be_there_or_required() -> None:
    code = 'import { a } from "./b.js";\nimport { c } from "@x/y/z";\nimport "node:fs";\nimport "./c.js";\n'
    found = list(judge_imports(package("user", {"a.js": code, "c.js": ""})))
    assert [(fault.file, fault.line, fault.cause) for fault in found] == [
        ("a.js", 1, "imports ./b.js, which is not there"),
        ("a.js", 2, "imports @x/y, which package.json does not require"),
    ]


def test_npm_settings_decide_what_an_answer_is_worth(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path)}
    before = npm_settings(home)
    assert npm_settings(home | {"NPM_CONFIG_REGISTRY": "https://one.test"}) != before
    (tmp_path / ".npmrc").write_text("registry=https://two.test")
    assert npm_settings(home) != before
