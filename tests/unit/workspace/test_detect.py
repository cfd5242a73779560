"""Proto trees as teams have them, and what `init` makes of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protoctl.errors import WorkspaceError
from protoctl.workspace.detect import Detected, detect

if TYPE_CHECKING:
    from pathlib import Path

GOOGLEAPIS = "googleapis-common-protos"


def write(root: Path, files: dict[str, str]) -> Path:
    """Write protos: path to proto_package, followed by what it imports."""
    for path, words in files.items():
        package, *imports = words.split()
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"package {package};"] if package != "-" else []
        target.write_text("\n".join(['syntax = "proto3";', *lines, *(f'import "{one}";' for one in imports)]))
    return root


def found(root: Path, files: dict[str, str]) -> Detected:
    """Give what is detected in a tree of these files."""
    result = detect(write(root, files))
    assert result
    return result


@pytest.mark.parametrize(
    ("files", "proto", "modules", "names"),
    [
        ({"protos/acme/a/v1/x.proto": "acme.a.v1", "protos/acme/b/v1/y.proto": "acme.b.v1"}, "protos", "acme/*", "a b"),
        ({"acme/a/v1/x.proto": "acme.a.v1", "acme/b/v2/y.proto": "acme.b.v2"}, ".", "acme/*", "a b"),
        ({"idl/src/acme/a/v1/x.proto": "acme.a.v1"}, "idl/src", "acme/*", "a"),
        ({"api/a/v1/x.proto": "a.v1", "api/b/v1/y.proto": "b.v1"}, "api", "*", "a b"),
        ({"api/a/v1/x.proto": "api.a.v1", "api/b/v1/y.proto": "api.b.v1"}, ".", "api/*", "a b"),
        ({"p/a/v1/x.proto": "a.v1", "p/a/v1beta1/y.proto": "a.v1beta1"}, "p", "*", "a"),
        ({"p/a/x.proto": "a"}, "p", "*", "a"),
        ({"p/acme/a/v1/x.proto": "acme.a.v1", "p/other/b/v1/y.proto": "other.b.v1"}, "p", "*", "acme other"),
        ({"p/acme/a/q/v1/x.proto": "acme.a.q.v1", "p/acme/b/v1/y.proto": "acme.b.v1"}, "p", "acme/*", "a b"),
        ({"p/acme/v1/x.proto": "acme.v1", "p/acme/b/v1/y.proto": "acme.b.v1"}, "p", "acme acme/b", "acme b"),
        ({"p/acme/a/v1/resources/x.proto": "acme.a.v1.resources"}, "p", "acme/*", "a"),
        # Files whose proto_package is not their folder: the majority decides, then what imports each other.
        ({"p/a/x.proto": "a", "p/b/y.proto": "b", "p/c/z.proto": "something.else"}, "p", "*", "a b c"),
        ({"p/a/x.proto": "one b/y.proto", "p/b/y.proto": "two"}, "p", "*", "a b"),
        ({"p/a/x.proto": "-", "p/b/y.proto": "-"}, "p", "*", "a b"),
        # What tools and builds leave is no source.
        ({"p/a/x.proto": "a", "node_modules/n/b/y.proto": "b", "build/c.proto": "c", ".d/d.proto": "d"}, "p", "*", "a"),
    ],
)  # fmt: skip
def test_root_and_modules(tmp_path: Path, files: dict[str, str], proto: str, modules: str, names: str) -> None:
    result = found(tmp_path, files)
    assert (result.proto, " ".join(result.modules), " ".join(result.names)) == (proto, modules, names)


def test_a_folder_without_protos_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("hello")
    assert detect(tmp_path) is None
    assert detect(tmp_path / "absent") is None


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"proto/a.proto": "acme.user.v1"}, "declares `package acme.user.v1;`: move it to acme/user/v1/a.proto"),
        ({"a.proto": "-", "b.proto": "-"}, "a.proto declares no package: move it to NAME/v1/a.proto"),
        ({"proto/v1/a.proto": "v1"}, "v1/a.proto declares `package v1;`: move it to NAME/v1/a.proto"),
    ],
)
def test_files_at_the_root_are_explained(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        detect(write(tmp_path, files))
    assert "where no module can be" in caught.value.what
    assert said in caught.value.said


def test_vendored_files_are_left_out_and_their_owner_taken(tmp_path: Path) -> None:
    own = {"proto/acme/a/v1/a.proto": "acme.a.v1 google/api/annotations.proto google/protobuf/empty.proto"}
    vendored = {
        "proto/google/api/annotations.proto": "google.api",
        "proto/google/protobuf/empty.proto": "google.protobuf",
    }
    result = found(tmp_path, own | vendored)
    assert result.exclude == ("google",)
    assert result.modules == ("acme/*",)
    assert result.dependencies == {"google/api/**": GOOGLEAPIS}
    assert result.unknown == ()


def test_files_of_others_beside_ours_are_left_out_by_the_nearest_folder(tmp_path: Path) -> None:
    files = {
        "acme/a/v1/a.proto": "acme.a.v1 google/rpc/status.proto",
        "third_party/google/rpc/status.proto": "google.rpc",
        "third_party/x/x.proto": "x",
        "acme/google/type/date.proto": "google.type",
    }
    result = found(tmp_path, files)
    assert result.exclude == ("**/.*", "acme/google", "third_party")
    assert (result.proto, result.modules) == (".", ("acme/*",))


def test_a_module_may_be_called_vendor(tmp_path: Path) -> None:
    result = found(tmp_path, {"proto/acme/vendor/v1/a.proto": "acme.vendor.v1", "proto/acme/b/v1/b.proto": "acme.b.v1"})
    assert result.names == ("b", "vendor")
    assert result.exclude == ()


def test_a_tree_of_google_alone_is_ours(tmp_path: Path) -> None:
    assert found(tmp_path, {"google/ads/v1/a.proto": "google.ads.v1"}).names == ("ads",)


def test_owners_that_need_others_bring_them(tmp_path: Path) -> None:
    result = found(tmp_path, {"proto/a/v1/a.proto": "a.v1 google/iam/v1/policy.proto"})
    assert result.dependencies == {
        "google/api/**": GOOGLEAPIS,
        "google/iam/v1/**": "grpc-google-iam-v1",
        "google/type/**": GOOGLEAPIS,
    }


def test_what_nobody_holds_is_told(tmp_path: Path) -> None:
    result = found(
        tmp_path, {"proto/a/v1/a.proto": "a.v1 validate/validate.proto a/v1/b.proto", "proto/a/v1/b.proto": "a.v1"}
    )
    assert result.unknown == ("validate/validate.proto",)


def test_another_root_is_told(tmp_path: Path) -> None:
    files = {"one/proto/a/v1/a.proto": "a.v1", "one/proto/b/v1/b.proto": "b.v1", "two/proto/c/v1/c.proto": "c.v1"}
    result = found(tmp_path, files)
    assert (result.proto, result.elsewhere) == ("one/proto", ("two/proto/c/v1",))


def test_bytes_that_are_no_text_and_links_are_left_to_check(tmp_path: Path) -> None:
    write(tmp_path, {"proto/a/v1/a.proto": "a.v1"})
    (tmp_path / "proto/a/v1/b.proto").write_bytes(b"\xff\xfe")
    (tmp_path / "proto/a/v1/c.proto").symlink_to("/nowhere")
    (tmp_path / "proto/loop").symlink_to(tmp_path)
    result = detect(tmp_path)
    assert result
    assert result.files == 3


def test_a_real_tree(shared: Path) -> None:
    result = detect(shared / "corpora/cloudforet")
    assert result
    assert (result.proto, result.modules, result.namespace, result.files) == (
        "proto",
        ("spaceone/api/*",),
        "spaceone/api",
        166,
    )
    assert len(result.names) == 20
    assert result.dependencies == {"google/api/**": GOOGLEAPIS}
    assert (result.exclude, result.unknown, result.elsewhere) == ((), (), ())
