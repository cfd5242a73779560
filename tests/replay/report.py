"""A replay as Markdown and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from protoctl.kit.text import plural
from protoctl.model.change import Change
from replay.steps import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from buf.agreement import Verdict

    from replay.campaign import Replay
    from replay.pairs import Judged

SHOWN = 100
"""Lines of a list before it is cut, which is then said; the JSON has all."""
OPEN = "Nobody knows who is right"


def to_markdown(replay: Replay) -> str:
    """Give the report: what it comes to, then every open question, every note and every pair."""
    pairs = replay.pairs
    header = ["rule of buf", "findings", "we call it a break too", "no break, for a reason", "open"]
    own_header = ["our rule", "breaks", "buf reports it too", "buf is blind, for a reason", "open"]
    sections = {
        "Numbers that people chose beside the computed change": steps_table(pairs)
        + "\n\n"
        + bullets(judge_numbers(pairs)),
        "Findings of `buf breaking` (FILE and WIRE_JSON) beside our breaks": witness_table(header, theirs(pairs)),
        "Our breaks beside `buf breaking`": witness_table(own_header, ours(pairs)),
        "Who is right, and why": bullets(reasons(pairs)),
        OPEN: bullets(open_questions(pairs)),
        "What did not go smoothly": bullets(notes(replay)),
        "Every pair in which a proto changed": pairs_table(pairs),
    }
    parts = [f"# Replay\n\n{bullets(facts(replay))}", *(f"## {title}\n\n{text}" for title, text in sections.items())]
    return "\n\n".join(parts) + "\n"


def summary_of(report: str) -> str:
    """Give the part of a report that says what it comes to."""
    return report.partition(f"## {OPEN}")[0]


def reasons(pairs: Sequence[Judged]) -> list[str]:
    """Give the reason for every rule that one side has alone."""
    return sorted({f"`{one.rule}`: {one.reason}" for one in [*theirs(pairs), *ours(pairs)] if one.reason})


def open_questions(pairs: Sequence[Judged]) -> list[str]:
    """Give every finding that one side has alone for no known reason."""
    return [
        f"{pair.before} → {pair.after}: `{one.rule}` {one.file}: {one.message}"
        for pair in pairs
        for one in (*pair.theirs, *pair.ours)
        if one.is_open
    ]


def notes(replay: Replay) -> list[str]:
    """Give what was left out, with the tags at which it was."""
    tags: dict[str, list[str]] = {}
    for pair in replay.pairs:
        for tag, text in pair.notes:
            tags.setdefault(text, []).append(tag)
    found = [f"{text} ({', '.join(dict.fromkeys(names))})" for text, names in sorted(tags.items())]
    return found + [f"tag {tag} {why}" for tag, why in sorted(replay.order.refused.items())]


def to_json(replay: Replay) -> dict[str, Any]:
    """Give the report as plain values."""
    return {
        "format": 1,
        "source": replay.source,
        "facts": facts(replay),
        "numbers": judge_numbers(replay.pairs),
        "refused": replay.order.refused,
        "pairs": [row_of(pair) for pair in replay.pairs],
    }


def row_of(pair: Judged) -> dict[str, Any]:
    """Give a pair as plain values."""
    words = {"change": str(pair.change), "announced": None if pair.announced is None else str(pair.announced)}
    return {**asdict(pair), **words}


def facts(replay: Replay) -> list[str]:
    """Say what was there and what it took."""
    tags, pairs = replay.tags, replay.pairs
    kinds = Counter(tag.kind for tag in tags)
    differing = [pair for pair in pairs if pair.seconds[0]]
    sorts = " and ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    series = replay.order.series
    lines = [
        f"source: {replay.source}",
        f"{plural(len(tags), 'tag')}: {sorts}; {len({tag.protos for tag in tags})} different sets of protos",
        f"{sum(not tag.blobs for tag in tags)} tags without protos",
        f"{sum(map(len, series.values()))} versions, of {len(series)} things that are numbered",
        f"{plural(len(replay.order.refused), 'tag')} left out",
        f"{plural(len(pairs), 'pair')} judged; in {len(pairs) - len(differing)} no proto changed",
    ]
    if differing:
        spent = [sum(pair.seconds[at] for pair in differing) / len(differing) for at in (0, 1)]
        lines.append(f"mean of a pair: {spent[0]:.3f} s in process for ours, {spent[1]:.3f} s for a run of buf")
    return lines


def judge_numbers(pairs: Sequence[Judged]) -> list[str]:
    """Say how often the numbers said what changed."""
    told = [pair for pair in pairs if pair.announced is not None]
    low = [pair for pair in told if pair.announced is not None and pair.change > pair.announced]
    breaks = [pair for pair in low if pair.change is Change.MAJOR]
    exact = [pair for pair in told if pair.change == pair.announced]
    if not told:
        return ["no step announced anything"]
    return [
        f"{len(told)} steps announced something ({len(pairs) - len(told)} led from a pre-release to its successor)",
        f"{share(exact, told)} announced what changed",
        f"{share(low, told)} announced too little, {share(breaks, told)} a break as something less",
        f"{len(told) - len(exact) - len(low)} announced more than changed",
    ]


def share(some: Sequence[object], every: Sequence[object]) -> str:
    """Give a count with its part of all."""
    return f"{len(some)} ({100 * len(some) / len(every):.0f} %)"


def steps_table(pairs: Sequence[Judged]) -> str:
    """Give how often each human step met each computed change."""
    counts = Counter((pair.step, pair.change) for pair in pairs)
    rows = [
        [step.value, *(str(counts[step.value, change] or "·") for change in Change)]
        for step in Step
        if any(counts[step.value, change] for change in Change)
    ]
    return table(["human step", *(f"computed {change}" for change in Change)], rows)


def witness_table(header: list[str], verdicts: Sequence[Verdict]) -> str:
    """Give how often each rule met the other side."""
    rows = []
    for rule in sorted({one.rule for one in verdicts}):
        group = [one for one in verdicts if one.rule == rule]
        numbers = (
            len(group),
            sum(bool(one.peer) for one in group),
            sum(bool(one.reason) for one in group),
            sum(one.is_open for one in group),
        )
        rows.append([f"`{rule}`", *(str(number or "·") for number in numbers)])
    return table(header, rows) if rows else "None."


def pairs_table(pairs: Iterable[Judged]) -> str:
    """Give a row for each pair in which a proto changed."""
    rows = [
        [pair.before, pair.after, pair.step, str(pair.change), str(len(pair.ours)), str(len(pair.theirs))]
        for pair in pairs
        if pair.seconds[0]
    ]
    return table(["before", "after", "human", "computed", "our breaks", "findings of buf"], rows)


def theirs(pairs: Iterable[Judged]) -> list[Verdict]:
    """Give every finding of buf."""
    return [one for pair in pairs for one in pair.theirs]


def ours(pairs: Iterable[Judged]) -> list[Verdict]:
    """Give every break of ours."""
    return [one for pair in pairs for one in pair.ours]


def table(header: list[str], rows: Sequence[Sequence[str]]) -> str:
    """Give a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def bullets(lines: Sequence[str]) -> str:
    """Give a Markdown list, cut where it is long."""
    more = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return "\n".join(f"- {line}" for line in [*lines[:SHOWN], *more]) or "None."
