"""Two witnesses side by side: which of buf's findings our comparison has too, and which of ours buf has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buf.reasons import BLIND, TOO_STRICT, UNKNOWN, find_reason
from buf.subjects import find_subject
from protoctl.model.change import Change

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from buf.breaking import Reported
    from buf.subjects import Subject
    from protoctl.model.difference import Difference

    Files = Mapping[str, FileDescriptorProto]

OLD_TYPE = re.compile(r'changed (?:request |response )?type from "([^"]+)"')
"""What a field or method was of; a type that is only called otherwise we tell once, at the type."""


@dataclass(frozen=True)
class Verdict:
    """What became of one finding of either side."""

    rule: str
    """Of whoever found it."""
    file: str
    """Import path."""
    element: str
    """Full name, or the path of a file."""
    message: str
    """In the finder's words."""
    peer: str
    """The rules of the other side that say the same, joined by commas; empty for none."""
    reason: str = ""
    """Why the other side is wrong, where it does not say the same; empty for no known reason."""

    @property
    def is_open(self) -> bool:
        """Whether nobody knows who is right."""
        return not self.peer and not self.reason


@dataclass(frozen=True)
class Agreement:
    """What two witnesses say about one pair."""

    theirs: tuple[Verdict, ...]
    """Each finding of buf; `peer` where we call the same element a break."""
    ours: tuple[Verdict, ...]
    """Each break of ours; `peer` where buf reports the same element."""


def compare_witnesses(
    reported: Sequence[Reported], differences: Sequence[Difference], baseline: Files, current: Files
) -> Agreement:
    """Match every finding of buf with our breaks of the same file and element, and the other way round."""
    found = [(one, find_subject(one, baseline, current)) for one in reported]
    breaks = [one for one in differences if one.change is Change.MAJOR]
    theirs = [judge_theirs(one, subject, breaks) for one, subject in found]
    known = {path for path in baseline.keys() & current.keys() if baseline[path].package == current[path].package}
    ours = []
    for one in breaks:
        rules = [reported.rule for reported, subject in found if is_about(one, subject)]
        ours.append(judge_ours(one, rules, is_known=one.now.file in known))
    return Agreement(tuple(theirs), tuple(ours))


def judge_theirs(reported: Reported, subject: Subject, breaks: Sequence[Difference]) -> Verdict:
    """Give the verdict on a finding of buf."""
    old_type = OLD_TYPE.search(reported.message)
    peers = {one.rule for one in breaks if is_about(one, subject) or (old_type and is_renaming(one, old_type[1]))}
    reason = "" if peers else find_reason(TOO_STRICT, reported.rule, reported.message)
    said = ", ".join(sorted(peers))
    return Verdict(reported.rule, subject.file, min(subject.elements), reported.message, said, reason)


def judge_ours(difference: Difference, rules: Sequence[str], *, is_known: bool) -> Verdict:
    """Give the verdict on a break that we found."""
    peers = ", ".join(sorted(set(rules)))
    reason = find_reason(BLIND, difference.rule, difference.message) if is_known else UNKNOWN
    return Verdict(
        difference.rule, difference.now.file, difference.element, difference.message, peers, "" if peers else reason
    )


def is_about(difference: Difference, subject: Subject) -> bool:
    """Tell whether a difference is about the subject or about what holds it, in the same file."""
    if difference.element == subject.file:
        return subject.is_gone or subject.is_file
    files = {difference.now.file, difference.before.file if difference.before else ""}
    if subject.is_gone:
        return subject.file in files
    return subject.file in files and any(is_named(name, difference) for name in subject.elements)


def is_named(name: str, difference: Difference) -> bool:
    """Tell whether a difference is about a name or about what holds it, as it is called or as it was."""
    parts = name.split(".")
    around = {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
    return difference.element in around or any(is_renaming(difference, one) for one in around)


def is_renaming(difference: Difference, name: str) -> bool:
    """Tell whether a difference says that what had a name is called otherwise or lies elsewhere now."""
    return difference.rule.endswith(("-renamed", "-moved")) and f" {name} " in f" {difference.message} "
