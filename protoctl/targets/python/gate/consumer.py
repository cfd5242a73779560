"""A typed program that uses all that a wheel declares, written from its compiled schema."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING

from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field

from protoctl.codegen.python_names import MESSAGE_NAMES, STUB_NAMES
from protoctl.schema.view import enums_of, messages_of
from protoctl.targets.python.gate.calls import below_package, find_homes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor_pb2 import (
        DescriptorProto,
        FileDescriptorProto,
        MethodDescriptorProto,
        ServiceDescriptorProto,
    )

    from protoctl.schema.view import Message
    from protoctl.targets.python.gate.layout import Layout
    from protoctl.verification.parcel import Parcel

    Home = tuple[str, str]

SCALARS = {
    Field.TYPE_DOUBLE: "float",
    Field.TYPE_FLOAT: "float",
    Field.TYPE_BOOL: "bool",
    Field.TYPE_STRING: "str",
    Field.TYPE_BYTES: "bytes",
}
"""Field types to Python's; what is missing here is an integer, a message or an enum."""
HEADER = """from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent import futures
from typing import Any
"""
HIDEABLE = {"HasField", "WhichOneof"}
RUNTIME = "google.protobuf."
"""Modules of the runtime, whose types types-protobuf has."""


def write_consumer(wheel: Parcel, layout: Layout) -> str:
    """Give the text of a program; names that Python cannot write are left out."""
    writer = Writer(wheel, layout)
    body = "\n".join(line for file in wheel.schema.own_files() for line in writer.use_file(file))
    imports = "".join(f"import {module}\n" for module in sorted(writer.modules))
    return f"{HEADER}\n{imports}\n{body}\n"


