"""What types and patterns cannot say about a configuration."""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from protoctl.model.gencode import LOWEST, series_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.configuration import Configuration

USERINFO = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*@")
"""The beginning of an address that names a user (RFC 3986, 3.2.1)."""
PLACEHOLDERS = ("workspace", "module")
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
MAIL = rf"{ATOM}(\.{ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
AUTHOR = re.compile(rf"[^<>@]*[^<>@\s]|{MAIL}|[^<>@]*[^<>@\s]\s*<{MAIL}>|<{MAIL}>")
"""A name, a mail address (RFC 5322, dot-atom), or `Name <mail>`."""


class Problem(NamedTuple):
    """A setting that is refused."""

    keys: list[str]
    """Path of the setting."""
    sentence: str
    """What is wrong; empty when nothing is."""
    hint: str
    """What to do."""


def explain_setting(configuration: Configuration) -> Problem:
    """Give the first setting that cannot work, or a problem without a sentence."""
    explainers = (explain_root, explain_prefix, explain_templates, explain_metadata, explain_floors, explain_indexes)
    problems = (problem for explain in explainers for problem in explain(configuration))
    return next(problems, Problem([], "", ""))


def explain_root(configuration: Configuration) -> Iterator[Problem]:
    """Give what is wrong with the proto root."""
    root = configuration.workspace.proto
    path = PurePosixPath(root)
    if path.is_absolute() or ".." in path.parts or not root.isprintable():
        yield Problem(
            ["workspace", "proto"], f"{root!r} does not lie below the workspace", "name a folder, like `proto`"
        )


def explain_prefix(configuration: Configuration) -> Iterator[Problem]:
    """Give what is wrong with the import prefix of Python."""
    keys, prefix = ["python", "prefix"], configuration.python.prefix
    first, *_ = segments = prefix.split(".")
    words = [segment for segment in segments if keyword.iskeyword(segment)]
    if words:
        yield Problem(keys, f"{words[0]} is a Python keyword", "choose a name that an import statement can hold")
    elif first in sys.stdlib_module_names or first in {"google", "grpc"}:
        yield Problem(keys, f"{first} is a package of others", "choose a name that is yours, like `acme_stubs`")


def explain_templates(configuration: Configuration) -> Iterator[Problem]:
    """Give what is wrong with the names of packages."""
    templates = {
        "python": ("distribution", configuration.python.distribution),
        "node": ("package", configuration.node.package),
    }
    for table, (key, template) in templates.items():
        unknown = [name for name in re.findall(r"\{([^{}]*)\}", template) if name not in PLACEHOLDERS]
        if unknown:
            known = " and ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            yield Problem([table, key], f"unknown placeholder {{{unknown[0]}}}", f"{known} are known")


def explain_indexes(configuration: Configuration) -> Iterator[Problem]:
    """Give addresses with a secret in them."""
    for name, table in configuration.indexes.items():
        for key, url in {"url": table.url, "upload-url": table.upload_url}.items():
            if USERINFO.match(url):
                yield Problem(
                    ["indexes", name, key],
                    "holds a user name or password, and protoctl.toml is committed",
                    "take it out; docs/indexes.md says where credentials are read from",
                )


def explain_metadata(configuration: Configuration) -> Iterator[Problem]:
    """Give what would not stay one line, or one entry, in the metadata of a package."""
    metadata = configuration.metadata
    texts = [(["license"], metadata.license)]
    texts += [(["authors"], text) for text in metadata.authors] + [(["keywords"], text) for text in metadata.keywords]
    texts += [(["urls", label], text) for label, url in metadata.urls.items() for text in (label, url)]
    for keys, text in texts:
        if not text.isprintable():
            yield Problem(["metadata", *keys], f"{text!a} has characters that are not printable", "remove them")
    for author in metadata.authors:
        if not AUTHOR.fullmatch(author):
            yield Problem(["metadata", "authors"], f"{author!r} is no author", "write `Name`, a mail address, or both")
    for word in metadata.keywords:
        if "," in word or not word.strip():
            yield Problem(["metadata", "keywords"], f"{word!r} is not one keyword", "write each as a text of its own")
    for label, url in metadata.urls.items():
        if not label.strip() or "," in label or not url or " " in url:
            yield Problem(["metadata", "urls", label], f"{label!r} = {url!r} is no label with its address", "")


def explain_floors(configuration: Configuration) -> Iterator[Problem]:
    """Give each runtime floor that no toolchain can serve."""
    table = configuration.python
    floors = [(["runtime-floors", module], floor) for module, floor in table.runtime_floors.items()]
    for keys, floor in [(["runtime-floor"], table.runtime_floor), *floors]:
        if floor and not series_for(floor):
            hint = f"the lowest is {LOWEST}: consumers with an older protobuf have to move"
            yield Problem(["python", *keys], f"no known toolchain writes code for protobuf {floor}", hint)
