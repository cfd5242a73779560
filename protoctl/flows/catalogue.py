"""Catalogue: what was released of each module, as the configured indexes list it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from protoctl.cache.results import FolderStore
from protoctl.errors import ConfigurationError, OriginError, PackageIndexError, UsageError
from protoctl.flows.discord import report_discord
from protoctl.flows.published import Offer, Publication, Published
from protoctl.flows.questions import Question, ask_all, join_errors
from protoctl.indexes import Surroundings, load_index
from protoctl.indexes.access.digests import is_digest_of, is_strong
from protoctl.kit.digest import digest_json
from protoctl.kit.text import nearest
from protoctl.model.event import Event, Level
from protoctl.packaging.embedded import Embedded, read_embedded
from protoctl.targets import load_target, target_names
from protoctl.versioning.release import Release, parse_release

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from protoctl.flows.session import Options
    from protoctl.model.event import Emit
    from protoctl.model.index import Index
    from protoctl.model.workspace import Workspace

CONNECTIONS = 8
"""How many questions are asked at once."""
EXAMPLE = '[indexes.internal]\nkind = "pypi"\nurl = "https://packages.example/simple/"'


def read_histories(
    workspace: Workspace, modules: Sequence[str], options: Options, emit: Emit, *, is_initial: bool = False
) -> dict[str, Published]:
    """Give module → what was released of it, asking each index about each distribution once.

    Raises ConfigurationError when no index is configured or an address is impossible, and PackageIndexError when an
    index cannot be asked: a missing answer is no sign that nothing was released. At a beginning an index that is not
    there counts as empty, and this is told.
    """
    indexes = load_indexes(workspace, options)
    questions = list(write_questions(workspace, modules, indexes))
    answers, absent = ask_all(questions, CONNECTIONS)
    if absent and not is_initial:
        raise join_errors(absent)
    for error in absent:
        emit(Event(f"{error.where}: {error.what}; it counts as empty", Level.NOTE))
    offers: dict[str, list[Offer]] = {module: [] for module in modules}
    for question, found in zip(questions, answers, strict=True):
        offers[question.module] += found
    histories = {module: make_history(module, found, emit) for module, found in offers.items()}
    for history in histories.values():
        report_gaps(history, indexes, emit)
        report_discord(history, emit)
    return histories


def load_indexes(workspace: Workspace, options: Options) -> list[Index]:
    """Give every configured index in the order of the configuration."""
    configuration = workspace.configuration
    if not configuration.indexes:
        raise ConfigurationError(
            "no index is configured, so nobody knows what was released",
            where="protoctl.toml",
            hint=f"say where packages are published, like\n{EXAMPLE}",
        )
    remote = [name for name, table in configuration.indexes.items() if table.kind != "directory"]
    if options.offline and remote:
        raise PackageIndexError("cannot be asked offline", where=remote[0], hint="leave out --offline")
    surroundings = Surroundings(workspace.root, os.environ)
    return [load_index(name, configuration, surroundings) for name in configuration.indexes]


def write_questions(workspace: Workspace, modules: Sequence[str], indexes: Sequence[Index]) -> Iterable[Question]:
    """Give what is to be asked, index by index."""
    targets = {name: load_target(name, workspace.configuration) for name in target_names()}
    for index in indexes:
        for name in sorted(index.targets & targets.keys()):
            for module in modules:
                yield Question(module, index, name, targets[name].distribution(workspace.configuration, module))


def make_history(module: str, offers: Iterable[Offer], emit: Emit) -> Published:
    """Give the versions of a module in order; those that protoctl could not have made are left out, and told."""
    versions: dict[Release, list[Offer]] = {}
    strange = []
    for offer in offers:
        try:
            versions.setdefault(parse_release(offer.listed.version), []).append(offer)
        except UsageError:
            strange.append(offer.listed.version)
    if strange:
        text = f"{module}: versions that are none of protoctl's are left out: {', '.join(sorted(set(strange)))}"
        emit(Event(text, Level.NOTE))
    found = sorted(versions, key=lambda release: Version(release.python))
    return Published(module, tuple(Publication(one, in_order(versions[one])) for one in found))


def in_order(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Give offers as they are to be tried: what is not withdrawn first, wheels before tarballs before sdists."""
    return tuple(sorted(offers, key=lambda offer: (offer.listed.is_withdrawn, rank(offer.listed.file))))


def rank(file: str) -> int:
    """Give the place of a kind of file: wheels are checked best when they are read."""
    return next((at for at, end in enumerate((".whl", ".tgz")) if file.endswith(end)), 2)


