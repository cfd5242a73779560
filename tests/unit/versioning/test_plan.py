"""Which modules are released, as what, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from planning import differ, releases, spell, standing

from protoctl.errors import UsageError
from protoctl.model.acceptance import Acceptance
from protoctl.model.change import Change, Consumer, Effect, Effects
from protoctl.model.difference import Site
from protoctl.versioning.history import History
from protoctl.versioning.line import parse_line
from protoctl.versioning.numbering import Numbering
from protoctl.versioning.plan import plan_releases
from protoctl.versioning.policy import Policy
from protoctl.versioning.release import parse_release
from protoctl.versioning.standing import Cause, Inherited, Standing

if TYPE_CHECKING:
    from protoctl.versioning.release_plan import ReleasePlan

NUMBERING = Numbering()


def plan(*standings: Standing, numbering: Numbering = NUMBERING) -> ReleasePlan:
    return plan_releases(standings, numbering)


def following(found: ReleasePlan) -> dict[str, str]:
    return spell({module.module: module.next for module in found.modules})


def messages(found: ReleasePlan, name: str) -> list[str]:
    return [reason.message for module in found.modules if module.module == name for reason in module.reasons]


def test_only_what_changed_is_released_in_order_of_needs() -> None:
    found = plan(
        standing("billing", "1.0.0", Change.PATCH, "common user"),
        standing("user", "1.2.0", Change.MINOR, "common"),
        standing("common", "0.3.0"),
    )
    assert [module.module for module in found.modules] == ["common", "user", "billing"]
    assert following(found) == {"user": "1.3.0", "billing": "1.0.1"}
    assert [module.module for module in found.released] == ["user", "billing"]


def test_a_break_raises_dependants_through_chains_and_diamonds() -> None:
    found = plan(
        standing("common", "1.2.0", Change.MAJOR),
        standing("user", "0.4.1", needs="common"),
        standing("billing", "3.1.0", Change.MINOR, "common"),
        standing("shop", "1.0.0", needs="user billing"),
        standing("apart", "1.0.0"),
    )
    assert following(found) == {"common": "2.0.0", "user": "0.5.0", "billing": "4.0.0", "shop": "2.0.0"}
    assert messages(found, "user") == ["acme-common goes to 2.0.0, outside of >=1.2.0,<2"]
    assert messages(found, "billing") == [
        "acme-common goes to 2.0.0, outside of >=1.2.0,<2",
        "acme.user.v1.User.name is a minor difference",
    ]
    assert messages(found, "shop") == [
        "acme-billing goes to 4.0.0, outside of >=3.1.0,<4",
        "acme-user goes to 0.5.0, outside of >=0.4.1,<0.5",
    ]


@pytest.mark.parametrize("change", [Change.MINOR, Change.PATCH])
@pytest.mark.parametrize("last", ["1.2.0", "0.2.0"])
def test_what_stays_inside_the_bounds_raises_nobody(change: Change, last: str) -> None:
    found = plan(standing("common", last, change), standing("user", "1.0.0", needs="common"))
    assert [module.module for module in found.released] == ["common"]


def test_a_first_release_is_a_minor_step_and_no_dependant_is_raised() -> None:
    found = plan(standing("common"), standing("user", needs="common"), standing("shop", "1.0.0", needs="common"))
    assert following(found) == {"common": "0.1.0", "user": "0.1.0"}
    assert [(str(module.change), module.last) for module in found.released] == [("minor", None)] * 2
    assert messages(found, "user") == ["first release"]


def test_a_package_left_behind_follows_its_sibling() -> None:
    """A dependant of which an earlier plan was published only in part."""
    behind = standing("user", "1.0.0", needs="common", built_with={"common": parse_release("1.2.0")})
    found = plan(standing("common", "2.0.0"), behind)
    assert following(found) == {"user": "2.0.0"}
    assert messages(found, "user") == ["acme-common is at 2.0.0, outside of >=1.2.0,<2"]


def test_a_sibling_that_was_withdrawn_asks_for_a_patch() -> None:
    ahead = standing("user", "1.0.0", needs="common", built_with={"common": parse_release("1.4.0")})
    found = plan(standing("common", history=History(releases("1.3.0"), releases("1.4.0"))), ahead)
    assert following(found) == {"user": "1.0.1"}
    assert messages(found, "user") == ["acme-common is back at 1.3.0, outside of >=1.4.0,<2"]


def test_a_release_without_a_schema_is_followed_by_a_major() -> None:
    assert following(plan(standing("user", "1.3.0", is_unknown=True))) == {"user": "2.0.0"}


def test_when_everything_was_withdrawn_the_next_is_a_break() -> None:
    found = plan(standing("user", history=History((), releases("1.3.0"))))
    assert following(found) == {"user": "2.0.0"}
    assert found.modules[0].change is Change.MAJOR
    assert messages(found, "user") == ["every release was withdrawn; nothing is known to be compatible"]


def test_what_was_withdrawn_is_passed_over_and_said() -> None:
    found = plan(standing("user", change=Change.MAJOR, history=History(releases("1.3.0"), releases("2.0.0"))))
    assert following(found) == {"user": "2.0.1"}
    assert messages(found, "user")[1:] == ["2.0.0 was withdrawn and stays taken"]
    assert len(messages(plan(standing("user", "1.3.0", Change.MAJOR)), "user")) == 1


def test_what_is_inherited_counts_as_the_modules_own() -> None:
    found = plan(
        standing("user", "1.3.0", causes=(Cause(Change.MINOR, "needs protobuf>=6.33 instead of >=6.31"),)),
        standing("shop", "1.3.0", inherited=(Inherited("google 1.66.0", differ(Change.MAJOR)),)),
        standing("billing", "1.3.0", inherited=(Inherited("common", differ(Change.MAJOR), is_sibling=True),)),
    )
    assert following(found) == {"user": "1.4.0", "shop": "2.0.0", "billing": "2.0.0"}
    (reason,) = next(module.reasons for module in found.modules if module.module == "shop")
    assert reason.sentence("proto").startswith("google 1.66.0: acme/user/v1/user.proto:12: ")
    (reason,) = next(module.reasons for module in found.modules if module.module == "billing")
    assert reason.sentence("proto").startswith("common: proto/acme/user/v1/user.proto:12: ")


def test_reasons_say_where() -> None:
    (module,) = plan(standing("user", "1.3.0", Change.PATCH)).modules
    assert [reason.sentence("proto") for reason in module.reasons] == [
        "proto/acme/user/v1/user.proto:12: acme.user.v1.User.name is a patch difference (test-patch)"
    ]
    assert module.reasons[0].sentence(".") == module.reasons[0].sentence()


def test_the_policy_decides_who_counts() -> None:
    node_only = differ(Change.MAJOR, effects=Effects(node=Effect.BREAK))
    module = standing("user", "1.3.0", differences=(node_only,))
    assert following(plan(module, numbering=Numbering(policy=Policy((Consumer.PYTHON,))))) == {"user": "1.4.0"}
    assert following(plan(module, numbering=Numbering(policy=Policy((Consumer.NODE,))))) == {"user": "2.0.0"}


@pytest.mark.parametrize(
    ("unstable", "caps", "expected"),
    [
        ({"acme/user/v1/user.proto"}, True, "1.4.0"),
        ({"acme/user/v1/user.proto"}, False, "2.0.0"),
        (set(), True, "2.0.0"),
    ],
)
def test_unstable_packages_may_be_capped(unstable: set[str], caps: bool, expected: str) -> None:  # noqa: FBT001  a table
    module = standing("user", "1.3.0", Change.MAJOR, unstable=frozenset(unstable))
    assert following(plan(module, numbering=Numbering(policy=Policy(caps_unstable=caps)))) == {"user": expected}


def test_a_move_from_stable_to_unstable_is_not_capped() -> None:
    moved = differ(Change.MAJOR, before=Site("acme/user/v2/user.proto", 1, 1))
    module = standing("user", "1.3.0", differences=(moved,), unstable=frozenset({"acme/user/v1/user.proto"}))
    assert following(plan(module, numbering=Numbering(policy=Policy(caps_unstable=True)))) == {"user": "2.0.0"}


ACCEPTANCE = Acceptance("test-major", "acme.user.*.User.*", "nobody uses it", "2.0.0")


def test_an_accepted_break_is_still_a_break() -> None:
    found = plan(standing("user", "1.3.0", Change.MAJOR), numbering=Numbering(acceptances=(ACCEPTANCE,)))
    (module,) = found.modules
    assert following(found) == {"user": "2.0.0"}
    assert module.accepted[0].acceptance == ACCEPTANCE
    assert (found.unaccepted, found.unused, module.expired) == ((), (), ())


def test_a_break_that_nobody_accepted_keeps_a_check_from_passing() -> None:
    other = Acceptance("test-major", "acme.user.v1.Other", "nobody uses it", "2.0.0")
    found = plan(standing("user", "1.3.0", Change.MAJOR), numbering=Numbering(acceptances=(other,)))
    assert [reason.message for reason in found.unaccepted] == ["acme.user.v1.User.name is a major difference"]
    assert found.unused == (other,)


def test_an_acceptance_ends_with_the_release_it_was_written_for() -> None:
    found = plan(standing("user", "2.0.0", Change.MAJOR), numbering=Numbering(acceptances=(ACCEPTANCE,)))
    assert len(found.unaccepted) == 1
    assert found.modules[0].expired == (ACCEPTANCE,)
    assert found.unused == ()


def test_what_breaks_beside_the_protos_is_accepted_in_the_same_way() -> None:
    entry = Acceptance("package-settings", "acme-user", "everybody moved", "2.0.0")
    settings = [Cause(change, "another prefix", "package-settings", "acme-user") for change in Change]
    for cause in settings[1:]:
        found = plan(standing("user", "1.3.0", causes=(cause,)), numbering=Numbering(acceptances=(entry,)))
        accepted = [reason.acceptance for reason in found.modules[0].accepted]
        assert (accepted, found.unaccepted) == ([entry] if cause.change is Change.MAJOR else [], ())
        (reason,) = found.modules[0].reasons
        assert reason.sentence() == "another prefix (package-settings)"
    assert len(plan(standing("user", "1.3.0", causes=(settings[-1],))).unaccepted) == 1


def test_an_entry_for_what_is_no_break_is_unused() -> None:
    minor = Acceptance("test-minor", "**", "new", "2.0.0")
    ended = Acceptance("test-minor", "**", "new", "1.0.0")
    found = plan(standing("user", "1.3.0", Change.MINOR), numbering=Numbering(acceptances=(minor, ended)))
    assert found.unused == (minor, ended)
    assert (found.modules[0].accepted, found.modules[0].expired) == ((), ())


def test_breaks_that_nobody_accepted_stand_in_the_order_of_the_modules() -> None:
    found = plan(
        standing("b", "1.3.0", differences=(differ(Change.MAJOR, "b.One"), differ(Change.MAJOR, "b.Two"))),
        standing("a", "1.3.0", differences=(differ(Change.MAJOR, "a.One"),)),
    )
    assert [one.difference.element for one in found.unaccepted if one.difference] == ["a.One", "b.One", "b.Two"]


@pytest.mark.parametrize(
    ("distributions", "label"),
    [
        ({"node": "@acme/user", "python": "acme-user"}, "acme-user"),
        ({"node": "@acme/user"}, "@acme/user"),
        ({}, "user"),
    ],
)
def test_a_module_is_called_what_its_consumers_call_it(distributions: dict[str, str], label: str) -> None:
    assert Standing("user", distributions=distributions).label == label


def test_a_break_that_is_inherited_is_accepted_where_it_is_made() -> None:
    """Until 2.0.0 of the module whose protos they are, although the dependant is past that."""
    own, far = differ(Change.MAJOR), standing("shop", "3.1.0", inherited=(Inherited("user", differ(Change.MAJOR)),))
    heir = standing("heir", "3.1.0", needs="user", inherited=(Inherited("user", own, is_sibling=True),))
    found = plan(
        standing("user", "1.3.0", differences=(own,)), heir, far, numbering=Numbering(acceptances=(ACCEPTANCE,))
    )
    modules = {module.module: module for module in found.modules}
    assert (modules["user"].unaccepted, modules["heir"].unaccepted) == ((), ())
    assert [len(modules[name].expired) for name in ("user", "heir", "shop")] == [0, 0, 1]
    assert following(found) == {"user": "2.0.0", "heir": "4.0.0", "shop": "4.0.0"}


def test_an_inherited_break_that_nobody_accepted_counts_once() -> None:
    own = differ(Change.MAJOR)
    heirs = [standing(f"m{at}", "1.0.0", inherited=(Inherited("user", own, is_sibling=True),)) for at in range(3)]
    found = plan(standing("user", "1.3.0", differences=(own,)), *heirs)
    assert [len(module.unaccepted) for module in found.modules] == [1, 1, 1, 1]
    assert len(found.unaccepted) == 1


def test_raised_dependants_need_no_acceptance_of_their_own() -> None:
    found = plan(
        standing("common", "1.0.0", Change.MAJOR),
        standing("user", "1.0.0", needs="common"),
        numbering=Numbering(acceptances=(ACCEPTANCE,)),
    )
    assert following(found) == {"common": "2.0.0", "user": "2.0.0"}
    assert found.unaccepted == ()


def test_a_version_can_be_asked_for_and_crosses_bounds_as_a_break_does() -> None:
    found = plan(standing("common", "0.3.2", request=parse_release("1.0.0")), standing("user", "1.0.0", needs="common"))
    assert following(found) == {"common": "1.0.0", "user": "2.0.0"}
    assert messages(found, "common") == ["version 1.0.0 is asked for"]


def test_exactly_what_the_change_takes_can_be_asked_for() -> None:
    assert following(plan(standing("user", "1.3.0", Change.MAJOR, request=parse_release("2.0.0")))) == {"user": "2.0.0"}


@pytest.mark.parametrize(
    ("last", "change", "asked", "said"),
    [
        ("1.3.0", Change.MAJOR, "1.4.0", "user: version 1.4.0 is lower than what changed takes"),
        ("1.3.0", Change.MAJOR, "1.4.0", "it must be at least 2.0.0"),
        ("0.3.2", Change.MAJOR, "0.3.3", "it must be at least 0.4.0"),
        ("1.3.0", Change.NONE, "1.2.0", "is lower than the last release 1.3.0"),
        ("1.3.0", Change.NONE, "1.3.0", "is already taken"),
        ("1.3.0", Change.MINOR, "2.0.0rc1", "is no final version"),
    ],
)
def test_a_version_that_cannot_be_had_is_refused(last: str, change: Change, asked: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        plan(standing("user", last, change, request=parse_release(asked)))


OLD = History(releases("1.4.0", "1.4.1", "1.5.0", "2.0.0", "2.1.0", "0.3.1", "0.4.0"))


@pytest.mark.parametrize(
    ("line", "change", "expected", "tag"),
    [
        ("1.x", Change.PATCH, "1.5.1", "line-1"),
        ("1", Change.MINOR, "1.6.0", "line-1"),
        ("1.4.x", Change.PATCH, "1.4.2", "line-1.4"),
        ("0.3.x", Change.MINOR, "0.3.2", "line-0.3"),
        ("2.x", Change.MINOR, "2.2.0", "line-2"),
    ],
)
def test_a_line_goes_on_beside_newer_ones(line: str, change: Change, expected: str, tag: str) -> None:
    found = plan(standing("user", change=change, history=OLD, line=parse_line(line)))
    assert following(found) == {"user": expected}
    assert found.modules[0].dist_tag == tag


@pytest.mark.parametrize(
    ("line", "change"),
    [("1.x", Change.MAJOR), ("0.3.x", Change.MAJOR), ("1.4.x", Change.MINOR)],
)
def test_what_would_leave_the_line_is_refused_with_the_reasons(line: str, change: Change) -> None:
    with pytest.raises(UsageError, match="not on the line") as caught:
        plan(standing("user", change=change, history=OLD, line=parse_line(line)))
    assert "acme/user/v1/user.proto:12: " in str(caught.value)


@pytest.mark.parametrize(
    ("history", "hint"),
    [
        (OLD, "the newest release is 2.1.0"),
        (History(), "nothing is released yet"),
        (History(releases("3.0.0rc1")), "not"),
    ],
)
def test_a_line_without_releases_says_what_there_is(history: History, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        plan(standing("user", history=history, line=parse_line("3")))


def test_a_line_without_releases_or_a_version_outside_of_it_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no release is on the line 3\.x"):
        plan(standing("user", history=OLD, line=parse_line("3")))
    with pytest.raises(UsageError, match=r"is not on the line 1\.x"):
        plan(standing("user", history=OLD, line=parse_line("1"), request=parse_release("2.2.0")))
