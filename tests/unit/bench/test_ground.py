"""A ground holds its corpus and nothing else, and what is as it should be stays untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.corpora import TREES
from bench.google_apis import APIS, COMPUTE
from bench.ground import imported, overwrite

if TYPE_CHECKING:
    from pathlib import Path


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    overwrite(tmp_path, {"a/same.proto": b"1", "a/edited.proto": b"1", "b/gone.proto": b"1"})
    (tmp_path / "a/edited.proto").write_bytes(b"2")
    before = (tmp_path / "a/same.proto").stat().st_mtime_ns
    overwrite(tmp_path, {"a/same.proto": b"1", "a/edited.proto": b"1", "c/fresh.proto": b"1"})
    found = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*.proto")}
    assert found == dict.fromkeys(["a/same.proto", "a/edited.proto", "c/fresh.proto"], b"1")
    assert (tmp_path / "a/same.proto").stat().st_mtime_ns == before


def test_imports_of_imports_are_there_too() -> None:
    files = {"own.proto": b'import "first.proto"; import "other.proto"; import "nowhere.proto";', "other.proto": b""}
    foreign = {"first.proto": b'import "second.proto";', "second.proto": b"", "unused.proto": b"", "other.proto": b"x"}
    assert sorted(imported(files, foreign)) == ["first.proto", "second.proto"]


def test_what_others_own_or_one_race_has_for_itself_is_left_out() -> None:
    owned = ("google/api/http.proto", "google/rpc/context/attribute_context.proto", "google/iam/v1/policy.proto")
    assert not any(APIS.has(path) for path in owned)
    assert APIS.has("google/api/servicecontrol/v1/distribution.proto")
    huge = "google/cloud/compute/v1/compute.proto"
    assert (APIS.has(huge), COMPUTE.has(huge), COMPUTE.has("google/cloud/vision/v1/text.proto")) == (False, True, False)


def test_each_corpus_is_laid_out_in_a_folder_of_its_own() -> None:
    assert [tree.name for tree in TREES] == ["tree-10-1", "tree-100-10", "tree-1000-100", "tree-10000-1000"]
    assert [tree.title for tree in TREES][:2] == ["10 generated files in 1 module", "100 generated files in 10 modules"]