def report_gaps(history: Published, indexes: Sequence[Index], emit: Emit) -> None:
    """Tell which versions are on one index and not on another that should have them.

    One that holds both languages need not be used for both.
    """
    used = {(offer.index.name, offer.target) for one in history.publications for offer in one.offers}
    sole = {(index.name, target) for index in indexes for target in index.targets if len(index.targets) == 1}
    for name, target in sorted(used | sole):
        missing = [
            one.release.python
            for one in history.publications
            if not any(offer.index.name == name and offer.target == target for offer in one.offers)
        ]
        if missing:
            shown = ", ".join(missing[-3:]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")  # noqa: PLR2004  enough to see
            text = f"{history.module}: half published: {name} has no {target} package of {shown}"
            emit(Event(text, Level.NOTE))


def find_distribution(workspace: Workspace, text: str, options: Options, emit: Emit) -> tuple[Published, Release]:
    """Give the history and the version that `NAME==VERSION` means, NAME being a module or the distribution of one.

    Raises UsageError for a name that is not of this workspace or a version that is on no index, and what
    `read_histories` raises.
    """
    name, _, version = (part.strip() for part in text.partition("=="))
    module = find_module(workspace, name)
    release = parse_release(version)
    history = read_histories(workspace, [module], options, emit)[module]
    require_publication(history, release)
    return history, release


def find_module(workspace: Workspace, name: str) -> str:
    """Give the module that has a name or whose distribution has it; raises UsageError with the nearest name."""
    targets = [load_target(one, workspace.configuration) for one in target_names()]
    owners = {module: module for module in workspace.modules}
    for target in targets:
        for module in workspace.modules:
            owners.setdefault(target.distribution(workspace.configuration, module), module)
    spelled = {canonicalize_name(one): module for one, module in owners.items()}
    found = owners.get(name) or spelled.get(canonicalize_name(name))
    if not found:
        guess = nearest(name, owners)
        hint = f"did you mean {guess}?" if guess else f"one of {', '.join(owners)}"
        raise UsageError(f"no module is called {name!r}, and none is published as it", hint=hint)
    return found


def require_publication(history: Published, release: Release) -> Publication:
    """Give what is published of a version; raises UsageError with the nearest one when nothing is."""
    publication = history.find(release)
    if publication:
        return publication
    known = [one.release.python for one in history.publications]
    if not known:
        raise UsageError(f"{history.module} is on no index yet", hint="begin with `protoctl plan --initial`")
    guess = nearest(release.python, known) or known[-1]
    raise UsageError(f"{history.module} {release.python} is on no index", hint=f"did you mean {guess}?")


def fetch_embedded(
    workspace: Workspace, history: Published, release: Release, options: Options, emit: Emit, target: str = ""
) -> Embedded:
    """Give what the package of a version carries; raises UsageError for a version that is not there.

    `target` is the language of the package where that matters; the version must have one of it.

    Raises PackageIndexError for a file that cannot be had, and ArtifactError for one that cannot be read: OriginError
    when protoctl did not make it.
    """
    del workspace
    offers = require_publication(history, release).offers
    offer = next(one for one in offers if target in ("", one.target))
    data = fetch(offer, FolderStore(options.cache, emit))
    try:
        embedded = read_embedded(offer.listed.file, data)
    except OriginError as error:
        hint = "begin with `protoctl plan --initial`"
        raise OriginError(error.what, where=f"{offer.index.name}: {offer.listed.file}", hint=hint) from error
    check_identity(offer, embedded, release)
    return embedded


def fetch(offer: Offer, store: FolderStore) -> bytes:
    """Give a file, from the cache when its digest is known and it was fetched before."""
    listed = offer.listed
    if not is_strong(listed.digest):
        return offer.index.fetch(listed)
    key = digest_json(["fetched", listed.digest])
    kept = (store.load(key) or {}).get("file")
    if kept is not None and is_digest_of(listed.digest, kept):
        return kept
    data = offer.index.fetch(listed)
    store.save(key, {"file": data})
    return data


def check_identity(offer: Offer, embedded: Embedded, release: Release) -> None:
    """Raise PackageIndexError when a file is the package of something else than it is listed as."""
    same = canonicalize_name(embedded.distribution) == canonicalize_name(offer.listed.distribution)
    if not same or parse_release(embedded.version) != release:
        what = f"{offer.listed.file} holds {embedded.distribution} {embedded.version}"
        raise PackageIndexError(what, where=offer.index.name, hint="somebody renamed a file; publish it as what it is")
