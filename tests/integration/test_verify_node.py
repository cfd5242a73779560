"""`protoctl verify` with npm tarballs: the sample passes, and each kind of broken package is told from the others."""

from __future__ import annotations

import json
import shutil
import tarfile
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from conftest import REPOSITORY, Workspace
from node_programs import make_once, nodes, npm
from tarballs import add_member, change_tarball, edit_metadata, replace_in, set_bound

from protoctl.kit.files import read_tree
from protoctl.model.event import silent
from protoctl.targets.node.gate.environment import install, lay_out
from protoctl.targets.node.gate.package import read_package
from protoctl.toolchain.install import cache_folder
from protoctl.verification.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Protoctl, Sample
    from tarballs import Files

pytestmark = [pytest.mark.registries, pytest.mark.xdist_group("verify")]

RUNTIME = "@bufbuild/protobuf"
GRPC = "@grpc/grpc-js"
TRUE_FLOOR = "2.5.0"
"""The first release of the runtime with what protoc-gen-es 2.17 imports."""
BODY = """
message Ask { string text = 1; int64 number = 2; }
message Tell { repeated Ask asks = 1; oneof choice { bool yes = 2; Kind kind = 3; } }
enum Kind { KIND_UNSPECIFIED = 0; KIND_GOOD = 1; }
"""
SERVICE = """
service Talk {
  rpc One(Ask) returns (Tell);
  rpc Many(stream Ask) returns (stream Tell);
}
"""
HIGH = "high"
LOW = "low"
Trials = dict[tuple[str, str], dict[str, Any]]
"""By module and consumer."""


def find_faults(trials: Trials, module: str, consumer: str = "") -> list[str]:
    """Give the faults of a module with consumers whose names begin so, each as `file:line: cause`, none twice."""
    found = [
        f"{fault['file']}:{fault['line']}: {fault['cause']}"
        for (owner, name), trial in trials.items()
        for fault in trial["faults"]
        if owner == module and name.startswith(consumer)
    ]
    return list(dict.fromkeys(found))


def failing(trials: Trials, module: str) -> set[str]:
    """Give the consumers that a module failed with, without what follows the first comma."""
    return {name.split(",")[0] for (owner, name), one in trials.items() if one["faults"] and owner == module}


def verify(protoctl: Protoctl, *arguments: str | Path) -> tuple[int, Trials]:
    """Give the exit code and the trials by module and consumer."""
    done = protoctl("verify", "--json", *arguments)
    assert done.out, done.err
    return done.code, {(one["module"], one["consumer"]): one for one in json.loads(done.out)["trials"]}


def change_types(files: Files) -> None:
    """Declare a text as a number."""
    replace_in(files, "_pb.d.ts", "text: string;", "text: number;")


def break_types(files: Files) -> None:
    """Write a declaration that does not parse."""
    replace_in(files, "_pb.d.ts", "export declare type Ask =", "export declare type = Ask;")


def lose_name(files: Files) -> None:
    """Forget a name for those who require."""
    path = next(path for path in files if path.startswith("cjs/") and path.endswith("_pb.js"))
    files[path] = files[path].replace(b"exports.AskSchema = AskSchema;\n", b"")


def touch_globals(files: Files) -> None:
    """Write to an object that everybody shares."""
    text = '\nObject.defineProperty(Array.prototype, "owned", { value: 1, configurable: true });\n'
    for path in files:
        if path.endswith("_pb.js"):
            files[path] += text.encode()


def throw_in_server(files: Files) -> None:
    """Fail whenever a message arrives."""
    old = "(schema) => (bytes) => fromBinary(schema, bytes)"
    replace_in(files, "_grpc.js", old, '(schema) => (bytes) => { throw new Error("no"); }')


def end_process(files: Files) -> None:
    """End the process of whoever imports."""
    replace_in(files, "_grpc.js", "const encode =", "process.exit(0);\nconst encode =")


