"""Wheels and sdists of the sample workspace, used as strangers use them."""

from __future__ import annotations

import email
import re
import shutil
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import interpreters, make_environment, succeed

if TYPE_CHECKING:
    from conftest import Protoctl, Sample, Workspace

pytestmark = pytest.mark.registries

IMPORT_ALL = """
import importlib, sys, warnings
warnings.simplefilter("error")
for name in sys.argv[1:]:
    importlib.import_module(name)
"""
SERVER = """
import re, sys
from concurrent import futures
import grpc
from acme.inventory.v1 import inventory_service_pb2 as messages, inventory_service_pb2_grpc as services

class Servicer(services.InventoryServiceServicer):
    def GetItem(self, request, context):
        return messages.GetItemResponse()

server = grpc.server(futures.ThreadPoolExecutor(1))
services.add_InventoryServiceServicer_to_server(Servicer(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
exec(sys.stdin.read().replace("localhost:50051", f"127.0.0.1:{port}"))
server.stop(None)
"""
CONSUMER = """
import grpc
from acme.inventory.v1 import inventory_service_pb2, inventory_service_pb2_grpc
from acme.user.v1 import user_pb2


def read(channel: grpc.Channel) -> inventory_service_pb2.GetItemResponse:
    return inventory_service_pb2_grpc.InventoryServiceStub(channel).GetItem(inventory_service_pb2.GetItemRequest())


async def read_later(channel: grpc.aio.Channel) -> inventory_service_pb2.GetItemResponse:
    stub = inventory_service_pb2_grpc.InventoryServiceStub(channel)
    return await stub.GetItem(inventory_service_pb2.GetItemRequest())


user: user_pb2.User = user_pb2.User()
"""


