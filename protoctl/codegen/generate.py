"""Generated code of every module: from the cache where it is known, else from as few processes as possible."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from protoctl.codegen.outputs import split_outputs
from protoctl.errors import ToolError
from protoctl.model.invocation import Invocation
from protoctl.model.tree import Tree
from protoctl.schema.trim import Comments, add_prefix, trim_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from protoctl.codegen.plugin import Job, Plugin
    from protoctl.model.runner import ResultStore, Runner
    from protoctl.schema.view import Schema

INPUT = "schema.binpb"


class Generator:
    """Runs plugins on a schema.

    Each job is an invocation of its own with its own digest, which is what the cache knows. Jobs that are not
    known and share a plugin are merged into one process: protoc's output for a file does not depend on the others.
    """

    def __init__(
        self,
        schema: Schema,
        runner: Runner,
        store: ResultStore,
        component_digest: Callable[[str], str],
    ) -> None:
        """Take the schema, where to run, where results are kept, and what gives the digest of a component."""
        self.schema = schema
        self.runner = runner
        self.store = store
        self.component_digest = component_digest
        self.encoded: dict[tuple[str, Comments, bool, str], bytes] = {}

    def generate(self, jobs: Sequence[Job]) -> dict[Job, Tree]:
        """Give the checked output of every job; raises ToolError when a plugin fails or writes what it should not."""
        single = {job: self.invocation(job.plugin, job.files) for job in jobs}
        found = {job: self.store.load(single[job].digest) for job in jobs}
        missing: dict[Plugin, list[Job]] = defaultdict(list)
        for job in jobs:
            if found[job] is None:
                missing[job.plugin].append(job)
        for job, files in self.run(missing).items():
            found[job] = files
            self.store.save(single[job].digest, files)
        return {job: Tree(found[job] or {}) for job in jobs}

    def run(self, missing: Mapping[Plugin, Sequence[Job]]) -> dict[Job, dict[str, bytes]]:
        """Run each plugin once for all its jobs, the slowest first."""
        plugins = sorted(missing, key=lambda plugin: -plugin.weight)
        if not plugins:
            return {}
        merged = [self.invocation(plugin, union(missing[plugin])) for plugin in plugins]
        outcomes = self.runner.run(merged)
        results: dict[Job, dict[str, bytes]] = {}
        for plugin, outcome in zip(plugins, outcomes, strict=True):
            if outcome.returncode:
                raise ToolError(f"{plugin.name} failed with {outcome.returncode}", said=outcome.stderr)
            results |= split_outputs(plugin, outcome.outputs.files, missing[plugin], partial(self.renamed, plugin))
        return results

    def invocation(self, plugin: Plugin, files: Sequence[str]) -> Invocation:
        """Give the run of a plugin on some files; imports come without comments, so that those change nothing."""
        wanted = set(files)
        parts = []
        for path in self.schema.closure(files):
            comments = plugin.comments if path in wanted else Comments.NONE
            parts.append(self.encode(path, comments, plugin))
        names = [self.renamed(plugin, path) for path in files]
        arguments = [f"--descriptor_set_in={INPUT}", *plugin.arguments, *names]
        inputs = Tree({INPUT: b"".join(parts), "arguments": "\n".join(arguments).encode()})
        argv = ("protoc", "@arguments")
        return Invocation(plugin.component, self.component_digest(plugin.component), argv, inputs, plugin.weight)

    def encode(self, path: str, comments: Comments, plugin: Plugin) -> bytes:
        """Give one file as it stands in a FileDescriptorSet: field 1, length-delimited."""
        key = (path, comments, plugin.int64_as_string, plugin.prefix)
        if key not in self.encoded:
            file = trim_file(self.schema.files[path], comments, int64_as_string=plugin.int64_as_string)
            if plugin.prefix:
                file = add_prefix(file, plugin.prefix, self.schema.owners)
            data = file.SerializeToString(deterministic=True)
            self.encoded[key] = b"\x0a" + encode_varint(len(data)) + data
        return self.encoded[key]

    def renamed(self, plugin: Plugin, path: str) -> str:
        """Give the path of a file as a plugin sees it."""
        return f"{plugin.prefix}/{path}" if plugin.prefix and path in self.schema.owners else path


def union(jobs: Iterable[Job]) -> tuple[str, ...]:
    """Give all files of the jobs, sorted."""
    return tuple(sorted({path for job in jobs for path in job.files}))


def encode_varint(number: int) -> bytes:
    """Give a base-128 varint (protobuf.dev/programming-guides/encoding)."""
    encoded = bytearray()
    while number > 0x7F:  # noqa: PLR2004  seven bits per byte
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