BROKEN = {
    "good": lambda files: set_bound(files, RUNTIME, f"^{TRUE_FLOOR}"),
    HIGH: lambda files: set_bound(files, RUNTIME, "^2.16.0"),
    LOW: lambda files: set_bound(files, RUNTIME, ">=2.4.0 <3"),
    "gone": lambda files: set_bound(files, "@acme/good", "^9.0.0"),
    "types": change_types,
    "syntax": break_types,
    "names": lose_name,
    "globals": touch_globals,
    "throws": throw_in_server,
}
CORPUS = REPOSITORY / "tests/corpus/node"
WHOLE = ("kinds", "old")
"""Modules with every kind of field and with hard names, which nobody breaks."""
SERVING = {"throws", "undeclared", "ends"}
"""Modules with services; the others need no grpc-js, which is quicker."""


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory, protoctl: Protoctl) -> Path:
    """Give a folder with a tarball for each module that is to be broken."""
    workspace = Workspace(tmp_path_factory.mktemp("broken") / "workspace")
    for name in BROKEN.keys() | SERVING:
        workspace.proto(f"acme/{name}/v1/{name}.proto", BODY + (SERVICE if name in SERVING else ""))
    workspace.write("proto/acme/kinds/kinds.proto", (CORPUS / "kinds.proto").read_bytes())
    workspace.write("proto/acme/old/v1/old.proto", (CORPUS / "old.proto").read_bytes())
    done = protoctl("build", "--target", "node", "--runner", "local", "--workspace", workspace.root)
    assert done.code == 0, done.err
    return workspace.root / "dist/node"


def tarball(folder: Path, module: str) -> Path:
    """Give a module's tarball."""
    return folder / f"acme-{module}-0.1.0-dev.0.tgz"


@pytest.fixture(scope="module")
def broken(modules: Path, tmp_path_factory: pytest.TempPathFactory, protoctl: Protoctl) -> Trials:
    """Give the trials of packages that are broken each in its way, tried together."""
    folder = tmp_path_factory.mktemp("together")
    for module, change in BROKEN.items():
        change_tarball(tarball(modules, module), change, tarball(folder, module))
    for module in WHOLE:
        shutil.copy(tarball(modules, module), folder)
    code, trials = verify(protoctl, "--junit", folder / "report.xml", *folder.glob("*.tgz"))
    assert code == 6
    cases = ET.parse(folder / "report.xml").iter("testcase")  # noqa: S314  our own report
    failed = {case.get("classname", "").removeprefix("node.") for case in cases if case.find("failure") is not None}
    assert failed == set(BROKEN) - {"good", HIGH}
    return trials


def test_every_consumer_tries_the_sample_and_finds_nothing(sample_trials: list[dict[str, Any]]) -> None:
    mine = [one for one in sample_trials if (one["target"], one["module"]) == ("node", "user")]
    assert not any(one["faults"] for one in mine), mine
    consumers = {one["consumer"].split(", ")[0] for one in mine}
    assert consumers >= {"archive", "imports", "import and require", "grpc-js", "tsc node16", "tsc bundler", "floor"}
    versions = {part for one in mine for part in one["consumer"].split(", ") if part.startswith("node ")}
    assert len(versions) == len(nodes())


def test_a_package_among_broken_ones_passes(broken: Trials) -> None:
    assert find_faults(broken, "good") == []
    assert {name.rpartition(", ")[2] for module, name in broken if module == "good"} >= {"lowest", "newest"}


@pytest.mark.parametrize("module", WHOLE)
def test_every_kind_of_field_and_hard_names_pass(broken: Trials, module: str) -> None:
    assert find_faults(broken, module) == []
    assert {"tsc node16", "tsc bundler"} <= {name.split(",")[0] for owner, name in broken if owner == module}


def test_types_that_the_schema_does_not_tell_are_found_where_they_are_read(broken: Trials) -> None:
    assert failing(broken, "types") == {"tsc node16", "tsc bundler"}
    found = find_faults(broken, "types", "tsc node16")
    assert any(one.startswith("@acme/types/acme/types/v1/types_pb.mts:") for one in found)
    assert any(one.startswith("@acme/types/acme/types/v1/types_pb.cts:") for one in found)
    assert any("Type 'string' is not assignable to type 'number'" in one for one in found)


def test_a_declaration_that_does_not_parse_is_found_in_its_file(broken: Trials) -> None:
    found = find_faults(broken, "syntax", "tsc")
    for form in ("esm", "cjs"):
        assert any(one.startswith(f"{form}/acme/syntax/v1/syntax_pb.d.ts:") and "expected" in one for one in found)


