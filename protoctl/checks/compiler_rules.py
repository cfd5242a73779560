"""The rules that the compiler, the reading of files and the graph of modules hold; their findings come from there."""

from __future__ import annotations

from protoctl.checks.rule import Rule
from protoctl.model.finding import Severity

COMPILER_RULES = (
    Rule("compile", "Every proto compiles"),
    Rule("compile-warning", "The compiler has nothing to warn of", Severity.WARNING),
    Rule("import-cycle", "No proto imports itself, directly or through others"),
    Rule("import-missing", "Every import is in the workspace or in a distribution of [dependencies]"),
    Rule("import-unused", "Every import is used", Severity.WARNING),
    Rule("module-cycle", "Modules do not import each other in a circle"),
    Rule("source-refused", "Every proto is a plain UTF-8 file whose path can become a Python and Node module"),
    Rule("symbol-clash", "No two files define the same symbol"),
)
