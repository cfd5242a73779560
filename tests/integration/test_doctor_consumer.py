"""The doctor explains a consumer's VersionError and RuntimeError, and runs none of the consumer's code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import make_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Protoctl, Sample

ONE_INDEX = {"PIP_CONFIG_FILE": os.devnull, "PIP_EXTRA_INDEX_URL": "", "UV_INDEX_STRATEGY": ""}
"""What keeps this machine's own settings out."""


class Consumer:
    """A virtual environment with the sample's packages, and metadata of runtimes that are not there."""

    def __init__(self, root: Path, wheels: list[Path]) -> None:
        """Install the packages alone, as copies: a link into a cache would harm it."""
        self.python = make_environment(root, ["--no-deps", "--offline", "--link-mode=copy", *wheels])
        self.root = root
        self.site = next(root.glob("lib/python3*/site-packages"))

    def add(self, name: str, version: str) -> None:
        """Pretend that a distribution is installed, in place of another version of it."""
        for old in self.site.glob(f"{name}-*.dist-info"):
            shutil.rmtree(old)
        folder = self.site / f"{name}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")

    def examine(self, protoctl: Protoctl) -> tuple[int, list[dict[str, Any]]]:
        """Give the exit code and the parts."""
        done = protoctl("doctor", "--consumer", self.python, "--json", cwd=self.root, **ONE_INDEX)
        assert done.err == ""
        value = json.loads(done.out)
        assert value["format"] == 1
        return done.code, value["parts"]


@pytest.fixture
def consumer(sample: Sample, tmp_path: Path) -> Consumer:
    """Give an environment in which the packages work."""
    consumer = Consumer(tmp_path / "venv", [one for one in sample.wheels if "common" in one.name or "user" in one.name])
    consumer.add("protobuf", "6.33.6")
    consumer.add("grpcio", "1.80.1")
    return consumer


def failed(parts: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Give the parts that failed, by the package's name."""
    return {part["name"].partition(" ")[0]: part for part in parts if part["status"] == "failed"}


def test_packages_that_work_are_told_with_what_they_need(protoctl: Protoctl, consumer: Consumer) -> None:
    code, parts = consumer.examine(protoctl)
    assert (code, [part["status"] for part in parts]) == (0, ["ok"] * 5)
    assert [part["name"] for part in parts] == [
        "python",
        "protobuf",
        "grpcio",
        "acme-common 0.1.0.dev0",
        "acme-user 0.1.0.dev0",
    ]
    assert parts[4]["text"] == "works: its code is for protobuf 6.31.1, grpcio 1.80.1 and later"


def test_an_old_protobuf_is_a_version_error_and_a_floor_fixes_it(protoctl: Protoctl, consumer: Consumer) -> None:
    consumer.add("protobuf", "5.28.3")
    code, parts = consumer.examine(protoctl)
    assert (code, set(failed(parts))) == (1, {"acme-common", "acme-user"})
    part = failed(parts)["acme-user"]
    assert part["text"] == "its code is for protobuf 6.31.1, and 5.28.3 is there: a VersionError at import"
    assert part["hint"] == (
        f"{consumer.python} -m pip install 'protobuf>=6.31.1', or build the package with "
        '[python] runtime-floor = "5.28.1" in protoctl.toml'
    )


def test_an_old_grpcio_is_a_runtime_error(protoctl: Protoctl, consumer: Consumer) -> None:
    consumer.add("grpcio", "1.76.0")
    code, parts = consumer.examine(protoctl)
    assert (code, set(failed(parts))) == (1, {"acme-user"})
    part = failed(parts)["acme-user"]
    assert part["text"] == "its code is for grpcio 1.80.1, and 1.76.0 is there: a RuntimeError at import"
    assert "pip install 'grpcio>=1.80.1', or build the package with [python] runtime-floor = \"6.31\"" in part["hint"]


def test_runtimes_that_no_floor_reaches_can_only_be_replaced(protoctl: Protoctl, consumer: Consumer) -> None:
    consumer.add("protobuf", "4.25.9")
    part = failed(consumer.examine(protoctl)[1])["acme-common"]
    assert part["hint"].endswith("; no runtime floor goes as low as protobuf 4.25.9")


def test_code_that_only_warns_is_a_note(protoctl: Protoctl, consumer: Consumer) -> None:
    for path in consumer.site.rglob("*_pb2_grpc.py"):
        path.write_text(path.read_text().replace("raise RuntimeError(", "warnings.warn("))
    consumer.add("grpcio", "1.76.0")
    code, parts = consumer.examine(protoctl)
    assert (code, parts[-1]["status"]) == (0, "note")
    assert parts[-1]["text"].endswith("a RuntimeWarning at import")


def test_runtimes_that_are_not_there_are_named(protoctl: Protoctl, consumer: Consumer) -> None:
    for name in ("protobuf-6.33.6", "grpcio-1.80.1"):
        shutil.rmtree(consumer.site / f"{name}.dist-info")
    code, parts = consumer.examine(protoctl)
    assert code == 1
    assert [part["text"] for part in parts[1:3]] == ["is not installed"] * 2
    assert [part["text"] for part in parts[4:]] == [
        "its code is for protobuf 6.31.1, and none is there",
        "its code is for grpcio 1.80.1, and none is there",
    ]


def test_generated_code_is_read_and_not_run(protoctl: Protoctl, consumer: Consumer, tmp_path: Path) -> None:
    for path in consumer.site.rglob("*_pb2*.py"):
        path.write_text(f"open({str(tmp_path / 'RUN')!r}, 'w')\n{path.read_text()}")
    assert consumer.examine(protoctl)[0] == 0
    assert not (tmp_path / "RUN").exists()


def test_the_active_environment_is_the_default(protoctl: Protoctl, consumer: Consumer, tmp_path: Path) -> None:
    done = protoctl("doctor", "--consumer", "--json", cwd=tmp_path, VIRTUAL_ENV=str(consumer.root))
    assert json.loads(done.out)["parts"][0]["text"].endswith(f" at {consumer.python}")
    path = f"{consumer.root / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = protoctl("doctor", "--consumer", "--json", cwd=tmp_path, VIRTUAL_ENV="", PATH=path)
    assert json.loads(done.out)["parts"][0]["text"].endswith(f" at {consumer.root}/bin/python3")


def test_an_environment_without_our_packages_is_no_failure(protoctl: Protoctl, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = tmp_path / "venv/bin/python"
    done = protoctl("doctor", "--consumer", python, cwd=tmp_path, **ONE_INDEX)
    assert done.code == 0
    assert done.out.splitlines()[-1] == "note    stubs     no package here was made by protoctl"


def break_record(consumer: Consumer) -> None:
    """Cut the build record of a package."""
    next(consumer.site.glob("acme_user-*/extra_metadata/protoctl/build.json")).write_text('{"format":')


def empty_record(consumer: Consumer) -> None:
    """Replace the build record of a package by other JSON."""
    next(consumer.site.glob("acme_user-*/extra_metadata/protoctl/build.json")).write_text("[]")


def lose_code(consumer: Consumer) -> None:
    """Remove a generated file that the package lists."""
    (consumer.site / "acme/user/v1/user_pb2.py").unlink()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (break_record, "cannot be read: "),
        (empty_record, "build.json is no record of a build"),
        (lose_code, "cannot be read: [Errno 2]"),
    ],
)
def test_a_damaged_package_is_named(
    protoctl: Protoctl, consumer: Consumer, harm: Callable[[Consumer], None], said: str
) -> None:
    harm(consumer)
    code, parts = consumer.examine(protoctl)
    assert (code, set(failed(parts))) == (1, {"acme-user"})
    assert failed(parts)["acme-user"]["text"].startswith(said)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"Name: x\n"])