def test_a_name_that_require_does_not_give_is_found(broken: Trials) -> None:
    cause = "import alone gives AskSchema, require alone nothing"
    assert any(one.endswith(cause) for one in find_faults(broken, "names", "import and require, node"))


def test_a_write_to_what_everybody_shares_is_found(broken: Trials) -> None:
    found = find_faults(broken, "globals", "import and require")
    assert any(one.endswith("writes Array.prototype.owned") for one in found)
    assert failing(broken, "globals") == {"import and require"}


def test_a_server_that_throws_is_found_by_a_call_of_each_method(broken: Trials) -> None:
    assert failing(broken, "throws") == {"grpc-js"}
    found = find_faults(broken, "throws")
    for method in ("one", "many"):
        cause = f"call {method} of @acme/throws/acme/throws/v1/throws_grpc.js: 13 INTERNAL: Error deserializing request"
        assert f":0: {cause}" in found


def test_a_requirement_that_nobody_fulfils_is_found_before_anything_is_installed(broken: Trials) -> None:
    [found] = find_faults(broken, "gone")
    assert "package.json:" in found
    assert "no version of @acme/good is ^9.0.0, as @acme/gone requires" in found
    assert "acme-good-0.1.0-dev.0.tgz" in broken["gone", "npm"]["faults"][0]["said"]


def test_a_bound_that_is_too_low_is_found_at_the_lowest_only(broken: Trials) -> None:
    failed = {name.rpartition(", ")[2] for (module, name), one in broken.items() if module == LOW and one["faults"]}
    assert failed == {"lowest"}
    found = find_faults(broken, LOW, "import and require")
    assert any(one.startswith("esm/acme/low/v1/low_pb.js:5: ") and "codegenv2" in one for one in found), found


def test_a_bound_is_true_when_one_release_less_fails_and_else_remarked(broken: Trials) -> None:
    assert broken["good", f"floor, {RUNTIME}"]["remarks"] == []
    [remark] = broken[HIGH, f"floor, {RUNTIME}"]["remarks"]
    assert remark["cause"] == f"the bound ^2.16.0 on {RUNTIME} is higher than needed: everything works with 2.15.0"
    assert remark["line"] > 0


def edited(**changes: Any) -> Callable[[Files], None]:  # noqa: ANN401  any JSON value
    """Give a change of package.json."""
    return lambda files: edit_metadata(files, **changes)


def drop_file(files: Files) -> None:
    """Forget a file that the code needs."""
    for path in [path for path in files if "/good_pb." in path]:
        del files[path]


UNPACKED = {
    "script": (edited(scripts={"postinstall": "node x.js"}), "package.json", "has scripts: npm runs scripts"),
    "gyp": (lambda files: files.update({"binding.gyp": b"{}"}), "binding.gyp", "npm obeys it"),
    "main": (edited(main="./nowhere.js"), "package.json", "has main ./nowhere.js, which is not there"),
    "target": (edited(exports={".": "./nowhere.js"}), "package.json", "exports . as nowhere.js, which is not there"),
    "git": (edited(dependencies={"x": "git+https://x.test/x"}), "package.json", "which is no range"),
    "undeclared": (
        lambda files: set_bound(files, GRPC, None),
        "_grpc",
        "imports @grpc/grpc-js, which package",
    ),
    "file": (drop_file, "esm/acme/good/v1/", "./good_pb.js, which is not there"),
}
IMPORTS = {"undeclared", "file"}
"""Those that are found in code."""


def module_of(name: str) -> str:
    """Give the module whose tarball is broken in a way."""
    return name if name in SERVING else "good"


def special(name: str, kind: bytes = tarfile.REGTYPE, *, mode: int = 0o644) -> tarfile.TarInfo:
    """Give an entry that no tarball should have."""
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.linkname = kind, mode, "README.md"
    return info


MEMBERS = {
    "twice": (special("package/README.md"), "package/README.md", "is there 2 times"),
    "case": (special("package/Readme.md"), "package/Readme.md", "where case or Unicode form do not count"),
    "outside": (special("package/../../evil"), "package/../../evil", "leaves the archive's root"),
    "absolute": (special("/evil"), "/evil", "leaves the archive's root"),
    "beside": (special("other/file"), "other/file", "lies outside package/"),
    "link": (special("package/link", tarfile.SYMTYPE), "package/link", "is no regular file but a link"),
    "device": (special("package/device", tarfile.CHRTYPE), "package/device", "is no regular file but a device"),
    "program": (special("package/run", mode=0o755), "package/run", "is executable (mode 0755)"),
}


