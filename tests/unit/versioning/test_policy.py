"""Which packages promise nothing yet."""

from __future__ import annotations

import pytest

from protoctl.versioning.policy import is_unstable, unstable_files


@pytest.mark.parametrize(
    "proto_package",
    [
        "acme.v1alpha1",
        "acme.user.v1beta2",
        "acme.v1beta",
        "acme.v2alpha",
        "acme.v1p1alpha1",
        "acme.v1p1beta",
        "acme.v1test",
        "acme.v1testfoo",
        "acme.v10beta12",
    ],
)
def test_names_that_say_so(proto_package: str) -> None:
    assert is_unstable(proto_package)


@pytest.mark.parametrize(
    "proto_package",
    [
        "",
        "acme",
        "v1alpha1",
        "acme.v1",
        "acme.v1p1",
        "acme.v0alpha1",
        "acme.v1alpha0",
        "acme.v1alphabeta1",
        "acme.valpha1",
        "acme.v1gamma1",
        "acme.v1alpha1.inner",
        "acme.xv1alpha1",
        "acme.v1p0beta1",
    ],
)
def test_every_other_name_is_a_promise(proto_package: str) -> None:
    assert not is_unstable(proto_package)


def test_a_file_is_unstable_on_every_side_that_has_it() -> None:
    baseline = {"both": "a.v1alpha1", "out": "a.v1alpha1", "in": "a.v1", "gone": "a.v1beta1", "kept": "a.v1"}
    current = {"both": "a.v1alpha2", "out": "a.v1", "in": "a.v1alpha1", "new": "a.v1beta1", "kept": "a.v1"}
    assert unstable_files(baseline, current) == {"both", "gone", "new"}
