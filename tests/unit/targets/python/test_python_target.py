"""Names, bounds, metadata and examples of Python packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY

from protoctl.errors import ArtifactError, ConfigurationError
from protoctl.packaging.description import escape_markdown
from protoctl.targets import load_target, target_names
from protoctl.targets.python.bounds import extension_bound, grpc_bound, protobuf_bound
from protoctl.targets.python.naming import import_line, module_path, normalise
from protoctl.targets.python.project import author
from protoctl.workspace.configuration_file import parse_configuration

if TYPE_CHECKING:
    from protoctl.model.configuration import Configuration

GENCODE = b"# Protobuf Python Version: %s\n"
CHECK = b"_runtime_version.ValidateProtobufRuntimeVersion(\n"


def configuration(distribution: str) -> Configuration:
    """Give a configuration with a template for names."""
    return parse_configuration(
        f'[workspace]\nname = "acme"\nmodules = ["acme/*"]\n[python]\ndistribution = "{distribution}"\n'
    )


def test_the_floor_is_the_newest_gencode_and_the_ceiling_the_major_after_the_next() -> None:
    code = [GENCODE % b"8.31.1" + CHECK, GENCODE % b"8.33.5" + CHECK, b"no header"]
    assert protobuf_bound(code) == "protobuf>=8.33.5,<10"
    with pytest.raises(ArtifactError):
        protobuf_bound([b"no header"])


def test_old_code_works_with_every_runtime_that_python_is_promised() -> None:
    assert protobuf_bound([GENCODE % b"6.31.1" + CHECK]) == "protobuf>=6.31.1,<9"


def test_code_without_a_check_works_from_the_first_release_of_its_minor() -> None:
    assert protobuf_bound([GENCODE % b"5.26.1"]) == "protobuf>=5.26.0,<9"


def test_code_above_the_configured_floor_is_refused() -> None:
    assert protobuf_bound([GENCODE % b"5.26.1"], "5.26") == "protobuf>=5.26.0,<9"
    with pytest.raises(ArtifactError, match=r"needs protobuf 6\.31\.1, and the runtime floor is 6\.31"):
        protobuf_bound([GENCODE % b"6.31.1" + CHECK], "6.31")


@pytest.mark.parametrize(
    ("line", "bound"),
    [
        (b"note: _builtins.int", ""),
        (b"note: _extension_dict._ExtensionFieldDescriptor[_d.FieldOptions, _builtins.str]", ">=3.17.1"),
        (b"t: _e._ExtensionFieldDescriptor[Global___N, _c.RepeatedScalarFieldContainer[_b.str]]", ">=3.17.3"),
    ],
)
def test_only_extensions_need_stubs_of_a_certain_age(line: bytes, bound: str) -> None:
    assert extension_bound([b"no extension", line]) == bound


def test_the_grpc_floor_is_what_the_code_checks() -> None:
    assert grpc_bound([b"GRPC_GENERATED_VERSION = '1.80.1'\n"]) == "grpcio>=1.80.1,<2"
    with pytest.raises(ArtifactError):
        grpc_bound([b"GRPC_VERSION = '1.80.1'\n"])


@pytest.mark.parametrize(
    ("proto", "path", "line"),
    [
        ("acme/user/v1/user.proto", "acme/user/v1/user", "from acme.user.v1 import user_pb2"),
        ("my-team/user-api.proto", "my_team/user_api", "from my_team import user_api_pb2"),
        ("user.proto", "user", "import user_pb2"),
    ],
)
def test_modules_are_named_as_protoc_names_them(proto: str, path: str, line: str) -> None:
    assert module_path(proto) == path
    assert import_line(proto) == line


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{workspace}-{module}", "acme-alert-manager"),
        ("{workspace}_{module}_stubs", "acme-alert-manager-stubs"),
        ("Stubs.{module}", "stubs-alert-manager"),
    ],
)
def test_distributions_are_normalised(template: str, name: str) -> None:
    one = configuration(template)
    assert load_target("python", one).distribution(one, "alert_manager") == name


@pytest.mark.parametrize("template", ["-{module}", "{module} stubs", "{workspace}/{module}", "{module}\\n"])
def test_impossible_distributions_are_refused(template: str) -> None:
    one = configuration(template)
    with pytest.raises(ConfigurationError):
        load_target("python", one).distribution(one, "user")


def test_names_compare_as_indexes_compare_them() -> None:
    assert normalise("Acme__User.-stubs") == "acme-user-stubs"


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("Ada", {"name": "Ada"}),
        ("Ada <ada@acme.example>", {"name": "Ada", "email": "ada@acme.example"}),
        ("ada@acme.example", {"email": "ada@acme.example"}),
    ],
)
def test_authors(text: str, table: dict[str, str]) -> None:
    assert author(text) == table


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("# <b> `x` [y](z)", r"\# \<b\> \`x\` \[y\](z)"),
        ("~~~ x", r"\~\~\~ x"),
        ("&lt;b&gt;", r"\&lt;b\&gt;"),
        ("- x - y", r"\- x - y"),
        ("12. x 3. y", r"12\. x 3. y"),
        ("1) x", r"1\) x"),
        ("=== x", r"\=== x"),
        ("v1.2 of x", "v1.2 of x"),
    ],
)
def test_a_description_is_no_markdown(line: str, written: str) -> None:
    assert escape_markdown(line) == written


def test_every_folder_of_the_family_is_a_target() -> None:
    folders = {path.parent.name for path in (REPOSITORY / "protoctl/targets").glob("*/target.py")}
    assert set(target_names()) == folders
    one = configuration("{workspace}-{module}")
    assert {load_target(name, one).name for name in target_names()} == folders
