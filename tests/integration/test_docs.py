"""What the documentation says is so: its commands run, its lists are complete, its links and names exist."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import lists
import pytest
from conftest import REPOSITORY, copy_sample, fresh_cache
from engine import VARIABLES, Locked, make_workspace
from node_programs import pinned_node, toolchain
from pages import anchors, inline_code, links, run_page

from protoctl.cli.commands import find_commands
from protoctl.errors import ProtoctlError
from protoctl.toolchain import clients

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conftest import Sample
    from scripted_cluster import ScriptedCluster

    from protoctl.runners.docker import Engine

DOCS = REPOSITORY / "docs"
PAGES = [
    *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *(REPOSITORY / name for name in ("examples/README.md", "changelog.d/README.md", "protoctl/ARCHITECTURE.md")),
    *sorted(DOCS.glob("*.md")),
]
SCRIPTS = Path(sys.executable).parent
LEFT_OUT = (
    ".git",
    ".venv",
    ".*_cache",
    ".import_linter_cache",
    ".protoctl",
    "dist",
    "node_modules",
    "work",
    "__pycache__",
)
FRAGMENT = re.compile(r"[a-z0-9-]+\.(added|changed|fixed|removed)\.md")


@pytest.fixture
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Give the environment of a user who has Python, Node, npm and protoctl, no container engine, and built nothing."""
    folder = tmp_path_factory.mktemp("bin")
    write_programs(
        folder,
        {
            "python3": sys.executable,
            "protoctl": SCRIPTS / "protoctl",
            "node": pinned_node(),
            "npm": f'{pinned_node()}" "{toolchain() / clients.NPM}',
        },
    )
    own = ("PYTHON", "VIRTUAL_ENV", "PYTEST_", "COV", "MAKE", "MFLAGS")  # `make test ARGS=…` is handed on by these
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return kept | {
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "PIP_NO_COMPILE": "1",
        "PROTOCTL_CACHE_DIR": str(fresh_cache(folder / "cache")),
        "DOCKER_HOST": f"unix://{folder}/no-engine.sock",
    }


