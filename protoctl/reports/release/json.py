"""A release as JSON; more fields may be added, which does not raise `format`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from protoctl.publishing.shipment import Shipment
    from protoctl.reports.release import ReleaseListing

FORMAT = 1


def render(listing: ReleaseListing) -> str:
    """Give the text without a final newline."""
    return json.dumps(
        {
            "format": FORMAT,
            "dry_run": listing.is_rehearsal,
            "refused": [reason.sentence() for reason in listing.plan.unaccepted],
            "releases": [describe(shipment) for shipment in listing.shipments],
        },
        indent=2,
    )


def describe(shipment: Shipment) -> dict[str, Any]:
    """Give one release."""
    return {
        "module": shipment.module,
        "version": shipment.release.python,
        "tag": shipment.git_tag,
        "files": [
            {
                "index": one.index,
                "target": one.target,
                "distribution": one.distribution,
                "version": one.version,
                "file": artifact.path,
                "sha256": artifact.sha256,
                "dist_tag": one.dist_tag,
            }
            for one in shipment.consignments
            for artifact in one.artifacts
        ],
    }
