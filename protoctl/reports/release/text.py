"""A release as lines for a terminal: what goes where, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.kit.text import plural, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.publishing.shipment import Shipment
    from protoctl.reports.release import ReleaseListing


def render(listing: ReleaseListing) -> str:
    """Give the text without a final newline: what is refused, or each release with its files."""
    if listing.plan.unaccepted:
        return "\n".join(printable(line) for line in render_refusal(listing))
    if not listing.shipments:
        return "nothing to release"
    verb = "would release" if listing.is_rehearsal else "released"
    return "\n".join(line for shipment in listing.shipments for line in render_shipment(shipment, verb))


def render_refusal(listing: ReleaseListing) -> Iterator[str]:
    """Give a line for each break that keeps everything from being released, and what to do."""
    breaks = listing.plan.unaccepted
    yield f"nothing is released: {plural(len(breaks), 'break')} not accepted"
    for reason in breaks:
        yield f"  {reason.sentence(listing.proto_root)}"
    yield "take them back, or accept them with a reason in [[versions.accepted]]; `protoctl plan` tells more"


def render_shipment(shipment: Shipment, verb: str) -> Iterator[str]:
    """Give a line for a release, one for each file, and one for its tag."""
    yield f"{verb} {shipment.module} {shipment.release.python}"
    for one in shipment.consignments:
        tag = f" as {one.dist_tag}" if one.dist_tag else ""
        for artifact in one.artifacts:
            yield f"  {one.index}: {artifact.path.rpartition('/')[2]}{tag}"
    if shipment.git_tag:
        yield f"  git: {shipment.git_tag}"
