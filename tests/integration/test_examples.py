"""The examples, run against the packages of the sample workspace: every client with every server."""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, make_environment, succeed
from node_programs import nodes, npm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Sample

pytestmark = [pytest.mark.registries, pytest.mark.xdist_group("examples")]
SUFFIXES = {"python": "py", "node": "js"}


@dataclass(frozen=True)
class Examples:
    """A copy of the examples beside the packages that they use, both installed."""

    root: Path
    programs: dict[str, Path]

    def command(self, language: str, name: str) -> list[str | Path]:
        """Give the command that starts an example."""
        return [self.programs[language], self.root / language / f"{name}.{SUFFIXES[language]}"]


@pytest.fixture(scope="module")
def examples(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Examples:
    """Install the packages as examples/README.md says."""
    root = tmp_path_factory.mktemp("examples")
    shutil.copytree(REPOSITORY / "examples", root / "examples", ignore=shutil.ignore_patterns("node_modules", ".venv"))
    (root / "dist").symlink_to(sample.dist)
    python = make_environment(root / "venv", [*sample.wheels, "mypy"])
    npm("install", cwd=root / "examples" / "node")
    return Examples(root / "examples", {"python": python, "node": nodes()[-1]})


@contextmanager
def serving(examples: Examples, language: str) -> Iterator[str]:
    """Give the address of a server that runs until the end of the block."""
    with subprocess.Popen([*examples.command(language, "server"), "0"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            line = process.stdout.readline()
            assert line.startswith("listening on "), line
            yield line.removeprefix("listening on ").strip()
        finally:
            process.kill()


@pytest.mark.parametrize("client", SUFFIXES)
@pytest.mark.parametrize("server", SUFFIXES)
def test_a_client_talks_to_a_server_as_the_readme_shows(examples: Examples, server: str, client: str) -> None:
    readme = (examples.root / "README.md").read_text()
    shown = re.findall(r"```console\n\$ node examples/node/client.js\n(.*?)```", readme, re.DOTALL)
    assert len(shown) == 1
    with serving(examples, server) as address:
        assert succeed(*examples.command(client, "client"), address) == shown[0]


def test_a_missing_item_ends_a_stream_with_its_error(examples: Examples) -> None:
    """Both servers refuse to watch or count an item that they do not have, in the same words."""
    program = (
        "import sys, grpc\n"
        "from acme.inventory.v1 import inventory_service_pb2 as messages, inventory_service_pb2_grpc as services\n"
        "channel = grpc.insecure_channel(sys.argv[1])\n"
        "stub = services.InventoryServiceStub(channel)\n"
        "watched = stub.WatchStock(messages.WatchStockRequest(sku='NO-1'), timeout=10)\n"
        "counted = stub.Count(iter([messages.CountRequest(sku='NO-1')]), timeout=10)\n"
        "for stream in (watched, counted):\n"
        "    try:\n"
        "        next(stream)\n"
        "    except grpc.RpcError as error:\n"
        "        print(error.code().name, error.details())\n"
        "channel.close()\n"  # else gRPC may not let the process end
    )
    for language in SUFFIXES:
        with serving(examples, language) as address:
            said = succeed(examples.programs["python"], "-c", program, address)
        assert said == "NOT_FOUND there is no item NO-1\n" * 2, language


def test_the_python_examples_type_check(examples: Examples) -> None:
    files = [examples.root / "python" / name for name in ("server.py", "client.py")]
    succeed(examples.programs["python"], "-m", "mypy", "--strict", *files, cwd=examples.root)
