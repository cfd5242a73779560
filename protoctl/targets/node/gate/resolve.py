"""From requirements to versions: what comes from files, what from the registry, at the lowest and at the newest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protoctl.kit.archive import UnsafeArchiveError
from protoctl.model.trial import Fault
from protoctl.targets.node.gate.metadata import line_of
from protoctl.targets.node.gate.package import METADATA, Package, read_package
from protoctl.targets.node.gate.plan import LOWEST, NEWEST, Setup, Wish, make_setups, make_wish, merge_setups
from protoctl.targets.node.gate.registry import Choice, Known, choose_versions, find_versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from protoctl.verification.workbench import Workbench

SUFFIX = ".tgz"


@dataclass(frozen=True)
class Resolved:
    """What requirements came to."""

    setups: tuple[Setup, ...]
    """Everything to try, the lowest versions first."""
    below: Mapping[tuple[str, str], str]
    """Package and its lowest version, as setups have it, to the release before."""
    faults: Mapping[str, tuple[Fault, ...]]
    """By the name of a package, why it cannot be installed; such packages are in no setup."""


def resolve(packages: Sequence[Package], workbench: Workbench) -> Resolved:
    """Give what to install for packages; raises MachineError when the registry cannot be asked."""
    candidates = [*packages, *find_siblings(packages)]
    chosen = choose_files(candidates, workbench)
    wishes = [make_wish(package, chosen) for package in packages]
    known = find_versions(sorted({name for wish in wishes for name in wish.ranges}), workbench)
    questions = sorted({(name, ranges) for wish in wishes for name, ranges in wish.ranges.items()})
    answers = choose_versions([(known[name], ranges) for name, ranges in questions], workbench) if questions else []
    choices = dict(zip(questions, answers, strict=True))
    faults = {wish.package.name: tuple(missing(wish, choices, candidates)) for wish in wishes}
    good = [(wish, choices_of(wish, choices)) for wish in wishes if not faults[wish.package.name]]
    lowest = make_setups(LOWEST, [(wish, {name: one.lowest for name, one in picked.items()}) for wish, picked in good])
    newest = make_setups(NEWEST, [(wish, {name: one.newest for name, one in picked.items()}) for wish, picked in good])
    below = {(name, choice.lowest): choice.below for (name, _), choice in choices.items()}
    return Resolved(tuple(merge_setups(lowest, newest)), below, faults)


def choices_of(wish: Wish, choices: Mapping[tuple[str, tuple[str, ...]], Choice]) -> dict[str, Choice]:
    """Give what was chosen for everything that a package needs of others."""
    return {name: choices[name, ranges] for name, ranges in wish.ranges.items()}


def missing(
    wish: Wish, choices: Mapping[tuple[str, tuple[str, ...]], Choice], candidates: Sequence[Package]
) -> list[Fault]:
    """Give a fault for each requirement that neither a file nor the registry fulfils."""
    faults = []
    for name, choice in choices_of(wish, choices).items():
        if not choice.lowest:
            ranges, by = " and ".join(wish.ranges[name]), ", ".join(wish.requirers[name])
            text = wish.package.files[METADATA].decode(errors="replace")
            beside = ", ".join(one.path.name for one in candidates if one.name == name)
            said = f"beside it lies {beside}" if beside else ""
            faults.append(
                Fault(f"no version of {name} is {ranges}, as {by} requires", METADATA, line_of(text, name), said)
            )
    return faults


def find_siblings(packages: Sequence[Package]) -> list[Package]:
    """Give the other tarballs in the folders of packages that can be read, sorted."""
    given = {package.path for package in packages}
    folders = sorted({path.parent for path in given})
    beside = (path for folder in folders for path in sorted(folder.glob(f"*{SUFFIX}")) if path not in given)
    return [package for path in beside if (package := try_package(path))]


def try_package(path: Path) -> Package | None:
    """Give a tarball, None for a file that is none: nobody asked for it."""
    try:
        return read_package(path)
    except (OSError, UnsafeArchiveError, ValueError, KeyError):
        return None


def choose_files(candidates: Sequence[Package], workbench: Workbench) -> dict[tuple[str, str], Package]:
    """Give the file for each requirement, name and range, that one fulfils: the newest that fits."""
    files: dict[str, dict[str, Package]] = {}
    for package in candidates:
        files.setdefault(package.name, {}).setdefault(package.version, package)
    needs = {(name, bound) for package in candidates for name, bound in package.requires.items() if name in files}
    asked = sorted(needs)
    questions = [(Known(tuple(files[name]), ""), (bound,)) for name, bound in asked]
    answers = choose_versions(questions, workbench) if questions else []
    pairs = zip(asked, answers, strict=True)
    return {(name, bound): files[name][answer.newest] for (name, bound), answer in pairs if answer.newest}
