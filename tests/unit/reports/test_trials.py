"""Trials in each format."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from protoctl.model.trial import Fault, Trial, Verdict
from protoctl.reports import junit, trials

FAULT = Fault("SyntaxError: invalid <syntax>\x00", "acme/user/v1/user_pb2.py", 7, "line one\nline two")
VERDICT = Verdict(
    (
        Trial("node", "", "tsc", skipped="no Node"),
        Trial("python", "user", "import, lowest", (FAULT,), seconds=1.5),
        Trial("python", "user", "mypy, newest", remarks=(Fault("could be lower"),), seconds=0.25),
    )
)


def test_text_names_module_consumer_place_and_cause() -> None:
    assert trials.render_trials(VERDICT).splitlines() == [
        "skipped: node: tsc: no Node",
        "failed: python user: import, lowest: acme/user/v1/user_pb2.py:7: SyntaxError: invalid <syntax>\x00",
        "  line one",
        "  line two",
        "remark: python user: mypy, newest: could be lower",
        "3 trials: 1 passed, 1 failed, 1 skipped",
    ]
    assert trials.render_trials(Verdict(())) == "0 trials: 0 passed"


def test_junit_can_be_parsed_whatever_a_tool_said() -> None:
    root = ET.fromstring(junit.render_trials(VERDICT).encode())  # noqa: S314  our own text
    assert root.attrib == {
        "name": "protoctl verify",
        "tests": "3",
        "failures": "1",
        "skipped": "1",
        "time": "1.750",
    }
    assert [suite.attrib["name"] for suite in root] == ["node", "python"]
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.attrib["message"] == "acme/user/v1/user_pb2.py:7: SyntaxError: invalid <syntax>\ufffd"
    assert failure.text == "line one\nline two"
    assert [case.attrib["name"] for case in root.findall(".//testcase[skipped]")] == ["tsc"]
    assert [found.text for found in root.iter("system-out")] == ["could be lower"]
