"""Where buf and our comparison differ, and why ours is right: by rule, each with the sentence that a report prints."""

from __future__ import annotations

FOREIGN = "an option of another language: Python and Node stubs, bytes and JSON stay the same"
TOO_STRICT = {
    **dict.fromkeys(
        (
            *("FIELD_SAME_CPP_STRING_TYPE", "FIELD_SAME_CTYPE", "FIELD_SAME_JAVA_UTF8_VALIDATION"),
            *("FILE_SAME_CC_ENABLE_ARENAS", "FILE_SAME_CC_GENERIC_SERVICES", "FILE_SAME_CSHARP_NAMESPACE"),
            *("FILE_SAME_GO_PACKAGE", "FILE_SAME_JAVA_GENERIC_SERVICES", "FILE_SAME_JAVA_MULTIPLE_FILES"),
            *("FILE_SAME_JAVA_OUTER_CLASSNAME", "FILE_SAME_JAVA_PACKAGE", "FILE_SAME_OBJC_CLASS_PREFIX"),
            *("FILE_SAME_OPTIMIZE_FOR", "FILE_SAME_PHP_CLASS_PREFIX", "FILE_SAME_PHP_METADATA_NAMESPACE"),
            *("FILE_SAME_PHP_NAMESPACE", "FILE_SAME_RUBY_PACKAGE", "FILE_SAME_SWIFT_PREFIX"),
            "MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR",
        ),
        FOREIGN,
    ),
    "FILE_SAME_SYNTAX": "what a syntax or edition means is compared feature by feature; the word changes nothing",
}
"""Rule of buf to the reason why what it reports is no break; only where we report none for that element."""
BLIND: dict[str, str] = {}
"""Rule of ours to the reason why it is a break although buf reports nothing for that element."""
