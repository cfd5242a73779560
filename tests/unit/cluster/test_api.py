"""The messages of the cluster's API are what the toolchain of this repository makes of their proto."""

from __future__ import annotations

import os

from conftest import REPOSITORY

from protoctl.flows.session import Options, Session
from protoctl.model.event import silent
from protoctl.model.invocation import Invocation
from protoctl.model.toolchain import PYTHON
from protoctl.model.tree import Tree
from protoctl.toolchain.install import cache_folder
from protoctl.workspace.discover import discover

FOLDER = "protoctl/cluster/api"
PROTO = f"{FOLDER}/cluster.proto"


def test_the_messages_are_generated_from_their_proto() -> None:
    session = Session(discover(REPOSITORY), Options(cache=cache_folder(), runner="local"), silent)
    argv = ("protoc", "--proto_path=.", "--python_out=out", "--mypy_out=quiet:out", PROTO)
    inputs = Tree({PROTO: (REPOSITORY / PROTO).read_bytes()})
    (outcome,) = session.runner.run([Invocation(PYTHON, session.component_digest(PYTHON), argv, inputs)])
    assert outcome.returncode == 0, outcome.stderr
    assert sorted(outcome.outputs.files) == [f"{FOLDER}/cluster_pb2.py", f"{FOLDER}/cluster_pb2.pyi"]
    for path, data in outcome.outputs.files.items():
        if "PROTOCTL_REFRESH" in os.environ:
            (REPOSITORY / path).write_bytes(data)
        assert (REPOSITORY / path).read_bytes() == data
