"""Every fault of a configuration names line, key and remedy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from protoctl.errors import ConfigurationError, WorkspaceError
from protoctl.workspace.configuration_file import SIZE_LIMIT, parse_configuration, read_configuration

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n'


@pytest.mark.parametrize(
    ("text", "where", "what", "hint"),
    [
        ("", ":1", "workspace is missing", ""),
        ("# nothing\n", ":1", "workspace is missing", ""),
        ('[workspace]\nname = "acme"\n', ":1", "workspace.modules is missing", "Globs of folders"),
        (
            '[workspace]\nname = "acme"\nmodule = ["a/*"]\n',
            ":3",
            "unknown key workspace.module",
            "did you mean modules?",
        ),
        (HEAD + "[pyton]\n", ":4", "unknown key pyton", "did you mean python?"),
        (HEAD + "[zzz]\n", ":4", "unknown key zzz", "known keys are cache, dependencies, image, indexes"),
        (HEAD + "[python]\nrequires_python = '>=3.9'\n", ":5", "unknown key python.requires_python", "requires-python"),
        (HEAD + "exclude = 'x'\n", ":4", "workspace.exclude: expected `array`, got `str`", "Globs of files"),
        (
            '[workspace]\nname = "Acme"\nmodules = ["a"]\n',
            ":2",
            "workspace.name: expected `str` matching",
            "Lower-case",
        ),
        (
            '[workspace]\nname = "acme"\nmodules = [\n  "a",\n  2,\n]\n',
            ":3",
            "workspace.modules.1: expected `str`",
            "Globs",
        ),
        (
            '[workspace]\nname = "acme"\nmodules = []\n',
            ":3",
            "workspace.modules: expected `array` of length >= 1",
            "Globs",
        ),
        (HEAD + "[node]\nint64 = 'bigin'\n", ":5", "node.int64: invalid enum value 'bigin'", "one of bigint, string"),
        (HEAD + "name = 'b'\n", ":4", "cannot overwrite a value", ""),
        (HEAD + "[workspace]\n", ":4", "cannot declare ('workspace',) twice", ""),
        (HEAD + "[python]\nprefix = 'a\n", ":5", "expected", ""),
        (HEAD + "[python\n", ":4", "expected ']'", ""),
        (HEAD + "exclude = ['a'", ":4", "unclosed array", ""),
        (HEAD + "x = " + "9" * 5000 + "\n", "", "limit", ""),
        (HEAD + "x = " + "[" * 5000 + "]" * 5000 + "\n", "", "nested too deeply", ""),
        (
            HEAD + '[dependencies]\n"a/**" = { python = "a" }\n"b/**" = { pyhton = "b" }\n"c/**" = { python = 3 }\n',
            ":6",
            "unknown key dependencies.b/**.pyhton",
            "did you mean python?",
        ),
        (
            HEAD + '[dependencies]\n"a/**" = { python = "a" }\n\n[dependencies."c/**"]\npython = 3\n',
            ":8",
            "dependencies.c/**.python: expected `str`, got `int`",
            "The distribution on the Python index",
        ),
        (HEAD + '[dependencies]\n"a/**" = "a"\n', ":5", "dependencies.a/**: expected `object`, got `str`", ""),
        (HEAD + '[dependencies]\n"a/**" = {}\n', ":5", "dependencies.a/**.python is missing", "The distribution"),
        (
            HEAD + "[indexes.one]\nkind = 'pypi'\nurl = 'u'\n[indexes.two]\nkind = 'cargo'\nurl = 'u'\n",
            ":8",
            "indexes.two.kind: invalid enum value 'cargo'",
            "one of",
        ),
        (HEAD + "[metadata.urls]\nHome = 'h'\nBad = 3\n", ":6", "metadata.urls.Bad: expected `str`, got `int`", ""),
        (HEAD + "proto = '/etc'\n", ":4", "workspace.proto: '/etc' does not lie below", "name a folder"),
        (HEAD + "proto = '../x'\n", ":4", "workspace.proto: '../x' does not lie below", ""),
        (HEAD + 'proto = "a\\u0000b"\n', ":4", "workspace.proto: 'a\\x00b' does not lie below", ""),
        (HEAD + "[python]\nprefix = 'a.class'\n", ":5", "python.prefix: class is a Python keyword", "choose a name"),
        (HEAD + "[python]\nprefix = 'json.x'\n", ":5", "python.prefix: json is a package of others", "choose a name"),
        (HEAD + "[python]\nprefix = '1a'\n", ":5", "python.prefix: expected `str` matching", "Import prefix"),
        (
            HEAD + "[python]\ndistribution = '{workspace}-{modul}'\n",
            ":5",
            "python.distribution: unknown placeholder {modul}",
            "{workspace} and {module}",
        ),
        (HEAD.replace('"acme"', '"acme\\n"'), ":2", "workspace.name: expected `str` matching", ""),
        (
            HEAD + '[python]\nrequires-python = ">=3.9\\n"\n',
            ":5",
            "python.requires-python: expected `str` matching",
            "",
        ),
        (HEAD + '[metadata]\nlicense = "MIT\\nX: y"\n', ":5", "license: 'MIT\\nX: y' has characters that are not", ""),
        (HEAD + '[metadata]\nauthors = ["Ann\\nX: y"]\n', ":5", "authors: 'Ann\\nX: y' has characters", "remove"),
        (HEAD + '[metadata]\nauthors = ["Ann <a b>"]\n', ":5", "metadata.authors: 'Ann <a b>' is no author", "mail"),
        (
            HEAD + '[indexes.team]\nkind = "npm"\nurl = "https://me:word@npm.acme.example/"\n',
            ":6",
            "indexes.team.url: holds",
            "out",
        ),
        (HEAD + '[metadata]\nauthors = ["a@b@c"]\n', ":5", "metadata.authors: 'a@b@c' is no author", ""),
        (HEAD + '[metadata]\nauthors = [" "]\n', ":5", "metadata.authors: ' ' is no author", ""),
        (HEAD + '[metadata]\n\nkeywords = ["a\\tb"]\n', ":6", "metadata.keywords: 'a\\tb' has characters", ""),
        (HEAD + '[metadata]\nkeywords = ["a,b"]\n', ":5", "metadata.keywords: 'a,b' is not one keyword", "of its own"),
        (HEAD + '[metadata]\nurls = { "a\\nX: y" = "u" }\n', ":5", "'a\\nX: y' has characters", ""),
        (HEAD + '[metadata]\nurls = { a = "u\\u202ex" }\n', ":5", "'u\\u202ex' has characters", ""),
        (HEAD + '[metadata.urls]\n"a, b" = "u"\n', ":5", "'a, b' = 'u' is no label with", ""),
        (HEAD + '[metadata.urls]\na = ""\n', ":5", "metadata.urls.a: 'a' = '' is no label with", ""),
        (HEAD + "[node]\npackage = '@x/{}'\n", ":5", "node.package: unknown placeholder {}", ""),
    ],
)
def test_a_fault_names_line_key_and_remedy(text: str, where: str, what: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_configuration(text)
    assert caught.value.where == f"protoctl.toml{where}"
    assert what in caught.value.what
    assert hint in caught.value.hint


@pytest.mark.parametrize("author", ["Ann", "Ann O'Neil, jr. (Acme)", "a.b+c@d-e.f", "Ünal <u@x.example>", "<u@x>"])
def test_an_author_is_a_name_or_an_address_or_both(author: str) -> None:
    assert parse_configuration(f'{HEAD}[metadata]\nauthors = ["{author}"]\n').metadata.authors == (author,)


def test_defaults() -> None:
    configuration = parse_configuration(HEAD)
    assert configuration.workspace.proto == "proto"
    assert configuration.python.distribution == "{workspace}-{module}"


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + HEAD.encode(), HEAD.replace("\n", "\r\n").encode()])
def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "protoctl.toml").write_bytes(data)
    assert read_configuration(tmp_path).workspace.name == "acme"


def test_what_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "protoctl.toml"
    with pytest.raises(WorkspaceError, match=r"has no protoctl\.toml\nhint: run `protoctl init`"):
        read_configuration(tmp_path)
    with pytest.raises(WorkspaceError, match=r"cannot read .*Not a directory"):
        read_configuration(tmp_path / "file.txt" if (tmp_path / "file.txt").write_text("") == 0 else tmp_path)
    path.mkdir()
    with pytest.raises(WorkspaceError, match="is no regular file"):
        read_configuration(tmp_path)
    path.rmdir()
    os.mkfifo(path)
    with pytest.raises(WorkspaceError, match="is no regular file"):
        read_configuration(tmp_path)
    path.unlink()
    path.write_bytes(b'[workspace]\nname = "\xe9"\n')
    with pytest.raises(ConfigurationError, match=r"protoctl\.toml:2: not UTF-8"):
        read_configuration(tmp_path)
    path.write_bytes(b"#" * (SIZE_LIMIT + 1))
    with pytest.raises(ConfigurationError, match="larger than 1 MiB"):
        read_configuration(tmp_path)


def test_an_owner_may_have_a_floor() -> None:
    owners = '"b/**" = { python = "b-protos>=1.4" }\n"c/**" = { python = "c" }\n'
    text = f'[workspace]\nname = "a"\nmodules = ["*"]\n[dependencies]\n{owners}'
    read = parse_configuration(text).dependencies.values()
    assert [(one.distribution, one.floor) for one in read] == [("b-protos", "1.4"), ("c", "")]
    with pytest.raises(ConfigurationError, match=r'dependencies\."?b/\*\*"?'):
        parse_configuration(text.replace(">=1.4", "<2"))
