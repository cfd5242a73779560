"""A typed consumer written from the schema: every field assigned and read, every method called and implemented."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from protoctl.schema.node_names import Names, declared, exported_names
from protoctl.schema.view import services_of
from protoctl.targets.node.gate.fields import Member, Reader, find_types, long_fields
from protoctl.targets.node.gate.names import value_names
from protoctl.targets.node.gate.subpaths import TYPES
from protoctl.targets.node.naming import code_stem, method_name, property_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import EnumDescriptorProto, FileDescriptorProto, MethodDescriptorProto

    from protoctl.schema.view import Service
    from protoctl.targets.node.gate.package import Package
    from protoctl.verification.parcel import Parcel

HEAD = """\
import { create, type JsonObject, type MessageShape } from "@bufbuild/protobuf";
"""
GRPC_HEAD = """\
import { Server, credentials } from "@grpc/grpc-js";
import type { JsonObject } from "@bufbuild/protobuf";
"""
SAME = """\
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(is: Same<A, B>): void;
declare const object: JsonObject;
void object;
"""
LONG_FIELD = r"^ +(?:{names})\??: (bigint|string)\b"
"""The line that declares one of some fields."""


def consumer_files(package: Package, parcel: Parcel) -> dict[str, str]:
    """Give the consumer of a package by path without suffix: one for each proto, and `entries` for all names."""
    schema = parcel.schema
    types = find_types(schema.files)
    is_long_text = has_long_texts(package, parcel)
    files = {"entries": entries_text(package)}
    for path in parcel.embedded.record.files:
        file = schema.files[path]
        files[code_stem(path)] = messages_text(package.name, Reader(types, file, is_long_text))
        if file.service:
            files[code_stem(path, "grpc")] = services_text(package.name, file)
    return files


def has_long_texts(package: Package, parcel: Parcel) -> bool:
    """Tell whether 64-bit integers are strings in a package, which only its configuration decided."""
    kinds = set()
    for path in parcel.embedded.record.files:
        names = "|".join(re.escape(name) for name in long_fields(parcel.schema.files[path]))
        texts = [data for file, data in package.files.items() if names and file.endswith(f"/{code_stem(path)}.d.ts")]
        pattern = LONG_FIELD.format(names=names)
        kinds |= {kind for data in texts for kind in re.findall(pattern, data.decode(errors="replace"), re.MULTILINE)}
    return kinds == {"string"}


def entries_text(package: Package) -> str:
    """Give a consumer that imports everything that has types, by each of its names."""
    names = {one.specifier(package.name): None for one in package.subpaths if TYPES in one.conditions}
    lines = [f"import type * as m{at} from {json.dumps(name)};" for at, name in enumerate(names)]
    uses = [f"export type M{at} = keyof typeof m{at};" for at, _ in enumerate(names)]
    return "\n".join([*lines, *uses, ""])


def messages_text(package: str, reader: Reader) -> str:
    """Give the consumer of a proto's messages, enums, extensions and descriptors of services."""
    source = json.dumps(f"{package}/{code_stem(reader.file.name)}.js")
    names = exported_names(reader.file)
    lines = [HEAD + f"import * as pb from {source};", SAME]
    for one in declared(reader.file):
        name = names[one.full_name]
        if one.kind == "message":
            members = reader.members(one.full_name, one.descriptor)  # type: ignore[arg-type]
            lines += message_lines(one.full_name, name, members)
        elif one.kind == "enum":
            lines += enum_lines(name, one.descriptor)  # type: ignore[arg-type]
        elif one.kind == "extension":
            lines.append(f"void pb.{name.schema};")
    for service in services_of(reader.file):
        lines += descriptor_lines(names[service.full_name].schema, service)
    return "\n".join([*lines, ""])


def message_lines(full_name: str, name: Names, members: list[Member]) -> Iterator[str]:
    """Give the lines for one message: created with all fields, each read at its type, each case of a oneof."""
    plain = [member for member in members if not member.oneof]
    oneofs: dict[str, list[Member]] = {}
    for member in members:
        if member.oneof:
            oneofs.setdefault(member.oneof, []).append(member)
    first = [f"{oneof}: {case_of(cases[0])}" for oneof, cases in oneofs.items()]
    fields = ", ".join([*(f"{member.name}: {member.literal}" for member in plain), *first])
    yield "{"
    yield f"const message = create(pb.{name.schema}, {{ {fields} }});"
    yield f"same<typeof message, pb.{name.shape}>(true);"
    yield f'same<(typeof message)["$typeName"], {json.dumps(full_name)}>(true);'
    for member in plain:
        yield read_line(f'(typeof message)["{member.name}"]', member)
    for oneof, cases in oneofs.items():
        for member in cases:
            yield f"create(pb.{name.schema}, {{ {oneof}: {case_of(member)} }});"
            yield read_line(f'Extract<(typeof message)["{oneof}"], {{ case: "{member.name}" }}>["value"]', member)
    yield "}"


