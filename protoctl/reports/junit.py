"""JUnit's XML, which every CI system shows: a suite for each language, a case for each trial.

The de facto schema: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protoctl.model.trial import Trial, Verdict

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold (§2.2)."""


def render_trials(verdict: Verdict) -> str:
    """Give the document for a verification."""
    root = ET.Element("testsuites", {"name": "protoctl verify"} | counts(verdict.trials))
    for target, trials in groupby(verdict.trials, key=lambda trial: trial.target):
        group = list(trials)
        suite = ET.SubElement(root, "testsuite", {"name": target} | counts(group))
        for trial in group:
            add_case(suite, trial)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def counts(trials: Iterable[Trial]) -> dict[str, str]:
    """Give the attributes that sum up."""
    group = list(trials)
    outcomes = [trial.outcome for trial in group]
    return {
        "tests": str(len(group)),
        "failures": str(outcomes.count("failed")),
        "skipped": str(outcomes.count("skipped")),
        "time": f"{sum(trial.seconds for trial in group):.3f}",
    }


def add_case(suite: ET.Element, trial: Trial) -> None:
    """Append a trial to its suite."""
    name = ".".join(filter(None, (trial.target, trial.module)))
    case = ET.SubElement(suite, "testcase", classname=name, name=trial.consumer, time=f"{trial.seconds:.3f}")
    for fault in trial.faults:
        message = printable(": ".join(filter(None, (fault.place, fault.cause))))
        ET.SubElement(case, "failure", message=message).text = printable(fault.said or fault.cause)
    remarks = [f"{remark.cause}\n{remark.said}".strip() for remark in trial.remarks]
    if remarks:
        ET.SubElement(case, "system-out").text = printable("\n".join(remarks))
    if trial.outcome == "skipped":
        ET.SubElement(case, "skipped", message=printable(trial.skipped))


def printable(text: str) -> str:
    """Give text with what XML cannot hold replaced."""
    return FORBIDDEN.sub("\ufffd", text)
