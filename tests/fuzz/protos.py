"""Protos as a stranger might write them: valid, odd, and slightly broken; what they carry acts when it is not inert."""

from __future__ import annotations

from hypothesis import strategies as st

CANARY = "CANARY"
"""The file that a payload writes into the current folder."""
OPEN = f'open("{CANARY}","w")'
PAYLOADS = (
    *(
        "plain words",
        "ends in a backslash \\",
        "trailing space ",
        "'",
        '"',
        "`${1}`",
        "{{ 7*7 }}{% raw %}",
        "</script>",
    ),
    *(f'""" + str({OPEN}) + """', f"''' + str({OPEN}) + '''", f'\\""" + str({OPEN}) + """', f'"""; {OPEN} #'),
    *(f'*/ require("fs").writeFileSync("{CANARY}", "") /*', f"\u2028{OPEN}\u2029", f"\x0b{OPEN}\x0c{OPEN}\x85{OPEN}"),
    *(
        "Requires-Dist: evil",
        "\u202e\u2066bidi\u2069",
        "\x1b[31mred",
        "\x7f\x01",
        "é\u0301漢",
        "# coding: utf-7",
        "@ts-nocheck",
    ),
    *(
        "# sourceMappingURL=x",
        '/ <reference path="/etc/passwd" />',
        "type: ignore",
        "\\N{DIGIT ONE}\\x41\\u0041",
        "a" * 5000,
    ),
)
WORDS = (
    *("a", "b", "value", "Thing", "other_thing", "UPPER", "x1", "_", "__", "_a", "a_", "a__b", "A" * 300),
    *(
        "None",
        "True",
        "import",
        "class",
        "async",
        "self",
        "def",
        "print",
        "int",
        "str",
        "bytes",
        "list",
        "type",
        "builtins",
    ),
    *("DESCRIPTOR", "Extensions", "SerializeToString", "Name", "Value", "keys", "typing", "google", "grpc", "message"),
    *("constructor", "__proto__", "toString", "prototype", "then", "default", "export", "function", "delete", "Object"),
    *("package", "option", "syntax", "reserved", "extend", "group", "oneof", "map", "rpc", "stream", "returns", "max"),
)
SCALARS = ("string", "bytes", "int32", "sint64", "fixed64", "uint64", "bool", "double", "float")
HEADS = ('syntax = "proto3";', 'syntax = "proto2";', 'edition = "2023";', 'edition = "2024";', "", 'syntax = "proto4";')
STRINGS = ("", "a", "\\n", "\\\\", '\\"', "\\000\\377", f"\\x22; {OPEN} #", f"'); {OPEN} #", "\\u2028", "é")
OPTIONS = (
    *(
        "java_package",
        "go_package",
        "php_namespace",
        "ruby_package",
        "objc_class_prefix",
        "(unknown)",
        "absent",
        "deprecated",
    ),
    *("optimize_for", "cc_enable_arenas", "features.field_presence", "features.enum_type", "py_generic_services"),
)

names = st.one_of(
    st.sampled_from(WORDS[:6]), st.sampled_from(WORDS), st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
)


def seldom(draw: st.DrawFn, times: int = 40) -> bool:
    """Tell whether to write what makes most files fail, once in so many times; zero would be drawn more often."""
    return draw(st.integers(0, times - 1)) == times // 2


@st.composite
def comment(draw: st.DrawFn) -> str:
    """Give nothing, or a comment in one of three styles, which may also end early."""
    style = draw(st.sampled_from(("", "", "//", "/*", "/**")))
    said = draw(st.sampled_from(PAYLOADS))
    if style == "//":
        return f"// {said}\n//{said}\n"
    if style:
        inner = said if seldom(draw) else said.replace("*/", "* /").replace("/*", "/ *")
        return f"{style} {inner}\n * {inner} */\n"
    return ""


@st.composite
def option(draw: st.DrawFn) -> str:
    """Give an option of a file or of whatever it stands in, seldom one that is known there."""
    value = draw(
        st.sampled_from((*(f'"{one}"' for one in STRINGS), "1", "true", "SPEED", "IMPLICIT", "{ a: 1 }", "-inf"))
    )
    return f"option {draw(st.sampled_from(OPTIONS))} = {value};\n"


