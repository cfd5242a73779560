"""What publishing says of a plan that it does not carry out."""

from __future__ import annotations

import json

from planning import differ, standing

from protoctl.model.acceptance import Acceptance
from protoctl.model.change import Change
from protoctl.reports.release import ReleaseListing, load_release_report
from protoctl.versioning.numbering import Numbering
from protoctl.versioning.plan import plan_releases

MEANT = differ(Change.MAJOR, "acme.user.v1.User.fax")
PLAN = plan_releases(
    [
        standing("common", "1.2.0", Change.MINOR),
        standing("user", "1.0.0", differences=(differ(Change.MAJOR), MEANT, differ(Change.MINOR))),
        standing("billing", "1.0.0", needs="user"),
    ],
    Numbering(acceptances=(Acceptance("test-major", "acme.user.v1.User.fax", "nobody faxes", "2.0.0"),)),
)
REFUSED = ReleaseListing(PLAN, (), (), is_rehearsal=False, proto_root="proto")


def test_a_refusal_names_the_breaks_and_nothing_else() -> None:
    assert load_release_report("text").render(REFUSED).splitlines() == [
        "nothing is released: 1 break not accepted",
        "  proto/acme/user/v1/user.proto:12: acme.user.v1.User.name is a major difference (test-major)",
        "take them back, or accept them with a reason in [[versions.accepted]]; `protoctl plan` tells more",
    ]


def test_a_refusal_in_json_has_the_sentences() -> None:
    found = json.loads(load_release_report("json").render(REFUSED))
    assert len(found["refused"]) == 1
    assert found["releases"] == []


def test_nothing_to_do_is_said_once() -> None:
    still = ReleaseListing(
        plan_releases([standing("still", "1.0.0")], Numbering()), (), (), is_rehearsal=False, proto_root="proto"
    )
    assert load_release_report("text").render(still) == "nothing to release"
