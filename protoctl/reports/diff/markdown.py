"""Differences as a comment on a pull request: a table, then each module's breaks with remedies and the rest folded."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from protoctl.kit.markdown import code, cut, escape, fit, fold, shorten, table
from protoctl.kit.text import plural
from protoctl.model.change import Change, Consumer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.reports.diff import DiffListing, ModuleDifferences, Row


def render(listing: DiffListing) -> str:
    """Give Markdown that fits into a comment on GitHub; lists that do not fit say how much is left out."""
    return fit(partial(compose, listing))


def compose(listing: DiffListing, most: int) -> Iterator[str]:
    """Give the lines of a comparison with lists of at most so many entries."""
    changed = [module for module in listing.modules if module.own or module.inherited]
    yield "### Differences"
    yield ""
    if not changed:
        yield "No differences."
        return
    head = ("module", "since", "change", *(consumer.value for consumer in Consumer))
    yield from table(head, [cells(listing, module) for module in changed[:most]])
    yield ""
    if len(changed) > most:
        yield f"- … and {plural(len(changed) - most, 'module')} more"
        yield ""
    for module in changed[:most]:
        yield from module_lines(listing, module, most)


def cells(listing: DiffListing, module: ModuleDifferences) -> tuple[str, ...]:
    """Give a module's row: how many breaks reach each consumer."""
    breaks = [row.difference for row in listing.rows(module) if row.change is Change.MAJOR]
    reached = [consumer for one in breaks for consumer in one.affected(listing.policy.counted)]
    counts = (str(reached.count(consumer) or "") for consumer in Consumer)
    return escape(module.module), escape(shorten(module.against)), str(listing.change(module)), *counts


def module_lines(listing: DiffListing, module: ModuleDifferences, most: int) -> Iterator[str]:
    """Give a module's differences: breaks open, everything else folded."""
    rows = listing.rows(module)
    yield f"#### {escape(module.module)}"
    yield ""
    write = partial(item, listing)
    breaks = [row for row in rows if row.change is Change.MAJOR]
    if breaks:
        yield from cut(breaks, most, "break", write)
        yield ""
    for step in (Change.MINOR, Change.PATCH):
        others = [row for row in rows if row.change is step]
        if others:
            yield from fold(f"{len(others)} {step}", cut(others, most, "difference", write))
            yield ""


def item(listing: DiffListing, row: Row) -> str:
    """Give one entry: where, what, by which rule, whom it reaches and what to do instead."""
    difference = row.difference
    place = code(shorten(f"{listing.path(row, difference.now)}:{difference.now.line}"))
    parts = filter(None, (escape(row.origin), place, escape(shorten(difference.message))))
    reached = [consumer.value for consumer in difference.affected(listing.policy.counted)]
    known = "; ".join(filter(None, (escape(difference.rule), ", ".join(reached))))
    remedy = (
        f"; instead: {escape(shorten(difference.remedy))}" if row.change is Change.MAJOR and difference.remedy else ""
    )
    return f"- {' '.join(parts)} ({known}){remedy}"
