"""Wheels and sdists that strangers cannot use are told apart from those that they can, with module, place and cause."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from conftest import Workspace, copy_sample
from loopback import serve
from wheels import change_wheel, drop_requirement, replace_in

from protoctl.model.event import silent
from protoctl.model.trial import Fault
from protoctl.targets.python.gate.archives import try_sdists
from protoctl.verification.parcel import read_parcel
from protoctl.verification.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Protoctl, Sample
    from wheels import Files

pytestmark = [pytest.mark.registries, pytest.mark.xdist_group("verify")]
MODES = ("lowest", "newest")
CONSUMERS = ("install", "import", "call", "mypy", "pyright")


@dataclass(frozen=True)
class Broken:
    """What was said about packages that do not all work."""

    code: int
    trials: list[dict[str, Any]]
    junit: Path

    @property
    def failed(self) -> list[dict[str, Any]]:
        """The trials with faults."""
        return [trial for trial in self.trials if trial["faults"]]


def verify(protoctl: Protoctl, junit: Path, *paths: Path) -> Broken:
    """Give what `verify` reports, as JSON and as JUnit."""
    done = protoctl("verify", "--json", "--junit", junit, *paths)
    assert done.out, done.err
    return Broken(done.code, json.loads(done.out)["trials"], junit)


def test_every_consumer_tries_what_was_built(sample_trials: list[dict[str, Any]]) -> None:
    mine = [trial for trial in sample_trials if (trial["target"], trial["module"]) == ("python", "user")]
    consumers = {trial["consumer"] for trial in mine if not trial["skipped"]}
    assert consumers.issuperset(f"{name}, {mode}" for name in CONSUMERS for mode in MODES)
    assert consumers.issuperset({"pip", "uv", "build the sdist", "floor, protobuf", "floor, grpcio"})


def raise_at_import(files: Files) -> None:
    """Let a module fail in its first line."""
    files["acme/raised/v1/raised_pb2.py"] = b"raise LookupError\n" + files["acme/raised/v1/raised_pb2.py"]


def break_syntax(files: Files) -> None:
    """Let a module not parse."""
    files["acme/unparsed/v1/unparsed_pb2_grpc.py"] += b"def import():\n"


def undeclare(files: Files) -> None:
    """Leave a requirement out that the code imports."""
    drop_requirement(files, "googleapis-common-protos")


def allow_old_runtime(files: Files) -> None:
    """Allow a runtime that the code refuses."""
    replace_in(files, "METADATA", ">=6.31.1", ">=6.30.0")


def rename_method(files: Files) -> None:
    """Let the server answer to another name than the client asks for."""
    replace_in(files, "_pb2_grpc.py", "            'Get':", "            'Fetch':")


def drop_types(files: Files) -> None:
    """Leave out the mark that tells type checkers of types."""
    del files["acme/untyped/py.typed"]


def forget_a_field(files: Files) -> None:
    """Let stubs and code disagree."""
    replace_in(files, "forgetful_pb2.pyi", "name", "other")


def contradict(files: Files) -> None:
    """Require what cannot be."""
    replace_in(files, "METADATA", ">=6.31.1", ">=6.31.1,<5")


FAULTS: dict[str, tuple[Callable[[Files], None], str, str, str]] = {
    "raised": (raise_at_import, "import, lowest", "acme/raised/v1/raised_pb2.py:1", "cannot be imported: LookupError"),
    "unparsed": (break_syntax, "import, newest", "acme/unparsed/v1/unparsed_pb2_grpc.py:", "SyntaxError"),
    "undeclared": (
        *(undeclare, "import, newest", "acme/undeclared/v1/undeclared_pb2.py"),
        "of googleapis-common-protos, which the package does not require",
    ),
    "lowered": (allow_old_runtime, "import, lowest", "acme/lowered/v1/lowered_pb2.py:", "VersionError"),
    "renamed": (rename_method, "call, newest", "acme/renamed/v1/renamed_pb2_grpc.py", "S.Get cannot be called"),
    "untyped": (drop_types, "mypy, newest", "consumer_", "py.typed"),
    "forgetful": (forget_a_field, "pyright, newest", "consumer_", '"name"'),
    "impossible": (contradict, "install, lowest", "", "the requirements cannot be met"),
}
"""Module to what breaks its wheel, which consumer notices, where, and what it says."""


ODD = """
syntax = "proto2";
package acme.odd.v1;
import "google/protobuf/any.proto";
message None { optional string self = 1; optional int32 from = 2; optional None None = 3; }
message sys { optional int32 typing = 1; optional string builtins = 2; }
message str { optional str str = 1; repeated int32 int = 2; map<int32, str> dict = 3; }
enum typing { True = 0; TYPING = 2; }
message Holder {
  required string HasField = 1;
  required Inside inside = 2;
  oneof WhichOneof { string a = 4; None b = 5; typing c = 6; }
  optional group Inner = 7 { optional int32 x = 1; }
  extensions 100 to 200;
  message Inside {
    enum Kind { K = 0; mro = 1; }
    required Kind kind = 1;
    required group G = 2 { required double d = 1; }
  }
  repeated google.protobuf.Any any = 11;
  map<string, typing> typings = 13;
  optional string message = 15;
}
extend Holder { optional int32 extra = 100; repeated None more = 101; }
service S {
  rpc Get(Holder) returns (str);
  rpc stub(stream Holder) returns (sys);
  rpc channel(sys) returns (stream google.protobuf.Any);
}
service futures { rpc Get(google.protobuf.Any) returns (google.protobuf.Any); }
service Empty {}
"""
"""What can be used in Python by getattr() only, or hides something, and still works."""


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory, protoctl: Protoctl) -> Broken:
    """Give a verification of wheels, each broken in another way, beside one that is sound."""
    folder = tmp_path_factory.mktemp("broken")
    workspace = Workspace(folder / "workspace")
    for name in (*FAULTS, "sound"):
        workspace.proto(
            f"acme/{name}/v1/{name}.proto",
            "message M { string name = 1; }\n"
            'service S { rpc Get(M) returns (M) { option (google.api.http) = { get: "/v1" }; } }',
            imports=("google/api/annotations.proto",),
        )
    workspace.write("proto/acme/odd/v1/odd.proto", ODD)
    built = protoctl("build", "--target", "python", "--workspace", workspace.root)
    assert built.code == 0, built.err
    for wheel in sorted((workspace.root / "dist/python").glob("*.whl")):
        module = wheel.name.partition("-")[0].removeprefix("acme_")
        change_wheel(wheel, folder, FAULTS[module][0] if module in FAULTS else dict)
    return verify(protoctl, folder / "junit.xml", *folder.glob("*.whl"))


@pytest.mark.parametrize("module", FAULTS)
def test_a_broken_wheel_is_told_with_module_consumer_place_and_cause(broken: Broken, module: str) -> None:
    _, consumer, place, cause = FAULTS[module]
    assert broken.code == 6
    mine = {trial["consumer"]: trial["faults"] for trial in broken.failed if trial["module"] == module}
    places = [f"{fault['file']}:{fault['line'] or ''}" for fault in mine.get(consumer, ())]
    assert any(found.startswith(place) for found in places), mine
    assert any(cause in fault["cause"] for fault in mine[consumer]), mine


@pytest.mark.parametrize("module", ["sound", "odd"])
def test_a_sound_wheel_beside_broken_ones_passes(broken: Broken, module: str) -> None:
    assert not [trial for trial in broken.failed if trial["module"] in {module, ""}]
    assert len([trial for trial in broken.trials if trial["module"] == module]) > len(CONSUMERS)


@pytest.mark.slow
def test_packages_that_only_clash_together_are_found(workspace: Workspace, tmp_path: Path, protoctl: Protoctl) -> None:
    for module, other in (("one", "two"), ("two", "one")):
        workspace.configure(f'[workspace]\nname = "acme"\nmodules = ["acme/{module}"]\nexclude = ["acme/{other}"]\n')
        text = f'syntax = "proto3"; package acme.shared; message Same {{ string {module} = 1; }}'
        workspace.write(f"proto/acme/{module}/v1/{module}.proto", text)
        assert protoctl("build", "--target", "python", "--workspace", workspace.root).code == 0
        shutil.copy(next((workspace.root / "dist/python").glob("*.whl")), tmp_path)
    found = verify(protoctl, tmp_path / "junit.xml", *tmp_path.glob("*.whl"))
    assert found.code == 6
    causes = [
        fault["cause"] for trial in found.failed if trial["consumer"] == "import, newest" for fault in trial["faults"]
    ]
    assert [
        cause.startswith("acme.two.v1.two_pb2 cannot be imported after all others: TypeError") for cause in causes
    ] == [True]


def test_a_file_that_is_not_as_its_record_or_the_manifest_says_fails(
    sample: Sample, tmp_path: Path, protoctl: Protoctl
) -> None:
    shutil.copytree(sample.dist, tmp_path / "dist")
    shutil.rmtree(tmp_path / "dist/node")
    for path in (tmp_path / "dist/python").iterdir():
        if "acme_common" not in path.name:
            path.unlink()
    wheel = next((tmp_path / "dist/python").glob("*.whl"))
    middle = wheel.stat().st_size // 2
    data = wheel.read_bytes()
    wheel.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
    found = verify(protoctl, tmp_path / "junit.xml", tmp_path / "dist")
    assert found.code == 6
    mine = [trial for trial in found.failed if trial["module"] in {"common", ""}]
    causes = {trial["consumer"]: trial["faults"][0]["cause"] for trial in mine}
    assert causes["manifest.json"] == "is not the file that manifest.json lists"
    assert f"open, {wheel.name}" in causes


def test_an_sdist_that_builds_another_wheel_fails(sample: Sample, tmp_path: Path) -> None:
    sdist = next(one for one in sample.sdists if "acme_common" in one.name)
    wheel = next(one for one in sample.wheels if "acme_common" in one.name)
    other = change_wheel(wheel, tmp_path, lambda files: files.update({"acme/common/v1/more_pb2.py": b""}))
    good, bad = (Workbench(tmp_path, tmp_path / name, silent) for name in ("good", "bad"))
    assert try_sdists([read_parcel(sdist)], [read_parcel(wheel)], good)[0].faults == ()
    fault = Fault("builds another file than was given", wheel.name)
    assert try_sdists([read_parcel(sdist)], [read_parcel(other)], bad)[0].faults == (fault,)


def test_junit_holds_every_trial_and_every_fault(broken: Broken) -> None:
    root = ET.parse(broken.junit).getroot()  # noqa: S314  our own file
    cases = root.findall(".//testcase")
    assert len(cases) == len(broken.trials) == int(root.attrib["tests"])
    told = [failure.attrib["message"] for failure in root.findall(".//testcase[@classname='python.raised']/failure")]
    assert "acme/raised/v1/raised_pb2.py:1: acme.raised.v1.raised_pb2 cannot be imported: LookupError" in told


def test_what_is_no_package_is_a_usage_error(tmp_path: Path, protoctl: Protoctl) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("")
    for path, message in (("absent", "there is no"), ("empty", "holds no package"), ("notes.txt", "no package")):
        done = protoctl("verify", tmp_path / path)
        assert (done.code, message in done.err, "hint:" in done.err) == (2, True, True), done.err


def test_offline_with_nothing_known_says_what_to_do(sample: Sample, tmp_path: Path, protoctl: Protoctl) -> None:
    done = protoctl(
        *("verify", "--offline", sample.wheels[0]),
        PROTOCTL_CACHE_DIR=str(tmp_path / "cache"),
        UV_CACHE_DIR=str(tmp_path / "uv"),
    )
    assert done.code == 4
    assert "hint: run once without --offline" in done.err
    assert "Traceback" not in done.err


def test_a_release_that_cannot_be_installed_is_not_placed(tmp_path: Path, protoctl: Protoctl, gate_tools: Path) -> None:
    root = copy_sample(tmp_path / "acme")
    build = ("build", "common", "--runner", "local", "--target", "python", "--workspace", root)
    assert protoctl(*build).code == 0
    before = {path: path.read_bytes() for path in (root / "dist").rglob("*") if path.is_file()}
    cache = tmp_path / "cache"
    (cache / "verification").mkdir(parents=True)
    (cache / "verification" / gate_tools.name).symlink_to(gate_tools)
    (cache / "toolchains").symlink_to(gate_tools.parent.with_name("toolchains"))
    (tmp_path / "index" / "simple").mkdir(parents=True)
    with serve(tmp_path / "index") as index:
        release = (*build, "--release", "--version", "1.0.0")
        done = protoctl(*release, UV_DEFAULT_INDEX=index.url, PROTOCTL_CACHE_DIR=str(cache))
    assert done.code == 6, done.err
    assert "of the packages failed, and nothing was placed" in done.err
    assert "failed: python common: install, newest: the requirements cannot be met" in done.err
    assert {path: path.read_bytes() for path in (root / "dist").rglob("*") if path.is_file()} == before
