"""Trees of protos as a company has them, of any size: the same arguments always give the same files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NOUNS = ("account", "order", "invoice", "shipment", "catalog", "ticket", "review", "session", "device", "report")
TYPES = ("string", "int64", "bool", "double", "int32", "bytes", "uint64", "google.protobuf.Timestamp")
FIELDS = ("owner", "count", "is_active", "amount", "attempts", "digest", "size", "created_at")
VERBS = ("Get", "Create", "Update", "Delete", "Approve")
POPULAR = 8
"""How many modules are used by those after them."""
SHARED = "acme/shared/v1/shared.proto"
"""What every other file imports."""


@dataclass(frozen=True)
class Place:
    """One file of a tree."""

    module: int
    """From 0; module 0 is `shared`."""
    number: int
    """From 0, within its module."""

    @property
    def proto_package(self) -> str:
        """What the file declares."""
        return f"acme.{f'm{self.module:04}' if self.module else 'shared'}.v1"

    @property
    def noun(self) -> str:
        """What the file is about, unique within its module."""
        return f"{NOUNS[(self.module + self.number) % len(NOUNS)]}_{self.number}"

    @property
    def message(self) -> str:
        """The file's first message."""
        return "Shared" if self.is_shared else self.noun.title().replace("_", "")

    @property
    def path(self) -> str:
        """The import path."""
        return SHARED if self.is_shared else f"{self.proto_package.replace('.', '/')}/{self.noun}.proto"

    @property
    def is_shared(self) -> bool:
        """Whether every other file imports it."""
        return self == Place(0, 0)

    @property
    def needs(self) -> list[Place]:
        """What the file imports: the shared one, its module's first, the one before it, and a module that many use.

        How far that leads does not grow with the tree.
        """
        found = [Place(0, 0), Place(self.module, 0)]
        if self.number % 2:
            found.append(Place(self.module, self.number - 1))
        if self.module > POPULAR:
            found.append(Place(1 + self.module % POPULAR, 0))
        return [place for place in dict.fromkeys(found) if place != self]


def grow(files: int, modules: int) -> dict[str, str]:
    """Give import path to text of a tree; the modules have equally many files."""
    places = [Place(number % modules, number // modules) for number in range(files)]
    return {place.path: "\n".join(write_file(place)) for place in places}


def write_file(place: Place) -> Iterator[str]:
    """Give the lines of a proto: an enum, messages with comments, and a service in every other one."""
    yield from ('syntax = "proto3";', "", f"// All about the {place.noun}.", f"package {place.proto_package};", "")
    yield from (f'import "{path}";' for path in sorted(["google/protobuf/timestamp.proto", *paths(place)]))
    yield from write_enum(place.message)
    yield from write_message(place)
    for number in range(1 + (place.module + 3 * place.number) % 4):
        yield from write_detail(place.message, number)
    if place.number % 2 == 0:
        yield from write_service(place.message)


def paths(place: Place) -> list[str]:
    """Give the import paths of what a file needs."""
    return [need.path for need in place.needs]


def write_enum(name: str) -> Iterator[str]:
    """Give an enum's lines."""
    prefix = name.upper()
    yield from ("", f"// How far a {name} is.", f"enum {name}State {{", "  // Not known.")
    yield f"  {prefix}_STATE_UNSPECIFIED = 0;"
    for number, state in enumerate(("DRAFT", "OPEN", "CLOSED", "FAILED"), 1):
        yield from (f"  // It is {state.lower()}.", f"  {prefix}_STATE_{state} = {number};")
    yield "}"


def write_message(place: Place) -> Iterator[str]:
    """Give the lines of the first message, which has all kinds of fields and uses what the file imports."""
    name = place.message
    yield from ("", f"// A {name}, as the team that keeps it sees it.", f"message {name} {{", "  // Who it is.")
    yield from ("  string id = 1;", "  // How far it is.", f"  {name}State state = 2;")
    yield from ("  // What others noted.", "  map<string, string> labels = 3;", "  // Its parts.")
    yield from ("  repeated Part parts = 4;", "  // Who it is for.", "  oneof receiver {", "    // A person.")
    yield from ("    string email = 5;", "    // A team.", "    int64 team = 6;", "  }")
    for number, need in enumerate(place.needs, 7):
        yield from (
            f"  // The {need.noun} that it belongs to.",
            f"  {need.proto_package}.{need.message} f{number} = {number};",
        )
    yield from ("", "  // One part of it.", "  message Part {", "    // Its text.", "    string text = 1;")
    yield from ("    // How many.", "    optional int32 count = 2;", "  }", "}")


def write_detail(name: str, number: int) -> Iterator[str]:
    """Give the lines of a further message; each has other fields."""
    yield from ("", f"// More about a {name}, for whoever asks for it.", f"message {name}Detail{number} {{")
    for at in range(4 + number * 2):
        kind = (at * (number + 1)) % len(TYPES)
        label = "" if at % 3 else "repeated "
        yield f"  // The {FIELDS[kind].replace('_', ' ')}, as it was when it was last looked at."
        yield f"  {label}{TYPES[kind]} {FIELDS[kind]}_{at} = {at + 1};"
    yield from ("  // When it was seen.", "  google.protobuf.Timestamp seen_at = 30;", "}")


def write_service(name: str) -> Iterator[str]:
    """Give the lines of a service and of what its methods take and give."""
    for verb in VERBS:
        yield from (
            "",
            f"// What {verb} takes.",
            f"message {verb}{name}Request {{",
            "  // Which one.",
            "  string id = 1;",
        )
        yield from ("  // As it shall be.", f"  {name} value = 2;", "}")
    yield from ("", f"// Keeps every {name}.", f"service {name}Service {{")
    for verb in VERBS:
        yield from (f"  // {verb} one.", f"  rpc {verb}{name}({verb}{name}Request) returns ({name});")
    yield from ("  // Tell of every change.", f"  rpc Watch{name}(Get{name}Request) returns (stream {name});", "}", "")
