"""One step of a history judged by everybody: the number that a person chose, our comparison, and buf."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from buf.agreement import Verdict, compare_witnesses
from buf.breaking import BufError, Reported, run_buf
from buf.subjects import file_of
from compiled import session

from bench.equipment import install_buf
from protoctl.differences import find_differences
from protoctl.kit.digest import digest_file, digest_json
from protoctl.kit.files import write_atomic
from protoctl.model.change import Change
from protoctl.model.toolchain import PYTHON
from protoctl.versioning.comparison import compare_schemas
from replay.history import History
from replay.steps import measure_step
from replay.trees import Compiled, compile_layout, lay_out, to_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from protoctl.model.difference import Difference
    from replay.history import Tag
    from replay.steps import Release

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Judged:
    """What everybody says about two neighbouring tags."""

    before: str
    """Name of the tag."""
    after: str
    """Name of the next one."""
    step: str
    """What a person made of it, as `Step` words it."""
    announced: Change | None
    """The largest change that the number allows, nothing for pre-releases."""
    change: Change
    """The step that was computed."""
    differences: dict[str, int]
    """Rule of ours to how often it found something, sorted."""
    theirs: tuple[Verdict, ...]
    """Findings of buf."""
    ours: tuple[Verdict, ...]
    """Breaks of ours."""
    files: tuple[int, int]
    """Protos that were compared, before and after."""
    notes: tuple[tuple[str, str], ...]
    """A tag and what did not go smoothly there: a file left out, a root that moved, a witness that refused."""
    seconds: tuple[float, float]
    """Of our comparison and of buf's whole run, 0 for what needed none."""


@dataclass(frozen=True, eq=False)
class Workshop:
    """What a process needs to judge pairs; everything slow is kept in a folder, so that a run can be taken up again."""

    history: Path
    """The bare repository."""
    work: Path
    """Folder of what is known already."""

    @cached_property
    def buf(self) -> Path:
        """The program, installed."""
        return install_buf()

    def judge(self, before: Release, after: Release) -> Judged:
        """Judge a pair, or give what an earlier run of the same program said."""
        step = measure_step(before.version, after.version)
        key = digest_json([before.tag.protos, after.tag.protos, self.program])
        found: Judged = self.remember(f"pairs/{key}", Judged, lambda: self.compare(before.tag, after.tag))
        names = {"before": before.tag.name, "after": after.tag.name}
        return replace(found, **names, step=step.value, announced=step.permits)  # type: ignore[arg-type]

    def compare(self, before: Tag, after: Tag) -> Judged:
        """Compare the protos of two tags."""
        if before.protos == after.protos:
            return Judged("", "", "", None, Change.NONE, {}, (), (), (len(before.blobs),) * 2, (), (0, 0))
        old, new = self.schema(before), self.schema(after)
        old_own, new_own = comparable(old, new)
        baseline, current = to_schema(old.data, old_own), to_schema(new.data, new_own)
        start = time.perf_counter()
        differences = find_differences(compare_schemas(baseline, current))
        spent = time.perf_counter() - start
        notes = [*left_out(old, before.name), *left_out(new, after.name), *moved_roots(old, new, after.name)]
        reported, seconds, refused = self.ask_buf(before, after, {*old_own, *new_own})
        agreement = compare_witnesses(reported, differences, baseline.files, current.files)
        ours = () if refused else agreement.ours
        change = max((one.change for one in differences), default=Change.NONE)
        files = len(old_own), len(new_own)
        notes += [(after.name, why) for why in refused]
        counts = count(differences)
        return Judged("", "", "", None, change, counts, agreement.theirs, ours, files, tuple(notes), (spent, seconds))

    def ask_buf(self, before: Tag, after: Tag, own: set[str]) -> tuple[list[Reported], float, list[str]]:
        """Give what buf reports on the own files, how long it took, and a note where it refused the pair."""
        key = digest_json([before.protos, after.protos, self.toolchain, digest_file(self.buf)])

        def run() -> tuple[list[Reported], float, list[str]]:
            """Run buf."""
            start = time.perf_counter()
            try:
                found = run_buf(self.buf, self.schema(before).data, self.schema(after).data)
            except BufError as error:
                return [], 0, [f"buf refuses the pair: {error}"]
            return found, time.perf_counter() - start, []

        found, seconds, refused = self.remember(f"buf/{key}", tuple[list[Reported], float, list[str]], run)
        return [one for one in found if file_of(one) in own], seconds, refused

    @lru_cache(maxsize=2)  # noqa: B019  neighbours share a tag
    def schema(self, tag: Tag) -> Compiled:
        """Give a tag's schema, compiled once for all tags with the same protos."""
        key = digest_json([tag.protos, self.toolchain])
        found: Compiled = self.remember(f"schemas/{key}", Compiled, lambda: self.compile(tag))
        return found

    def compile(self, tag: Tag) -> Compiled:
        """Compile the protos of a tag."""
        data = History(self.history).read(tag.blobs.values())
        return compile_layout(lay_out({path: data[blob] for path, blob in tag.blobs.items()}), session())

    @cached_property
    def toolchain(self) -> str:
        """The digest of what compiles."""
        return session().component_digest(PYTHON)

    @cached_property
    def program(self) -> str:
        """The digest of all code that decides what is said about a pair."""
        folders = ("protoctl/differences", "protoctl/versioning", "protoctl/model", "tests/buf", "tests/replay")
        files = [path for folder in folders for path in sorted((REPOSITORY / folder).rglob("*.py"))]
        return digest_json([self.toolchain, *map(digest_file, files)])

    def remember(self, name: str, kind: Any, make: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever `kind` says
        """Give what is kept under a name, made now where it is not."""
        path = self.work / name
        if path.exists():
            return msgspec.msgpack.decode(zlib.decompress(path.read_bytes()), type=kind)
        made = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, zlib.compress(msgspec.msgpack.encode(made), 1))
        return made


def comparable(old: Compiled, new: Compiled) -> tuple[list[str], list[str]]:
    """Give the own files of both sides; what protoc takes on one side only is neither gone nor new."""
    halved = (set(old.own) & set(new.refused)) | (set(new.own) & set(old.refused))
    return [path for path in old.own if path not in halved], [path for path in new.own if path not in halved]


def left_out(compiled: Compiled, tag: str) -> list[tuple[str, str]]:
    """Say what is left out at a tag, in order of paths."""
    return [(tag, f"{path} is left out: {reason}") for path, reason in compiled.refused.items()]


def moved_roots(old: Compiled, new: Compiled, tag: str) -> list[tuple[str, str]]:
    """Say which folders are proto roots, where these changed."""
    if old.roots == new.roots or not old.roots or not new.roots:
        return []
    return [(tag, f"proto roots were {', '.join(old.roots)} and are {', '.join(new.roots)}")]


def count(differences: Iterable[Difference]) -> dict[str, int]:
    """Give how often each rule found something."""
    rules = [one.rule for one in differences]
    return {rule: rules.count(rule) for rule in sorted(set(rules))}
