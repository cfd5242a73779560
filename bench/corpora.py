"""The proto trees that are built, and the folders in which each contender finds them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.workspace.imports import read_imports
from protoctl.workspace.known_owners import REGISTERED

if TYPE_CHECKING:
    from collections.abc import Sequence

REPOSITORY = Path(__file__).parent.parent
CLOUDFORET = REPOSITORY.parent / "shared/corpora/cloudforet/proto"


@dataclass(frozen=True)
class Corpus:
    """A proto tree and how it is configured."""

    name: str
    """As tables print it."""
    proto: Path
    """The include root."""
    workspace: str
    """The name in `protoctl.toml`."""
    modules: str
    """The glob of its modules."""
    exclude: tuple[str, ...] = ()
    """Files and folders below the root that no contender sees."""


COMMON = Corpus("googleapis-common-protos", Path(), "google", "google/*")
"""What the toolchain has of Google's protos; its place is known once that is installed."""
GOOGLE = Corpus("google-proto-files", Path(), "google", "*/*", ("google/protobuf", "google/cloud/run/v2", "gapic"))
"""Google's public APIs, of npm; left out are what every compiler has, and a folder with a name that is refused."""
SAMPLE = Corpus("sample", REPOSITORY / "proto", "acme", "acme/*")
REAL = Corpus(
    "cloudforet",
    CLOUDFORET,
    "spaceone",
    "spaceone/api/*",
    (  # one declares the wrong proto_package, two repeat messages of another file: they cannot be built with the others
        "spaceone/api/alert_manager/plugin/webhook.proto",
        "spaceone/api/identity/plugin/external_auth.proto",
        "spaceone/api/inventory_v2/v1/metric_data.proto",
    ),
)


@dataclass(frozen=True)
class Ground:
    """A corpus laid out in a folder of its own, for all contenders alike."""

    root: Path
    """Holds `proto/`, `third_party/`, and the configuration of protoctl and buf."""
    files: tuple[str, ...]
    """Paths of the protos below `proto/`, sorted."""
    modules: int
    """How many modules they make."""


def lay(corpus: Corpus, root: Path, foreign: Path) -> Ground:
    """Copy a corpus into an emptied folder, with the imports that it does not hold taken from `foreign`."""
    shutil.rmtree(root, ignore_errors=True)
    copy_protos(corpus.proto, root / "proto")
    for path in corpus.exclude:
        if (root / "proto" / path).is_dir():
            shutil.rmtree(root / "proto" / path)
        else:
            (root / "proto" / path).unlink()
    files = sorted(path.relative_to(root / "proto").as_posix() for path in root.glob("proto/**/*.proto"))
    copy_imports(files, root, foreign)
    write_configuration(corpus, root)
    return Ground(root, tuple(files), len(list((root / "proto").glob(corpus.modules))))


def copy_protos(source: Path, target: Path) -> None:
    """Copy every proto below a folder, under the path by which others import it."""
    for path in sorted(source.rglob("*.proto")):
        name = path.relative_to(source).as_posix()
        copy = target / REGISTERED.get(name, name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)


def copy_imports(files: Sequence[str], root: Path, foreign: Path) -> None:
    """Copy into `third_party/` what the files import and the corpus lacks; protoc knows `google/protobuf` itself."""
    waiting = [(root / "proto" / path) for path in files]
    while waiting:
        for one in read_imports(waiting.pop().read_text()):
            source, target = foreign / one.path, root / "third_party" / one.path
            if source.is_file() and not target.exists() and not (root / "proto" / one.path).exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
                waiting.append(target)


def write_configuration(corpus: Corpus, root: Path) -> None:
    """Write `protoctl.toml` and `buf.yaml`; the toolchain is the repository's."""
    shutil.copytree(REPOSITORY / "build", root / "build")
    shutil.copy(REPOSITORY / "protoctl.lock", root)
    owners = (REPOSITORY / "protoctl.toml").read_text().partition("[dependencies]")[2].partition("\n[")[0]
    head = f'[workspace]\nname = "{corpus.workspace}"\nmodules = ["{corpus.modules}"]\n\n[dependencies]'
    (root / "protoctl.toml").write_text(head + owners)
    roots = [name for name in ("proto", "third_party") if (root / name).is_dir()]
    (root / "buf.yaml").write_text("\n".join(["version: v2", "modules:", *(f"  - path: {name}" for name in roots), ""]))
