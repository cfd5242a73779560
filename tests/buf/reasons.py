"""Where buf and our comparison differ, and why ours is right: by rule, each with the sentence that a report prints."""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """Why one side is right."""

    rule: str
    """Of the side that is not."""
    sentence: str
    """What a report prints."""
    words: str = ""
    """What the finding has to say for the reason to hold; nothing where it holds for every finding of the rule."""


FOREIGN = "an option of another language: Python and Node stubs, bytes and JSON stay the same"
TOO_STRICT = (
    *(
        Reason(rule, FOREIGN)
        for rule in (
            *("FIELD_SAME_CPP_STRING_TYPE", "FIELD_SAME_CTYPE", "FIELD_SAME_JAVA_UTF8_VALIDATION"),
            *("FILE_SAME_CC_ENABLE_ARENAS", "FILE_SAME_CC_GENERIC_SERVICES", "FILE_SAME_CSHARP_NAMESPACE"),
            *("FILE_SAME_GO_PACKAGE", "FILE_SAME_JAVA_GENERIC_SERVICES", "FILE_SAME_JAVA_MULTIPLE_FILES"),
            *("FILE_SAME_JAVA_OUTER_CLASSNAME", "FILE_SAME_JAVA_PACKAGE", "FILE_SAME_OBJC_CLASS_PREFIX"),
            *("FILE_SAME_OPTIMIZE_FOR", "FILE_SAME_PHP_CLASS_PREFIX", "FILE_SAME_PHP_METADATA_NAMESPACE"),
            *("FILE_SAME_PHP_NAMESPACE", "FILE_SAME_RUBY_PACKAGE", "FILE_SAME_SWIFT_PREFIX"),
            "MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR",
        )
    ),
    Reason(
        "FILE_SAME_SYNTAX", "what a syntax or edition means is compared feature by feature; the word changes nothing"
    ),
    Reason(
        "FIELD_SAME_CARDINALITY",
        "absence can be told from now on, and nothing relied on that; where a type in Node changes, we say so",
        'from "optional with implicit presence" to "optional with explicit presence"',
    ),
    Reason(
        "RPC_SAME_IDEMPOTENCY_LEVEL",
        "a promise that is new: nobody relied on its absence",
        'from "IDEMPOTENCY_UNKNOWN"',
    ),
    *(
        Reason("FIELD_SAME_JSTYPE", "protobuf-es knows JS_STRING only: both kinds of number are a bigint", words)
        for words in ('from "JS_NORMAL" to "JS_NUMBER"', 'from "JS_NUMBER" to "JS_NORMAL"')
    ),
)
"""Why what buf reports is no break; only where we find none for that element."""
UNKNOWN = "buf looks no further into a file whose path or package changed; its readers meet every other break as well"
ROUTES = "buf does not know google.api.http, and who calls a route by its path finds it no more"
BLIND = (
    Reason("http-route-body-changed", ROUTES),
    Reason("http-route-changed", ROUTES),
    Reason("http-route-deleted", ROUTES),
)
"""Why what we call a break is one although buf reports nothing for that element."""


def find_reason(reasons: tuple[Reason, ...], rule: str, message: str) -> str:
    """Give the sentence of the first reason that holds for a finding, or nothing."""
    return next((one.sentence for one in reasons if one.rule == rule and one.words in message), "")
