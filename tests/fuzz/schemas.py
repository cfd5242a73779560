"""Small schemas as values: what is drawn at random, what edits change, and the protos that both are written to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

PROTO3, PROTO2, EDITION = 'syntax = "proto3";', 'syntax = "proto2";', 'edition = "2023";'
SCALARS = (
    *("string", "bytes", "bool", "int32", "int64", "uint32", "uint64", "sint32", "sint64"),
    *("fixed32", "fixed64", "sfixed32", "sfixed64", "float", "double"),
)
OFTEN = 0.7
KEYS = ("string", "int32", "int64", "bool", "uint32")
WORDS = ("name", "user_id", "total", "kind", "first_line", "note2", "is_set", "parent", "a_1", "value", "items", "_x")
UPPER = ("Alpha", "Beta", "Gamma", "Delta", "Omega")


@dataclass(frozen=True)
class Field:
    """A field of a message."""

    name: str
    """As written."""
    number: int
    """As written."""
    kind: str
    """A scalar, or the name of a message or enum of the schema."""
    label: str = ""
    """What stands before the type; `map` for a map from `key`."""
    key: str = "string"
    """Type of a map's keys."""
    oneof: str = ""
    """The oneof that it is in."""
    options: tuple[str, ...] = ()
    """Such as `deprecated = true`."""


@dataclass(frozen=True)
class Message:
    """A message; names are unique within a schema, so that others refer to it whatever it lies in."""

    name: str
    """As written."""
    fields: tuple[Field, ...]
    """In written order; members of a oneof stand together."""
    file: str = "a"
    """Which file declares it."""
    within: str = ""
    """The message around it."""
    rest: tuple[str, ...] = ()
    """Further statements: what is reserved, options."""
    extensions: tuple[Field, ...] = ()
    """Fields that its file declares for it elsewhere; none in proto3."""


@dataclass(frozen=True)
class Enum:
    """An enum."""

    name: str
    """As written."""
    values: tuple[tuple[str, int], ...]
    """Name without its prefix, and number, in written order."""
    file: str = "a"
    """Which file declares it."""
    within: str = ""
    """The message around it."""
    rest: tuple[str, ...] = ()
    """Further statements."""


@dataclass(frozen=True)
class Method:
    """A method of a service."""

    name: str
    """As written."""
    request: str
    """Name of a message, after `stream ` where there are many."""
    response: str
    """As the request."""
    rest: tuple[str, ...] = ()
    """Options."""


@dataclass(frozen=True)
class Service:
    """A service."""

    name: str
    """As written."""
    methods: tuple[Method, ...]
    """In written order."""
    file: str = "a"
    """Which file declares it."""


@dataclass(frozen=True)
class Protos:
    """A schema of one or two files."""

    head: str
    """How both files begin."""
    messages: tuple[Message, ...]
    """In written order."""
    enums: tuple[Enum, ...]
    """In written order."""
    services: tuple[Service, ...]
    """In written order."""
    package: str = "v1"
    """Below the package of the pair."""
    rest: tuple[str, ...] = ()
    """Statements at the head of file `a`."""
    renamed: tuple[tuple[str, str], ...] = ()
    """Files that are called otherwise."""
    comments: str = ""
    """Written above every declaration."""

    def write(self, package: str) -> dict[str, str]:
        """Give path → text; the second file is imported by the first, or the other way round."""
        return Writer(self, f"{package}.{self.package}").write(package.replace(".", "/"))


