"""Generated code does not depend on how it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest
from conftest import REPOSITORY
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest

from protoctl.cache.results import FolderStore
from protoctl.codegen.generate import SHARE, Generator
from protoctl.codegen.outputs import split_outputs
from protoctl.codegen.plugin import Job, Plugin
from protoctl.codegen.wire import encode_varint
from protoctl.errors import ToolError
from protoctl.flows.schema import build_schema
from protoctl.flows.session import Options, Session
from protoctl.model.event import silent
from protoctl.model.invocation import Invocation
from protoctl.model.toolchain import PYTHON
from protoctl.model.tree import Tree
from protoctl.schema.trim import Comments
from protoctl.targets.node.target import CODE as NODE_CODE
from protoctl.targets.python.target import CODE as PYTHON_CODE
from protoctl.targets.python.target import STUBS
from protoctl.toolchain.install import cache_folder
from protoctl.workspace.discover import discover

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from protoctl.model.invocation import Outcome
    from protoctl.model.runner import Runner
    from protoctl.schema.view import Schema


OPTIONS = {
    PYTHON_CODE: ("--python_out=out", "--grpc_python_out=out"),
    STUBS: ("--mypy_out=quiet:out", "--mypy_grpc_out=quiet:out"),
    NODE_CODE: ("--es_out=out", "--es_opt=target=js+dts,import_extension=js"),
}
"""How protoc is asked for what each plugin gives."""


@pytest.fixture(scope="module")
def session() -> Session:
    """Give a session on this repository's own workspace."""
    return Session(discover(REPOSITORY), Options(cache=cache_folder(), runner="local"), silent)


@pytest.fixture(scope="module")
def schema(session: Session) -> Schema:
    """Give its schema."""
    return build_schema(session)


def generator(session: Session, schema: Schema, store: Path) -> Generator:
    """Give a generator whose results are kept in a folder of its own."""
    return Generator(schema, lambda: session.runner, FolderStore(store, silent), session.component_digest)


def all_jobs(session: Session) -> list[Job]:
    """Give the jobs of every module."""
    modules = session.workspace.modules.values()
    return [Job(module.name, plugin, module.files) for module in modules for plugin in OPTIONS]


def test_merged_jobs_give_what_single_jobs_give(session: Session, schema: Schema, tmp_path: Path) -> None:
    jobs = all_jobs(session)
    together = generator(session, schema, tmp_path / "together").generate(jobs)
    alone = {job: generator(session, schema, tmp_path / str(at)).generate([job])[job] for at, job in enumerate(jobs)}
    assert {job: tree.digest for job, tree in together.items()} == {job: tree.digest for job, tree in alone.items()}


def test_the_trimmed_schema_gives_what_the_sources_give(session: Session, schema: Schema, tmp_path: Path) -> None:
    own = session.workspace.sources.files
    sources = {f"proto/{path}": data for path, data in own.items()}
    sources |= {f"foreign/{path}": data for path, data in session.foreign_protos().items()}
    for plugin, options in OPTIONS.items():
        arguments = ["-Iproto", "-Iforeign", *options, *(f"proto/{path}" for path in own)]
        inputs = Tree({**sources, "arguments": "\n".join(arguments).encode()})
        argv = ("protoc", "@arguments")
        digest = session.component_digest(plugin.component)
        plain = session.runner.run([Invocation(plugin.component, digest, argv, inputs)])[0]
        assert plain.returncode == 0, plain.stderr
        job = Job("all", plugin, tuple(own))
        assert generator(session, schema, tmp_path / plugin.name).generate([job])[job].files == plain.outputs.files


def test_known_results_are_not_made_again(session: Session, schema: Schema, tmp_path: Path) -> None:
    jobs = all_jobs(session)
    first = generator(session, schema, tmp_path).generate(jobs)
    idle = Generator(schema, NoRunner, FolderStore(tmp_path, silent), session.component_digest)
    assert idle.generate(jobs) == first


