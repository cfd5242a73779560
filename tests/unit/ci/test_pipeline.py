"""What a pipeline does, whatever system runs it."""

from __future__ import annotations

import pytest

from protoctl.ci import load_system, system_names
from protoctl.ci.commands import Environment, Make
from protoctl.ci.pipeline import make_pipeline
from protoctl.model.configuration import IndexTable

INDEXES = {
    "internal-python": IndexTable("pypi", "https://packages.acme.example/simple/"),
    "internal-node": IndexTable("npm", "https://npm.acme.example/"),
    "shared": IndexTable("directory", "shared"),
}
USER = "PROTOCTL_INDEX_INTERNAL_PYTHON_PASSWORD"
NODE = "PROTOCTL_INDEX_INTERNAL_NODE_TOKEN"


def test_a_pull_request_is_checked_compared_planned_built_and_tried() -> None:
    pipeline = make_pipeline("protoctl ci x", "main", Environment("1.2.3"), INDEXES)
    assert [step.name for step in pipeline.on_pull_request] == [
        "Install", "Check", "Compare", "Plan", "Build", "Verify",
    ]  # fmt: skip
    assert [step.name for step in pipeline.on_branch] == ["Install", "Check"]
    assert pipeline.publish is not None
    assert pipeline.publish.script == (".venv/bin/protoctl publish --push origin",)


def test_without_an_index_the_branch_is_what_is_compared_with() -> None:
    pipeline = make_pipeline("protoctl ci x", "trunk", Make(), {})
    compare = next(step for step in pipeline.steps if step.name == "Compare")
    assert all("--against origin/trunk" in line for line in compare.script)
    assert pipeline.publish is None
    assert [step.name for step in pipeline.on_branch] == ["Install", "Check", "Build", "Verify"]


def test_indexes_are_read_to_compare_and_to_plan() -> None:
    with_indexes = make_pipeline("protoctl ci x", "main", Make(), INDEXES)
    assert [step.name for step in with_indexes.steps if step.reads_indexes] == ["Compare", "Plan"]
    assert not any(step.reads_indexes for step in make_pipeline("protoctl ci x", "main", Make(), {}).steps)


def test_only_servers_have_credentials() -> None:
    pipeline = make_pipeline("protoctl ci x", "main", Make(), INDEXES)
    assert [one.index for one in pipeline.credentials] == ["internal-python", "internal-node"]


@pytest.mark.parametrize("name", system_names())
def test_every_system_names_the_credentials_and_publishes_the_branch(name: str) -> None:
    text = load_system(name).render(make_pipeline("protoctl ci x", "trunk", Environment("1.2.3"), INDEXES))
    assert "protoctl ci x" in text
    assert "protoctl==1.2.3" in text
    assert USER in text
    assert NODE in text
    assert "trunk" in text
    assert text.endswith("\n")
    assert "\n\n\n" not in text


@pytest.mark.parametrize("name", system_names())
def test_without_an_index_nothing_is_published(name: str) -> None:
    text = load_system(name).render(make_pipeline("protoctl ci x", "main", Make(), {}))
    assert "publish" not in text.lower()
    assert "PROTOCTL_INDEX" not in text
