"""From protoc's messages to findings that say each cause once."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING

from protoctl.kit.dag import closure
from protoctl.model.finding import Finding, Severity, by_place
from protoctl.schema.diagnostics import CYCLE, DEFINED, SCOPING_NOTE, UNUSED, by_file
from protoctl.schema.view import enums_of, messages_of
from protoctl.workspace.imports import read_proto_package

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.schema.diagnostics import Diagnostic
    from protoctl.schema.sources import Sources

DECLARED = re.compile(rb"\b(?:message|enum|group)\s+(\w+)")
ELSEWHERE = ("The default JSON name", "Extension number ")
"""How warnings begin that rules of `checks` say better: `node-clash`, `extension-clash`."""
LIMIT = 1000
"""Findings of one file; a binary file can raise a message for each byte."""


def to_findings(
    diagnostics: list[Diagnostic], sources: Sources, files: Mapping[str, FileDescriptorProto]
) -> tuple[Finding, ...]:
    """Give a finding for each cause, sorted by place; `files` are those that compile.

    Left out: messages about files of others, imports that fail because the imported file does, names that such an
    import may have declared, and members of a symbol that is defined twice.
    """
    reader = Reader(sources, files)
    findings = [
        finding
        for path, group in by_file(diagnostics).items()
        if path in sources.own
        for finding in limit(list(reader.findings(group)))
    ]
    return tuple(sorted(dict.fromkeys(findings), key=by_place))


def limit(findings: list[Finding]) -> list[Finding]:
    """Cut what is said about one file, and say so."""
    if len(findings) <= LIMIT:
        return findings
    last = findings[LIMIT]
    more = f"{len(findings) - LIMIT} more problems in this file are not listed"
    return [*findings[:LIMIT], Finding(last.file, last.line, last.column, last.rule, more, last.severity)]


class Reader:
    """Tells causes from consequences and names the rule of each."""

    def __init__(self, sources: Sources, files: Mapping[str, FileDescriptorProto]) -> None:
        """Take the sources and the files that compile."""
        self.sources = sources
        self.files = files

    @cached_property
    def symbols(self) -> dict[str, str]:
        """Full name of every message and enum that compiles to its file."""
        return {
            symbol.full_name: path
            for path, file in self.files.items()
            for group in (messages_of(file), enums_of(file))
            for symbol in group
        }

    def findings(self, group: Sequence[Diagnostic]) -> Iterator[Finding]:
        """Give the findings for the messages of one file."""
        clashes: set[str] = {one.clashing_symbol for one in group if one.clashing_symbol}
        failed = [one.missing_import for one in group if one.missing_import]
        told: set[tuple[int, int, str]] = set()
        for one in group:
            place = (one.line, one.column, one.clashing_symbol)
            if one.clashing_symbol and (is_member(one.clashing_symbol, clashes) or place in told):
                continue
            if one.message.startswith(SCOPING_NOTE) or self.is_consequence(one, failed):
                continue
            if one.is_warning and one.message.startswith(ELSEWHERE):
                continue
            told.add(place)
            yield self.finding(one)

    def is_consequence(self, one: Diagnostic, failed: Sequence[str]) -> bool:
        """Tell whether a message is, or may be, due to one of the imports that failed."""
        if one.missing_import in self.sources.own:
            return True
        if not one.undefined_name or not failed:
            return False
        if any(path not in self.sources.own for path in failed):
            return True
        return one.undefined_name.rpartition(".")[2].encode() in self.declared(tuple(failed))

    @cache  # noqa: B019  a reader lives as long as its sources
    def declared(self, paths: tuple[str, ...]) -> set[bytes]:
        """Give the names that the text of files, and of what these import, declares."""
        texts = [self.sources.own.get(path, b"") for path in closure(paths, self.sources.imports)]
        return {name for text in texts for name in DECLARED.findall(text)}

    def finding(self, one: Diagnostic) -> Finding:
        """Name the rule that a message belongs to."""
        rule, message, severity = "compile", one.message.removesuffix("."), Severity.ERROR
        if one.missing_import:
            rule, message = "import-missing", self.sources.explain(one.missing_import)
        elif one.undefined_name and (home := self.home(one)):
            rule, message = "import-missing", f'{one.undefined_name} is defined in "{home}", which is not imported'
        elif defined := DEFINED.match(one.message):
            rule, message = "symbol-clash", f"{defined['symbol']} is already defined in {defined['other']}"
        elif unused := UNUSED.match(one.message):
            rule, message, severity = "import-unused", f'import "{unused["path"]}" is not used', Severity.WARNING
        elif cycle := CYCLE.match(one.message):
            rule, message = "import-cycle", f"files import each other: {cycle['chain'].replace('->', '→')}"
        elif one.is_warning:
            rule, severity = "compile-warning", Severity.WARNING
        return Finding(one.file, one.line, one.column, rule, message, severity)

    @cache  # noqa: B019  as above
    def proto_package(self, path: str) -> str:
        """Give the proto_package that a file declares."""
        return read_proto_package(self.sources.own[path].decode())

    def home(self, one: Diagnostic) -> str:
        """Give the file that declares an undefined name and is not imported, or nothing."""
        parts = self.proto_package(one.file).split(".")
        scopes = [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
        names = [f"{scope}.{one.undefined_name}" for scope in scopes if scope] + [one.undefined_name.lstrip(".")]
        found = next((self.symbols[name] for name in names if name in self.symbols), one.file)
        return "" if found == one.file or found in self.sources.imports[one.file] else found


def is_member(symbol: str, clashes: set[str]) -> bool:
    """Tell whether one of the symbols around a symbol is among the clashing ones."""
    parts = symbol.split(".")
    return any(".".join(parts[:end]) in clashes for end in range(1, len(parts)))