def case_of(member: Member) -> str:
    """Give a oneof with one of its fields."""
    return f'{{ case: "{member.name}", value: {member.literal} }}'


def read_line(type_: str, member: Member) -> str:
    """Give the line that holds a field's type against what it has to be."""
    inner = f"NonNullable<{type_}>{member.access}" if member.access else type_
    if member.look.message:
        return f'same<NonNullable<{inner}>["$typeName"], {json.dumps(member.look.message)}>(true);'
    if not member.look.type:  # an enum of another file
        bare = f"NonNullable<{inner}>" if member.look.is_maybe else inner
        return f"same<{bare} extends number ? (0 extends {bare} & 1 ? 1 : 2) : 3, 2>(true);"
    return f"same<{inner}, {member.look.type}>(true);"


def enum_lines(name: Names, enum: EnumDescriptorProto) -> Iterator[str]:
    """Give the lines for one enum: each member and its number."""
    yield f"void pb.{name.schema};"
    for member, number in value_names(enum).items():
        yield f'same<`${{(typeof pb.{name.shape})["{member}"]}}`, "{number}">(true);'


def descriptor_lines(name: str, service: Service) -> Iterator[str]:
    """Give the lines for the descriptor that Connect uses: each method's kind, request and response."""
    for method in service.descriptor.method:
        type_ = f'(typeof pb.{name})["method"]["{property_name(method.name)}"]'
        yield f'same<{type_}["methodKind"], "{kind_of(method)}">(true);'
        for part, message in (("input", method.input_type), ("output", method.output_type)):
            yield f'same<MessageShape<{type_}["{part}"]>["$typeName"], {json.dumps(message[1:])}>(true);'


def kind_of(method: MethodDescriptorProto) -> str:
    """Give the kind of a method as protobuf-es names it."""
    if method.client_streaming:
        return "bidi_streaming" if method.server_streaming else "client_streaming"
    return "server_streaming" if method.server_streaming else "unary"


def services_text(package: str, file: FileDescriptorProto) -> str:
    """Give the consumer of a proto's gRPC code: clients whose methods are called, servers that implement them."""
    source = json.dumps(f"{package}/{code_stem(file.name, 'grpc')}.js")
    lines = [f"{GRPC_HEAD}import * as grpc from {source};", SAME, "const server = new Server();"]
    for service in services_of(file):
        lines += ["{", *client_lines(service), *server_lines(service), "}"]
    return "\n".join([*lines, ""])


def client_lines(service: Service) -> Iterator[str]:
    """Give the lines that call every method of a service."""
    yield f'const client = new grpc.{service.descriptor.name}Client("localhost:1", credentials.createInsecure());'
    for method in service.descriptor.method:
        call = f"client.{method_name(method.name)}"
        same = f'["$typeName"], {json.dumps(method.output_type[1:])}>(true);'
        stream = f'same<ReturnType<(typeof call)["deserialize"]>{same}'
        reply = f"(error, response) => {{ void error?.code; same<NonNullable<typeof response>{same} }}"
        if method.client_streaming and method.server_streaming:
            yield f"{{ const call = {call}(); call.write({{}}); {stream} }}"
        elif method.client_streaming:
            yield f"{call}({reply}).write({{}});"
        elif method.server_streaming:
            yield f"{{ const call = {call}({{}}); {stream} }}"
        else:
            yield f"{call}({{}}, {reply});"


def server_lines(service: Service) -> Iterator[str]:
    """Give the lines that implement every method of a service."""
    yield f"const handlers: grpc.{service.descriptor.name}Server = {{"
    for method in service.descriptor.method:
        typed = f'same<(typeof call)["request"]["$typeName"], {json.dumps(method.input_type[1:])}>(true);'
        answer = "call.write({}); call.end();" if method.server_streaming else "callback(null, {});"
        check = "" if method.client_streaming else typed
        call = "(call)" if method.server_streaming else "(call, callback)"
        yield f"{method_name(method.name)}: {call} => {{ {check} {answer} }},"
    yield "};"
    yield f"server.addService(grpc.{service.descriptor.name}Service, handlers);"
