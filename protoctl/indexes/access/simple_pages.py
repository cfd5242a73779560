"""Pages of a Python index: the simple repository API, as JSON (PEP 691) and HTML (PEP 503, 592, 629).

https://packaging.python.org/en/latest/specifications/simple-repository-api/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from protoctl.indexes.access.addresses import join_address
from protoctl.indexes.access.digests import choose_hash
from protoctl.indexes.access.exchange import NonsenseError
from protoctl.indexes.access.html_page import read_html_page
from protoctl.model.index import Listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
HTML_TYPES = {"application/vnd.pypi.simple.v1+html", "text/html"}
ACCEPT = f"{JSON_TYPE}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
VERSION_META = "pypi:repository-version"
WHEEL, SDIST = ".whl", ".tar.gz"
ARCHIVES = (WHEEL, SDIST, ".zip", ".egg", ".tar.bz2")
"""How the files end that indexes of any age list."""
NAME_LIMIT = 255
"""Characters of a file's name; longer ones fit on no disk, and numbers of a version that long are none."""


class FileEntry(msgspec.Struct):
    """One file of a project in JSON."""

    filename: str
    url: str
    hashes: dict[str, str] = {}
    yanked: bool | str = False


class Meta(msgspec.Struct):
    """What a JSON page says of itself."""

    api_version: str = msgspec.field(name="api-version")


class ProjectPage(msgspec.Struct):
    """A project in JSON."""

    meta: Meta
    files: list[FileEntry]


PROJECT_PAGE = msgspec.json.Decoder(ProjectPage)
"""Made here, since threads that use a type for the first time at once crash msgspec 0.22."""


@dataclass(frozen=True)
class Link:
    """A link to a file, in either format."""

    file: str
    """The last segment of its path, decoded."""
    url: str
    """Absolute, without fragment."""
    digest: str
    """As `Listed.digest`."""
    is_yanked: bool


def read_page(media_type: str, body: bytes, url: str) -> list[Link]:
    """Give the links of a project's page, in page order; raises NonsenseError for what is no such page."""
    if media_type in HTML_TYPES:
        return read_html(body, url)
    if media_type == "application/json" or media_type.endswith("+json"):
        return read_json(body, url)
    message = f"it answered {media_type or 'without a media type'}"
    raise NonsenseError(message)


def read_json(body: bytes, url: str) -> list[Link]:
    """Give the links of a JSON page; raises NonsenseError for another shape or a later major version."""
    try:
        page = PROJECT_PAGE.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        message = f"it answered JSON of another shape: {error}"
        raise NonsenseError(message) from error
    check_version(page.meta.api_version)
    return [
        Link(entry.filename, join_address(url, entry.url), choose_hash(entry.hashes), entry.yanked is not False)
        for entry in page.files
    ]


def check_version(version: str) -> None:
    """Raise NonsenseError for a page of a later major version, as PEP 629 asks."""
    if version.partition(".")[0] != "1":
        message = f"it answered pages of version {version}, and 1 is known"
        raise NonsenseError(message)


def read_html(body: bytes, url: str) -> list[Link]:
    """Give the links of an HTML page; raises NonsenseError for a page of something else, like a login."""
    page = read_html_page(body.decode("utf-8", errors="replace"))
    version = page.meta.get(VERSION_META, "")
    if version:
        check_version(version)
    base = join_address(url, page.base)
    links = [read_link(attributes, base) for attributes in page.links]
    files = [link for link in links if link.file.endswith(ARCHIVES)]
    if not files and not version and "links for" not in page.title.lower():
        message = f"it answered a page with the title {page.title.strip()[:80]!r} that lists no files"
        raise NonsenseError(message)
    return files


def read_link(attributes: Mapping[str, str], base: str) -> Link:
    """Give what a link of an HTML page says."""
    url, _, fragment = join_address(base, attributes["href"].strip()).partition("#")
    name, _, value = fragment.partition("=")
    file = unquote(url.partition("?")[0].rpartition("/")[2])
    return Link(file, url, choose_hash({name: value}), "data-yanked" in attributes)


def list_links(distribution: str, links: Iterable[Link]) -> list[Listed]:
    """Give the wheels and sdists of a distribution among links; files of others and unknown versions are left out."""
    listed = []
    for link in links:
        version = version_of(distribution, link.file)
        if version:
            listed.append(Listed(link.file, distribution, version, link.url, link.digest, link.is_yanked))
    return listed


def version_of(distribution: str, file: str) -> str:
    """Give the version that the name of a distribution's file tells; nothing for any other file (PEP 427, 625)."""
    if len(file) > NAME_LIMIT:
        return ""
    try:
        if file.endswith(WHEEL):
            name, version, *_ = parse_wheel_filename(file)
        elif file.endswith(SDIST):
            name, version = parse_sdist_filename(file)
        else:
            return ""
    except (InvalidWheelFilename, InvalidSdistFilename):
        return ""
    return str(version) if name == canonicalize_name(distribution) else ""