class Writer:
    """Writes functions, and keeps which modules they need."""

    def __init__(self, wheel: Parcel, layout: Layout) -> None:
        """Take the wheel and all others beside it."""
        self.layout = layout
        files = wheel.schema.files.values()
        self.messages = find_homes(wheel.schema, layout)
        self.enums = {
            f".{enum.full_name}": (layout.module(file.name), below_package(enum.full_name, file))
            for file in files
            for enum in enums_of(file)
        }
        self.entries = {
            f".{message.full_name}": message.descriptor
            for file in files
            for message in messages_of(file)
            if message.descriptor.options.map_entry
        }
        self.awkward = {f".{one.full_name}" for file in files for one in messages_of(file) if has_hiding_value(one)}
        self.known = {layout.module(path) for path in layout.prefixes}
        self.modules: set[str] = set()
        self.count = 0

    def use_file(self, file: FileDescriptorProto) -> Iterator[str]:
        """Give functions that use every message, enum and service of a file."""
        self.modules.add(self.layout.module(file.name))
        for message in messages_of(file):
            if not message.descriptor.options.map_entry:
                yield from self.use_message(self.messages[f".{message.full_name}"], message.descriptor)
        for enum in enums_of(file):
            values = [value.name for value in enum.descriptor.value if not keyword.iskeyword(value.name)]
            yield from self.use_enum(f".{enum.full_name}", values)
        for service in file.service:
            yield from self.use_service(self.layout.module(file.name, "_pb2_grpc"), service)

    def use_message(self, home: Home, message: DescriptorProto) -> Iterator[str]:
        """Give a function that reads every field of a message and makes another one of them."""
        name = self.expression(home)
        if not name:
            return
        self.count += 1
        yield f"\ndef message_{self.count}(message: {name}) -> {name}:"
        fields = [field for field in message.field if is_writable(field.name)]
        for field in fields:
            yield f"    read_{field.name}: {self.field_type(field)} = message.{field.name}"
        if not HIDEABLE.intersection(field.name for field in message.field):
            named = [oneof.name for at, oneof in enumerate(message.oneof_decl) if not is_synthetic(message, at)]
            yield from (f'    message.WhichOneof("{one}")' for one in named)
            yield from (f'    message.HasField("{field.name}")' for field in fields if is_tracked(field))
        yield f"    return {name}({', '.join(f'{field.name}=read_{field.name}' for field in fields)})"

    def use_enum(self, full_name: str, values: list[str]) -> Iterator[str]:
        """Give a function that gives the values of an enum."""
        name = self.enum_expression(full_name)
        if not name or not values:
            return
        self.count += 1
        scope = name.rpartition(".")[0]
        yield f"\ndef enum_{self.count}() -> Sequence[{name}.ValueType]:"
        yield f"    return [{', '.join(f'{scope}.{value}' for value in values)}]"

    def use_service(self, module: str, service: ServiceDescriptorProto) -> Iterator[str]:
        """Give clients of both kinds and a server of a service; calls of methods with untyped messages are left out."""
        methods = [method for method in service.method if self.is_typed(method)]
        if not is_writable(service.name):
            return
        self.modules |= {module, "grpc", "grpc.aio"}
        self.count += 1
        name = f"{module}.{service.name}"
        yield f"\ndef call_{self.count}(channel: grpc.Channel) -> None:\n    stub = {name}Stub(channel)"
        yield from (line for method in methods for line in self.call(method))
        yield f"\nasync def call_later_{self.count}(channel: grpc.aio.Channel) -> None:\n    stub = {name}Stub(channel)"
        yield from (line for method in methods for line in self.call(method, later=True))
        yield f"\nclass Servicer{self.count}({name}Servicer):"
        yield from (line for method in service.method for line in self.serve(method))
        yield "    pass" if not service.method else ""
        servers = {"serve": "grpc.server(futures.ThreadPoolExecutor())", "serve_later": "grpc.aio.server()"}
        for verb, server in servers.items():
            yield f"\ndef {verb}_{self.count}() -> None:"
            yield f"    {module}.add_{service.name}Servicer_to_server(Servicer{self.count}(), {server})"

    def call(self, method: MethodDescriptorProto, *, later: bool = False) -> Iterator[str]:
        """Give statements that call a method and take, or await, its answer."""
        request, response = (self.expression(self.messages[name]) for name in (method.input_type, method.output_type))
        argument = f"iter([{request}()])" if method.client_streaming else f"{request}()"
        if method.server_streaming:
            yield f"    {'async ' if later else ''}for one_{method.name} in stub.{method.name}({argument}):"
            yield f"        each_{method.name}: {response} = one_{method.name}"
        else:
            yield f"    got_{method.name}: {response} = {'await ' if later else ''}stub.{method.name}({argument})"

    def serve(self, method: MethodDescriptorProto) -> Iterator[str]:
        """Give a method of a server, of any type where one of its messages has none."""
        request, response = (self.expression(self.messages[name]) for name in (method.input_type, method.output_type))
        taken = f"Iterator[{request or 'Any'}]" if method.client_streaming else request or "Any"
        given = f"Iterator[{response or 'Any'}]" if method.server_streaming else response or "Any"
        parameter = "request_iterator" if method.client_streaming else "request"
        answer = f"iter([{response}()])" if method.server_streaming else f"{response}()"
        yield f"    def {method.name}(self, {parameter}: {taken}, context: grpc.ServicerContext) -> {given}:"
        yield f"        return {answer}" if response else "        raise NotImplementedError"

    def is_typed(self, method: MethodDescriptorProto) -> bool:
        """Tell whether a method and both of its messages can be written."""
        homes = (self.messages[method.input_type], self.messages[method.output_type])
        return is_writable(method.name) and all(self.expression(home) for home in homes)

    def field_type(self, field: Field) -> str:
        """Give the type that reading a field has."""
        entry = self.entries.get(field.type_name)
        if entry and field.label == Field.LABEL_REPEATED:
            key, value = (self.value_type(one) for one in entry.field)
            return f"Mapping[{key}, {value}]"
        kind = self.value_type(field)
        return f"Sequence[{kind}]" if field.label == Field.LABEL_REPEATED else kind

    def value_type(self, field: Field) -> str:
        """Give the type of one value of a field; `Any` for what has no types or no name in Python."""
        if field.type in {Field.TYPE_MESSAGE, Field.TYPE_GROUP}:
            return self.expression(self.messages[field.type_name]) or "Any"
        if field.type == Field.TYPE_ENUM:
            name = self.enum_expression(field.type_name)
            return f"{name}.ValueType" if name else "Any"
        return SCALARS.get(field.type, "int")

    def expression(self, home: Home) -> str:
        """Give how a class is written, nothing when it cannot be or has no types; its module is then imported."""
        module, path = home
        if path == "sys" or not all(map(is_writable, path.split("."))):
            return ""
        if module not in self.known and not module.startswith(RUNTIME):
            return ""
        self.modules.add(module)
        return f"{module}.{path}"

    def enum_expression(self, full_name: str) -> str:
        """Give how an enum is written, nothing when it cannot be or type checkers do not see it."""
        scope, _, name = full_name.rpartition(".")
        return "" if scope in self.awkward or name in STUB_NAMES else self.expression(self.enums[full_name])


def is_writable(name: str) -> bool:
    """Tell whether a name is neither a keyword, nor renamed within a class, nor something that messages have."""
    return not (keyword.iskeyword(name) or name.startswith("__") or name in MESSAGE_NAMES)


def has_hiding_value(message: Message) -> bool:
    """Tell whether an enum within a message gives it an attribute that hides what messages have."""
    return any(value.name in MESSAGE_NAMES for enum in message.descriptor.enum_type for value in enum.value)


def is_synthetic(message: DescriptorProto, oneof: int) -> bool:
    """Tell whether a oneof only stands for an `optional` field."""
    inside = [field for field in message.field if field.HasField("oneof_index") and field.oneof_index == oneof]
    return any(field.proto3_optional for field in inside)


def is_tracked(field: Field) -> bool:
    """Tell whether it is known of a field, in every syntax, whether it was set."""
    singular = field.label != Field.LABEL_REPEATED
    return singular and (field.HasField("oneof_index") or field.type in {Field.TYPE_MESSAGE, Field.TYPE_GROUP})