def write_programs(folder: Path, programs: Mapping[str, str | Path]) -> None:
    """Write scripts that start other programs."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, program in programs.items():
        (folder / name).write_text(f'#!/bin/sh\nexec "{program}" "$@"\n')
        (folder / name).chmod(0o755)


def copy_repository(folder: Path) -> Path:
    """Copy this repository as it stands, without what was made in it."""
    return Path(shutil.copytree(REPOSITORY, folder, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT)))


@pytest.mark.slow
@pytest.mark.registries
def test_the_readme(environment: Mapping[str, str], tmp_path: Path) -> None:
    """On a machine that never saw protoctl, beside a folder with protos; `make test` runs few tests."""
    shutil.copytree(REPOSITORY / "proto", tmp_path / "protos" / "proto")
    fresh = {"PROTOCTL_CACHE_DIR": str(tmp_path / "cache"), "ARGS": "tests/unit/versioning -n0"}
    run_page(REPOSITORY / "README.md", copy_repository(tmp_path / "protoctl"), {**environment, **fresh})


@pytest.mark.slow
@pytest.mark.registries
def test_the_tutorial(environment: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    run_page(DOCS / "tutorial.md", tmp_path / "shop", environment)


@pytest.mark.slow
@pytest.mark.registries
def test_contributing(environment: Mapping[str, str], tmp_path: Path) -> None:
    """In a copy whose `.venv` starts the programs of this one."""
    root = copy_repository(tmp_path / "protoctl")
    names = ("protoctl", "pytest", "ruff", "lint-imports", "python")
    write_programs(root / ".venv/bin", {name: SCRIPTS / name for name in names})
    (root / ".venv/development").touch()
    run_page(REPOSITORY / "CONTRIBUTING.md", root, {**environment, "PYTHONPATH": str(root)})


@pytest.mark.registries
@pytest.mark.parametrize(
    "page",
    [
        *("ci.md", "configuration.md", "indexes.md", "packages.md", "toolchain.md", "versions.md"),
        *(pytest.param(page, marks=pytest.mark.slow) for page in ("json.md", "verify.md")),
    ],
)
def test_a_page_about_the_sample(page: str, environment: Mapping[str, str], sample: Sample, tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "acme")
    shutil.copytree(sample.dist, root / "dist")
    run_page(DOCS / page, root, environment)


@pytest.mark.slow
@pytest.mark.registries
def test_the_page_about_publishing(environment: Mapping[str, str], tmp_path: Path) -> None:
    run_page(DOCS / "publish.md", copy_sample(tmp_path / "acme"), environment)


@pytest.mark.slow
@pytest.mark.registries
def test_the_page_about_the_supply_chain(environment: Mapping[str, str], sample: Sample, tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "acme")
    shutil.copytree(sample.dist, root / "dist")
    run_page(DOCS / "supply-chain.md", root, environment)


@pytest.mark.slow
@pytest.mark.registries
def test_the_page_about_watching(environment: Mapping[str, str], sample: Sample, tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "acme")
    shutil.copytree(sample.dist, root / "dist")
    run_page(DOCS / "watch.md", root, environment)


@pytest.mark.slow
def test_the_page_about_clusters(script: ScriptedCluster, environment: Mapping[str, str], tmp_path: Path) -> None:
    root = copy_sample(tmp_path / "acme")
    with (root / "protoctl.toml").open("a") as stream:
        stream.write(f'\n[cache]\nremote = "{script.address}"\n')
    run_page(DOCS / "remote.md", root, environment)
    assert script.results


@pytest.mark.engine
@pytest.mark.xdist_group("engine")
@pytest.mark.registries
def test_the_page_about_docker(engine: Engine, locked: Locked, environment: Mapping[str, str], tmp_path: Path) -> None:
    """The engine has the layers of the locked image, so that its image is made quickly."""
    del locked
    base, registry = (os.environ[name] for name in VARIABLES)
    root = make_workspace(tmp_path / "acme", base, f"{registry}/acme/documented")
    run_page(DOCS / "docker.md", root, {**environment, "DOCKER_HOST": engine.address})


@pytest.mark.parametrize("page", ["commands.md", "configuration.md", "rules.md"])
def test_lists_are_those_of_the_code(page: str) -> None:
    """`PROTOCTL_REFRESH=1 pytest` writes them."""
    fresh = lists.refresh(DOCS / page)
    if "PROTOCTL_REFRESH" in os.environ:
        (DOCS / page).write_text(fresh)
    assert "<!-- generated: " in fresh
    assert (DOCS / page).read_text() == fresh


def test_every_exit_code_is_documented() -> None:
    table = re.findall(r"^\| ([\d, ]+) \|", (DOCS / "json.md").read_text(), re.MULTILINE)
    documented = {int(code) for row in table for code in row.split(",")}
    assert documented == {0, 1, 130, 143} | {error.exit_code for error in subclasses(ProtoctlError)}


def subclasses(kind: type[ProtoctlError]) -> Iterator[type[ProtoctlError]]:
    """Give a class of errors and all below it."""
    yield kind
    for inner in kind.__subclasses__():
        yield from subclasses(inner)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {(REPOSITORY / link).resolve() for link in links(REPOSITORY / "README.md")}
    assert set(PAGES) - linked == {REPOSITORY / "README.md", REPOSITORY / "changelog.d/README.md"}


def test_commands_options_and_verbs_that_pages_name_exist() -> None:
    """In running text; what stands in fences is run."""
    verbs = re.findall(r"^\.PHONY: (.*)$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)[0].split()
    seen = 0
    for page, text in inline_code(PAGES):
        words = text.split()
        if words[0] == "make" and len(words) > 1:
            assert words[1] in verbs, f"{page}: {text}"
        elif words[0] == "protoctl" and len(words) > 1:
            assert words[1] in find_commands(), f"{page}: {text}"
            for option in re.findall(r"--[a-z-]+", text):
                assert re.search(rf"{option}\b", lists.help_text(words[1])), f"{page}: {text}"
        seen += words[0] in {"make", "protoctl"}
    assert seen > 20


def test_fragments_of_the_changelog_have_a_kind() -> None:
    fragments = [path for path in (REPOSITORY / "changelog.d").iterdir() if path.name != "README.md"]
    for path in fragments:
        assert FRAGMENT.fullmatch(path.name), path.name
        assert path.read_text().strip(), path.name