@st.composite
def field(draw: st.DrawFn, head: str, number: int, types: tuple[str, ...]) -> str:
    """Give a field, map, oneof or group."""
    name, kind = draw(names), draw(st.sampled_from((*SCALARS, *types)))
    label = (
        draw(st.sampled_from(("optional ", "repeated ")))
        if "proto2" in head
        else draw(st.sampled_from(("", "", "repeated ")))
    )
    shape = draw(st.integers(0, 12))
    if shape == 0:
        key = draw(st.sampled_from(SCALARS)) if seldom(draw) else "string"
        return f"map<{key}, {kind}> {name} = {number};\n"
    if shape == 1:
        return f"oneof {name}_choice {{ {kind} {name} = {number}; }}\n"
    if shape == 2 and "proto2" in head:
        return f"optional group G{name.capitalize()} = {number} {{}}\n"
    if shape == 3:
        return f"reserved {number};\n" if draw(st.booleans()) else f'reserved "{name}";\n'
    extras = ["", "", f' [json_name = "{draw(st.sampled_from(STRINGS))}"]', " [deprecated = true]"]
    if "proto2" in head and not label.startswith("repeated"):
        kind = "string"
        extras += [f' [default = "{draw(st.sampled_from(STRINGS))}"]'] * 3
    extra = draw(st.sampled_from(extras))
    return f"{draw(comment())}{label}{kind} {name} = {number}{extra};\n"


@st.composite
def message(draw: st.DrawFn, head: str, name: str, types: tuple[str, ...], depth: int = 0) -> str:
    """Give a message with fields, enums and messages in it."""
    count = draw(st.integers(0, 3))
    numbers = list(range(1, count + 1))
    if seldom(draw):
        numbers = draw(st.lists(st.sampled_from((0, 1, 18999, 19000, 536870911)), max_size=3))
    body = "".join(draw(field(head, number, types)) for number in numbers)
    if depth < 3 and seldom(draw, 4):
        body += draw(message(head, draw(names), types, depth + 1))
    if seldom(draw):
        body = "message Deep { " * 40 + "}" * 40 + body
    if "proto2" in head and draw(st.booleans()):
        body += f"extensions 100 to {draw(st.sampled_from(('199', 'max')))};\n"
    return f"{draw(comment())}message {name} {{\n{body}}}\n"


@st.composite
def enum(draw: st.DrawFn, name: str) -> str:
    """Give an enum whose values may be odd."""
    values = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    zero = draw(st.sampled_from((1, -1))) if seldom(draw) else 0
    lines = "".join(f"{draw(comment())}{name}_{value} = {zero + at};\n" for at, value in enumerate(values))
    odd = f"{draw(names)} = 99;\n" if seldom(draw, 5) else ""
    return f"enum {name} {{\n{lines}{odd}}}\n"


@st.composite
def service(draw: st.DrawFn, types: tuple[str, ...]) -> str:
    """Give a service with methods of any kind."""
    kind = st.sampled_from(tuple(f"{stream}{one}" for one in types for stream in ("", "stream ")))
    methods = draw(st.lists(names, max_size=3, unique=True))
    lines = "".join(f"{draw(comment())}rpc {name}({draw(kind)}) returns ({draw(kind)});\n" for name in methods)
    return f"{draw(comment())}service {draw(names)}Service {{\n{lines}}}\n"


@st.composite
def proto(draw: st.DrawFn, package: str) -> str:
    """Give a proto of a package."""
    head = draw(st.sampled_from((*HEADS[:2] * 6, *HEADS)))
    types = tuple(draw(st.lists(names, min_size=1, max_size=3, unique=True)))
    parts = [draw(comment()), f"{head}\n", draw(comment()), f"package {package};\n"]
    parts += [draw(option()) for _ in range(2 * seldom(draw, 8))]
    parts += [draw(message(head, one, types)) for one in types]
    parts += [draw(enum(f"E{number}")) for number in range(draw(st.integers(0, 2)))]
    parts += [draw(service(types)) for _ in range(draw(st.integers(0, 1)))]
    if "proto2" in head and draw(st.booleans()):
        parts.append(f"extend {types[0]} {{ optional string {draw(names)}_ext = 150; }}\n")
    text = "".join(parts)
    if seldom(draw):
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at]
            + draw(st.sampled_from(("{", "}", '"', "/*", "\0", "\ufeff", "\\", ";", "=", "0x", "1e999")))
            + text[at:]
        )
    return text


def batches(size: int) -> st.SearchStrategy[list[str]]:
    """Give the protos of one workspace, the N-th of package `acme.mN.v1`."""
    return st.tuples(*(proto(f"acme.m{number}.v1") for number in range(size))).map(list)
