"""What a release costs against devpi, pypiserver and Verdaccio: requests, which a relay counts, and time.

With `PROTOCTL_REFRESH` set the figures are written to `bench/RELEASING.md`.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass, field
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, Protoctl, Workspace, copy_sample, fresh_cache
from counting import counted
from registries import PASSWORD, USER, Registry, registry_tests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

pytestmark = [*registry_tests, pytest.mark.slow]
PAGE = REPOSITORY / "bench/RELEASING.md"
RULE = "| - | -: | -: | -: | -: | -: |\n"
"""Below the head of the table."""
TRIES = 5
"""Of a release with nothing to do."""
PYTHON_REQUESTS = 8
"""To an index for a wheel and an sdist: three listings, the upload and the bytes of each, and one of a new name."""
NODE_REQUESTS = 8
"""To a registry for a tarball: four listings, the upload, the bytes, a dist-tag, and who asks."""


@dataclass(frozen=True)
class Relays:
    """Indexes behind relays."""

    tables: str
    """`[indexes.*]` of the configuration."""
    variables: Mapping[str, str]
    """The credentials of who publishes."""
    asked: Mapping[str, list[str]]
    """Index to requests."""

    def take(self) -> dict[str, int]:
        """Give index → requests since the last time."""
        found = {name: len(asked) for name, asked in self.asked.items()}
        for asked in self.asked.values():
            asked.clear()
        return found


@dataclass(frozen=True)
class Run:
    """What a release took."""

    seconds: float
    processor: float
    """Seconds of all processes."""
    requests: Mapping[str, int]
    """By index."""


@dataclass(frozen=True)
class Figures:
    """Lines of the table."""

    lines: list[str] = field(default_factory=list)

    def add(self, what: str, *runs: Run) -> None:
        """Add a line with medians."""
        seconds, processor = (median(getattr(run, name) for run in runs) for name in ("seconds", "processor"))
        cells = [what, f"{seconds:.2f}", f"{processor:.2f}", *map(str, runs[-1].requests.values())]
        self.lines.append(f"| {' | '.join(cells)} |\n")


@pytest.fixture(scope="module")
def relays(devpi: Registry, pypiserver: Registry, verdaccio: Registry) -> Iterator[Relays]:
    """Give a relay before each registry."""
    tables = ""
    variables: dict[str, str] = {}
    asked: dict[str, list[str]] = {}
    with ExitStack() as stack:
        for name, registry in {"devpi": devpi, "pypiserver": pypiserver, "verdaccio": verdaccio}.items():
            relay, asked[name] = stack.enter_context(counted(registry.url))
            url, uploads = (one.replace(origin(registry.url), relay) for one in (registry.url, registry.uploads))
            tables += f'\n[indexes.{name}]\nkind = "{registry.kind}"\nurl = "{url}"\nupload-url = "{uploads}"\n'
            variables |= {f"PROTOCTL_INDEX_{name.upper()}_{key}": word for key, word in login(registry).items()}
        yield Relays(tables, variables, asked)


def origin(url: str) -> str:
    """Give scheme, host and port."""
    return "/".join(url.split("/")[:3])


def login(registry: Registry) -> dict[str, str]:
    """Give the variables that open a registry, without their beginning."""
    if registry.kind == "npm":
        return {"TOKEN": (registry.folder / ".npmrc").read_text().strip().rpartition("=")[2]}
    return {"USERNAME": USER, "PASSWORD": PASSWORD}


@pytest.fixture(scope="module")
def figures() -> Iterator[Figures]:
    """Give what collects lines, and write them where that is asked for."""
    found = Figures()
    yield found
    if "PROTOCTL_REFRESH" in os.environ:
        PAGE.write_text(PAGE.read_text().partition(RULE)[0] + RULE + "".join(found.lines))


def make_sample(root: Path) -> str:
    """Write the sample workspace under a name of its own, and give the proto that changes."""
    file = copy_sample(root) / "protoctl.toml"
    file.write_text(file.read_text().replace('name = "acme"', 'name = "sampled"'))
    return "acme/secret/v1/secret.proto"


def make_fifty(root: Path) -> str:
    """Write fifty modules, of which each but the first needs another one, and give the proto that changes."""
    workspace = Workspace(root)
    workspace.configure('[workspace]\nname = "fifty"\nmodules = ["fifty/*"]\n')
    workspace.proto("fifty/m00/v1/m.proto", "message M {\n  string id = 1;\n}")
    for number in range(1, 50):
        name, needed = f"m{number:02}", f"m{number // 2:02}"
        message = f"message M {{\n  string id = 1;\n  fifty.{needed}.v1.M parent = 2;\n}}"
        body = f"{message}\nservice S {{\n  rpc Get(M) returns (M);\n}}"
        workspace.proto(f"fifty/{name}/v1/m.proto", body, imports=(f"fifty/{needed}/v1/m.proto",))
    return "fifty/m49/v1/m.proto"


@dataclass(frozen=True)
class Example:
    """A workspace to release."""

    make: Callable[[Path], str]
    """Writes it and gives the proto that changes."""
    count: int
    """Its modules."""
    needed: int
    """The modules that the changing one needs, directly or not."""


SAMPLE, FIFTY = Example(make_sample, 5, 1), Example(make_fifty, 50, 6)


@dataclass(frozen=True)
class Publisher:
    """Publishes a workspace that knows no results of others."""

    root: Path
    program: Protoctl
    relays: Relays

    def run(self, *arguments: str) -> Run:
        """Publish, and see what that takes; byte code is kept, as installed programs have it."""
        before, start = getrusage(RUSAGE_CHILDREN), perf_counter()
        self.relays.take()
        done = self.program("publish", "--runner", "local", *arguments, cwd=self.root, PYTHONDONTWRITEBYTECODE="")
        assert done.code == 0, done.err
        seconds, after = perf_counter() - start, getrusage(RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Run(seconds, used, self.relays.take())


@pytest.mark.parametrize("example", [SAMPLE, FIFTY], ids=["sample", "fifty"])
def test_indexes_are_asked_little(
    example: Example, relays: Relays, figures: Figures, protoctl: Protoctl, tmp_path: Path
) -> None:
    """Only about modules that are new more is asked than what there is; what they need is fetched to try them."""
    root, count = tmp_path / "workspace", example.count
    changing = example.make(root)
    (root / "protoctl.toml").write_text((root / "protoctl.toml").read_text() + relays.tables)
    cache = {"PROTOCTL_CACHE_DIR": str(fresh_cache(tmp_path / "cache"))}
    publisher = Publisher(root, Protoctl({**protoctl.environment, **relays.variables, **cache}), relays)
    first = publisher.run("--initial")
    figures.add(f"{count} modules, the first release", first)
    idle = [publisher.run() for _ in range(TRIES)]
    figures.add(f"{count} modules, nothing to do but to read what was released", idle[0])
    figures.add(f"{count} modules, nothing to do", *idle[1:])
    with (root / "proto" / changing).open("a") as stream:
        stream.write("\nmessage Added {}\n")
    changed = publisher.run()
    figures.add(f"{count} modules, one changed", changed)
    limits = {"devpi": PYTHON_REQUESTS, "pypiserver": PYTHON_REQUESTS, "verdaccio": NODE_REQUESTS}
    for name, limit in limits.items():
        assert idle[0].requests[name] <= 2 * count
        assert {run.requests[name] for run in idle[1:]} == {count}
        assert changed.requests[name] <= count - 1 + limit + example.needed
        assert first.requests[name] <= count * limit
