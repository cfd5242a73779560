"""Names that Python cannot use, as measured with grpcio-tools and mypy-protobuf.

Fields named by keywords are fine (`getattr`, `**{}`), and so are enum values (`Color.Value("None")`).
"""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import DescriptorProto, MethodDescriptorProto, ServiceDescriptorProto

from protoctl.checks.elements import elements_of
from protoctl.checks.rule import Rule
from protoctl.codegen.python_names import MESSAGE_NAMES, STUB_NAMES
from protoctl.model.finding import Severity
from protoctl.schema.view import messages_of, services_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from protoctl.checks.elements import Element
    from protoctl.checks.rule import Context
    from protoctl.model.finding import Finding
    from protoctl.schema.view import Schema

FIELD = DescriptorProto.FIELD_FIELD_NUMBER
METHOD = ServiceDescriptorProto.METHOD_FIELD_NUMBER
INPUT, OUTPUT = MethodDescriptorProto.INPUT_TYPE_FIELD_NUMBER, MethodDescriptorProto.OUTPUT_TYPE_FIELD_NUMBER
BROKEN = Rule("python-name", "No name keeps the generated Python from being imported")
AWKWARD = Rule("python-awkward", "Every name can be used in Python as it is written", Severity.WARNING)
RULES = (BROKEN, AWKWARD)
MODULE_NAMES = frozenset({"DESCRIPTOR", "_descriptor", "_globals"})
"""What `_pb2.py` itself uses at its top."""


def find(context: Context) -> Iterator[Finding]:
    """Report names that break a module, and those that can be used in roundabout ways only."""
    unwritable = find_unwritable(context.schema)
    for file in context.schema.own_files():
        yield from find_unwritable_uses(context, file, unwritable)
        yield from find_json_clashes(context, file)
        for element in elements_of(file):
            broken = explain_broken(element)
            awkward = "" if broken else explain_awkward(element)
            if broken:
                yield BROKEN.at(context, file.name, element.path, f"{element.kind} {element.name} {broken}")
            elif awkward:
                yield AWKWARD.at(context, file.name, element.path, f"{element.kind} {element.name} {awkward}")


def find_unwritable(schema: Schema) -> set[str]:
    """Give the messages, by full name after a dot, whose class or one around it is named by a keyword."""
    return {
        f".{message.full_name}"
        for file in schema.files.values()
        for message in messages_of(file)
        if any(map(keyword.iskeyword, message.full_name.removeprefix(f"{file.package}.").split(".")))
    }


def find_unwritable_uses(context: Context, file: FileDescriptorProto, unwritable: set[str]) -> Iterator[Finding]:
    """Report rpcs with such messages: the gRPC code names their classes as they are written."""
    for service in services_of(file) if unwritable else ():
        for at, method in enumerate(service.descriptor.method):
            for number, name in ((INPUT, method.input_type), (OUTPUT, method.output_type)):
                if name in unwritable:
                    message = f"rpc {method.name} uses {name[1:]}, whose Python class no code can name"
                    yield BROKEN.at(context, file.name, (*service.path, METHOD, at, number), message)


def find_json_clashes(context: Context, file: FileDescriptorProto) -> Iterator[Finding]:
    """Report fields of one JSON name in a message where protoc only warns of that: Python's runtime refuses the file.

    protoc warns in proto2, where an edition asks for JSON as in proto2, and where a message asks for it by an option.
    """
    for message in messages_of(file):
        first: dict[str, str] = {}
        for at, field in enumerate(message.descriptor.field):
            other = first.setdefault(field.json_name, field.name)
            if other != field.name:
                text = (
                    f'field {field.name} and {other} share the JSON name "{field.json_name}"; Python refuses the file'
                )
                yield BROKEN.at(context, file.name, (*message.path, FIELD, at), text)


def explain_broken(element: Element) -> str:
    """Say what breaks, or nothing."""
    if element.kind in {"service", "rpc"}:
        return explain_broken_client(element)
    name = element.name
    if element.kind == "oneof":
        return ""
    if name.startswith("__") and name.endswith("__"):
        return "is a name that Python itself uses; the class could not be made or would not work"
    if element.kind == "extension" and keyword.iskeyword(name):
        return "is a Python keyword; the types (.pyi) would not parse"
    if name == "DESCRIPTOR" or (element.is_top and name in MODULE_NAMES):
        return "is a name that the generated Python itself uses"
    return ""


def explain_broken_client(element: Element) -> str:
    """Say what breaks in `_pb2_grpc.py`, or nothing."""
    if keyword.iskeyword(element.name):
        return "is a Python keyword; _pb2_grpc.py would not parse"
    if element.name.startswith("__"):
        return "begins with two underscores; Python would rename it within the client class"
    if element.kind == "service" and element.name == "grpc":
        return "hides the package grpc within _pb2_grpc.py"
    return ""


def explain_awkward(element: Element) -> str:
    """Say what does not work as usual, or nothing."""
    name = element.name
    if element.kind in {"message", "enum"} and keyword.iskeyword(name):
        return "is a Python keyword; it can be reached only by getattr()"
    if (element.kind == "enum" and name in STUB_NAMES) or (element.is_top and name == "sys"):
        return "hides a module within the .pyi file; type checkers would not know its types"
    if not element.is_top and element.kind in {"field", "message", "enum", "value"} and name in MESSAGE_NAMES:
        return f"hides what every Python message calls {name}"
    return ""
