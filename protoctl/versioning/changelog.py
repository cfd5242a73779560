"""A module's changelog: a section for each release, made from the reasons for it, in the words of those who use it.

The headings are those of https://keepachangelog.com, with breaks first. What no code or data depends on is counted,
not told.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from protoctl.errors import UsageError
from protoctl.kit.markdown import code, escape
from protoctl.kit.text import plural
from protoctl.model.change import Change, Consumer
from protoctl.versioning.reason import Subject
from protoctl.versioning.release import parse_release

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from protoctl.versioning.reason import Reason
    from protoctl.versioning.release import Release
    from protoctl.versioning.release_plan import ModulePlan

HEADINGS = ("Breaking", "Added", "Deprecated", "Changed", "Dependencies")
"""In the order that a section has them."""
REACHED = {
    Consumer.WIRE: "data that is stored or sent",
    Consumer.JSON: "JSON",
    Consumer.PYTHON: "Python code",
    Consumer.NODE: "Node code",
}
VERSION = re.compile(r"## \[?([^\s\]]+)")


def render_section(module: ModulePlan, day: date | None = None) -> str:
    """Give the section of a module that is released, with the day when there is one; ends with a line feed."""
    if module.next is None:
        return ""
    spelled = "" if module.next.npm == module.next.python else f" (npm {module.next.npm})"
    lines = [f"## {module.next.python}{spelled}{f' - {day.isoformat()}' if day else ''}", ""]
    groups = group_items(module)
    for heading in HEADINGS:
        if heading in groups:
            lines += [f"### {heading}", "", *groups[heading], ""]
    if not groups:
        lines += [*(f"{capitalized(escape(reason.message))}." for reason in module.reasons), ""]
    return "\n".join(lines)


def group_items(module: ModulePlan) -> dict[str, list[str]]:
    """Give the lines below each heading that has any."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for reason in module.reasons:
        if heading := heading_of(reason):
            groups[heading] += item(reason)
    if quiet := list(quiet_items(module)):
        groups["Changed"] += quiet
    return groups


def heading_of(reason: Reason) -> str:
    """Give the heading that a reason belongs under; nothing for what is only counted or about the release itself."""
    if reason.change is Change.MAJOR:
        return "Breaking"
    if reason.subject is Subject.DEPENDENCY:
        return "Dependencies"
    if reason.difference is None or reason.change is not Change.MINOR:
        return ""
    if "deprecat" in reason.difference.rule:
        return "Deprecated"
    return "Changed" if reason.difference.before else "Added"


def item(reason: Reason) -> Iterator[str]:
    """Give the lines of one entry: what, then whom it reaches, what to do instead and why it is meant."""
    difference = reason.difference
    yield f"- {': '.join(filter(None, (escape(reason.origin), sentence(reason))))}"
    if reason.change is not Change.MAJOR:
        return
    if reason.reached:
        yield f"  - reaches {', '.join(REACHED[consumer] for consumer in reason.reached)}"
    if difference and difference.remedy:
        yield f"  - instead: {escape(difference.remedy)}"
    if reason.acceptance:
        yield f"  - why: {escape(reason.acceptance.reason)}"


def sentence(reason: Reason) -> str:
    """Give what is said of a reason, with the element it is about in a code span; before it where it does not say."""
    text, element = escape(reason.message), reason.difference.element if reason.difference else ""
    if not element:
        return text
    named = re.compile(rf"(?<![\w.&#]){re.escape(element)}(?!\w|\.\w)")
    if escape(element) != element or not named.search(text):
        return f"{code(element)}: {text}"
    return named.sub(f"`{element}`", text, count=1)


def quiet_items(module: ModulePlan) -> Iterator[str]:
    """Give how much changed in each file that nothing depends on."""
    quiet = [reason for reason in module.reasons if reason.difference and reason.change is Change.PATCH]
    counts = Counter(reason.place().rpartition(":")[0] for reason in quiet)
    for path, count in sorted(counts.items()):
        yield f"- {code(path)}: {plural(count, 'change')} that no code or data depends on"


def capitalized(sentence: str) -> str:
    """Give a sentence with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def insert_section(existing: str, section: str, title: str = "Changes") -> str:
    """Give a changelog with a section in it: in place of one of the same version, else before the first lower version.

    What others say stays as it is, but for blank lines between sections. An empty changelog gets the title.
    """
    if "\r\n" in existing:
        return insert_section(existing.replace("\r\n", "\n"), section, title).replace("\n", "\r\n")
    release = version_of(section.partition("\n")[0])
    if release is None:
        return existing
    parts = re.split(r"^(?=## )", existing or f"# {escape(title)}\n", flags=re.MULTILINE)
    known = [version_of(part.partition("\n")[0]) for part in parts]
    if release in known:
        parts[known.index(release)] = section
    else:
        lower = (at for at, one in enumerate(known) if one and one.version < release.version)
        parts.insert(next(lower, len(parts)), section)
    return "\n\n".join(filter(None, (part.rstrip() for part in parts))) + "\n"


def version_of(heading: str) -> Release | None:
    """Give the version that a heading of the second level names, or nothing."""
    match = VERSION.match(heading)
    try:
        return parse_release(match[1]) if match else None
    except UsageError:
        return None
