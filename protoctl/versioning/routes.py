"""The HTTP routes of methods, as `google.api.http` says them.

https://github.com/googleapis/googleapis/blob/master/google/api/http.proto
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import MethodDescriptorProto

HTTP = 72295728
"""The extension of MethodOptions."""
VERBS = {"get": 2, "put": 3, "post": 4, "delete": 5, "patch": 6}
"""Field of HttpRule to its number."""
TEXTS = {**VERBS, "body": 7, "response_body": 12}
VARIABLE = re.compile(r"\{[^{}=]*+(?:=([^{}]*+))?\}")


@dataclass(frozen=True)
class Route:
    """One way to call a method."""

    verb: str
    """Like `GET`, or what a custom pattern calls its kind."""
    path: str
    """As written, like `/v1/{name=users/*}`."""
    body: str
    """The field that the body holds, `*` for all that the path does not bind, empty for none."""
    response_body: str
    """The field that the answer holds, empty for the whole message."""

    def __str__(self) -> str:
        """Give what a person calls it, like `GET /v1/users/{id}`."""
        return f"{self.verb} {self.path}"

    @property
    def segments(self) -> tuple[str, ...]:
        """What a client sees of the path: variables stand for what they match."""
        return tuple(VARIABLE.sub(lambda found: found[1] or "*", self.path).split("/"))

    def covers(self, other: Route) -> bool:
        """Tell whether every request to another route arrives here: `**` at the end is the rest of a path."""
        own, theirs = self.segments, other.segments
        if self.verb != other.verb:
            return False
        if own[-1] == "**" and len(theirs) >= len(own) - 1:
            return own[:-1] == theirs[: len(own) - 1] and set(theirs[len(own) - 1 :]) <= {"*", "**"}
        return own == theirs


def has_routes(method: MethodDescriptorProto) -> bool:
    """Tell whether a method can be called by HTTP and JSON."""
    return bool(routes_of(method))


def routes_of(method: MethodDescriptorProto) -> list[Route]:
    """Give the routes of a method, the primary one first."""
    if not method.HasField("options"):
        return []
    options = options_class().FromString(method.options.SerializeToString())
    return list(routes_in(options.http)) if options.HasField("http") else []


def routes_in(rule: Any) -> Iterator[Route]:  # noqa: ANN401  an HttpRule of a class made at run time
    """Give the route of a rule, then those of its additional bindings."""
    written = [(verb.upper(), getattr(rule, verb)) for verb in VERBS if rule.HasField(verb)]
    written += [(rule.custom.kind, rule.custom.path)] if rule.HasField("custom") else []
    for verb, path in written:
        yield Route(verb, path, rule.body, rule.response_body)
    for more in rule.additional_bindings:
        yield from routes_in(more)


@cache
def options_class() -> Any:  # noqa: ANN401  made at run time
    """Give a class that reads method options of any schema and knows nothing but routes."""
    pool = descriptor_pool.DescriptorPool()
    pool.Add(rule_file())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("Options"))


def rule_file() -> FileDescriptorProto:
    """Give what of google/api/http.proto says how a method is called."""
    file = FileDescriptorProto(name="routes.proto", syntax="proto2")
    field = FieldDescriptorProto
    options = file.message_type.add(name="Options")
    options.field.add(name="http", number=HTTP, type=field.TYPE_MESSAGE, type_name=".Rule", label=field.LABEL_OPTIONAL)
    rule = file.message_type.add(name="Rule")
    pattern = file.message_type.add(name="Pattern")
    texts = [(rule, name, number) for name, number in TEXTS.items()] + [(pattern, "kind", 1), (pattern, "path", 2)]
    for message, name, number in texts:
        message.field.add(name=name, number=number, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    inner = [
        ("custom", 8, ".Pattern", field.LABEL_OPTIONAL),
        ("additional_bindings", 11, ".Rule", field.LABEL_REPEATED),
    ]
    for name, number, type_name, label in inner:
        rule.field.add(name=name, number=number, type=field.TYPE_MESSAGE, type_name=type_name, label=label)
    return file
