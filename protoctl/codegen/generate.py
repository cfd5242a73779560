"""Generated code of every module: from the cache where it is known, else from as few processes as possible."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from protoctl.codegen.outputs import split_outputs
from protoctl.errors import ToolError
from protoctl.kit.digest import digest_json
from protoctl.model.invocation import Invocation
from protoctl.model.tree import Tree
from protoctl.schema.trim import Comments, add_prefix, trim_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from protoctl.codegen.plugin import Job, Plugin
    from protoctl.model.runner import ResultStore, Runner
    from protoctl.schema.view import Schema

INPUT = "schema.binpb"
SHARE = 8
"""Files that are looked up and kept together: few, since a change in one makes all of them again."""


class Generator:
    """Runs plugins on a schema.

    A job is cut into shares of a few files, each with a digest of its own, which is what the cache knows. Shares
    that are not known and have the same plugin are merged into one process: what a plugin writes for a file does
    not depend on the others.
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
        shares = {job: cut(job) for job in jobs}
        keys = {share: self.share_key(share) for job in jobs for share in shares[job]}
        found = {share: self.store.load(key) for share, key in keys.items()}
        missing: dict[Plugin, list[Job]] = defaultdict(list)
        for share, files in found.items():
            if files is None:
                missing[share.plugin].append(share)
        for share, files in self.run(missing).items():
            found[share] = files
            self.store.save(keys[share], files)
        return {job: Tree({k: v for share in shares[job] for k, v in (found[share] or {}).items()}) for job in jobs}

    def key(self, job: Job) -> str:
        """Give the digest of all that the output of a job depends on; nothing is run."""
        return digest_json([self.share_key(share) for share in cut(job)])

    def share_key(self, share: Job) -> str:
        """Give the key of a share's output in the store."""
        return self.invocation(share.plugin, share.files).digest

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


def cut(job: Job) -> list[Job]:
    """Give the job as shares of a few files each."""
    starts = range(0, len(job.files), SHARE)
    return [replace(job, files=job.files[start : start + SHARE]) for start in starts]


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
