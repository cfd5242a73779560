"""What the comparison calls safe is safe: random edits, trees against themselves, edits together and backwards."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from agreement.cases import read_semver
from agreement.verdicts import compile_sides
from batches import compile_batch
from compiled import compile_folder
from conftest import REPOSITORY
from fuzz.compatibility import Edited, Judged, draw_pairs, judge_pairs, type_violations, violations
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto

from protoctl.differences import find_differences
from protoctl.model.change import Change
from protoctl.schema.view import Schema
from protoctl.versioning.comparison import compare_schemas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from agreement.cases import SemverCase

    from protoctl.model.difference import Difference

HEAD = 'syntax = "proto3";\npackage acme.t0.v1;\n'
PATH = "acme/t0/v1/a.proto"


def compare(baseline: Schema, current: Schema) -> list[Difference]:
    """Give what differs between two schemas."""
    return find_differences(compare_schemas(baseline, current))


def change_of(differences: list[Difference]) -> Change:
    """Give the step that some differences take together."""
    return max((one.change for one in differences), default=Change.NONE)


@pytest.mark.slow
def test_what_is_called_safe_is_safe() -> None:
    """Random edits of random schemas; `make fuzz` tries others."""
    judge_pairs(range(1000, 1150))


def test_most_random_pairs_compile_and_steps_are_mixed() -> None:
    """Else hardly anything is tried."""
    pairs = draw_pairs(range(100))
    assert len(pairs) > 80
    steps = Counter(Judged(pair, pair.differences).change for pair in pairs)
    assert all(steps[step] > 1 for step in Change if step is not Change.PATCH), steps


@pytest.fixture
def edited(tmp_path: Path, request: pytest.FixtureRequest) -> Edited:
    """Give a pair whose message or enum is as the test says."""
    texts = tuple({PATH: HEAD + body} for body in request.param)
    old, new = compile_batch(texts, tmp_path)
    assert old
    assert new
    return Edited(0, (texts[0], texts[1]), old, new)


@pytest.mark.parametrize(
    ("edited", "said"),
    [
        (
            ("message M { string a = 1; string b = 2; }", "message M { string a = 2; string b = 1; }"),
            "wire, what is old",
        ),
        (("message M { string a = 1; }", 'message M { string a = 1 [json_name = "b"]; }'), "JSON, what is new"),
        (("message M { string a = 1; }", "message M { reserved 1; }"), "Python: ('field'"),
        (("message M { optional string a = 1; }", "message M { string a = 1; }"), "Python: ('presence'"),
        (("message M { }", "message M { string a = 1; }"), "a patch, and"),
        (("message M { }", "message M { option deprecated = true; }"), "descriptors differ"),
    ],
    indirect=["edited"],
)
def test_a_false_promise_is_found(edited: Edited, said: str) -> None:
    """Nothing is said to differ, and what breaks is found."""
    found = list(violations(Judged(edited, [])))
    assert [why for why in found if why.startswith(said)], found


@pytest.mark.parametrize(
    "edited",
    [("message M { string a = 1; int64 b = 2; }", "message M { string a = 1; int32 b = 2; }")],
    indirect=True,
)
def test_a_consumer_that_no_longer_type_checks_is_found(edited: Edited) -> None:
    """TypeScript tells a number from a bigint, Python does not."""
    found = [why for _, why in type_violations([Judged(edited, [])])]
    assert len(found) == 1, found
    assert "bigint" in found[0]


@pytest.mark.parametrize(
    "edited", [("message M { string a = 1; }", "message M { repeated string a = 1; }")], indirect=True
)
def test_a_consumer_in_either_language_is_found(edited: Edited) -> None:
    found = sorted(why.partition(":")[0] for _, why in type_violations([Judged(edited, [])]))
    assert found == ["node consumer", "python consumer"]


@pytest.fixture(scope="module", params=["sample", "cloudforet"])
def tree(request: pytest.FixtureRequest) -> Schema:
    """Give a real tree."""
    if request.param == "sample":
        return compile_folder(REPOSITORY / "proto")
    root = request.getfixturevalue("shared") / "corpora/cloudforet/proto"
    texts = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(root.rglob("*.proto"))}
    refused = {"alert_manager/plugin/webhook", "identity/plugin/external_auth", "inventory_v2/v1/metric_data"}
    kept = {path: text for path, text in texts.items() if not any(f"/{one}.proto" in path for one in refused)}
    [schema] = compile_batch([kept], request.getfixturevalue("tmp_path_factory").mktemp("tree"))
    assert schema
    return schema


def test_a_tree_does_not_differ_from_itself(tree: Schema) -> None:
    assert compare(tree, tree) == []
    assert compare(tree, rewritten(tree, copy)) == []


def test_comments_and_places_are_a_patch_at_most(tree: Schema) -> None:
    for before, now in ((tree, rewritten(tree, strip)), (rewritten(tree, strip), tree)):
        assert change_of(compare(before, now)) <= Change.PATCH


def test_another_order_is_a_patch_at_most(tree: Schema) -> None:
    """Of files, messages, fields, enums, services and methods; what has no places has no order to compare."""
    plain = rewritten(tree, strip)
    mixed = rewritten(plain, shuffle)
    mixed = Schema(dict(sorted(mixed.files.items(), reverse=True)), mixed.owners)
    assert change_of(compare(plain, mixed)) <= Change.PATCH


def rewritten(schema: Schema, change: Callable[[FileDescriptorProto], None]) -> Schema:
    """Give a schema whose own files are changed copies."""
    files = {}
    for path, file in schema.files.items():
        made = FileDescriptorProto()
        made.CopyFrom(file)
        if path in schema.owners:
            change(made)
        files[path] = made
    return Schema(files, schema.owners)


def copy(file: FileDescriptorProto) -> None:
    """Leave a file as it is."""


def strip(file: FileDescriptorProto) -> None:
    """Remove places and comments."""
    file.ClearField("source_code_info")


def shuffle(file: FileDescriptorProto) -> None:
    """Declare everything in another order; the first value of an enum is its default and stays."""
    rng = Random(file.name)  # noqa: S311  nothing is kept secret
    for part in (file.message_type, file.enum_type, file.service):
        mix(rng, part)
    for service in file.service:
        mix(rng, service.method)
    for message in file.message_type:
        shuffle_message(rng, message)


def shuffle_message(rng: Random, message: DescriptorProto) -> None:
    """Declare fields and nested messages in another order."""
    mix(rng, message.field)
    mix(rng, message.nested_type)
    for nested in message.nested_type:
        if not nested.options.map_entry:
            shuffle_message(rng, nested)


def mix(rng: Random, values: Any) -> None:  # noqa: ANN401  repeated fields have no common type
    """Change the order of a repeated field."""
    values.sort(key=lambda _: rng.random())


@pytest.fixture(scope="module")
def cases(shared: Path) -> list[SemverCase]:
    """Give the edits of the corpus."""
    return read_semver(shared / "corpora")


def test_the_way_back_never_fails(cases: list[SemverCase], tmp_path: Path) -> None:
    """What is added one way is deleted the other, and nothing that differs is the same from behind."""
    for case, (baseline, current) in zip(cases, compile_sides(cases, tmp_path), strict=True):
        there, back = compare(baseline, current), compare(current, baseline)
        assert bool(there) == bool(back), case.name


def test_edits_together_are_what_they_are_alone(cases: list[SemverCase], tmp_path: Path) -> None:
    """Each edit in a package and module of its own: the findings are those of all, the step is the largest."""
    moved = [move_case(case, f"c{number}") for number, case in enumerate(cases)]
    single = [side for case in moved for side in (before(case), after(case))]
    alone = [compare(*sides) for sides in compile_pairs(single, tmp_path / "alone")]
    chosen = list(subsets(len(moved)))
    trees = [{k: v for at in one for k, v in side(moved[at]).items()} for one in chosen for side in (before, after)]
    for one, sides in zip(chosen, compile_pairs(trees, tmp_path / "together"), strict=True):
        together = compare(*sides)
        assert change_of(together) == max(change_of(alone[at]) for at in one)
        assert Counter(map(str, together)) == Counter(str(found) for at in one for found in alone[at])


def compile_pairs(trees: list[dict[str, str]], folder: Path) -> list[tuple[Schema, Schema]]:
    """Give the schemas of trees two by two; the second folder of a path is its module."""
    schemas = [one for one in compile_batch(trees, folder, lambda path: path.split("/")[1]) if one]
    assert len(schemas) == len(trees)
    return list(zip(schemas[::2], schemas[1::2], strict=True))


def subsets(size: int) -> Iterator[list[int]]:
    """Give twelve random subsets, and everything."""
    rng = Random(0)  # noqa: S311  nothing is kept secret
    yield from (sorted(rng.sample(range(size), rng.randint(2, 9))) for _ in range(12))
    yield list(range(size))


def before(case: SemverCase) -> dict[str, str]:
    """Give the baseline of a case."""
    return dict(case.baseline)


def after(case: SemverCase) -> dict[str, str]:
    """Give the current side of a case."""
    return dict(case.current)


def move_case(case: SemverCase, name: str) -> SemverCase:
    """Give a case in a package of its own."""

    def moved(text: str) -> str:
        """Replace the package that all cases share."""
        return text.replace("acme/t/", f"acme/{name}/").replace("acme.t.", f"acme.{name}.")

    sides = [{moved(path): moved(text) for path, text in side.items()} for side in (case.baseline, case.current)]
    return type(case)(case.name, sides[0], sides[1], case.effects, case.change)
