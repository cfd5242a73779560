"""The comparison agrees with the corpora, or `agreement.reasons` says case by case why it is right and they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from agreement.cases import read_breaking, read_semver
from agreement.verdicts import judge_breaking, judge_semver

if TYPE_CHECKING:
    from pathlib import Path

    from agreement.verdicts import Tally


@pytest.fixture(scope="module", params=["semver", "breaking"])
def tally(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Tally:
    """Give what a corpus comes to."""
    corpora, folder = shared / "corpora", tmp_path_factory.mktemp("agreement")
    if request.param == "semver":
        return judge_semver(read_semver(corpora), folder)
    return judge_breaking(read_breaking(corpora), folder)


def test_every_disagreement_has_its_reason(tally: Tally) -> None:
    """No case is left out, and nothing differs that nobody explained."""
    assert tally.cases
    assert [one for one in tally.disagreements if not one.reason] == []


def test_every_reason_is_needed(tally: Tally) -> None:
    """A reason for what agrees hides the next break of that case."""
    assert tally.unused == ()
