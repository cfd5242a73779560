"""A line for each difference below its module, then a count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.kit.text import plural, printable
from protoctl.model.change import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.reports.diff import DiffListing, ModuleDifferences, Row


def render(listing: DiffListing) -> str:
    """Give lines that terminals and editors can follow: breaks first, with whom they reach and what to do instead."""
    lines = [line for module in listing.modules for line in module_lines(listing, module)]
    lines.append(total(listing))
    return "\n".join(printable(line) for line in lines)


def module_lines(listing: DiffListing, module: ModuleDifferences) -> Iterator[str]:
    """Give nothing for a module in which nothing differs."""
    rows = sorted(listing.rows(module), key=lambda row: -row.change)
    if not rows:
        return
    against = f" since {module.against}" if module.against else ""
    yield f"{module.module}: {listing.change(module)}{against}"
    for row in rows:
        yield from (f"  {line}" for line in row_lines(listing, row))


def row_lines(listing: DiffListing, row: Row) -> Iterator[str]:
    """Give `file:line:column: step: message (rule; whom it reaches)`, and what to do below it."""
    difference = row.difference
    site = difference.now
    reached = ", ".join(consumer.value for consumer in difference.affected(listing.policy.counted))
    origin = f"{row.origin}: " if row.origin else ""
    known = "; ".join(filter(None, (difference.rule, reached)))
    place = f"{listing.path(row, site)}:{site.line}:{site.column}"
    yield f"{origin}{place}: {row.change}: {difference.message} ({known})"
    if difference.remedy and row.change is Change.MAJOR:
        yield f"  instead: {difference.remedy}"


def total(listing: DiffListing) -> str:
    """Give how many differences of each step there are; what several modules inherit counts once."""
    rows = [row for module in listing.modules for row in sorted(listing.rows(module), key=lambda row: row.change)]
    steps = list({row.difference: row.change for row in rows}.values())
    if not steps:
        return "no differences"
    counts = ", ".join(f"{steps.count(step)} {step}" for step in sorted(set(steps), reverse=True))
    changed = [module for module in listing.modules if module.own or module.inherited]
    return f"{plural(len(steps), 'difference')} in {plural(len(changed), 'module')}: {counts}"
