"""A file says what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protoctl.checks.rule import Rule
from protoctl.model.finding import Severity
from protoctl.workspace.imports import has_syntax, is_blank

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protoctl.checks.rule import Context
    from protoctl.model.finding import Finding

EMPTY = Rule("file-empty", "Every file declares something", Severity.WARNING)
SYNTAX = Rule("syntax-missing", "Every file begins with its syntax or edition", Severity.WARNING)
RULES = (EMPTY, SYNTAX)


def find(context: Context) -> Iterator[Finding]:
    """Report files with nothing but comments, and files that the compiler has to take for proto2."""
    for path, text in context.texts.items():
        if is_blank(text):
            yield EMPTY.on(path, 1, 1, "holds no declaration")
        elif not has_syntax(text):
            yield SYNTAX.on(path, 1, 1, 'has no `syntax = "proto3";` and no edition; the compiler takes it for proto2')
