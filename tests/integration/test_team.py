"""A team from its first release to an old major's patch: what is published, and what consumers get at each step."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from consumers import OTHERS, Consumers, call, fetch_others, node_versions, python_versions
from loopback import serve
from registries import PASSWORD, USER, Registry, registry_tests, tools
from repositories import git
from team import MODULES, Stores, Team, found_team

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Protoctl

pytestmark = [*registry_tests, pytest.mark.slow]
SAID = {
    "1.0.0": ["Tea: 4 EUR, estimate unknown", "Cup: 7 EUR, estimate unknown", "copied: {}"],
    "1.1.0": ["Tea: 4 EUR, estimate true", "Cup: 7 EUR, estimate false", "copied: {}"],
}
"""What a client of a minor version prints when the server has the other one."""
ACCEPTED = """
[[versions.accepted]]
rule = "method-deleted"
element = "acme.user.v1.UserService.*"
reason = "nobody finds users by mail any more"
until = "2.0.0"
"""


@pytest.fixture(scope="module")
def others() -> Path:
    """Give the folder with wheels of others."""
    return tools("others", " ".join(OTHERS), fetch_others)


@pytest.fixture(scope="module")
def folder_stores(others: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """Give a folder that a web server shows."""
    root = tmp_path_factory.mktemp("served")
    for wheel in others.glob("*.whl"):
        name = wheel.name.partition("-")[0].replace("_", "-").lower()
        (root / "simple" / name).mkdir(parents=True)
        shutil.copy(wheel, root / "simple" / name)
    with serve(root) as server:
        address = server.url.removesuffix("/simple/")
        table = f'\n[indexes.team]\nkind = "directory"\nurl = "{root}"\nserved-at = "{address}"\n'
        python = Registry("directory", server.url, "", has_locks=False, folder=root)
        node = Registry("directory", f"{address}/npm/", "", has_locks=False, folder=root)
        yield Stores(table, {}, (python,), node)


@pytest.fixture(scope="module")
def server_stores(others: Path, devpi: Registry, pypiserver: Registry, verdaccio: Registry) -> Stores:
    """Give real registries; what others publish is on those for Python, as if these mirrored it."""
    wheels = sorted(others.glob("*.whl"))
    devpi.upload(*wheels)
    for wheel in wheels:
        shutil.copy(wheel, pypiserver.folder / "packages")
    token = (verdaccio.folder / ".npmrc").read_text().strip().rpartition("=")[2]
    logins = {
        f"PROTOCTL_INDEX_{name}_{key}": value
        for name in ("DEVPI", "PYPISERVER")
        for key, value in {"USERNAME": USER, "PASSWORD": PASSWORD}.items()
    }
    tables = {"devpi": devpi, "pypiserver": pypiserver, "verdaccio": verdaccio}
    return Stores(
        "".join(table(name, registry) for name, registry in tables.items()),
        {**logins, "PROTOCTL_INDEX_VERDACCIO_TOKEN": token},
        (devpi, pypiserver),
        verdaccio,
    )


def table(name: str, registry: Registry) -> str:
    """Give what the configuration says of a registry."""
    lines = [f"[indexes.{name}]", f'kind = "{registry.kind}"', f'url = "{registry.url}"']
    return "\n".join(["", *lines, f'upload-url = "{registry.uploads}"', ""])


@pytest.fixture(params=["folder", "server"])
def stores(request: pytest.FixtureRequest) -> Stores:
    """Give each set of indexes in turn."""
    found: Stores = request.getfixturevalue(f"{request.param}_stores")
    return found


@pytest.fixture
def team(stores: Stores, protoctl: Protoctl, tmp_path: Path) -> Team:
    """Give a team that never released anything."""
    return found_team(tmp_path / "team", protoctl, stores)


def test_a_team_from_its_first_release_to_the_patch_of_an_old_major(team: Team, stores: Stores, tmp_path: Path) -> None:
    consumers = Consumers(stores, tmp_path / "consumers")
    have = first_release(team, consumers)
    have = shared_change(team, consumers, have)
    have = meant_break(team, consumers, have)
    old_major(team, consumers, have)
    preview(team, consumers, have)


def first_release(team: Team, consumers: Consumers) -> dict[str, str]:
    """Release five modules, and again, which changes nothing."""
    released = dict.fromkeys(MODULES, "1.0.0")
    assert team.publish("--initial", "--to", "1.0.0") == released
    see_everybody_has(consumers, released)
    before = consumers.stores.look()
    assert team.publish() == {}
    assert consumers.stores.look() == before
    return released


def shared_change(team: Team, consumers: Consumers, have: dict[str, str]) -> dict[str, str]:
    """Add a field to `Money`, which two modules embed; programs of both minors call each other."""
    team.change(
        "proto/acme/common/v1/money.proto", r"(nanos = 3;)", r"\1\n  // Nobody is bound by it.\n  bool is_estimate = 4;"
    )
    released = dict.fromkeys(("billing", "common", "inventory"), "1.1.0")
    assert team.publish() == released
    see_everybody_has(consumers, have | released)
    for mine, theirs in (("1.0.0", "1.1.0"), ("1.1.0", "1.0.0")):
        python = consumers.pythons(f"team-inventory=={mine}", f"team-common=={mine}")[0]
        node = consumers.node(f"@team/inventory@{theirs}", f"@team/common@{theirs}")
        assert call(python, node) == SAID[mine]
        assert call(node, python) == SAID[theirs]
    return have | released


def meant_break(team: Team, consumers: Consumers, have: dict[str, str]) -> dict[str, str]:
    """Delete a method, which is refused until somebody gives a reason; who requires the module goes along."""
    team.change("proto/acme/user/v1/user_service.proto", r"\n  // Finds a user by mail.*?\n  }\n", "")
    before = consumers.stores.look()
    assert team.publish(code=1) == {}
    assert consumers.stores.look() == before
    team.change("protoctl.toml", r"\Z", ACCEPTED)
    released = dict.fromkeys(("billing", "inventory", "user"), "2.0.0")
    assert team.publish() == released
    see_everybody_has(consumers, have | released)
    return have | released


def old_major(team: Team, consumers: Consumers, have: dict[str, str]) -> None:
    """Patch the first major of a module from its tag; only who stays below the second gets it."""
    team.switch("user-1.x", "user/v1.0.0")
    team.change(
        "proto/acme/user/v1/user.proto", r"A person who can sign in\.", "A person, or a robot, who can sign in."
    )
    assert team.publish("user", "--line", "1.x") == {"user": "1.0.1"}
    assert consumers.stores.tags("user") == {"latest": "2.0.0", "line-1": "1.0.1"}
    see_everybody_has(consumers, have)
    old = {**have, "billing": "1.1.0", "inventory": "1.1.0", "user": "1.0.1"}
    for name, found in consumers.get(below=2).items():
        assert found == old, name
    team.switch("main")


def preview(team: Team, consumers: Consumers, have: dict[str, str]) -> None:
    """Release a branch for whoever asks for it, and then the version that it announced."""
    team.switch("feature/badge", "main")
    team.change("proto/acme/secret/v1/secret.proto", r"\Z", "\n// A sign of trust.\nmessage Badge {}\n")
    assert team.publish("--preview", "feature/badge") == {"secret": "1.1.0.dev1"}
    assert consumers.stores.tags("secret") == {"latest": "1.0.0", "branch-feature-badge": "1.1.0-dev.1"}
    see_everybody_has(consumers, have)
    for python in consumers.pythons("team-secret==1.1.0.dev1", "team-inventory"):
        assert python_versions(python).get("secret") == "1.1.0.dev1"
    node = consumers.node("@team/secret@branch-feature-badge", "@team/inventory")
    assert node_versions(node).get("secret") == "1.1.0-dev.1"
    team.switch("main")
    git(team.root, "merge", "--quiet", "--ff-only", "feature/badge")
    assert team.publish() == {"secret": "1.1.0"}
    assert consumers.stores.tags("secret")["latest"] == "1.1.0"
    see_everybody_has(consumers, {**have, "secret": "1.1.0"})


def see_everybody_has(consumers: Consumers, expected: dict[str, str]) -> None:
    """See what comes to who asks for no version, and where npm's `latest` stands."""
    for name, found in consumers.get().items():
        assert found == expected, name
    assert {module: consumers.stores.tags(module)["latest"] for module in MODULES} == expected
