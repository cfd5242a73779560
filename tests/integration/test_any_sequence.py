"""Whatever was built before, a build gives what a build from nothing gives, to the byte."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import REPOSITORY, fresh_cache

from protoctl.errors import ProtoctlError
from protoctl.flows.build import Choice, build
from protoctl.flows.session import Options
from protoctl.kit.files import read_tree
from protoctl.model.event import silent

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import Locked

MENDED = 0.6
"""How often a fault is undone at once, since most of the story is to be about builds."""
MODULES = ("alpha", "beta", "gamma", "delta", "omega")
"""Each may import those before it, so that some changes reach all and some reach one."""
CONFIGURATION = (REPOSITORY / "protoctl.toml").read_text().partition("\n[dependencies]")


@dataclass
class Story:
    """A workspace that is changed at random, and everything that has to be known to compare."""

    root: Path
    """The workspace."""
    folder: Path
    """Where clean builds happen."""
    chance: random.Random
    """What decides."""
    count: int = 0
    """Of changes; makes names unique."""
    log: list[str] = field(default_factory=list)
    """What was done, for whoever has to find out why."""
    past: list[dict[str, bytes]] = field(default_factory=list)
    """Protos as they were."""
    runners: tuple[str, ...] = ("local",)
    """Where builds may run; each is chosen anew."""
    is_configured: bool = True
    """Whether the configuration may change."""

    @property
    def proto(self) -> Path:
        """The include root."""
        return self.root / "proto"

    def files(self) -> list[Path]:
        """Give every proto."""
        return sorted(self.proto.rglob("*.proto"))

    def pick(self) -> Path:
        """Give any proto."""
        return self.chance.choice(self.files())

    def number(self) -> int:
        """Give a number that was never given."""
        self.count += 1
        return self.count


def begin(root: Path, folder: Path, seed: int) -> Story:
    """Give a workspace of five modules with two files each."""
    (root / "proto").mkdir(parents=True)
    if not (root / "protoctl.toml").exists():
        write_configuration(root, "")
    if not (root / "protoctl.lock").exists():
        shutil.copytree(REPOSITORY / "build", root / "build")
        shutil.copy(REPOSITORY / "protoctl.lock", root)
    story = Story(root, folder, random.Random(seed))  # noqa: S311  no secret
    for at, module in enumerate(MODULES):
        for name in ("main", "more"):
            imported = [f"acme/{MODULES[at - 1]}/v1/main.proto"] if at and name == "main" else []
            write_proto(story, f"acme/{module}/v1/{name}.proto", imported)
    return story


def write_configuration(root: Path, more: str) -> None:
    """Configure as this repository is, so that its lock fits, with some tables more."""
    dependencies = CONFIGURATION[2].partition("\n[")[0]
    head = '[workspace]\nname = "acme"\nmodules = ["acme/*"]\n'
    (root / "protoctl.toml").write_text(f"{head}\n{more}\n[dependencies]{dependencies}\n")


def write_proto(story: Story, path: str, imports: list[str]) -> None:
    """Write a proto with a message, an enum and a service that uses what it imports."""
    package = path.rpartition("/")[0].replace("/", ".")
    title = f"{Path(path).stem.title()}{story.number()}"
    uses = [
        f"  {one.rpartition('/')[0].replace('/', '.')}.{first_message(story, one)} f{number} = {number};"
        for number, one in enumerate(imports, 10)
    ]
    lines = ['syntax = "proto3";', f"package {package};", *(f'import "{one}";' for one in imports)]
    lines += [f"// About {title}.", f"message {title} {{", "  string name = 1;", *uses, "}"]
    lines += [f"enum {title}Kind {{ {title.upper()}_KIND_UNSPECIFIED = 0; }}"]
    lines += [f"service {title}Service {{ rpc Get({title}) returns ({title}); }}", ""]
    (story.proto / path).parent.mkdir(parents=True, exist_ok=True)
    (story.proto / path).write_text("\n".join(lines))


def first_message(story: Story, path: str) -> str:
    """Give the name of the first message of a proto."""
    lines = (story.proto / path).read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith("message "))


def add_field(story: Story) -> str:
    """Add a field to a message."""
    path, number = story.pick(), story.number() + 100
    path.write_text(
        path.read_text().replace("  string name = 1;", f"  string name = 1;\n  int32 x{number} = {number};", 1)
    )
    return f"field in {path.relative_to(story.root)}"


def add_comment(story: Story) -> str:
    """Change a comment, which reaches nobody else."""
    path = story.pick()
    path.write_text(path.read_text().replace("// About", f"// Note {story.number()}.\n// About", 1))
    return f"comment in {path.relative_to(story.root)}"


def add_blank(story: Story) -> str:
    """Move everything down a line."""
    path = story.pick()
    path.write_text(path.read_text() + "\n")
    return f"blank line in {path.relative_to(story.root)}"


def touch(story: Story) -> str:
    """Change nothing but a time."""
    path = story.pick()
    os.utime(path)
    return f"touch {path.relative_to(story.root)}"


def add_message(story: Story) -> str:
    """Add a message, sometimes with a name that stands elsewhere in the same proto_package."""
    path = story.pick()
    name = "Same" if story.chance.random() < 0.3 else f"New{story.number()}"
    path.write_text(f"{path.read_text()}message {name} {{}}\n")
    return f"message {name} in {path.relative_to(story.root)}"


def add_import(story: Story) -> str:
    """Import another proto, which may make a circle."""
    path, other = story.pick(), story.pick()
    if other == path:
        return "nothing"
    name = other.relative_to(story.proto).as_posix()
    package = name.rpartition("/")[0].replace("/", ".")
    text = path.read_text()
    number = story.number() + 100
    user = f"message Uses{number} {{ {package}.{first_message(story, name)} one = 1; }}\n"
    if f'"{name}"' not in text:
        head, _, rest = text.partition(";\n")
        text = f'{head};\nimport "{name}";\n{rest}'
    path.write_text(text + user)
    return f"import of {name} in {path.relative_to(story.root)}"


def rename_message(story: Story) -> str:
    """Rename a message, which may break those who use it."""
    path = story.pick()
    name = path.relative_to(story.proto).as_posix()
    old, new = first_message(story, name), f"Other{story.number()}"
    everybody = story.chance.random() < 0.7
    for one in story.files() if everybody else [path]:
        one.write_text(one.read_text().replace(old, new))
    return f"rename {old} to {new} {'everywhere' if everybody else 'in ' + name}"


def add_file(story: Story) -> str:
    """Add a proto, at times in a new module."""
    module = story.chance.choice([*MODULES, f"extra{story.number()}"])
    path = f"acme/{module}/v1/f{story.number()}.proto"
    write_proto(story, path, [])
    return f"new {path}"


def delete_file(story: Story) -> str:
    """Delete a proto, whoever imports it."""
    path = story.pick()
    path.unlink()
    return f"delete {path.relative_to(story.root)}"


def move_file(story: Story) -> str:
    """Rename a proto."""
    path = story.pick()
    path.rename(path.with_name(f"moved{story.number()}.proto"))
    return f"move {path.relative_to(story.root)}"


def revert(story: Story) -> str:
    """Go back to what was, with new times, as a checkout does."""
    shutil.rmtree(story.proto)
    for path, data in story.chance.choice(story.past).items():
        (story.proto / path).parent.mkdir(parents=True, exist_ok=True)
        (story.proto / path).write_bytes(data)
    return "revert"


def configure(story: Story) -> str:
    """Change what packages are called or how they look, or go back."""
    if not story.is_configured:
        return "nothing"
    more = story.chance.choice(["", '[node]\nint64 = "string"\n', '[python]\nprefix = "stubs"\n'])
    write_configuration(story.root, more)
    return f"configure {more!r}"


def damage_cache(story: Story) -> str:
    """Cut, change or remove some entries of the cache."""
    entries = [path for path in (cache(story) / "results").rglob("*") if path.is_file() and len(path.name) == 64]
    for path in story.chance.sample(entries, min(5, len(entries))):
        data = path.read_bytes()
        how = story.chance.randrange(3)
        if how == 0:
            path.unlink()
        else:
            path.write_bytes(data[: len(data) // 2] if how == 1 else data[:-1] + bytes([data[-1] ^ 1]))
    return "damage the cache"


def damage_dist(story: Story) -> str:
    """Change a finished package, or remove all."""
    found = sorted(path for path in (story.root / "dist").rglob("*.*") if path.is_file())
    if found and story.chance.random() < 0.7:
        path = story.chance.choice(found)
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        return f"damage {path.name}"
    shutil.rmtree(story.root / "dist", ignore_errors=True)
    return "remove dist"


def forget(story: Story) -> str:
    """Remove what is remembered, or damage it."""
    for path in (story.root / ".protoctl/builds").glob("*.state"):
        path.write_bytes(path.read_bytes()[: story.chance.randrange(200)])
    return "damage the memory"


def kill(story: Story) -> str:
    """Change something and kill the build of it at any moment."""
    change = add_field(story)
    argv = [sys.executable, "-m", "protoctl", "build", "--runner", "local", "--workspace", str(story.root)]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PROTOCTL_CACHE_DIR": str(cache(story))}
    with subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(story.chance.uniform(0.1, 1.2))
        except subprocess.TimeoutExpired:
            process.send_signal(story.chance.choice([signal.SIGKILL, signal.SIGINT]))
        process.wait()
    return f"{change}, killed"


def build_part(story: Story) -> str:
    """Change something and build one module in one language only."""
    change = add_field(story)
    modules = sorted({path.relative_to(story.proto / "acme").parts[0] for path in story.files()})
    module, target = story.chance.choice(modules), story.chance.choice(["python", "node"])
    outcome = make(story.root, cache(story), Choice(story.root / "dist", (module,), (target,)))
    return f"{change}, built {module} for {target}: {outcome or 'done'}"


EDITS = (add_field, add_comment, add_blank, touch, add_message, add_import, rename_message)
CHANGES: tuple[Callable[[Story], str], ...] = (
    *EDITS,
    *EDITS,
    *(add_file, delete_file, move_file, revert, configure, damage_cache, damage_dist, forget, kill, build_part),
)


def cache(story: Story) -> Path:
    """Give the cache that lives as long as the story."""
    return story.folder / "cache"


def make(root: Path, cache: Path, choice: Choice, runner: str = "local") -> str:
    """Build, and give what is wrong."""
    options = Options(cache, runner=runner, offline=runner == "local")
    try:
        build(root, options, choice, silent)
    except ProtoctlError as error:
        return f"{type(error).__name__}: {error}"
    return ""


def tell(story: Story, seed: int, length: int) -> None:
    """Change the workspace again and again, and compare each build with one from nothing."""
    fresh_cache(cache(story))
    story.past.append(read_tree(story.proto))
    known: dict[str, tuple[str, dict[str, bytes]]] = {}
    is_broken = False
    for _ in range(length):
        is_mended = is_broken and story.chance.random() < MENDED
        story.log.append((revert if is_mended else story.chance.choice(CHANGES))(story))
        if not story.files():
            revert(story)
        runner = story.chance.choice(story.runners)
        said = make(story.root, cache(story), Choice(story.root / "dist"), runner)
        key = repr((sorted(read_tree(story.proto).items()), (story.root / "protoctl.toml").read_text()))
        if key not in known:
            shutil.rmtree(story.folder / "clean", ignore_errors=True)
            clean = story.folder / "clean/dist"
            known[key] = make(story.root, fresh_cache(story.folder / "clean/cache"), Choice(clean)), read_tree(clean)
        expected, tree = known[key]
        story.log[-1] += f" → {said or 'built'} ({runner})"
        history = f"seed {seed}:\n" + "\n".join(story.log)
        assert said == expected, history
        is_broken = bool(said)
        if not said:
            story.past.append(read_tree(story.proto))
            found = read_tree(story.root / "dist")
            assert sorted(found) == sorted(tree), history
            assert [path for path in tree if found[path] != tree[path]] == [], history
            assert make(story.root, story.folder / "nowhere", Choice(story.root / "dist")) == "", history


@pytest.mark.parametrize("seed", [1])
def test_a_short_sequence(tmp_path: Path, seed: int) -> None:
    tell(begin(tmp_path / "acme", tmp_path, seed), seed, 6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 8))
def test_a_long_sequence(tmp_path: Path, seed: int) -> None:
    tell(begin(tmp_path / "acme", tmp_path, seed), seed, 40)


@pytest.mark.slow
@pytest.mark.engine
@pytest.mark.registries
@pytest.mark.xdist_group("engine")
def test_runners_take_turns(locked: Locked, tmp_path: Path) -> None:
    """What one made serves the other."""
    root = tmp_path / "acme"
    root.mkdir()
    for name in ("protoctl.toml", "protoctl.lock"):
        shutil.copy(locked.root / name, root)
    shutil.copytree(locked.root / "build", root / "build")
    story = begin(root, tmp_path, 8)
    story.runners, story.is_configured = ("docker", "local"), False
    tell(story, 8, 20)
