"""What protoc-gen-es writes, by a strict grammar: imports are found, and CommonJS is derived from ESM.

The plugin writes CommonJS itself (`js_import_style=legacy_commonjs`), at the price of a second run over all files.
Its two outputs differ in a few lines of fixed shape, so one is derived from the other; tests hold the derived text
equal to the plugin's own. Text outside the grammar is refused: a plugin that writes otherwise shall be noticed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from protoctl.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = re.compile(r"(?:(?://[^\n\r\u2028\u2029]*)?\n|/\* eslint-disable \*/\n)*+")
"""Comments of the proto among them; what ends a line for JavaScript, and not for protoc, would let them act."""
NAME = r"[A-Za-z_$][\w$]*"
NAMES = rf"{NAME}(?: as {NAME})?(?:, {NAME}(?: as {NAME})?)*"
IMPORT = re.compile(rf'import (?P<type>type )?\{{ (?P<names>{NAMES}) \}} from "(?P<source>[^"\\\n]+)";\n', re.ASCII)
DOC = r" *+/\*\*\n(?: *+\*(?!/)(?:(?!\*/)[^\n])*+\n)*+ *+\*/\n"
CALL = rf"""(?:
    fileDesc(?:\$\d+)?\("[A-Za-z0-9+/]*"(?:,\ \[{NAME}(?:,\ {NAME})*\])?\)
  | (?:message|enum|ext|service)Desc(?:\$\d+)?\({NAME}(?:,\ \d+)+\)
  | tsEnum(?:\$\d+)?\({NAME}\)
)"""
SCRIPT_BODY = re.compile(
    rf"(?: \n | {DOC.replace(' ', '[ ]')} | export\ const\ {NAME}\ =\ /\*@__PURE__\*/\n\ \ {CALL};\n )*+",
    re.VERBOSE | re.ASCII,
)
TYPE = rf"(?:{NAME}|\{{ \[key: (?:string|number)\]: {NAME} \}})(?:\[\])?"
TYPES_BODY = re.compile(
    "(?:"
    + "|".join(
        (
            r"\n",
            DOC,
            rf"  (?:  value|[\w$]+): {TYPE};\n",
            rf"  [\w$]+\?: {TYPE} \| undefined;\n",
            r"  [\w$]+ = -?\d+,\n",
            r"\}>?;?\n",
            rf'export declare type {NAME} = {NAME}<"[\w.]+"> & \{{\n',
            rf"export declare const {NAME}: {NAME}(?:<{NAME}(?:, {TYPE})?>)?;\n",
            rf"export declare const {NAME}: {NAME}<\{{\n",
            rf"export enum {NAME} \{{\n",
            r"  [\w$]+: \{\n",
            r'    case: "[\w$]+";\n',
            r"  \} \| \{\n",
            r"  \} \| \{ case: undefined; value\?: undefined \};\n",
            r'    methodKind: "(?:unary|(?:server|client|bidi)_streaming)";\n',
            rf"    (?:input|output): typeof {NAME};\n",
            r"  \},\n",
        )
    )
    + ")*+",
    re.ASCII,
)
"""Lines of types, each as a shape of its own; how they are nested is for TypeScript to say."""
EXPORT = re.compile(rf"^export (?:declare )?(?:const|type|enum) ({NAME})", re.MULTILINE)
COMMONJS = '"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\n\n'
DIRECTIVE = re.compile(r"^//(?:(?=[/#@])|[ \t]*(?=@ts-))", re.MULTILINE)
"""A comment that tools obey: `/// <reference …>`, `//# sourceMappingURL=`, `// @ts-nocheck`."""


class Import(NamedTuple):
    """One import statement."""

    names: str
    """Between the braces."""
    source: str
    """The module."""
    is_type: bool
    """Whether nothing of it is left at run time."""


@dataclass(frozen=True)
class Generated:
    """One file of protoc-gen-es."""

    path: str
    """Below the plugin's output."""
    head: str
    """Comments, up to the first import."""
    imports: tuple[Import, ...]
    """In file order."""
    body: str
    """From the line after the last import."""

    @property
    def exports(self) -> tuple[str, ...]:
        """The exported names in file order."""
        return tuple(dict.fromkeys(EXPORT.findall(self.body)))

    def relocated(self, locate: Callable[[str, str], str]) -> Generated:
        """Give the file with each import's source as `locate(path, source)` gives it."""
        moved = (one._replace(source=locate(self.path, one.source)) for one in self.imports)
        return replace(self, imports=tuple(moved))

    def to_esm(self) -> str:
        """Give the text as the plugin writes it."""
        lines = [
            f'import {"type " if one.is_type else ""}{{ {one.names} }} from "{one.source}";\n' for one in self.imports
        ]
        return self.head + "".join(lines) + self.body

    def to_commonjs(self) -> str:
        """Give the text as the plugin writes it for `require`, but for the parameter named in its first line."""
        lines = [f'const {{ {one.names.replace(" as ", ": ")} }} = require("{one.source}");\n' for one in self.imports]
        body = self.body.replace("\nexport const ", "\nconst ")
        exports = [f"exports.{name} = {name};\n" for name in self.exports]
        return self.head + COMMONJS + "".join(lines) + body + "\n" + "".join(exports)


def disarm(text: str) -> str:
    """Give generated text in which no comment of a proto is a directive: the plugin copies them."""
    return DIRECTIVE.sub("// - ", text)


def parse_generated(path: str, text: str) -> Generated:
    """Give a file in parts; raises ArtifactError, with the line, for text outside the grammar."""
    is_types = path.endswith(".d.ts")
    head = match_from(HEAD, text, 0)
    position = len(head)
    imports = []
    while (found := IMPORT.match(text, position)) and (is_types or not found["type"]):
        imports.append(Import(found["names"], found["source"], bool(found["type"])))
        position = found.end()
    body = match_from(TYPES_BODY if is_types else SCRIPT_BODY, text, position)
    position += len(body)
    if position < len(text) or not imports:
        number = text.count("\n", 0, position) + 1
        line = text[position:].partition("\n")[0]
        raise ArtifactError(
            "protoc-gen-es wrote what protoctl does not know", where=f"{path}:{number}", said=line[:200]
        )
    return Generated(path, head, tuple(imports), body)


def match_from(pattern: re.Pattern[str], text: str, position: int) -> str:
    """Give what a pattern, which also matches nothing, matches at a position."""
    found = pattern.match(text, position)
    return found[0] if found else ""
