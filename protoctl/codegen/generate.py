"""Generated code of every module: from the cache where it is known, else from as few processes as possible."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from protoctl.codegen.descriptors import Descriptors
from protoctl.codegen.outputs import split_outputs
from protoctl.codegen.plugin import PROTOC
from protoctl.codegen.request import command
from protoctl.codegen.response import read_response
from protoctl.errors import ToolError
from protoctl.kit.digest import digest_json
from protoctl.model.invocation import Invocation
from protoctl.model.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from protoctl.codegen.plugin import Job, Plugin
    from protoctl.model.invocation import Outcome
    from protoctl.model.runner import ResultStore, Runner
    from protoctl.schema.view import Schema

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
        runner: Callable[[], Runner],
        store: ResultStore,
        component_digest: Callable[[str], str],
    ) -> None:
        """Take the schema, what gives the runner, where results are kept, and what gives a component's digest."""
        self.schema = schema
        self.runner = runner
        self.store = store
        self.component_digest = component_digest
        self.descriptors = Descriptors(schema)

    def generate(self, jobs: Sequence[Job]) -> dict[Job, Tree]:
        """Give the checked output of every job; raises ToolError when a plugin fails or writes what it should not."""
        shares = {job: cut(job) for job in jobs}
        keys = {share: self.share_key(share) for job in jobs for share in shares[job]}
        known = self.store.load_all(keys.values())
        found = {share: known[key] for share, key in keys.items() if key in known}
        missing: dict[Plugin, list[Job]] = defaultdict(list)
        for share in keys:
            if share not in found:
                missing[share.plugin].append(share)
        for share, files in self.run(missing).items():
            found[share] = files
            self.store.save(keys[share], files)
        return {job: Tree({k: v for share in shares[job] for k, v in found[share].items()}) for job in jobs}

    def key(self, job: Job) -> str:
        """Give the digest of all that the output of a job depends on; nothing is run."""
        return digest_json([self.share_key(share) for share in cut(job)])

    def share_key(self, share: Job) -> str:
        """Give the key of a share's output in the store."""
        plugin = share.plugin
        run = [plugin.component, self.component_digest(plugin.component), plugin.tool, plugin.arguments]
        digests = [one.digest for one in self.descriptors.closure(plugin, share.files)]
        return digest_json([*run, self.names(plugin, share.files), digests])

    def run(self, missing: Mapping[Plugin, Sequence[Job]]) -> dict[Job, dict[str, bytes]]:
        """Run each plugin once for all its jobs, the slowest first."""
        plugins = sorted(missing, key=lambda plugin: -plugin.weight)
        if not plugins:
            return {}
        files = [union(missing[plugin]) for plugin in plugins]
        outcomes = self.runner().run([self.invocation(*one) for one in zip(plugins, files, strict=True)])
        results: dict[Job, dict[str, bytes]] = {}
        for plugin, paths, outcome in zip(plugins, files, outcomes, strict=True):
            written = self.written(plugin, paths, outcome)
            results |= split_outputs(plugin, written, missing[plugin], partial(self.descriptors.renamed, plugin))
        return results

    def invocation(self, plugin: Plugin, files: Sequence[str]) -> Invocation:
        """Give the run of a plugin on some files."""
        descriptors = [one.data for one in self.descriptors.closure(plugin, files)]
        argv, inputs = command(plugin, self.names(plugin, files), descriptors)
        digest = self.component_digest(plugin.component)
        return Invocation(plugin.component, digest, argv, Tree(inputs), plugin.weight)

    def written(self, plugin: Plugin, files: Sequence[str], outcome: Outcome) -> Mapping[str, bytes]:
        """Give path to content of what a run wrote; raises ToolError when it failed."""
        if outcome.returncode:
            raise ToolError(f"{plugin.name} failed with {outcome.returncode}", said=outcome.stderr)
        if plugin.tool == PROTOC:
            return outcome.outputs.files
        return read_response(plugin.name, outcome.outputs.files, [self.schema.bare[path] for path in files])

    def names(self, plugin: Plugin, files: Sequence[str]) -> list[str]:
        """Give the paths as the plugin sees them."""
        return [self.descriptors.renamed(plugin, path) for path in files]


def cut(job: Job) -> list[Job]:
    """Give the job as shares of a few files each."""
    starts = range(0, len(job.files), SHARE)
    return [replace(job, files=job.files[start : start + SHARE]) for start in starts]


def union(jobs: Iterable[Job]) -> tuple[str, ...]:
    """Give all files of the jobs, sorted."""
    return tuple(sorted({path for job in jobs for path in job.files}))
