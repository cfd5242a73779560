"""Rules about paths that some file systems, and so this repository, cannot hold."""

from __future__ import annotations

from pathlib import Path

from protoctl.checks import check_all, path_clash
from protoctl.checks.rule import Context
from protoctl.model.configuration import Configuration, WorkspaceTable
from protoctl.model.tree import Tree
from protoctl.model.workspace import Module, Workspace
from protoctl.schema.view import Schema

PATHS = (
    "acme/V1/other.proto",
    "acme/v1/Thing.proto",
    "acme/v1/a-b.proto",
    "acme/v1/a_b.proto",
    "acme/v1/other.proto",
    "acme/v1/thing.proto",
)


def make_context(paths: tuple[str, ...]) -> Context:
    """Give what rules see of files that were not compiled."""
    files = {
        path: f'syntax = "proto3";\npackage {path.rpartition("/")[0].replace("/", ".")};'.encode() for path in paths
    }
    workspace = Workspace(
        root=Path("/workspace"),
        configuration=Configuration(workspace=WorkspaceTable(name="acme", modules=("acme",))),
        modules={"acme": Module("acme", "acme", paths)},
        sources=Tree(files),
        strays=(),
        refused=(),
    )
    return Context(workspace, Schema({}, workspace.owners), dict.fromkeys(paths, ()), {})


def test_paths_that_are_one_file_somewhere() -> None:
    found = [(finding.rule, finding.file, finding.message) for finding in check_all(make_context(PATHS))]
    one = "some file systems hold one of them only"
    assert found == [
        (
            "path-module",
            "acme/v1/a_b.proto",
            "becomes the Python module acme.v1.a_b_pb2, and so does acme/v1/a-b.proto",
        ),
        ("path-case", "acme/v1/other.proto", f"differs from acme/V1/other.proto only by case; {one}"),
        ("path-case", "acme/v1/thing.proto", f"differs from acme/v1/Thing.proto only by case; {one}"),
    ]


def test_composed_and_decomposed_names_are_one() -> None:
    """The grammar of paths keeps such names out; the rule would hold without it."""
    context = make_context(("acme/v1/cafe\u0301.proto", "acme/v1/caf\u00e9.proto"))
    assert [finding.rule for finding in path_clash.find(context)] == ["path-case"]


def test_a_folder_that_is_a_module() -> None:
    """Python would import the module, and find nothing below it."""
    context = make_context(("acme/v1/a-b.proto", "acme/v1/a_b_pb2/v1/x.proto", "acme/v1/a_b_pb2_grpc/y.proto"))
    assert [(finding.rule, finding.file, finding.message) for finding in path_clash.find(context)] == [
        (
            "path-module",
            f"acme/v1/{folder}/{file}.proto",
            f"lies in the folder acme.v1.{name}, and acme/v1/a-b.proto becomes the Python module of this name",
        )
        for name, folder, file in (("a_b_pb2", "a_b_pb2/v1", "x"), ("a_b_pb2_grpc", "a_b_pb2_grpc", "y"))
    ]
