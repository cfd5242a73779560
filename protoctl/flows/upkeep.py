"""Upkeep: what would differ in a package although its protos did not change: toolchain, settings, requirements."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from protoctl.flows.build import read_license
from protoctl.flows.catalogue import fetch_embedded
from protoctl.flows.requests import package_settings, toolchain_part
from protoctl.flows.standings import read_bounds
from protoctl.model.change import Change
from protoctl.packaging.embedded import read_embedded
from protoctl.targets import load_target, target_names
from protoctl.versioning.release import parse_release
from protoctl.versioning.requirements import Bound, compare_bounds, read_npm, read_specifiers
from protoctl.versioning.standing import Cause

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from protoctl.flows.published import Published
    from protoctl.flows.session import Session
    from protoctl.model.toolchain import Lock
    from protoctl.packaging.embedded import Embedded, Record
    from protoctl.versioning.release import Release

RUNTIMES = {"python": "Python", "node": "Node"}
MOST = 3
"""Packages of the toolchain that one sentence names."""


def find_causes(
    session: Session, histories: Mapping[str, Published], packages: Mapping[str, Embedded]
) -> dict[str, tuple[Cause, ...]]:
    """Give module → what asks for a step beside the protos, for modules where anything does.

    Only where toolchain or settings are others than those recorded is a module made once more, at the version that it
    has, to read what it would require; nothing is written but to the cache.
    """
    license_text = read_license(session.workspace.root)
    settings = package_settings(session.workspace.configuration, license_text)
    found: dict[str, tuple[Cause, ...]] = {}
    for module, package in packages.items():
        record, pins = package.record, toolchain_part(session, module)
        if record.toolchain != pins.digest or record.settings.get("digest") != settings["digest"]:
            shown = [*compare_settings(record.settings, settings), *compare_pins(record, pins)]
            required = compare_requirements(session, histories[module], package, license_text)
            label = package.distribution
            found[module] = (*(replace(one, element=label) for one in shown), *required)
    return found


def compare_settings(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Cause]:
    """Give what consumers see of other settings; a record that tells nothing is no sign of a change."""
    if "prefix" in before and before["prefix"] != now["prefix"]:
        old, new = (f"below {one['prefix']}" if one["prefix"] else "without a prefix" for one in (before, now))
        yield Cause(Change.MAJOR, f"Python modules are imported {new} instead of {old}", "package-settings")
    if "int64" in before and before["int64"] != now["int64"]:
        yield Cause(
            Change.MAJOR, f"64-bit integers are {now['int64']} instead of {before['int64']} in Node", "package-settings"
        )
    if before.get("digest", "") not in {"", now["digest"]}:
        yield Cause(Change.PATCH, "metadata or settings of the package changed", "package-settings")


def compare_pins(record: Record, lock: Lock) -> Iterator[Cause]:
    """Give the packages of the toolchain that are others."""
    before = {(pin.source, pin.name): pin.version for pin in record.pins}
    now = {(pin.source, pin.name): pin.version for pin in lock.pins}
    moved = [
        f"{key[1]} {now[key]} instead of {before[key]}" for key in sorted({*before} & {*now}) if before[key] != now[key]
    ]
    if record.toolchain != lock.digest:
        listed = ", ".join(moved[:MOST]) + (f" and {len(moved) - MOST} more" if len(moved) > MOST else "")
        yield Cause(Change.PATCH, f"made with another toolchain{f': {listed}' if listed else ''}", "package-toolchain")


def compare_requirements(
    session: Session, history: Published, package: Embedded, license_text: bytes
) -> Iterator[Cause]:
    """Give what the packages of a release would require otherwise if they were made today, siblings left out."""
    release = parse_release(package.record.version)
    publication = history.find(release)
    siblings = sibling_names(session)
    for name in sorted({offer.target for offer in publication.offers} if publication else ()):
        old = fetch_embedded(session.workspace, history, release, session.options, session.emit, name)
        new = make_again(session, history.module, name, release, license_text)
        for cause in compare_bounds(*(bounds_of(one, siblings) for one in (old, new))):
            message = f"the {RUNTIMES[name]} package {cause.message}"
            yield Cause(cause.change, message, "package-requirement", old.distribution)


def make_again(session: Session, module: str, target: str, release: Release, license_text: bytes) -> Embedded:
    """Give a module's package in a language as it would be made today."""
    from protoctl.flows.workshop import Order, Workshop  # compilers and packers: only when something changed

    language = load_target(target, session.workspace.configuration)
    releases = dict.fromkeys(session.workspace.modules, release)
    workshop = Workshop.open(session, Order([module], [language], releases, license_text))
    package = workshop.plan(module, language)
    files = workshop.make([package])[package.name]
    name = next(one for one in sorted(files) if one.endswith((".whl", ".tgz")))
    return read_embedded(name, files[name])


def bounds_of(package: Embedded, siblings: Collection[str]) -> dict[str, Bound]:
    """Give name → what a package requires, its language included."""
    if package.kind == "npm":
        language = read_npm(RUNTIMES["node"], package.runtime)
    else:
        language = read_specifiers(RUNTIMES["python"], package.runtime)
    return {bound.name: bound for bound in (*read_bounds(package), language) if bound.name not in siblings}


def sibling_names(session: Session) -> set[str]:
    """Give the names of every module's distributions, normalised."""
    configuration = session.workspace.configuration
    names = {
        load_target(target, configuration).distribution(configuration, module)
        for target in target_names()
        for module in session.workspace.modules
    }
    return names | {canonicalize_name(name) for name in names}