@pytest.fixture(scope="module")
def opened(modules: Path, tmp_path_factory: pytest.TempPathFactory, protoctl: Protoctl) -> Trials:
    """Give the trials of tarballs of one module that are broken before anything is installed, by their own names."""
    folder = tmp_path_factory.mktemp("opened")
    source = tarball(modules, "good")
    for name, (change, _, _) in UNPACKED.items():
        change_tarball(tarball(modules, module_of(name)), change, folder / f"{name}.tgz")
    for name, (member, _, _) in MEMBERS.items():
        add_member(source, folder / f"{name}.tgz", member)
    (folder / "cut.tgz").write_bytes(source.read_bytes()[:-100])
    code, trials = verify(protoctl, folder, "--offline")
    assert code == 6
    return trials


@pytest.mark.parametrize("name", [*UNPACKED, *MEMBERS])
def test_what_no_tarball_may_hold_is_found_with_its_file(opened: Trials, name: str) -> None:
    _, file, cause = (UNPACKED | MEMBERS)[name]
    found = opened[module_of(name), f"{'imports' if name in IMPORTS else 'archive'}, {name}.tgz"]["faults"]
    assert any(file in fault["file"] and cause in fault["cause"] for fault in found), found
    assert all(fault["line"] for fault in found if fault["file"] == "package.json")


def test_a_tarball_that_was_cut_is_none(opened: Trials) -> None:
    [fault] = opened["", "archive, cut.tgz"]["faults"]
    assert fault["cause"] == "is no tarball"


def test_a_process_that_ends_while_a_package_loads_is_told_with_the_package(
    modules: Path, tmp_path: Path, protoctl: Protoctl
) -> None:
    change_tarball(tarball(modules, "ends"), end_process, tarball(tmp_path, "ends"))
    code, trials = verify(protoctl, tarball(tmp_path, "ends"))
    assert code == 6
    found = find_faults(trials, "ends", "import and require")
    assert any("import @acme/ends" in one and "ends the process" in one for one in found), found


def test_what_is_laid_out_is_what_npm_installs(
    sample: Sample, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tarballs = sorted((sample.dist / "node").glob("*.tgz"))
    base = tmp_path_factory.getbasetemp()
    installed = make_once(base, "node-consumer", lambda folder: npm("install", *tarballs, cwd=folder)) / "node_modules"
    packages = [read_package(path) for path in tarballs]
    workbench = Workbench(cache_folder(), tmp_path, silent)
    versions = {name: version_of(installed / name) for name in (RUNTIME, GRPC)}
    folder = lay_out(tmp_path / "laid", packages, install(versions, workbench, is_lowest=True))
    assert names_in(folder / "node_modules") == names_in(installed)
    for package in packages:
        assert read_tree(folder / "node_modules" / package.name) == read_tree(installed / package.name)
    for name in versions:
        assert read_tree((folder / "node_modules" / name).resolve()) == read_tree(installed / name)


def version_of(package: Path) -> str:
    """Give the version of an installed package."""
    return str(json.loads((package / "package.json").read_text())["version"])


def names_in(modules: Path) -> set[str]:
    """Give the packages of a `node_modules`."""
    scoped = {f"{scope.name}/{inner.name}" for scope in modules.glob("@*") for inner in scope.iterdir()}
    return scoped | {entry.name for entry in modules.iterdir() if entry.name[0] not in "@."}


def test_without_a_network_what_is_unknown_is_an_error_with_a_way_out(
    modules: Path, tmp_path: Path, protoctl: Protoctl
) -> None:
    unknown = "@acme-unknown/never-asked"
    change_tarball(
        tarball(modules, "good"), lambda files: set_bound(files, unknown, "^1.0.0"), tarball(tmp_path, "good")
    )
    done = protoctl("verify", "--offline", tarball(tmp_path, "good"))
    assert done.code == 4
    assert f"cannot ask the registry for {unknown}" in done.err
    assert "hint: run once without --offline" in done.err
