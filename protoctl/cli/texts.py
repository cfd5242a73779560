"""Results of commands as text, and all of them as JSON."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from protoctl.kit.text import plural, printable, size

if TYPE_CHECKING:
    from protoctl.flows.clean import Result as Cleaned
    from protoctl.flows.doctor import Result as Diagnosed
    from protoctl.flows.graph import Result as Graph
    from protoctl.flows.init import Result as Initialised
    from protoctl.flows.inspect import Result as Inspected
    from protoctl.flows.lock import Result as Locked
    from protoctl.flows.yank import Result as Yanked
    from protoctl.flows.yank import Withdrawal

FORMAT = 1
"""Of every JSON document here; new fields do not raise it."""


def to_json(result: object) -> str:
    """Give a result as indented JSON, `format` first."""
    return msgspec.json.format(msgspec.json.encode({"format": FORMAT} | msgspec.to_builtins(result)), indent=2).decode()


def show_init(result: Initialised) -> str:
    """Say what was found, what was written and how to go on."""
    found = result.found
    next_command = "protoctl check" if found else "protoctl build"
    folder = "" if result.root == Path.cwd() else f" --workspace {shlex.quote(str(result.root))}"
    lines = ["no protos here, so a first service was written"]
    if found:
        modules = plural(len(found.names), "module")
        lines = [f"found {plural(found.files, 'proto')} in {modules} below {found.proto}: {', '.join(found.names)}"]
    lines += [f"wrote {path}" for path in result.written]
    return "\n".join([*lines, f"next: {next_command}{folder}"])


def show_lock(result: Locked) -> str:
    """Say what moved."""
    if not result.changed:
        return f"protoctl.lock is current, toolchain {result.digest[:12]}"
    lines = [
        f"{move.component}: {move.name} {move.old} → {move.new or 'gone'}"
        if move.old
        else f"{move.component}: {move.name} {move.new}"
        for move in result.moves
    ]
    image = [f"image: {result.image}"] if result.image else []
    return "\n".join([*lines, *image, f"wrote protoctl.lock and build/, toolchain {result.digest[:12]}"])


def show_doctor(result: Diagnosed) -> str:
    """Give one line for each part, and one more where something is to be done."""
    width = max(len(part.name) for part in result.parts)
    lines = []
    for part in result.parts:
        lines.append(f"{part.status.value:<6}  {part.name:<{width}}  {part.text}")
        if part.hint:
            lines.append(f"{'':<{width + 10}}hint: {part.hint}")
    return "\n".join(lines)


def show_inspect(result: Inspected) -> str:
    """Give what is inside a package, headed lists last."""
    head = {
        "package": f"{result.distribution} {result.version} ({result.kind})",
        "module": result.module,
        "schema": result.schema,
        "toolchain": result.toolchain,
        "made by": result.generator,
    }
    lines = [f"{name:<10} {value}" for name, value in head.items()]
    for service in result.services:
        lines.append(f"service {service.name}")
        lines += [f"  {method.name}({method.request}) returns ({method.response})" for method in service.methods]
    lists = {
        "messages": result.messages,
        "requires": result.requires,
        "tools": tuple(f"{pin.name} {pin.version}" for pin in result.pins),
        "files": result.files,
    }
    for name, values in lists.items():
        lines += [name, *(f"  {value}" for value in values)] if values else []
    return "\n".join(lines)


def show_clean(result: Cleaned) -> str:
    """Say what is gone and how much the disk has back."""
    if not result.removed:
        return "nothing to remove"
    return "\n".join(f"removed {one.path} ({size(one.freed)} freed)" for one in result.removed)


def show_graph(result: Graph) -> str:
    """Give one line for each module in release order."""
    width = max((len(node.module) for node in result.modules), default=0)
    return "\n".join(f"{node.module:<{width}}  {', '.join(node.imports)}".rstrip() for node in result.modules)


def show_dot(result: Graph) -> str:
    """Give the graph in Graphviz's language; names of modules need no escape within quotes."""
    lines = [f'  "{node.module}"' for node in result.modules]
    lines += [f'  "{node.module}" -> "{need}"' for node in result.modules for need in node.imports]
    return "\n".join(["digraph modules {", *lines, "}"])


def show_yank(result: Yanked) -> str:
    """Give one line for each index and distribution, and one for each release that is built on the version."""
    lines = [show_withdrawal(one, is_undo=result.is_undo) for one in result.withdrawals]
    for one in result.dependants:
        rest = "no other version fits" if one.is_stranded else "it is the oldest that fits"
        lines.append(f"{one.module} {one.version} requires {one.requires}: {rest}")
    return "\n".join(map(printable, "\n".join(lines).split("\n")))


def show_withdrawal(one: Withdrawal, *, is_undo: bool) -> str:
    """Say what an index did."""
    done = "given back" if is_undo else "withdrawn"
    before = "not withdrawn" if is_undo else "withdrawn already"
    state = {"changed": done, "unchanged": before, "failed": "failed"}[one.state.value]
    moved = f", latest is {one.latest}" if one.latest else ""
    said = f": {one.said}" if one.said else ""
    return f"{one.index}: {one.distribution} {one.version} {state}{moved}{said}"
