"""Trials as text: what failed, what was left out, and a count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.kit.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.model.trial import Trial, Verdict


def render_trials(verdict: Verdict) -> str:
    """Give a line for each fault and remark with the consumer's words below it, then a count."""
    lines = [line for trial in verdict.trials for line in lines_of(trial)]
    outcomes = [trial.outcome for trial in verdict.trials]
    counts = {name: outcomes.count(name) for name in ("passed", "failed", "skipped")}
    said = ", ".join(f"{count} {name}" for name, count in counts.items() if count or name == "passed")
    return "\n".join([*lines, f"{plural(len(outcomes), 'trial')}: {said}"])


def lines_of(trial: Trial) -> Iterator[str]:
    """Give nothing for a trial that passed without remarks, else who says what, where."""
    if trial.outcome == "skipped":
        yield line_of("skipped", trial, "", trial.skipped)
    for word, faults in (("failed", trial.faults), ("remark", trial.remarks)):
        for fault in faults:
            yield line_of(word, trial, fault.place, fault.cause)
            yield from (f"  {line}" for line in fault.said.strip().splitlines())


def line_of(word: str, trial: Trial, place: str, text: str) -> str:
    """Give one line, parts that are not known left out."""
    who = " ".join(filter(None, (trial.target, trial.module)))
    return ": ".join(filter(None, (word, who, trial.consumer, place, text)))
