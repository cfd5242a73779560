"""Edits of a schema, one at random: harmless ones, breaking ones, and those of which it is hard to tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fuzz.places import at_enum, at_field, at_message, at_method, at_service, drop, kinds_of, mix, put
from fuzz.schemas import (
    EDITION,
    KEYS,
    PROTO2,
    PROTO3,
    SCALARS,
    WORDS,
    Enum,
    Message,
    Method,
    Service,
    draw_extensions,
    draw_field,
    draw_message,
    labels,
)

if TYPE_CHECKING:
    from random import Random

    from fuzz.places import Edit
    from fuzz.schemas import Field, Protos

NUMBERS = range(1, 40)
HALF = 0.5
QUARTER = 0.25


def new_field(rng: Random, protos: Protos, message: Message) -> Field:
    """Give a field with a name and number that are free in a message, unless all are taken."""
    names = [word for word in (*WORDS, "extra", "more") if word not in {one.name for one in message.fields}]
    numbers = [number for number in NUMBERS if number not in {one.number for one in message.fields}]
    return draw_field(rng, protos.head, rng.choice(names), rng.choice(numbers), kinds_of(protos))


def add_field(rng: Random, protos: Protos, message: Message) -> Message:
    """Add a field anywhere."""
    at = rng.randint(0, len(message.fields))
    return replace(message, fields=(*message.fields[:at], new_field(rng, protos, message), *message.fields[at:]))


def add_member(rng: Random, protos: Protos, message: Message) -> Message:
    """Add a field to an old or a new oneof."""
    oneof = rng.choice(("choice", "option"))
    field = replace(new_field(rng, protos, message), label="", oneof=oneof)
    return replace(message, fields=(*message.fields, field))


def add_required(rng: Random, protos: Protos, message: Message) -> Message:
    """Add a field that must be set."""
    field = new_field(rng, protos, message)
    if protos.head == PROTO2:
        return replace(message, fields=(*message.fields, replace(field, label="required")))
    field = replace(field, label="", options=("features.field_presence = LEGACY_REQUIRED",))
    return replace(message, fields=(*message.fields, field))


def delete_field(rng: Random, protos: Protos, message: Message) -> Message:
    """Delete a field, and reserve its number, its name, both or nothing."""
    del protos
    kept = drop(rng, message.fields)
    gone = [one for one in message.fields if one not in kept]
    rest = [f"reserved {one.number};" for one in gone if rng.random() < HALF]
    rest += [f'reserved "{one.name}";' for one in gone if rng.random() < HALF]
    return replace(message, fields=kept, rest=(*message.rest, *rest))


def edit_extensions(rng: Random, protos: Protos, message: Message) -> Message:
    """Delete, rename, renumber or retype an extension, or add one, where extensions can be."""
    if not message.extensions:
        return replace(message, extensions=draw_extensions(rng, protos.head, message.name, kinds_of(protos)))
    at = rng.randrange(len(message.extensions))
    one = message.extensions[at]
    changed = rng.choice(
        (
            replace(one, name=f"{one.name}_new"),
            replace(one, number=150),
            replace(one, kind=rng.choice(SCALARS)),
            replace(one, label=rng.choice((labels(protos.head)[0], "repeated"))),
        )
    )
    kept = drop(rng, message.extensions) if rng.random() < QUARTER else put(message.extensions, at, changed)
    return replace(message, extensions=kept)


def swap_fields(rng: Random, protos: Protos, message: Message) -> Message:
    """Let two fields change their numbers, or their names."""
    del protos
    if len(message.fields) < 2:
        return message
    one, other = rng.sample(range(len(message.fields)), 2)
    what = rng.choice(("number", "name"))
    first, second = getattr(message.fields[one], what), getattr(message.fields[other], what)
    fields = put(message.fields, one, replace(message.fields[one], **{what: second}))
    return replace(message, fields=put(fields, other, replace(message.fields[other], **{what: first})))


def rename_field(rng: Random, protos: Protos, field: Field) -> Field:
    """Rename a field; half of the time its JSON name stays."""
    del protos
    head, *tail = field.name.strip("_").split("_")
    kept = (f'json_name = "{head + "".join(map(str.capitalize, tail))}"',) if rng.random() < HALF else ()
    return replace(field, name=rng.choice((f"{field.name}_new", "renamed")), options=(*field.options, *kept))


def move_member(rng: Random, protos: Protos, field: Field) -> Field:
    """Move a field into a oneof, into another one, or out of it."""
    oneof = rng.choice(("choice", "option", ""))
    label = "" if oneof else rng.choice(labels(protos.head))
    return replace(field, oneof=oneof, label=label)


def relabel(rng: Random, protos: Protos, field: Field) -> Field:
    """Change how often a field may occur and whether its absence is known."""
    choices = [*labels(protos.head), "repeated", "map", *(["required"] if protos.head == PROTO2 else [])]
    return replace(field, label=rng.choice(choices), oneof="")


def add_option(rng: Random, protos: Protos, field: Field) -> Field:
    """Add an option, of which some change nothing and some much."""
    options = [
        "deprecated = true",
        'json_name = "other"',
        f"packed = {rng.choice(('true', 'false'))}",
        "jstype = JS_STRING",
    ]
    options += ["ctype = CORD", "debug_redact = true", "lazy = true", "retention = RETENTION_SOURCE"]
    if protos.head == EDITION:
        options = [one for one in options if not one.startswith(("packed", "ctype"))] + [
            f"features.field_presence = {rng.choice(('IMPLICIT', 'EXPLICIT', 'LEGACY_REQUIRED'))}",
            f"features.repeated_field_encoding = {rng.choice(('PACKED', 'EXPANDED'))}",
            f"features.utf8_validation = {rng.choice(('NONE', 'VERIFY'))}",
            "features.message_encoding = DELIMITED",
        ]
    if protos.head != PROTO3:
        options.append(rng.choice(("default = 1", "default = true", 'default = "x"', "default = 1.5")))
    return replace(field, options=tuple(dict.fromkeys((*field.options, rng.choice(options)))))


def drop_option(rng: Random, protos: Protos, field: Field) -> Field:
    """Remove an option."""
    del protos
    return replace(field, options=drop(rng, field.options))


def add_value(rng: Random, protos: Protos, enum: Enum) -> Enum:
    """Add a value anywhere after the first."""
    del protos
    at = rng.randint(1, len(enum.values))
    number = rng.choice([number for number in range(-2, 12) if number not in dict(enum.values).values()])
    return replace(enum, values=(*enum.values[:at], ("NEW", number), *enum.values[at:]))


def add_alias(rng: Random, protos: Protos, enum: Enum) -> Enum:
    """Give a number another name, which is written before or after the old one."""
    del protos
    at = rng.randrange(len(enum.values))
    name, number = enum.values[at]
    pair = rng.choice(((name, "ALIAS"), ("ALIAS", name)))
    both = tuple((one, number) for one in pair)
    return replace(
        enum, values=(*enum.values[:at], *both, *enum.values[at + 1 :]), rest=("option allow_alias = true;",)
    )


def delete_value(rng: Random, protos: Protos, enum: Enum) -> Enum:
    """Delete a value that is not the only one, and reserve its number, or not."""
    del protos
    kept = drop(rng, enum.values) or enum.values
    gone = [one for one in enum.values if one not in kept]
    return replace(
        enum, values=kept, rest=(*enum.rest, *(f"reserved {one[1]};" for one in gone if rng.random() < HALF))
    )


def change_value(rng: Random, protos: Protos, enum: Enum) -> Enum:
    """Rename or renumber a value."""
    del protos
    at = rng.randrange(len(enum.values))
    name, number = enum.values[at]
    return replace(enum, values=put(enum.values, at, rng.choice(((f"{name}2", number), (name, 33)))))


def open_or_close(rng: Random, protos: Protos, enum: Enum) -> Enum:
    """Let an enum take unknown numbers, or not."""
    if protos.head != EDITION:
        return enum
    return replace(enum, rest=(f"option features.enum_type = {rng.choice(('OPEN', 'CLOSED'))};",))


def rename_symbol(rng: Random, protos: Protos) -> Protos:
    """Rename a message or enum wherever it is used."""
    old = rng.choice(kinds_of(protos))
    new = f"{old}Two"

    def called(name: str) -> str:
        """Give the new name of what had the old one."""
        head, bare = ("stream ", name.removeprefix("stream ")) if name.startswith("stream ") else ("", name)
        return head + (new if bare == old else bare)

    messages = tuple(
        replace(
            one,
            name=called(one.name),
            within=called(one.within),
            fields=tuple(replace(field, kind=called(field.kind)) for field in one.fields),
        )
        for one in protos.messages
    )
    enums = tuple(replace(one, name=called(one.name), within=called(one.within)) for one in protos.enums)
    services = tuple(
        replace(
            one,
            methods=tuple(
                replace(method, request=called(method.request), response=called(method.response))
                for method in one.methods
            ),
        )
        for one in protos.services
    )
    return replace(protos, messages=messages, enums=enums, services=services)


def nest(rng: Random, protos: Protos, message: Message) -> Message:
    """Put a message into another one, or take it out."""
    around = rng.choice(("", *(one.name for one in protos.messages if one is not message and not one.within)))
    return replace(message, within="" if message.within else around)


def add_message(rng: Random, protos: Protos) -> Protos:
    """Add a message at some place."""
    at = rng.randint(0, len(protos.messages))
    new = draw_message(rng, protos.head, "Extra", kinds_of(protos))
    return replace(protos, messages=(*protos.messages[:at], new, *protos.messages[at:]))


def move_symbol(rng: Random, protos: Protos) -> Protos:
    """Move a message or enum to the other file."""
    if rng.random() < HALF:
        return at_enum(lambda _, __, one: replace(one, file="b" if one.file == "a" else "a"))(rng, protos)
    return at_message(lambda _, __, one: replace(one, file="b" if one.file == "a" else "a"))(rng, protos)


def switch_syntax(rng: Random, protos: Protos) -> Protos:
    """Write the same, or nearly the same, in another syntax."""
    head = rng.choice((PROTO3, PROTO2, EDITION))
    turned = {"optional": "" if head == EDITION else "optional", "": "" if head != PROTO2 else "optional"}
    messages = tuple(
        replace(
            one,
            fields=tuple(
                field if field.oneof else replace(field, label=turned.get(field.label, field.label))
                for field in one.fields
            ),
        )
        for one in protos.messages
    )
    features = rng.choice(((), ("option features.field_presence = IMPLICIT;",))) if head == EDITION else ()
    return replace(protos, head=head, messages=messages, rest=(*protos.rest, *features))


def change_file(rng: Random, protos: Protos) -> Protos:
    """Change something about the files: an option of another language, a feature, a name, the package."""
    options = ['option go_package = "x/y";', 'option java_package = "x.y";', "option optimize_for = CODE_SIZE;"]
    options += ["option py_generic_services = true;", "option deprecated = true;", "option cc_enable_arenas = true;"]
    if protos.head == EDITION:
        options += ["option features.enum_type = CLOSED;", "option features.utf8_validation = NONE;"]
        options += [
            "option features.json_format = LEGACY_BEST_EFFORT;",
            "option features.message_encoding = DELIMITED;",
        ]
    return rng.choice(
        (
            replace(protos, rest=(rng.choice(options),)),
            replace(protos, renamed=(("a", "other"),)),
            replace(protos, package="v2"),
            replace(protos, comments="// Said about what follows.\n"),
        )
    )


def change_route(rng: Random, protos: Protos, method: Method) -> Method:
    """Give a method an HTTP route, another one or an option."""
    del protos
    routes = [f'option (google.api.http) = {{ {verb}: "/v1/{path}" }};' for verb in ("get", "post") for path in "xy"]
    return replace(
        method,
        rest=(rng.choice((*routes, "option deprecated = true;", "option idempotency_level = NO_SIDE_EFFECTS;")),),
    )


def change_method(rng: Random, protos: Protos, method: Method) -> Method:
    """Change what a method takes and gives."""
    name = f"{rng.choice(('', 'stream '))}{rng.choice([one.name for one in protos.messages])}"
    return replace(method, request=name) if rng.random() < HALF else replace(method, response=name)


EDITS: tuple[Edit, ...] = (
    *(
        at_message(one)
        for one in (
            add_field,
            add_field,
            add_member,
            add_required,
            delete_field,
            delete_field,
            swap_fields,
            nest,
            edit_extensions,
        )
    ),
    at_message(lambda rng, _, one: replace(one, fields=mix(rng, one.fields))),
    at_message(lambda rng, _, one: replace(one, rest=(*one.rest, f"reserved {rng.choice((100, 101))};"))),
    at_message(lambda rng, _, one: replace(one, rest=drop(rng, one.rest))),
    *(at_field(one) for one in (rename_field, move_member, relabel, add_option, add_option, drop_option)),
    at_field(lambda rng, _, one: replace(one, number=rng.choice(NUMBERS))),
    at_field(lambda rng, _, one: replace(one, kind=rng.choice(SCALARS))),
    at_field(lambda rng, protos, one: replace(one, kind=rng.choice(kinds_of(protos)))),
    at_field(lambda rng, _, one: replace(one, key=rng.choice(KEYS))),
    *(at_enum(one) for one in (add_value, add_alias, delete_value, change_value, open_or_close)),
    at_enum(lambda rng, _, one: replace(one, values=mix(rng, one.values))),
    *(rename_symbol, add_message, move_symbol, switch_syntax, change_file, change_file),
    lambda rng, protos: replace(protos, messages=drop(rng, protos.messages)),
    lambda rng, protos: replace(protos, messages=mix(rng, protos.messages), enums=mix(rng, protos.enums)),
    lambda rng, protos: replace(protos, enums=drop(rng, protos.enums) or protos.enums),
    lambda rng, protos: replace(protos, services=drop(rng, protos.services)),
    lambda rng, protos: replace(
        protos,
        services=(
            *protos.services,
            Service("Other", (Method("Do", protos.messages[0].name, rng.choice(protos.messages).name),)),
        ),
    ),
    at_service(
        lambda rng, protos, one: replace(
            one, methods=(*one.methods, Method("Put", rng.choice(protos.messages).name, protos.messages[0].name))
        )
    ),
    at_service(lambda rng, _, one: replace(one, methods=drop(rng, one.methods))),
    at_service(lambda rng, _, one: replace(one, methods=mix(rng, one.methods))),
    *(at_method(one) for one in (change_route, change_method)),
    at_method(lambda _, __, one: replace(one, name=f"{one.name}Now")),
)
"""Every edit; those that are more often harmless than not stand more than once."""


def edit_protos(rng: Random, protos: Protos, count: int) -> Protos:
    """Give the schema after some edits; they may undo each other, and what they make need not compile."""
    for _ in range(count):
        protos = rng.choice(EDITS)(rng, protos)
        if not protos.messages:
            return replace(protos, messages=(Message("Last", ()),))
    return protos
