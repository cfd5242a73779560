"""What a package is imported by: each generated file, and short names that stand for a folder of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Entry:
    """A short name and the file behind it, which exports what other files export."""

    name: str
    """Below the package: nothing for the package itself, `v1`, `v1/grpc`."""
    stem: str
    """Path of the file without suffix."""
    members: tuple[str, ...] = ()
    """Stems of files whose exports it has, relative to its folder: `./user_pb`."""
    namespaces: tuple[tuple[str, str], ...] = ()
    """Names under which it has all exports of a file, and the file's stem: `v1`, `./acme/user/v1/index`."""

    @property
    def content(self) -> str:
        """What one finds there, in Markdown; nothing for an entry without exports."""
        what = "clients and servers for gRPC" if self.stem.endswith("/grpc") else "messages, descriptors for Connect"
        names = ", ".join(f"`{name}`" for name, _ in self.namespaces)
        return "; ".join([*([what] if self.members else []), *([f"each folder by its name: {names}"] if names else [])])


def find_entries(folder: str, exports: Mapping[str, Iterable[str]]) -> list[Entry]:
    """Give the entries of a module for its files' exports by stem, the package itself first, then sorted by name.

    A folder of which two files export one name gets no entry, nor the gRPC code of a folder with protos in a `grpc`
    folder of its own: each file can still be imported.
    """
    messages = folder_entries(folder, exports, "_pb", "index")
    grpc = folder_entries(folder, exports, "_grpc", "grpc")
    named = {entry.name: entry for entry in (*grpc, *messages)}
    direct = named.pop("", None)
    root = root_entry(direct, [entry for entry in messages if entry.name])
    return [root, *(named[name] for name in sorted(named))]


def folder_entries(folder: str, exports: Mapping[str, Iterable[str]], suffix: str, file: str) -> list[Entry]:
    """Give the entry of each folder for the files of one kind, sorted by folder."""
    folders: dict[str, list[str]] = {}
    for stem in sorted(exports):
        if stem.endswith(suffix):
            folders.setdefault(stem.rpartition("/")[0], []).append(stem)
    entries = []
    for parent in sorted(folders):
        if is_unique(name for stem in folders[parent] for name in set(exports[stem])):
            inner = parent.removeprefix(folder).strip("/")
            name = inner if file == "index" else f"{inner}/{file}".strip("/")
            members = tuple(f"./{stem.rpartition('/')[2]}" for stem in folders[parent])
            entries.append(Entry(name, f"{parent}/{file}", members))
    return entries


def root_entry(direct: Entry | None, inner: Iterable[Entry]) -> Entry:
    """Give the package's own entry: what lies in the module's folder itself, and each folder below as a namespace."""
    parent = direct.stem.rpartition("/")[0] if direct else ""
    members = tuple(f"./{parent}/{member.removeprefix('./')}" for member in (direct.members if direct else ()))
    namespaces = [(entry.name.replace("/", "_").replace("-", "_"), f"./{entry.stem}") for entry in inner]
    clear = namespaces if is_unique(name for name, _ in namespaces) else []
    return Entry("", "index", members, tuple(clear))


def is_unique(names: Iterable[str]) -> bool:
    """Tell whether no name occurs twice."""
    return all(count == 1 for count in Counter(names).values())


def entry_files(entry: Entry) -> dict[str, str]:
    """Give the files of an entry below the package."""
    esm = [f'export * from "{member}.js";\n' for member in entry.members]
    esm += [f'export * as {name} from "{stem}.js";\n' for name, stem in entry.namespaces]
    commonjs = ['"use strict";\nmodule.exports = {\n']
    commonjs += [f'  ...require("{member}.js"),\n' for member in entry.members]
    commonjs += ['};\nObject.defineProperty(module.exports, "__esModule", { value: true });\n']
    commonjs += [f'module.exports.{name} = require("{stem}.js");\n' for name, stem in entry.namespaces]
    text = "".join(esm) or "export {};\n"
    return {
        f"esm/{entry.stem}.js": text,
        f"esm/{entry.stem}.d.ts": text,
        f"cjs/{entry.stem}.js": "".join(commonjs),
        f"cjs/{entry.stem}.d.ts": text,
    }