@pytest.fixture(scope="session")
def consumer(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the Python of an environment with every wheel of the sample and mypy."""
    return make_environment(tmp_path_factory.mktemp("consumer") / "venv", [*sample.wheels, "mypy"])


def module_names(wheel: Path) -> list[str]:
    """Give every module in a wheel."""
    names = zipfile.ZipFile(wheel).namelist()
    return [name.removesuffix(".py").replace("/", ".") for name in names if name.endswith(".py")]


def metadata(wheel: Path) -> email.message.Message:
    """Give the core metadata of a wheel."""
    archive = zipfile.ZipFile(wheel)
    name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    return email.message_from_bytes(archive.read(name))


def one_wheel(sample: Sample, module: str) -> Path:
    """Give the wheel of a module."""
    return next(wheel for wheel in sample.wheels if wheel.name.startswith(f"acme_{module}-"))


@pytest.mark.parametrize("python", interpreters())
def test_every_module_imports_on_every_supported_python(python: str, sample: Sample, tmp_path: Path) -> None:
    installed = make_environment(tmp_path / "venv", sample.wheels, python)
    names = [name for wheel in sample.wheels for name in module_names(wheel)]
    assert len(names) >= 12
    succeed(installed, "-W", "error", "-c", IMPORT_ALL, *names, cwd=tmp_path)


def test_a_typed_consumer_type_checks(consumer: Path, tmp_path: Path) -> None:
    (tmp_path / "consumer.py").write_text(CONSUMER)
    succeed(consumer, "-m", "mypy", "--strict", "consumer.py", cwd=tmp_path)
    (tmp_path / "consumer.py").write_text(CONSUMER + "user.no_such_field\n")
    with pytest.raises(AssertionError, match='has no attribute "no_such_field"'):
        succeed(consumer, "-m", "mypy", "--strict", "consumer.py", cwd=tmp_path)


def test_the_readme_example_runs(consumer: Path, sample: Sample, tmp_path: Path) -> None:
    readme = str(metadata(one_wheel(sample, "inventory")).get_payload())
    example = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert len(example) == 1
    succeed(consumer, "-c", SERVER, text=example[0], cwd=tmp_path)


def test_metadata_is_what_an_index_wants(sample: Sample) -> None:
    found = metadata(one_wheel(sample, "inventory"))
    assert found["Name"] == "acme-inventory"
    assert found["Version"] == "0.1.0.dev0"
    assert found["License-Expression"] == "Apache-2.0"
    assert found["Requires-Python"] == ">=3.9"
    assert found["Summary"].startswith("What lies in which warehouse")
    requires = {re.split(r"[<>=]", line)[0]: line for line in found.get_all("Requires-Dist", [])}
    assert sorted(requires) == [
        "acme-common",
        "acme-user",
        "googleapis-common-protos",
        "grpcio",
        "protobuf",
        "types-grpcio",
        "types-protobuf",
    ]
    assert requires["acme-user"] == "acme-user==0.1.0.dev0"


def test_bounds_are_those_that_the_code_checks(sample: Sample) -> None:
    wheel = one_wheel(sample, "inventory")
    archive = zipfile.ZipFile(wheel)
    code = archive.read("acme/inventory/v1/inventory_service_pb2.py").decode()
    grpc_code = archive.read("acme/inventory/v1/inventory_service_pb2_grpc.py").decode()
    gencode = re.search(r"Public,?\s*\n?\s*(\d+),\s*(\d+),\s*(\d+)", code.replace("PUBLIC", "Public"))
    assert gencode
    floor = ".".join(gencode.groups())
    grpc_floor = re.findall(r"GRPC_GENERATED_VERSION = '(.*)'", grpc_code)[0]
    requires = metadata(wheel).get_all("Requires-Dist", [])
    assert f"protobuf<{max(int(gencode[1]) + 2, 9)},>={floor}" in requires
    assert f"grpcio<2,>={grpc_floor}" in requires


def test_a_module_without_services_needs_no_grpc(sample: Sample) -> None:
    wheel = one_wheel(sample, "common")
    assert not any("grpc" in name for name in zipfile.ZipFile(wheel).namelist())
    assert not any("grpcio" in line for line in metadata(wheel).get_all("Requires-Dist", []))


def test_no_file_stands_above_or_outside_what_the_module_owns(sample: Sample) -> None:
    for wheel in sample.wheels:
        module = wheel.name.split("-")[0].removeprefix("acme_")
        for name in zipfile.ZipFile(wheel).namelist():
            assert name.startswith((f"acme/{module}/", f"acme_{module}-0.1.0.dev0.dist-info/")), name
            assert not name.endswith("__init__.py")


def test_twine_and_check_wheel_contents_find_nothing(sample: Sample) -> None:
    scripts = Path(sys.executable).parent
    succeed(scripts / "twine", "check", "--strict", *sample.wheels, *sample.sdists)
    succeed(scripts / "check-wheel-contents", *sample.wheels)


def test_pip_and_installer_install_what_uv_installs(sample: Sample, tmp_path: Path, consumer: Path) -> None:
    wheel = one_wheel(sample, "common")
    succeed(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", tmp_path / "pip", wheel)
    succeed(sys.executable, "-m", "installer", "--prefix", "/", "--destdir", tmp_path / "installer", wheel)
    by_uv = list((consumer.parent.parent / "lib").glob("python*/site-packages/acme/common/**/*.proto"))
    by_pip = list((tmp_path / "pip").glob("acme/common/**/*.proto"))
    by_installer = list((tmp_path / "installer").rglob("acme/common/**/*.proto"))
    assert len(by_pip) == len(by_uv) == len(by_installer) > 0


@pytest.mark.slow
def test_an_isolated_build_of_each_sdist_gives_the_same_wheel(sample: Sample, tmp_path: Path) -> None:
    for sdist, wheel in zip(sample.sdists, sample.wheels, strict=True):
        shutil.unpack_archive(sdist, tmp_path, filter="data")
        project = tmp_path / sdist.name.removesuffix(".tar.gz")
        succeed(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path / "out", project)
        assert (tmp_path / "out" / wheel.name).read_bytes() == wheel.read_bytes()


def test_an_import_prefix_moves_everything(workspace: Workspace, protoctl: Protoctl, tmp_path: Path) -> None:
    workspace.configure('[workspace]\nname = "acme"\nmodules = ["acme/*"]\n[python]\nprefix = "stubs.generated"\n')
    workspace.proto("acme/a/v1/a.proto", "message A { string from = 1; }")
    workspace.proto(
        "acme/b/v1/b.proto",
        "service B { rpc Get(acme.a.v1.A) returns (acme.a.v1.A); }",
        imports=("acme/a/v1/a.proto",),
    )
    done = protoctl("build", "--target", "python", "--workspace", workspace.root)
    assert done.code == 0, done.err
    python = make_environment(tmp_path / "venv", (workspace.root / "dist/python").glob("*.whl"))
    code = "from stubs.generated.acme.b.v1 import b_pb2_grpc; from stubs.generated.acme.a.v1.a_pb2 import A; A()"
    succeed(python, "-W", "error", "-c", code, cwd=tmp_path)


def test_a_proto_that_its_owner_keeps_elsewhere_is_imported(
    workspace: Workspace, protoctl: Protoctl, tmp_path: Path
) -> None:
    """googleapis-common-protos keeps operations.proto as operations_proto.proto."""
    workspace.configure(
        '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n'
        '[dependencies]\n"google/longrunning/**" = { python = "googleapis-common-protos" }\n'
    )
    workspace.proto(
        "acme/a/v1/a.proto",
        "message A {} service S { rpc Start(A) returns (google.longrunning.Operation); }",
        imports=("google/longrunning/operations.proto",),
    )
    done = protoctl("build", "--workspace", workspace.root)
    assert done.code == 0, done.err
    python = make_environment(tmp_path / "venv", (workspace.root / "dist/python").glob("*.whl"))
    code = "import acme.a.v1.a_pb2_grpc; from acme.a.v1.a_pb2 import A; A()"
    succeed(python, "-W", "error", "-c", code, cwd=tmp_path)


def test_a_real_tree_builds_installs_and_imports_together(shared: Path, tmp_path: Path, protoctl: Protoctl) -> None:
    root = copy_cloudforet(shared, tmp_path / "spaceone")
    done = protoctl("build", "--target", "python", "--workspace", root)
    assert done.code == 0, done.err
    wheels = sorted((root / "dist/python").glob("*.whl"))
    python = make_environment(tmp_path / "venv", wheels)
    names = [name for wheel in wheels for name in module_names(wheel)]
    assert len(names) > 300
    succeed(python, "-W", "error", "-c", IMPORT_ALL, *names, cwd=tmp_path)


def copy_cloudforet(shared: Path, root: Path) -> Path:
    """Copy the tree as a workspace without its three files that clash."""
    shutil.copytree(shared / "corpora/cloudforet/proto", root / "proto")
    clashing = [
        "spaceone/api/alert_manager/plugin/webhook.proto",
        "spaceone/api/identity/plugin/external_auth.proto",
        "spaceone/api/inventory_v2/v1/metric_data.proto",
    ]
    repository = Path(__file__).parent.parent.parent
    for name in ("protoctl.lock", "build"):
        (root / name).symlink_to(repository / name)
    (root / "protoctl.toml").write_text(
        f'[workspace]\nname = "spaceone"\nmodules = ["spaceone/api/*"]\nexclude = {clashing}\n'
        '[dependencies]\n"google/api/**" = { python = "googleapis-common-protos" }\n'
    )
    return root
