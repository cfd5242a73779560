"""A release as lines for a terminal: what goes where, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.reports.plan import PlanListing, load_plan_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.publishing.shipment import Shipment
    from protoctl.reports.release import ReleaseListing


def render(listing: ReleaseListing) -> str:
    """Give the text without a final newline: the plan where it is refused, else each release with its files."""
    if listing.plan.unaccepted:
        return load_plan_report("text").render(PlanListing(listing.plan, listing.proto_root))
    if not listing.shipments:
        return "nothing to release"
    verb = "would release" if listing.is_rehearsal else "released"
    return "\n".join(line for shipment in listing.shipments for line in render_shipment(shipment, verb))


def render_shipment(shipment: Shipment, verb: str) -> Iterator[str]:
    """Give a line for a release, one for each file, and one for its tag."""
    yield f"{verb} {shipment.module} {shipment.release.python}"
    for one in shipment.consignments:
        tag = f" as {one.dist_tag}" if one.dist_tag else ""
        for artifact in one.artifacts:
            yield f"  {one.index}: {artifact.path.rpartition('/')[2]}{tag}"
    if shipment.git_tag:
        yield f"  git: {shipment.git_tag}"
