"""Generated code of every module: from the cache where it is known, else from few processes beside each other."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from protoctl.codegen.descriptors import Descriptors
from protoctl.codegen.memory import generating_limit
from protoctl.codegen.outputs import split_outputs
from protoctl.codegen.pieces import divide
from protoctl.codegen.plugin import PROTOC
from protoctl.codegen.request import command
from protoctl.codegen.response import read_response
from protoctl.errors import ToolError
from protoctl.kit.cores import core_count
from protoctl.kit.digest import digest_json
from protoctl.kit.own_code import own_digest
from protoctl.kit.trace import Trace
from protoctl.model.invocation import Invocation
from protoctl.model.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Generator as Each
    from concurrent.futures import Future

    from protoctl.codegen.pieces import Piece
    from protoctl.codegen.plugin import Job, Plugin
    from protoctl.model.invocation import Outcome
    from protoctl.model.runner import ResultStore, Runner
    from protoctl.schema.view import Schema

    Files = dict[str, bytes]

SHARE = 8
"""Files that are looked up and kept together: few, since a change in one makes all of them again."""


class Generator:
    """Runs plugins on a schema.

    A job is cut into shares of a few files, each with a digest of its own, which is what the cache knows. Shares
    that are not known and have the same plugin are merged into pieces for one process each: what a plugin writes for
    a file does not depend on the others.
    """

    def __init__(
        self,
        schema: Schema,
        runner: Callable[[], Runner],
        store: ResultStore,
        component_digest: Callable[[str], str],
        trace: Trace | None = None,
    ) -> None:
        """Take the schema, what gives the runner, where results are kept, and what gives a component's digest."""
        self.schema = schema
        self.runner = runner
        self.store = store
        self.component_digest = component_digest
        self.trace = trace or Trace()
        self.cores = core_count()
        self.descriptors = Descriptors(schema)

    def generate(self, jobs: Sequence[Job]) -> dict[Job, Tree]:
        """Give the checked output of every job; raises ToolError when a plugin fails or writes what it should not."""
        return dict(self.generate_each(jobs))

    def generate_each(self, jobs: Sequence[Job]) -> Each[tuple[Job, Tree], None, None]:
        """Give each job with its checked output as soon as that is there; raises what `generate` raises."""
        shares = {job: cut(job) for job in jobs}
        keys = {share: self.share_key(share) for job in jobs for share in shares[job]}
        known = self.store.load_all(keys.values())
        found = {share: known[key] for share, key in keys.items() if key in known}
        with closing(self.make({share: key for share, key in keys.items() if share not in found})) as made:
            for fresh in made:
                found |= fresh
                for job in [job for job, parts in shares.items() if all(part in found for part in parts)]:
                    files = [found.pop(share) for share in shares.pop(job)]
                    yield job, Tree({path: data for part in files for path, data in part.items()})

    def key(self, job: Job) -> str:
        """Give the digest of all that the output of a job depends on; nothing is run."""
        return digest_json([self.share_key(share) for share in cut(job)])

    def share_key(self, share: Job) -> str:
        """Give the key of a share's output in the store."""
        plugin = share.plugin
        run = [plugin.component, self.component_digest(plugin.component), plugin.tool, plugin.arguments]
        given = [plugin.comments.value, plugin.int64_as_string, plugin.custom_options, plugin.prefix]
        files = [self.names(plugin, share.files), self.descriptors.fingerprint(plugin, share.files)]
        return digest_json([own_digest(), *run, *given, *files])

    def make(self, missing: Mapping[Job, str]) -> Each[dict[Job, Files], None, None]:
        """Give first nothing, then what each process wrote for some shares, which is kept under their keys.

        No more processes than cores run at once, and few that have ended wait for whoever takes what they wrote.
        A fault in one, or in who takes it, ends all.
        """
        yield {}
        groups: dict[Plugin, list[Job]] = defaultdict(list)
        for share in missing:
            groups[share.plugin].append(share)
        sizes = {share: self.descriptors.size(share.plugin, share.files) for share in missing}
        pieces = iter(divide(groups, sizes, self.cores, generating_limit()))
        with ThreadPoolExecutor(self.cores, "generate") as threads:
            try:
                running = {threads.submit(self.run, one, missing) for one in islice(pieces, self.cores + 1)}
                while running:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    running |= {threads.submit(self.run, one, missing) for one in islice(pieces, len(done))}
                    yield from map(result_of, done)
            except BaseException:
                self.runner().stop()
                raise

    def run(self, piece: Piece, keys: Mapping[Job, str]) -> dict[Job, Files]:
        """Run a plugin for some shares, and keep what it wrote for each."""
        plugin = piece.plugin
        paths = tuple(dict.fromkeys(path for share in piece.shares for path in share.files))
        with self.trace.span("generate", plugin.name):
            [outcome] = self.runner().run([self.invocation(plugin, sorted(paths))])
            self.trace.note(plugin.name, f"{len(paths)} files", outcome.seconds)
        written = self.written(plugin, paths, outcome)
        results = split_outputs(plugin, written, piece.shares, partial(self.descriptors.renamed, plugin))
        for share, files in results.items():
            self.store.save(keys[share], files)
        return results

    def invocation(self, plugin: Plugin, files: Sequence[str]) -> Invocation:
        """Give the run of a plugin on some files."""
        argv, inputs = command(plugin, self.names(plugin, files), self.descriptors.encode(plugin, files))
        digest = self.component_digest(plugin.component)
        return Invocation(plugin.component, digest, argv, Tree(inputs))

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


def result_of(done: Future[dict[Job, Files]]) -> dict[Job, Files]:
    """Give what a process wrote, or raise what it raised."""
    return done.result()