class Writer:
    """Writes a schema."""

    def __init__(self, protos: Protos, package: str) -> None:
        """Take the schema and its full package."""
        self.protos = protos
        self.package = package
        self.homes: dict[str, Message | Enum] = {one.name: one for one in protos.messages}
        self.homes |= {one.name: one for one in protos.enums}
        self.message_names = {one.name for one in protos.messages}

    def write(self, folder: str) -> dict[str, str]:
        """Give path → text."""
        protos = self.protos
        files = sorted({one.file for one in self.homes.values()} | {one.file for one in protos.services})
        stems = dict(protos.renamed)
        paths = {file: f"{folder}/v1/{stems.get(file, file)}.proto" for file in files}
        return {paths[file]: self.file(file, paths) for file in files}

    def file(self, file: str, paths: dict[str, str]) -> str:
        """Give the text of a file."""
        parts = [self.message(one) for one in self.protos.messages if one.file == file and not one.within]
        parts += [self.enum(one) for one in self.protos.enums if one.file == file and not one.within]
        parts += [self.service(one) for one in self.protos.services if one.file == file]
        parts += [self.extend(one) for one in self.protos.messages if one.file == file and one.extensions]
        body = "".join(parts)
        others = [
            paths[one.file] for one in self.homes.values() if one.file != file and f" {self.full(one.name)} " in body
        ]
        imports = [f'import "{path}";' for path in dict.fromkeys(others)]
        if "google.api.http" in body:
            imports.append('import "google/api/annotations.proto";')
        rest = self.protos.rest if file == "a" else ()
        return "\n".join([self.protos.head, f"package {self.package};", *imports, *rest, body])

    def full(self, name: str) -> str:
        """Give the full name of a message or enum, with its dot."""
        one = self.homes.get(name)
        if one is None:
            return name
        return f"{self.full(one.within)}.{name}" if one.within else f".{self.package}.{name}"

    def message(self, message: Message) -> str:
        """Give a message with all that it holds."""
        lines = [self.protos.comments, f"message {message.name} {{\n", *(f"  {one}\n" for one in message.rest)]
        lines += ["  extensions 100 to 199;\n"] if message.extensions else []
        for oneof in dict.fromkeys(one.oneof for one in message.fields):
            group = [self.field(one) for one in message.fields if one.oneof == oneof]
            lines += [f"  oneof {oneof} {{\n", *group, "  }\n"] if oneof else group
        lines += [self.message(one) for one in self.protos.messages if one.within == message.name]
        lines += [self.enum(one) for one in self.protos.enums if one.within == message.name]
        return "".join([*lines, "}\n"])

    def extend(self, message: Message) -> str:
        """Give the extensions of a message."""
        lines = [f"extend {self.full(message.name)} {{\n", *map(self.field, message.extensions)]
        return "".join([*lines, "}\n"])

    def field(self, field: Field) -> str:
        """Give a field."""
        options = f" [{', '.join(field.options)}]" if field.options else ""
        kind = f" {self.full(field.kind)} "
        what = f"map<{field.key},{kind}>" if field.label == "map" else f"{'' if field.oneof else field.label}{kind}"
        return f"{self.protos.comments}  {what} {field.name} = {field.number}{options};\n"

    def enum(self, enum: Enum) -> str:
        """Give an enum; values carry its name, since they share a scope with those of others."""
        values = [f"  {enum.name.upper()}_{name} = {number};\n" for name, number in enum.values]
        return "".join(
            [self.protos.comments, f"enum {enum.name} {{\n", *(f"  {one}\n" for one in enum.rest), *values, "}\n"]
        )

    def service(self, service: Service) -> str:
        """Give a service."""
        lines = [self.protos.comments, f"service {service.name} {{\n"]
        for one in service.methods:
            request, response = (self.stream(name) for name in (one.request, one.response))
            lines.append(f"  rpc {one.name}({request}) returns ({response}) {{ {' '.join(one.rest)} }}\n")
        return "".join([*lines, "}\n"])

    def stream(self, name: str) -> str:
        """Give a request or response."""
        return f"{'stream' if name.startswith('stream ') else ''} {self.full(name.removeprefix('stream '))} "


def draw_protos(rng: Random) -> Protos:
    """Give a random schema that compiles, unless its JSON names clash by chance."""
    head = rng.choice((PROTO3, PROTO3, PROTO2, EDITION))
    enums = tuple(draw_enum(rng, name) for name in ("Color", "Size")[: rng.randint(1, 2)])
    names = UPPER[: rng.randint(1, 4)]
    kinds = (*names, *(enum.name for enum in enums))
    messages = tuple(draw_message(rng, head, name, kinds) for name in names)
    inner = rng.choice(("", "", names[0])) if len(names) > 1 else ""
    if inner:
        messages = (*messages[:-1], replace(messages[-1], within=inner, file=messages[0].file))
    services = (draw_service(rng, names),) if rng.random() < 0.6 else ()
    return Protos(head, messages, enums, services)


def draw_enum(rng: Random, name: str) -> Enum:
    """Give an enum whose first value is zero."""
    words = rng.sample(("RED", "GREEN", "BLUE", "TEAL", "GRAY"), rng.randint(1, 4))
    return Enum(name, tuple((word, at) for at, word in enumerate(words)))


def draw_message(rng: Random, head: str, name: str, kinds: tuple[str, ...]) -> Message:
    """Give a message."""
    words = rng.sample(WORDS, rng.randint(0, 5))
    numbers = rng.sample(range(1, 20), len(words))
    fields = tuple(draw_field(rng, head, *one, kinds) for one in zip(words, numbers, strict=True))
    if len(fields) > 2 and rng.random() < 0.5:
        count = rng.randint(1, 2)
        fields = (*(replace(one, oneof="choice", label="") for one in fields[:count]), *fields[count:])
    return Message(name, fields, extensions=draw_extensions(rng, head, name, kinds))


def draw_extensions(rng: Random, head: str, name: str, kinds: tuple[str, ...]) -> tuple[Field, ...]:
    """Give extensions for a message, seldom any; what lies in a proto_package has to be named for what it extends."""
    if head == PROTO3 or rng.random() < OFTEN:
        return ()
    count = rng.randint(1, 2)
    drawn = [draw_field(rng, head, f"{name.lower()}_x{at}", 100 + at, kinds) for at in range(count)]
    return tuple(replace(one, label=rng.choice((labels(head)[0], "repeated"))) for one in drawn)


def draw_field(rng: Random, head: str, name: str, number: int, kinds: tuple[str, ...]) -> Field:
    """Give a field."""
    kind = rng.choice((rng.choice(SCALARS), rng.choice(SCALARS), rng.choice(kinds)))
    label = rng.choice((*labels(head), *labels(head), "repeated", "map"))
    return Field(name, number, kind, label, rng.choice(KEYS))


def labels(head: str) -> tuple[str, ...]:
    """Give the labels of singular fields."""
    return {PROTO3: ("", "optional"), PROTO2: ("optional", "optional"), EDITION: ("", "")}[head]


def draw_service(rng: Random, names: tuple[str, ...]) -> Service:
    """Give a service."""
    methods = tuple(
        Method(name, draw_role(rng, names), draw_role(rng, names))
        for name in ("Get", "List", "Watch")[: rng.randint(1, 3)]
    )
    return Service("Store", methods)


def draw_role(rng: Random, names: tuple[str, ...]) -> str:
    """Give a request or response."""
    return rng.choice(("", "", "stream ")) + rng.choice(names)
