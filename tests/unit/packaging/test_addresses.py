"""Which address a readme shows, and that no address gets out of its place."""

from __future__ import annotations

import pytest

from protoctl.flows.requests import package_settings
from protoctl.model.configuration import Configuration, IndexTable, WorkspaceTable
from protoctl.packaging.addresses import consumer_address


def configuration(**indexes: IndexTable) -> Configuration:
    """Give a configuration with indexes."""
    return Configuration(WorkspaceTable("acme", ("acme/*",)), indexes=indexes)


def test_the_first_index_that_is_served_counts() -> None:
    found = configuration(
        folder=IndexTable("directory", "index"),
        python=IndexTable("pypi", "https://packages.example/root/+simple", "https://packages.example/root/"),
        node=IndexTable("npm", "https://npm.example/"),
        served=IndexTable("directory", "index", served_at="https://files.example/stubs"),
    )
    assert consumer_address(found, "python") == "https://packages.example/root/+simple/"
    assert consumer_address(found, "node") == "https://npm.example/"
    served = configuration(served=found.indexes["served"], python=found.indexes["python"])
    assert consumer_address(served, "python") == "https://files.example/stubs/simple/"
    assert consumer_address(served, "node") == "https://files.example/stubs/npm/"
    assert consumer_address(configuration(folder=found.indexes["folder"]), "python") == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@packages.example/simple/",
        "https://packages.example/$(touch x)/",
        "https://packages.example/`x`/",
        "https://packages.example/a b",
        'https://packages.example/"\nx = "',
        "https://packages.example/simple/?token=secret",
        "https://packages.example/#x",
        "file:///srv/index",
        "-e .",
    ],
)
def test_what_could_be_read_as_more_than_an_address_is_not_shown(url: str) -> None:
    assert consumer_address(configuration(team=IndexTable("pypi", url)), "python") == ""


def test_an_index_that_moved_is_another_setting_and_a_folder_that_moved_is_none() -> None:
    def digest(table: IndexTable) -> str:
        return package_settings(configuration(team=table), b"")["digest"]

    assert digest(IndexTable("pypi", "https://a.example/")) != digest(IndexTable("pypi", "https://b.example/"))
    assert digest(IndexTable("pypi", "https://a.example/")) == digest(
        IndexTable("pypi", "https://a.example/", "https://up.example/")
    )
    assert digest(IndexTable("directory", "a")) == digest(IndexTable("directory", "b"))
