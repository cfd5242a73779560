"""Yank: installers pass over a version on every index that can withdraw it, and those who need it are named."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from protoctl.errors import ArtifactError, PackageIndexError, UsageError
from protoctl.flows.catalogue import find_distribution, read_histories
from protoctl.flows.released import fetch_packages
from protoctl.flows.session import Session
from protoctl.flows.standings import read_bounds
from protoctl.model.event import Event, Level, silent
from protoctl.publishing.withdrawal import find_dependant, is_latest, next_latest
from protoctl.targets import load_target, target_names
from protoctl.versioning.dist_tag import LATEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protoctl.flows.published import Offer, Published
    from protoctl.flows.session import Options
    from protoctl.model.event import Emit
    from protoctl.model.index import Listed
    from protoctl.model.workspace import Workspace
    from protoctl.publishing.withdrawal import Dependant
    from protoctl.versioning.release import Release


class State(Enum):
    """What became of a version on an index."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    """It was so already."""
    FAILED = "failed"


@dataclass(frozen=True)
class Choice:
    """What is withdrawn, and why."""

    text: str
    """`NAME==VERSION`, the name that of a module or of one of its distributions; both languages are meant."""
    reason: str = ""
    """One line for whoever asks for the version; empty only when it is given back."""
    is_undo: bool = False
    """Whether an earlier withdrawal is taken back."""


@dataclass(frozen=True)
class Withdrawal:
    """What became of one distribution on one index."""

    index: str
    """Its name in the configuration."""
    distribution: str
    """As the index lists it."""
    version: str
    """As the index writes it."""
    state: State
    """What became of it there."""
    latest: str = ""
    """The version that npm's `latest` moved to; nothing when it stays."""
    said: str = ""
    """Why it failed, or what is left to do."""
    exit_code: int = 0
    """What a failure means for the whole, as in `errors`."""


@dataclass(frozen=True)
class Result:
    """What became of a version."""

    module: str
    """Its name."""
    version: str
    """PEP 440."""
    is_undo: bool
    """Whether it was given back."""
    withdrawals: tuple[Withdrawal, ...]
    """For each index and distribution that has it, Python's first."""
    dependants: tuple[Dependant, ...]
    """Last releases of other modules that are built on it; none when it is given back."""

    @property
    def exit_code(self) -> int:
        """0 when every index did it, else the code of what failed."""
        return max((one.exit_code for one in self.withdrawals), default=0)


def yank(workspace: Workspace, options: Options, choice: Choice, emit: Emit) -> Result:
    """Withdraw a version wherever it is, or give it back; what is so already stays, so that it can be run again.

    One index that cannot do it keeps no other from doing it. Raises UsageError for a reason that is missing, is more
    than a line or is not wanted, and what `find_distribution` raises.
    """
    check_reason(choice)
    history, release = find_distribution(workspace, choice.text, options, emit)
    withdrawals = tuple(withdraw(group, history, choice, emit) for group in group_offers(history, release))
    session = Session(workspace, options, emit)
    dependants = () if choice.is_undo else tuple(find_dependants(session, history, release))
    return Result(history.module, release.python, choice.is_undo, withdrawals, dependants)


def check_reason(choice: Choice) -> None:
    """Raise UsageError for a reason that cannot be shown, is missing, or has nothing to explain."""
    if choice.is_undo and choice.reason:
        raise UsageError("a version that is given back needs no reason", hint="leave out --reason")
    if not choice.is_undo and not choice.reason.strip():
        hint = "say with --reason what consumers should know"
        raise UsageError("a version is withdrawn for a reason", hint=hint)
    if not choice.reason.isprintable():
        raise UsageError("the reason is more than one line of text", hint="write one sentence")


def group_offers(history: Published, release: Release) -> list[list[Offer]]:
    """Give the files of a version, those of one distribution on one index together, Python's first."""
    groups: dict[tuple[str, str, str], list[Offer]] = {}
    publication = history.find(release)
    for offer in publication.offers if publication else ():
        groups.setdefault((offer.index.name, offer.target, offer.listed.version), []).append(offer)
    return [groups[key] for key in sorted(groups, key=lambda key: (key[1] != "python", *key))]


def withdraw(offers: Sequence[Offer], history: Published, choice: Choice, emit: Emit) -> Withdrawal:
    """Let one index do it, npm's `latest` included, and give what became of it there."""
    index, target, listed = offers[0].index, offers[0].target, offers[0].listed
    place = (index.name, listed.distribution, listed.version)
    is_done = all(one.listed.is_withdrawn != choice.is_undo for one in offers)
    listing = list_beside(offers[0], history)
    try:
        if not is_done:
            emit(Event(f"{'giving back' if choice.is_undo else 'withdrawing'} {' '.join(place[1:])} on {index.name}"))
            index.withdraw(target, listed.distribution, listed.version, choice.reason)
        latest = next_latest(listing, listed.version, is_undo=choice.is_undo) if target == "node" else ""
        if latest:
            index.set_tag(listed.distribution, latest, LATEST)
    except (UsageError, PackageIndexError) as error:
        return Withdrawal(*place, State.FAILED, said=str(error), exit_code=error.exit_code)
    is_stuck = not choice.is_undo and not latest and is_latest(listing, listed.version)
    said = f"{LATEST} stays on it, no other release is left" if is_stuck else ""
    return Withdrawal(*place, State.UNCHANGED if is_done and not latest else State.CHANGED, latest, said)


def list_beside(offer: Offer, history: Published) -> list[Listed]:
    """Give everything that the index of an offer has of the same distribution."""
    offers = [one for each in history.publications for one in each.offers]
    return [one.listed for one in offers if (one.index, one.target) == (offer.index, offer.target)]


def find_dependants(session: Session, withdrawn: Published, release: Release) -> Iterator[Dependant]:
    """Give the last releases of other modules that are built on a version; warns when they cannot be read."""
    others = [module for module in session.workspace.modules if module != withdrawn.module]
    left = [one for one in withdrawn.live if one != release]
    configuration = session.workspace.configuration
    targets = [load_target(name, configuration) for name in target_names()]
    names = {canonicalize_name(one.distribution(configuration, withdrawn.module)) for one in targets}
    try:
        histories = read_histories(session.workspace, others, session.options, silent)
        last = {module: history.last.release for module, history in histories.items() if history.last}
        packages, _ = fetch_packages(session, histories, last, is_initial=True)
    except (PackageIndexError, ArtifactError) as error:
        session.emit(Event(f"nobody can say who requires it: {error.what}", Level.WARNING))
        return
    for module, package in packages.items():
        bounds = [bound for bound in read_bounds(package) if canonicalize_name(bound.name) in names]
        dependant = find_dependant(module, last[module].python, bounds, release, left)
        if dependant:
            yield dependant
