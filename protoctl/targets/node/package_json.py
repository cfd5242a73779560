"""The `package.json` of a generated package, written by a serializer: no text of a proto is ever parsed as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from protoctl.model.configuration import MetadataTable
    from protoctl.targets.node.code import Code
    from protoctl.targets.node.entries import Entry
    from protoctl.targets.target import Request

NODE = ">=16.10.0"
"""The first release that resolves `./*.js` in `exports` (nodejs.org/api/packages.html, pattern trailers)."""
SCHEMA_FOLDER = "protoctl"
COMMONJS_MARK = '{\n  "type": "commonjs"\n}\n'
"""The `package.json` of the folder whose files `require` loads; around it, files are ESM."""


def package_json(request: Request, name: str, description: str, dependencies: Mapping[str, str], code: Code) -> str:
    """Give the text of `package.json`; it has no scripts."""
    value: dict[str, Any] = {
        "name": name,
        "version": request.releases[request.module.name].npm,
        "description": description,
        "keywords": sorted({"grpc", "protobuf", "stubs", *request.configuration.metadata.keywords}),
        **origin(request.configuration.metadata, has_license_file=bool(request.license_text)),
        "type": "module",
        "sideEffects": False,
        "main": "./cjs/index.js",
        "types": "./cjs/index.d.ts",
        "exports": exports(code.entries),
        "typesVersions": {"*": types_versions(code)},
        "engines": {"node": NODE},
        "dependencies": dict(sorted(dependencies.items())),
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def origin(metadata: MetadataTable, *, has_license_file: bool) -> dict[str, Any]:
    """Give what package.json says about licence, people and places."""
    value: dict[str, Any] = {}
    if metadata.license or has_license_file:
        value["license"] = metadata.license or "SEE LICENSE IN LICENSE"
    if metadata.authors:
        value["author"], *contributors = metadata.authors
        if contributors:
            value["contributors"] = contributors
    urls = {label.lower(): url for label, url in metadata.urls.items()}
    if "repository" in urls:
        value["repository"] = {"type": "git", "url": git_url(urls["repository"])}
    if "homepage" in urls:
        value["homepage"] = urls["homepage"]
    if "issues" in urls:
        value["bugs"] = {"url": urls["issues"]}
    return value


def git_url(url: str) -> str:
    """Give an address as npm spells a repository's: `git+https://…`."""
    return f"git+{url}" if url.startswith(("https:", "http:", "ssh:")) else url


def exports(entries: Iterable[Entry]) -> dict[str, Any]:
    """Give what can be imported: the entries, each generated file with and without `.js`, protos and schema."""
    named = {f"./{entry.name}" if entry.name else ".": conditions(entry.stem) for entry in entries}
    return {
        **named,
        "./*.js": conditions("*"),
        "./*.proto": "./*.proto",
        f"./{SCHEMA_FOLDER}/*": f"./{SCHEMA_FOLDER}/*",
        "./package.json": "./package.json",
        "./*": conditions("*"),
    }


def conditions(stem: str) -> dict[str, dict[str, str]]:
    """Give the files for `import` and for `require`, types first: TypeScript takes the first that fits."""
    return {
        condition: {"types": f"./{folder}/{stem}.d.ts", "default": f"./{folder}/{stem}.js"}
        for condition, folder in (("import", "esm"), ("require", "cjs"))
    }


def types_versions(code: Code) -> dict[str, list[str]]:
    """Give where TypeScript finds types when it knows no `exports` (`moduleResolution: node10`)."""
    named = {entry.name: [f"./cjs/{entry.stem}.d.ts"] for entry in code.entries if entry.name}
    folders = {path.split("/")[1] for path in code.files if path.startswith("cjs/") and path.count("/") > 1}
    return named | {f"{folder}/*": [f"./cjs/{folder}/*"] for folder in sorted(folders)}
