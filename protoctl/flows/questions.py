"""Questions: what every index is asked, all of them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from protoctl.errors import AbsentIndexError, PackageIndexError
from protoctl.flows.published import Offer
from protoctl.kit.background import run_together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protoctl.model.index import Index


@dataclass(frozen=True)
class Question:
    """What one index is asked about one distribution."""

    module: str
    index: Index
    target: str
    distribution: str

    def ask(self) -> list[Offer]:
        """Give its files; raises PackageIndexError."""
        return [Offer(self.index, self.target, one) for one in self.index.list_files(self.target, self.distribution)]


@dataclass
class Failures:
    """What went wrong, by the name of the index, the first error of each."""

    failed: dict[str, PackageIndexError] = field(default_factory=dict)
    absent: dict[str, AbsentIndexError] = field(default_factory=dict)


def ask_all(questions: Sequence[Question], limit: int) -> tuple[list[list[Offer]], list[AbsentIndexError]]:
    """Give the files that each question is answered with, and the indexes at whose address nothing is.

    An index that lists anything is there, whatever its address answers. Raises PackageIndexError that tells every index
    that fails; it is not asked again after that, since it would be waited for once for each module.
    """
    failures = Failures()
    answers = run_together([partial(ask, question, failures) for question in questions], limit)
    if failures.failed:
        raise join_errors([*failures.failed.values(), *failures.absent.values()])
    seen = {offer.index.name for offers in answers for offer in offers}
    return answers, [error for name, error in failures.absent.items() if name not in seen]


def ask(question: Question, failures: Failures) -> list[Offer]:
    """Give the files of a distribution; nothing, with the reason noted, when its index fails or did so before."""
    if question.index.name in failures.failed:
        return []
    try:
        return question.ask()
    except AbsentIndexError as error:
        failures.absent.setdefault(question.index.name, error)
    except PackageIndexError as error:
        failures.failed.setdefault(question.index.name, error)
    return []


def join_errors(errors: Sequence[PackageIndexError]) -> PackageIndexError:
    """Give one error for all that failed."""
    if len(errors) == 1:
        return errors[0]
    return PackageIndexError(f"{len(errors)} indexes cannot be asked", said="\n".join(map(str, errors)))