def test_one_changed_file_is_made_with_its_share_only(session: Session, schema: Schema, tmp_path: Path) -> None:
    job = Job("all", STUBS, tuple(session.workspace.sources.files))
    generator(session, schema, tmp_path).generate([job])
    locations = schema.files["acme/common/v1/money.proto"].source_code_info.location
    commented = next(one for one in locations if one.leading_comments)
    original, recorder = commented.leading_comments, Recorder(session.runner)
    try:
        commented.leading_comments = " other words"
        Generator(schema, lambda: recorder, FolderStore(tmp_path, silent), session.component_digest).generate([job])
    finally:
        commented.leading_comments = original
    (invocation,) = recorder.invocations
    made = CodeGeneratorRequest.FromString(invocation.inputs.files["request.binpb"]).file_to_generate
    assert "acme/common/v1/money.proto" in made
    assert len(made) == SHARE < len(job.files)


class Recorder:
    """A runner that remembers what it ran."""

    name = "recorder"
    reason = "a test asks"

    def __init__(self, runner: Runner) -> None:
        """Take the runner that does the work."""
        self.runner = runner
        self.invocations: list[Invocation] = []

    def run(self, invocations: Sequence[Invocation]) -> list[Outcome]:
        """Run all."""
        self.invocations += invocations
        return self.runner.run(invocations)

    def stop(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class NoRunner:
    """A runner for which nothing is left to do."""

    name = "none"
    reason = "everything is known"

    def run(self, invocations: Sequence[Invocation]) -> NoReturn:
        """Fail."""
        pytest.fail(f"{len(invocations)} invocations were run")

    def stop(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def test_a_comment_in_an_import_changes_no_key_of_its_users(session: Session, schema: Schema, tmp_path: Path) -> None:
    changed = session.workspace.sources.files["acme/common/v1/money.proto"]
    assert b"//" in changed
    own, users = (session.workspace.modules[name].files for name in ("common", "billing"))
    jobs = [Job("any", STUBS, files) for files in (own, users)]
    before = [generator(session, schema, tmp_path).key(job) for job in jobs]
    locations = schema.files["acme/common/v1/money.proto"].source_code_info.location
    commented = next(one for one in locations if one.leading_comments)
    original = commented.leading_comments
    try:
        commented.leading_comments = " other words"
        after = [generator(session, schema, tmp_path).key(job) for job in jobs]
    finally:
        commented.leading_comments = original
    assert after[0] != before[0]
    assert after[1] == before[1]


UNEXPECTED = (
    *("../b.txt", "/a/b.txt", "a/../a/b.txt", "./a/b.txt", "a//b.txt", "a\\b.txt", "A/b.txt", "a/b.txt\n", "a/b.txt "),
    *("a/c.txt", "a/b.txt/c", "con", "", "n" * 300, "package.json", "google/protobuf/any_pb.js"),
)


@pytest.mark.parametrize("name", UNEXPECTED)
def test_a_file_that_no_proto_accounts_for_is_refused(name: str) -> None:
    plugin = Plugin("p", PYTHON, (), Comments.NONE, lambda path: (path.replace(".proto", ".txt"),))
    job = Job("m", plugin, ("a/b.proto",))
    assert split_outputs(plugin, {"a/b.txt": b"1"}, [job], str) == {job: {"a/b.txt": b"1"}}
    with pytest.raises(ToolError, match="belong to no proto") as caught:
        split_outputs(plugin, {"a/b.txt": b"1", name: b"2"}, [job], str)
    assert caught.value.said == ascii(name)


def test_a_proto_without_all_of_its_files_is_refused() -> None:
    plugin = Plugin("p", PYTHON, (), Comments.NONE, lambda path: (f"{path}.js", f"{path}.d.ts"))
    job = Job("m", plugin, ("a.proto", "b.proto"))
    with pytest.raises(ToolError, match="p did not write every file") as caught:
        split_outputs(plugin, {"a.proto.js": b"", "b.proto.js": b"", "b.proto.d.ts": b""}, [job], str)
    assert caught.value.said == "'a.proto'"


@pytest.mark.parametrize(("number", "encoded"), [(0, "00"), (127, "7f"), (128, "8001"), (300, "ac02")])
def test_varints(number: int, encoded: str) -> None:
    assert encode_varint(number).hex() == encoded
