"""npm packages: what is generated, what goes into them, how they are packed."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.codegen.plugin import Job, Plugin
from protoctl.kit.archive import pack_tgz
from protoctl.kit.templates import render
from protoctl.model.toolchain import NODE
from protoctl.model.tree import Tree
from protoctl.packaging.description import describe
from protoctl.packaging.record import RECORD_FILE, SCHEMA_FILE
from protoctl.packaging.sbom import SBOM_FILE, Contents, make_sbom
from protoctl.schema.trim import Comments
from protoctl.targets.node.code import make_code
from protoctl.targets.node.imports import Imports
from protoctl.targets.node.naming import outputs, package_name, tarball_name
from protoctl.targets.node.package_json import COMMONJS_MARK, SCHEMA_FOLDER, package_json
from protoctl.targets.node.readme import readme_view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.model.configuration import Configuration
    from protoctl.targets.target import Request
    from protoctl.versioning.release import Release

TEMPLATES = Path(__file__).parent / "templates"
CODE = Plugin(
    name="protoc-gen-es",
    component=NODE,
    tool="protoc-gen-es",
    arguments=("target=js+dts", "import_extension=js"),
    comments=Comments.ALL,
    outputs=outputs,
    weight=2,
)


def make(configuration: Configuration) -> NodeTarget:
    """Give the target for a workspace."""
    return NodeTarget(replace(CODE, int64_as_string=configuration.node.int64 == "string"))


@dataclass(frozen=True)
class NodeTarget:
    """npm tarballs."""

    plugin: Plugin
    """protoc-gen-es with the workspace's options."""
    name: str = "node"
    """As `--target` takes it."""
    components: tuple[str, ...] = (NODE,)
    """The parts of the toolchain it needs."""

    def distribution(self, configuration: Configuration, module: str) -> str:
        """Give the scoped package name."""
        return package_name(configuration, module)

    def version(self, release: Release) -> str:
        """Give the spelling of Semantic Versioning."""
        return release.npm

    def jobs(self, request: Request) -> list[Job]:
        """Give one job: the module's protos and those of others that nobody owns on npm."""
        files = {*request.module.files, *Imports(request).bundled}
        return [Job(request.module.name, self.plugin, tuple(sorted(files)))]

    def stage(self, request: Request, outputs: Mapping[str, Tree]) -> Tree:
        """Give the package's files: generated code twice, protos, schema, metadata."""
        imports = Imports(request)
        code = make_code(request, imports, outputs[self.plugin.name].files)
        name = imports.names[request.module.name]
        description = describe(request.schema, request.module.files)
        dependencies = {package: imports.version_range(package, code.uses) for package in code.packages}
        siblings = sorted({*dependencies} & {*imports.names.values()})
        view = readme_view(request, name, description, code, siblings)
        files = {path: text.encode() for path, text in code.files.items()} | dict(request.sources)
        files["package.json"] = package_json(request, name, description, dependencies, code).encode()
        files["cjs/package.json"] = COMMONJS_MARK.encode()
        files["README.md"] = render(TEMPLATES, "README.md", view).encode()
        files[f"{SCHEMA_FOLDER}/{SCHEMA_FILE}"] = request.descriptors
        files[f"{SCHEMA_FOLDER}/{RECORD_FILE}"] = request.record
        version = self.version(request.releases[request.module.name])
        license_name = request.configuration.metadata.license
        contents = Contents("npm", name, version, license_name, dependencies, imports.copies)
        files[f"{SCHEMA_FOLDER}/{SBOM_FILE}"] = make_sbom(contents)
        if request.license_text:
            files["LICENSE"] = request.license_text
        return Tree(files)

    def pack(self, stage: Tree, folder: Path) -> Sequence[Path]:
        """Write the tarball as `npm pack` lays it out."""
        metadata = json.loads(stage.files["package.json"])
        path = folder / tarball_name(metadata["name"], metadata["version"])
        path.write_bytes(pack_tgz({f"package/{name}": data for name, data in stage.files.items()}))
        return [path]
