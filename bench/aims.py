"""What protoctl is meant to reach, and whether what is kept shows that it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.corpora import TREES
from bench.growth import growth_exponent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bench.results import Kept, Score

    Find = Callable[[Mapping[str, Kept]], "Reached | None"]
    Place = tuple[str, str]

SMALLEST = 100
"""Files of the smallest tree of which growth is told: below that, starting is what takes time."""


@dataclass(frozen=True)
class Reached:
    """What was measured for an aim."""

    value: float
    """In the aim's unit."""
    is_most: bool = False
    """Whether it may be less, because what it is compared with was stopped."""


@dataclass(frozen=True)
class Aim:
    """One line of the table of aims."""

    text: str
    """What is compared with what."""
    most: float
    """The aim."""
    find: Find
    """Gives what was reached; None when a race of it was not run, or was stopped."""
    unit: str = ""
    """Of both numbers; empty for a ratio."""


def find_score(kept: Mapping[str, Kept], place: Place) -> Score | None:
    """Give the score of a contender in a race."""
    race, key = place
    return kept[race].score(key) if race in kept else None


def times(ours: Place, theirs: Place) -> Find:
    """Give what finds the ratio of two medians of time."""

    def find(kept: Mapping[str, Kept]) -> Reached | None:
        """Divide."""
        one, other = find_score(kept, ours), find_score(kept, theirs)
        if not one or not other or one.is_stopped:
            return None
        return Reached(one.time / other.time, other.is_stopped)

    return find


def peaks(ours: Place, theirs: Place) -> Find:
    """Give what finds the ratio of two peaks of memory."""

    def find(kept: Mapping[str, Kept]) -> Reached | None:
        """Divide."""
        one, other = find_score(kept, ours), find_score(kept, theirs)
        if not one or not other or not one.peak or not other.peak:
            return None
        return Reached(one.peak / other.peak, other.is_stopped)

    return find


def seconds(ours: Place) -> Find:
    """Give what finds a median of time."""

    def find(kept: Mapping[str, Kept]) -> Reached | None:
        """Look it up."""
        one = find_score(kept, ours)
        return Reached(one.time) if one else None

    return find


def growth(key: str) -> Find:
    """Give what finds the exponent by which a contender's time grows with the generated trees."""

    def find(kept: Mapping[str, Kept]) -> Reached | None:
        """Fit a line."""
        points = [point for point in growth_points(kept, key) if point[0] >= SMALLEST]
        return Reached(growth_exponent(points)) if len(points) == len(TREES) - 1 else None

    return find


def growth_points(kept: Mapping[str, Kept], key: str) -> list[tuple[int, float]]:
    """Give files and seconds of a contender on each generated tree, smallest first."""
    found = [(kept[tree.name].files, find_score(kept, (tree.name, key))) for tree in TREES if tree.name in kept]
    return [(files, score.time) for files, score in found if score and not score.is_stopped]


def container_cost(kept: Mapping[str, Kept]) -> Reached | None:
    """Give by how many seconds a build in a container takes more than 1.1 times a local one."""
    docker, local = find_score(kept, ("container", "docker")), find_score(kept, ("container", "local"))
    return Reached(docker.time - 1.1 * local.time) if docker and local else None


CLOUDFORET, APIS = ("cold-cloudforet", "ours"), ("cold-apis", "ours")
AIMS = (
    Aim(
        "cold, packed, to buf's default strategy, cloudforet",
        0.5,
        times(CLOUDFORET, ("cold-cloudforet", "buf-directory")),
    ),
    Aim("cold, packed, to buf's `strategy: all`, cloudforet", 0.8, times(CLOUDFORET, ("cold-cloudforet", "buf-all"))),
    Aim("cold, packed, to buf's default strategy, 7,000 files", 0.5, times(APIS, ("cold-apis", "buf-directory"))),
    Aim("cold, packed, to buf's `strategy: all`, 7,000 files", 0.8, times(APIS, ("cold-apis", "buf-all"))),
    Aim(
        "cold, generated code only, to one run of protoc, cloudforet",
        0.65,
        times(("cold-cloudforet", "ours-generation"), ("cold-cloudforet", "protoc")),
    ),
    Aim(
        "cold, generated code only, to one run of protoc, 7,000 files",
        0.65,
        times(("cold-apis", "ours-generation"), ("cold-apis", "protoc")),
    ),
    Aim("peak memory to buf's default strategy, 7,000 files", 0.5, peaks(APIS, ("cold-apis", "buf-directory"))),
    Aim("peak memory to buf's `strategy: all`, 7,000 files", 0.5, peaks(APIS, ("cold-apis", "buf-all"))),
    Aim("one file changed, 7,000 files, to cold", 0.05, times(("edit-apis", "field"), APIS)),
    Aim("one comment changed, 7,000 files, to cold", 0.05, times(("edit-apis", "comment"), APIS)),
    Aim("idle, 7,000 files", 0.4, seconds(("idle-apis", "ours")), "s"),
    Aim(
        "idle, sample workspace, to Python with typer and descriptor_pb2",
        2,
        times(("idle-sample", "ours"), ("idle-sample", "python")),
    ),
    Aim("growth from 100 to 10,000 files, exponent", 1.05, growth("ours")),
    Aim("second developer with a filled remote cache, to cold", 0.2, times(("remote", "second"), ("remote", "cold"))),
    Aim("compute.proto for Node", 5, seconds(("compute", "ours")), "s"),
    Aim("in a container, beyond 1.1 times a local build", 1, container_cost, "s"),
)
