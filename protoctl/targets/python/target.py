"""Python packages: what is generated, what goes into them, how they are packed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from protoctl.codegen.plugin import Job, Plugin
from protoctl.errors import ConfigurationError
from protoctl.kit.files import write_tree
from protoctl.kit.templates import render
from protoctl.model.toolchain import PYTHON
from protoctl.model.tree import Tree
from protoctl.packaging.description import describe
from protoctl.packaging.python_archives import build_python_archives
from protoctl.packaging.record import RECORD_FILE, SCHEMA_FILE
from protoctl.packaging.sbom import SBOM_FILE, Contents, make_sbom
from protoctl.schema.trim import Comments
from protoctl.targets.python.bounds import requirements, sibling_modules
from protoctl.targets.python.code_gate import check_code
from protoctl.targets.python.naming import module_path, normalise, outputs
from protoctl.targets.python.project import SCHEMA_FOLDER, project
from protoctl.targets.python.readme import install_view, readme_view
from protoctl.versioning.requirements import split_python

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from protoctl.model.configuration import Configuration
    from protoctl.targets.target import Request
    from protoctl.versioning.release import Release

TEMPLATES = Path(__file__).parent / "templates"
PROJECT = "project"
"""The folder beside the archives that holds what they are made of; no archive has this name."""
CODE = Plugin(
    name="protoc --python_out --grpc_python_out",
    component=PYTHON,
    arguments=("--python_out=out", "--grpc_python_out=out"),
    comments=Comments.SERVICES,
    outputs=partial(outputs, suffixes=("_pb2.py", "_pb2_grpc.py")),
    weight=4,
)
STUBS = Plugin(
    name="mypy-protobuf",
    component=PYTHON,
    tool="protoc-gen-mypy_all",
    arguments=("quiet",),
    comments=Comments.ALL,
    custom_options=False,  # it takes numbers 1151 and 60000 to 60002 for types to cast to, whoever declares them
    outputs=partial(outputs, suffixes=("_pb2.pyi", "_pb2_grpc.pyi")),
    weight=2,
)


def make(configuration: Configuration) -> PythonTarget:
    """Give the target for a workspace."""
    return PythonTarget(
        configuration.python.prefix.replace(".", "/"), components=tuple(configuration.python.components)
    )


@dataclass(frozen=True)
class PythonTarget:
    """Wheels and sdists."""

    prefix: str
    """The folder that own protos are moved below, like `stubs`."""
    name: str = "python"
    """As `--target` takes it."""
    components: tuple[str, ...] = (PYTHON,)
    """The parts of the toolchain it needs."""

    def distribution(self, configuration: Configuration, module: str) -> str:
        """Give the normalised name (PEP 503)."""
        template = configuration.python.distribution
        name = template.replace("{workspace}", configuration.workspace.name).replace("{module}", module)
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", name):
            raise ConfigurationError(f"python.distribution gives {name!r}, which is no distribution name (PEP 508)")
        return normalise(name)

    def version(self, release: Release) -> str:
        """Give the spelling of PEP 440."""
        return release.python

    def jobs(self, request: Request) -> list[Job]:
        """Give one job for code and one for stubs."""
        component = request.configuration.python.component(request.module.name)
        plugins = [replace(plugin, prefix=self.prefix, component=component) for plugin in (CODE, STUBS)]
        return [Job(request.module.name, plugin, request.module.files) for plugin in plugins]

    def stage(self, request: Request, outputs: Mapping[str, Tree]) -> Tree:
        """Give the project folder of a module: generated code, protos, schema, metadata."""
        generated = {path: data for tree in outputs.values() for path, data in tree.files.items()}
        silent = {module_path(self.moved(path)) for path in request.module.files if not has_service(request, path)}
        code = {path: data for path, data in generated.items() if not is_empty_grpc(path, silent)}
        check_code(request, code, self.moved)
        files = code | {self.moved(path): data for path, data in request.sources.items()}
        files[f"{self.moved(request.module.folder.replace('-', '_'))}/py.typed"] = b""
        needed = {request.module.name, *sibling_modules(request)}
        names = {module: self.distribution(request.configuration, module) for module in needed}
        name = names[request.module.name]
        description = describe(request.schema, request.module.files)
        folders = {path.partition("/")[0] for path in files}
        requires = requirements(request, code, names)
        metadata = project(request, name, description, requires, folders)
        files["pyproject.toml"] = metadata.encode()
        view = readme_view(request, name, description, self.prefix, install_view(request, names, requires))
        files["README.md"] = render(TEMPLATES, "README.md", view).encode()
        files[f"{SCHEMA_FOLDER}/{SCHEMA_FILE}"] = request.descriptors
        files[f"{SCHEMA_FOLDER}/{RECORD_FILE}"] = request.record
        version = self.version(request.releases[request.module.name])
        bounds = dict(map(split_python, requires))
        contents = Contents("pypi", name, version, request.configuration.metadata.license, bounds)
        files[f"{SCHEMA_FOLDER}/{SBOM_FILE}"] = make_sbom(contents)
        if request.license_text:
            files["LICENSE"] = request.license_text
        return Tree(files)

    def pack(self, stage: Tree, folder: Path) -> Sequence[Path]:
        """Write sdist and wheel."""
        write_tree(folder / PROJECT, stage.files)
        return build_python_archives(folder / PROJECT, folder)

    def moved(self, path: str) -> str:
        """Give a path below the import prefix."""
        return f"{self.prefix}/{path}" if self.prefix else path


def has_service(request: Request, path: str) -> bool:
    """Tell whether a proto declares any service."""
    return bool(request.schema.files[path].service)


def is_empty_grpc(path: str, silent: set[str]) -> bool:
    """Tell whether a file is the gRPC module of a proto without services: it would only require grpcio."""
    stem, found, _ = path.rpartition("_pb2_grpc.py")
    return bool(found) and stem in silent
