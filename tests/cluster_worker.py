"""A worker of BuildGrid: leases actions, runs their commands here, and gives the results back.

Run by the Python that BuildGrid is installed for: cluster_worker.py ADDRESS INSTANCE PROGRAMS
PROGRAMS is a JSON object of argument to argument: what stands in the image, and where this machine has it; or of
`docker` to the address of an engine, which has the image. How the action was asked for is printed, one JSON object a
line.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import grpc
from buildgrid._protos.build.bazel.remote.execution.v2 import remote_execution_pb2 as execution
from buildgrid._protos.build.bazel.remote.execution.v2 import remote_execution_pb2_grpc as execution_calls
from buildgrid._protos.google.bytestream import bytestream_pb2 as bytestream
from buildgrid._protos.google.bytestream import bytestream_pb2_grpc as bytestream_calls
from buildgrid._protos.google.devtools.remoteworkers.v1test2 import bots_pb2 as bots
from buildgrid._protos.google.devtools.remoteworkers.v1test2 import bots_pb2_grpc as bots_calls
from buildgrid._protos.google.devtools.remoteworkers.v1test2 import worker_pb2 as worker

PENDING, ACTIVE, COMPLETED = 1, 2, 4
"""LeaseState"""
CHUNK = 1 << 20


class Worker:
    """Works off leases, one after the other."""

    def __init__(self, address: str, instance: str, programs: dict[str, str]) -> None:
        """Connect."""
        self.instance = instance
        self.programs = programs
        channel = grpc.insecure_channel(address)
        self.bots = bots_calls.BotsStub(channel)
        self.bytes = bytestream_calls.ByteStreamStub(channel)
        self.storage = execution_calls.ContentAddressableStorageStub(channel)

    def work(self) -> None:
        """Ask for leases until this process ends; the server answers when it has one, or after a while."""
        system = worker.Device.Property(key="OSFamily", value="Linux")
        machine = worker.Worker(devices=[worker.Device(properties=[system])])
        session = bots.BotSession(bot_id="worker", status=1, worker=machine)
        session = self.bots.CreateBotSession(bots.CreateBotSessionRequest(parent=self.instance, bot_session=session))
        tell({})
        while True:
            for lease in session.leases:
                if lease.state == ACTIVE:
                    action = execution.Action()
                    lease.payload.Unpack(action)
                    lease.result.Pack(self.run(action))
                    lease.state = COMPLETED
                if lease.state == PENDING:
                    lease.state = ACTIVE
            request = bots.UpdateBotSessionRequest(name=session.name, bot_session=session)
            session = self.bots.UpdateBotSession(request, timeout=60)

    def run(self, action: execution.Action) -> execution.ActionResult:
        """Run an action as it says, but for the programs that are elsewhere here."""
        command = execution.Command.FromString(self.read(action.command_digest))
        told = {"platform": {one.name: one.value for one in command.platform.properties}}
        tell({**told, "arguments": list(command.arguments)})
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for node in execution.Directory.FromString(self.read(action.input_root_digest)).files:
                (folder / node.name).write_bytes(self.read(node.digest))
            done = self.start(command, folder)
            result = execution.ActionResult(exit_code=done.returncode, stderr_raw=done.stderr)
            for path in command.output_paths:
                if (folder / path).exists():
                    digest = self.write((folder / path).read_bytes())
                    result.output_files.append(execution.OutputFile(path=path, digest=digest))
        return result

    def start(self, command: execution.Command, folder: Path) -> subprocess.CompletedProcess[bytes]:
        """Run a command in a folder, in the image that it asks for or here."""
        environment = {one.name: one.value for one in command.environment_variables}
        argv = [self.programs.get(one, one) for one in command.arguments]
        if "docker" in self.programs:
            (image,) = [one.value for one in command.platform.properties if one.name == "container-image"]
            variables = [f"--env={name}={value}" for name, value in environment.items()]
            place = [f"--volume={folder}:/work", "--workdir=/work", "--user=0", "--network=none"]
            run = ["docker", "--host", self.programs["docker"], "run", "--rm", *place, *variables]
            argv = [*run, f"--entrypoint={argv[0]}", image.removeprefix("docker://"), *argv[1:]]
            environment = dict(os.environ)
        return subprocess.run(argv, cwd=folder, env=environment, capture_output=True, check=False)

    def read(self, digest: execution.Digest) -> bytes:
        """Give a blob."""
        name = f"{self.instance}/blobs/{digest.hash}/{digest.size_bytes}"
        return b"".join(part.data for part in self.bytes.Read(bytestream.ReadRequest(resource_name=name)))

    def write(self, data: bytes) -> execution.Digest:
        """Keep a blob."""
        digest = execution.Digest(hash=hashlib.sha256(data).hexdigest(), size_bytes=len(data))
        name = f"{self.instance}/uploads/worker/blobs/{digest.hash}/{len(data)}"
        self.bytes.Write(
            bytestream.WriteRequest(
                resource_name=name,
                write_offset=start,
                data=data[start : start + CHUNK],
                finish_write=start + CHUNK >= len(data),
            )
            for start in range(0, max(len(data), 1), CHUNK)
        )
        return digest


def tell(value: object) -> None:
    """Print a line of JSON."""
    sys.stdout.write(f"{json.dumps(value)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    Worker(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])).work()
