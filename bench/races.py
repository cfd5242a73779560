"""Which contenders run against each other, on what, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.comparing import compare_all, compare_one
from bench.container import contain
from bench.corpora import COMMON, REAL, SAMPLE, TREES, Corpus, grown
from bench.google_apis import APIS, COMPUTE, GOOGLE
from bench.ground import lay
from bench.ours import Ours, add_comment, add_field
from bench.peers import Peers
from bench.remote import share
from bench.starting import start_python

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.contenders import Contender
    from bench.equipment import Equipment
    from bench.ground import Ground

    Enter = Callable[[Ground, Equipment, Sequence[str]], list[Contender]]

SERVICE = "spaceone/api/identity/v2/user.proto"
"""In the largest module; four files import it."""
SHARED = "spaceone/api/core/v2/query.proto"
"""Three quarters of the tree import it."""
LEAF = "google/cloud/secretmanager/v1/resources.proto"
"""In a module that no other needs."""
NEEDED = "google/ads/googleads/v25/common/bidding.proto"
"""In a module that four others need, of 500 files."""
PATIENCE = 240.0
"""Seconds after which a peer that takes minutes is stopped."""


@dataclass(frozen=True)
class Race:
    """Contenders on one corpus, measured in turns."""

    name: str
    """As `--only` takes it."""
    title: str
    """Above the table."""
    corpus: Corpus
    """What is built."""
    enter: Enter
    """Gives the contenders, ready to run; raises AbsentError when something is missing here."""
    reference: str = ""
    """The contender to whose time ratios are given, or nothing."""
    seconds: float = 30
    """After which no further round begins; every contender has one."""
    targets: tuple[str, ...] = ()
    """Output languages; empty means those that were asked for."""


def cold(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter everybody."""
    ours, peers = Ours(ground, targets), Peers(ground, equipment, targets)
    others = [peers.buf("all"), peers.buf("directory"), peers.protoc_apart(), peers.protoc()]
    return [ours.cold(), ours.generation(), *others]


def cold_large(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter everybody, of the two ways to run protoc the usual one; the finished build is left for other races."""
    ours, peers = Ours(ground, targets), Peers(ground, equipment, targets, PATIENCE)
    return [ours.generation(), ours.cold(), peers.buf("all"), peers.buf("directory"), peers.protoc()]


def grow(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter whoever's time can grow with the number of files."""
    peers = Peers(ground, equipment, targets, PATIENCE)
    return [Ours(ground, targets).cold(), peers.buf("all"), peers.protoc()]


def divide(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter protoctl on the same number of files in fewer and in more modules."""
    found = []
    for count in (1, 10, 100):
        there = lay(grown(len(ground.files), count), equipment)
        name = f"protoctl build, in {count} module{'s'[: count > 1]}"
        found.append(replace(Ours(there, targets).cold(), key=f"ours-{count}", name=name))
    return found


def huge(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter protoctl and the plugin itself."""
    return [Ours(ground, targets).cold(), Peers(ground, equipment, targets, PATIENCE).protoc()]


def idle(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter protoctl on a finished build, beside what no program in Python does without."""
    del equipment
    ours = Ours(ground, targets)
    ours.build()
    return [ours.idle(), start_python(ground)]


def edit(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter protoctl on a finished build, of which one proto is changed before each run."""
    del equipment
    ours = Ours(ground, targets)
    ours.build()
    return [
        ours.edited("field", "a field added to one proto", SERVICE, add_field),
        ours.edited("comment", "a comment added to one proto", SERVICE, add_comment),
        ours.edited("shared", "a field added to a proto that 120 import", SHARED, add_field),
        ours.renumbered(),
    ]


def edit_large(ground: Ground, equipment: Equipment, targets: Sequence[str]) -> list[Contender]:
    """Enter the same on a tree of many modules."""
    del equipment
    ours = Ours(ground, targets)
    ours.build()
    return [
        ours.edited("field", "a field added to a proto of a leaf", LEAF, add_field),
        ours.edited("comment", "a comment added to a proto of a leaf", LEAF, add_comment),
        ours.edited("needed", "a field added to a proto that four modules need", NEEDED, add_field),
    ]


BUILDS = (
    Race("cold-sample", "Cold build", SAMPLE, cold, "buf-all"),
    Race("cold-cloudforet", "Cold build", REAL, cold, "buf-all", 75),
    Race("cold-apis", "Cold build", APIS, cold_large, "buf-all"),
    Race("compute", "One file with 2,039 messages and 511 enums, Node", COMPUTE, huge, "protoc", targets=("node",)),
    Race("edit-cloudforet", "One proto changed", REAL, edit),
    Race("edit-apis", "One proto changed", APIS, edit_large),
    Race("idle-sample", "Nothing changed", SAMPLE, idle, "python"),
    Race("idle-cloudforet", "Nothing changed", REAL, idle, "python"),
    Race("idle-apis", "Nothing changed", APIS, idle, "python"),
    Race("container", "Cold build in a container", REAL, contain, "local"),
    Race("remote", "What another has built", REAL, share, "cold"),
    Race("modules", "In fewer and in more modules", grown(100, 10), divide, "ours-10"),
    *(Race(corpus.name, "Cold build", corpus, grow, "buf-all") for corpus in TREES),
)
COMPARISONS = (
    Race("compare-common", "Every file edited", COMMON, compare_all, "buf", 20),
    Race("compare-cloudforet", "Every file edited", REAL, compare_all, "buf"),
    Race("compare-module", "One module edited", REAL, compare_one, "buf"),
    Race("compare-google", "Every file edited", GOOGLE, compare_all, "buf"),
    Race("compare-google-module", "One module edited", GOOGLE, compare_one, "buf"),
)
RACES = (*BUILDS, *COMPARISONS)
