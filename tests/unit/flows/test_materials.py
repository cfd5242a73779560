"""What provenance says a release was made with."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from compiled import session as tools

from protoctl.flows.materials import list_materials
from protoctl.flows.session import Session
from protoctl.kit.digest import digest_file
from protoctl.model.event import silent
from protoctl.runners.docker import DockerRunner
from protoctl.runners.image import ToolchainImage
from protoctl.runners.remote import RemoteRunner

if TYPE_CHECKING:
    from protoctl.cluster.cluster import Cluster
    from protoctl.publishing.provenance import Material
    from protoctl.runners.docker import Engine

COMMIT = "c" * 40


def materials(session: Session, commit: str = COMMIT) -> dict[tuple[str, str], Material]:
    """Give the materials of a module by name and address."""
    return {(one.name, one.uri): one for one in list_materials(session, "user", commit)}


def own_session() -> Session:
    """Give a session of this repository whose runner nobody else has."""
    shared = tools()
    return Session(shared.workspace, shared.options, silent)


def test_the_commit_the_lock_and_every_file_of_it_are_there() -> None:
    session = own_session()
    found = {name: one.digest for (name, _), one in materials(session).items()}
    root = session.workspace.root
    assert found["sources"] == {"gitCommit": COMMIT}
    assert found["protoctl.lock"] == {"sha256": digest_file(root / "protoctl.lock")}
    for path in ("driver.py", "python/requirements.txt", "node/package-lock.json", "protos/requirements.txt"):
        assert found[f"build/{path}"] == {"sha256": digest_file(root / "build" / path)}


def test_every_pin_is_there_and_npm_tells_its_hash() -> None:
    session = own_session()
    found = materials(session)
    lock = json.loads((session.workspace.root / "build/node/package-lock.json").read_text())
    assert sum(uri.startswith("pkg:") for _, uri in found) == len(session.lock.pins)
    plugins = [one for (_, uri), one in found.items() if uri.startswith("pkg:npm/%40bufbuild/protoc-gen-es@")]
    assert "@bufbuild/protoc-gen-es" in lock["packages"][""]["dependencies"]
    assert [len(one.digest["sha512"]) for one in plugins] == [128]


def test_what_is_not_committed_has_no_sources() -> None:
    assert not any(name == "sources" for name, _ in materials(own_session(), ""))


def test_an_image_is_there_only_when_it_was_used() -> None:
    session = own_session()
    assert not any(name.startswith("image") for name, _ in materials(session))
    engine = cast("Engine", SimpleNamespace(address="unix:///run/engine.sock"))
    pushed = ToolchainImage("registry.example/tools@sha256:" + "a" * 64, "sha256:" + "b" * 64, "", "amd64")
    session.shared.runner = DockerRunner(engine, pushed)
    assert materials(session)["image registry.example/tools", ""].digest == {"sha256": "a" * 64}
    built = ToolchainImage("protoctl-toolchain:abc", "sha256:" + "b" * 64, "", "amd64")
    session.shared.runner = DockerRunner(engine, built)
    assert materials(session)["image protoctl-toolchain:abc", ""].digest == {"sha256": "b" * 64}


def test_the_image_of_a_cluster_is_there_only_when_it_ran() -> None:
    session = own_session()
    reference = f"registry.example/tools@sha256:{'a' * 64}"
    session.lock = replace(session.lock, image=replace(session.lock.image, reference=reference))
    cluster = cast("Cluster", SimpleNamespace(place=SimpleNamespace(address=SimpleNamespace(text="grpcs://h"))))
    runner = RemoteRunner(cluster, {}, lambda: session.runner)
    session.shared.runner = runner
    assert not any(name.startswith("image") for name, _ in materials(session))
    runner.has_run = True
    assert materials(session)["image registry.example/tools", ""].digest == {"sha256": "a" * 64}
