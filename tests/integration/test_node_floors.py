"""npm packages work with the oldest runtimes that they allow, and not with the releases before."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from node_programs import import_everything, npm, npm_tools, pinned_node, read_package

from protoctl.kit.files import write_tree
from protoctl.targets.node.floors import GRPC_FLOOR, RUNTIME_FLOOR

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Sample

pytestmark = pytest.mark.registries
CONSUMER = """
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { credentials, Server } from "@grpc/grpc-js";
import { UserSchema } from "@acme/user/v1";
import { UserServiceClient, UserServiceService, type UserServiceServer } from "@acme/user/v1/grpc";
const init: MessageInitShape<typeof UserSchema> = { id: "x" };
const client = new UserServiceClient("localhost:1", credentials.createInsecure());
client.createUser({ user: create(UserSchema, init) }, (error, reply) => { console.log(error, reply); });
declare const methods: UserServiceServer;
new Server().addService(UserServiceService, methods);
"""


def install(folder: Path, tarballs: list[Path], runtime: str, grpc: str) -> None:
    """Lay out packages beside runtimes of certain releases."""
    folder.mkdir()
    (folder / "package.json").write_text('{"private": true}')
    npm("install", f"@bufbuild/protobuf@{runtime}", f"@grpc/grpc-js@{grpc}", cwd=folder)
    for tarball in tarballs:
        write_tree(folder / "node_modules/@acme" / tarball.name.split("-")[1], read_package(tarball))
    (folder / "consumer.mts").write_text(CONSUMER)


def compile_consumer(folder: Path, tools: Path) -> subprocess.CompletedProcess[str]:
    """Check the types of the consumer and of all that it reaches."""
    options = ("--strict", "--noEmit", "--target", "es2022", "--module", "node16", "consumer.mts")
    argv: list[str | Path] = [pinned_node(), tools / "node_modules/typescript/bin/tsc", *options]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_floors_are_true(sample: Sample, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    tarballs = sorted((sample.dist / "node").glob("*.tgz"))
    tools = npm_tools(tmp_path_factory.getbasetemp())
    install(tmp_path / "lowest", tarballs, RUNTIME_FLOOR, GRPC_FLOOR)
    assert import_everything(tmp_path / "lowest", tarballs) > len(tarballs)
    done = compile_consumer(tmp_path / "lowest", tools)
    assert (done.returncode, done.stdout) == (0, "")
    assert (RUNTIME_FLOOR, GRPC_FLOOR) == ("2.5.0", "1.4.6"), "the releases before them stand below"
    install(tmp_path / "below", tarballs, "2.4.0", GRPC_FLOOR)
    with pytest.raises(AssertionError, match="ERR_PACKAGE_PATH_NOT_EXPORTED"):
        import_everything(tmp_path / "below", tarballs)
    install(tmp_path / "types", tarballs, RUNTIME_FLOOR, "1.4.5")
    assert "TS2430" in compile_consumer(tmp_path / "types", tools).stdout