def test_metadata_that_name_nothing_are_told(protoctl: Protoctl, consumer: Consumer, content: bytes | None) -> None:
    folder = consumer.site / "broken-1.0.dist-info"
    folder.mkdir()
    if content is not None:
        (folder / "METADATA").write_bytes(content)
    code, parts = consumer.examine(protoctl)
    assert code == 1
    assert failed(parts)["metadata"]["text"] == f"{folder} names no distribution"
    assert parts[-1]["status"] == "ok"


@pytest.mark.parametrize(
    "text", ["#!/bin/sh\necho hello\n", "#!/bin/sh\nexit 3\n", "#!/bin/sh\necho '[1]'\n", "\x7fELF"]
)
def test_what_is_no_python_is_refused(protoctl: Protoctl, tmp_path: Path, text: str) -> None:
    program = tmp_path / "program"
    program.write_text(text)
    program.chmod(0o755)
    done = protoctl("doctor", "--consumer", program)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error: {program} does not answer as a Python does")


def test_a_python_that_is_not_there_is_refused(protoctl: Protoctl, tmp_path: Path) -> None:
    for name in ("python0", tmp_path, tmp_path / "absent"):
        done = protoctl("doctor", "--consumer", name)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith(f"error: there is no Python {name}\nhint: ")


def test_a_python_without_consumer_is_a_misunderstanding(protoctl: Protoctl) -> None:
    done = protoctl("doctor", Path(sys.executable))
    assert done.code == 2
    assert "hint: add --consumer" in done.err


@pytest.mark.registries
def test_what_it_says_is_what_python_does(protoctl: Protoctl, sample: Sample, tmp_path: Path) -> None:
    wheels = [wheel for wheel in sample.wheels if "common" in wheel.name]
    python = make_environment(tmp_path / "venv", ["--no-deps", "protobuf==6.30.2", *wheels])
    done = subprocess.run(
        [python, "-c", "import acme.common.v1.audit_pb2"], capture_output=True, text=True, check=False
    )
    assert "VersionError" in done.stderr
    done_by_us = protoctl("doctor", "--consumer", python)
    assert done_by_us.code == 1
    assert "its code is for protobuf 6.31.1, and 6.30.2 is there: a VersionError at import" in done_by_us.out
