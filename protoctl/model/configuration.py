"""`protoctl.toml` as a value; these classes are also the source of the published JSON schema."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from protoctl.model.toolchain import PYTHON, python_component

# Annotations below are read at run time by msgspec. `$` alone would let a line feed follow; JavaScript knows no `\Z`.
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]*$(?!\n)", description="Lower-case letters, digits, - and _")]
Text = Annotated[str, Meta(min_length=1)]
RELEASE = r"[0-9]+\.[0-9]+(\.[0-9]+)?"


class WorkspaceTable(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What the workspace is called and where its protos are."""

    name: Name
    modules: Annotated[
        tuple[Text, ...],
        Meta(min_length=1, description="Globs of folders below the proto root; each match is a module"),
    ]
    proto: Annotated[str, Meta(description="The include root, relative to the workspace")] = "proto"
    exclude: Annotated[
        tuple[Text, ...], Meta(description="Globs of files or folders below the proto root that are left out")
    ] = ()


class MetadataTable(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What every package says about itself."""

    license: Annotated[str, Meta(description="An SPDX expression")] = ""
    authors: Annotated[tuple[Text, ...], Meta(description="Names, or `Name <mail>`")] = ()
    keywords: Annotated[tuple[Text, ...], Meta(description="Beside `grpc`, `protobuf` and `stubs`")] = ()
    urls: Annotated[dict[str, str], Meta(description="Label to address; `Repository` becomes npm's repository")] = {}


class PythonTable(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """How wheels and sdists are made."""

    distribution: Annotated[Text, Meta(description="Name with {workspace} and {module}")] = "{workspace}-{module}"
    prefix: Annotated[
        str,
        Meta(pattern=r"^([a-zA-Z_]\w*(\.[a-zA-Z_]\w*)*)?$(?!\n)", description="Import prefix, like `stubs`"),
    ] = ""
    requires_python: Annotated[
        str,
        Meta(
            pattern=r"^>=3\.\d+$(?!\n)",
            description="The oldest Python of the consumers; the lock picks a toolchain whose code runs there",
        ),
    ] = ">=3.9"
    runtime_floor: Annotated[
        str,
        Meta(
            pattern=rf"^({RELEASE})?$",
            description="The oldest protobuf runtime of the consumers, like `5.26`; "
            "the lock picks the newest toolchain whose code works there",
        ),
    ] = ""
    runtime_floors: Annotated[
        dict[str, Annotated[str, Meta(pattern=f"^{RELEASE}$")]],
        Meta(description="Module to a floor of its own; a module may not import one with a higher floor"),
    ] = {}

    @property
    def components(self) -> dict[str, str]:
        """Component to floor for everything that generates Python here; `python` is always among them."""
        return {PYTHON: self.runtime_floor} | {self.component(name): self.floor(name) for name in self.runtime_floors}

    def component(self, module: str) -> str:
        """Give the component of the toolchain that makes a module's Python code."""
        floor = self.floor(module)
        return PYTHON if floor == self.runtime_floor else python_component(floor)

    def floor(self, module: str) -> str:
        """Give the oldest protobuf runtime of a module's consumers; nothing when they follow the toolchain."""
        return self.runtime_floors.get(module, self.runtime_floor)


class NodeTable(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """How npm tarballs are made."""

    package: Annotated[Text, Meta(description="Name with {workspace} and {module}")] = "@{workspace}/{module}"
    int64: Annotated[Literal["bigint", "string"], Meta(description="The type of 64-bit integers")] = "bigint"


class DependencyTable(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Who owns the stubs of imported files that are not of this workspace."""

    python: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(>=[0-9]+(\.[0-9]+)*)?$(?!\n)",
            description="The distribution on the Python index; its wheel holds the protos. "
            "`NAME>=1.4` where packages work with older releases than the locked one",
        ),
    ]
    node: Annotated[Text, Meta(description="`bundle` for a private copy, or an npm package")] = "bundle"

    @property
    def distribution(self) -> str:
        """The name on the Python index."""
        return self.python.partition(">=")[0]

    @property
    def floor(self) -> str:
        """The oldest release that packages may be installed with; nothing when it is the locked one."""
        return self.python.partition(">=")[2]


class IndexTable(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Where packages are published."""

    kind: Annotated[Literal["pypi", "npm", "directory"], Meta(description="The protocol that the index speaks")]
    url: Annotated[Text, Meta(description="Where packages are read from")]
    upload_url: Annotated[str, Meta(description="Where they are uploaded to; without it where `url` tells")] = ""
    served_at: Annotated[
        str, Meta(description="Where a web server shows a `directory`; npm needs whole addresses of tarballs")
    ] = ""


class AcceptedTable(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A break that the team means to make; it stays a break, and the changelog gives the reason."""

    rule: Annotated[Text, Meta(description="The rule that finds it, like `field-deleted`")]
    element: Annotated[
        Text, Meta(description="Glob of full names, or of paths for files; `*` within one name, `**` for any number")
    ]
    reason: Annotated[Text, Meta(description="One sentence for consumers")]
    until: Annotated[
        str,
        Meta(
            pattern=rf"^{RELEASE}$(?!\n)",
            description="The first release that this no longer counts for, as a rule the one that makes the break",
        ),
    ]


class VersionsTable(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """How the next version of a module is computed."""

    scheme: Annotated[
        Literal["semver", "calendar"], Meta(description="What numbers mean: compatibility, or the month")
    ] = "semver"
    policy: Annotated[
        tuple[Literal["wire", "json", "python", "node"], ...],
        Meta(min_length=1, description="The consumers whose breaks count"),
    ] = ("wire", "json", "python", "node")
    cap_unstable: Annotated[
        bool,
        Meta(description="Whether breaks in proto_packages like `acme.user.v1alpha1` count as minor changes"),
    ] = False
    accepted: Annotated[tuple[AcceptedTable, ...], Meta(description="Breaks that are meant")] = ()


class ImageTable(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The toolchain as a container image."""

    base: Annotated[Text, Meta(description="Any Debian-like image with Python 3.11 or newer and pip, by digest")] = (
        "python:3.12.14-slim-bookworm@sha256:782412e85d0f0984994c290652577d4018aff08145c85b262bb63dc0c7522254"
    )
    repository: Annotated[
        str,
        Meta(
            pattern=r"^([^\s@:/]+(:\d+)?/)*[^\s@:/]*$(?!\n)",
            description="Where `protoctl lock --image` pushes, like `registry.acme/protoctl`; without tag",
        ),
    ] = ""
    network: Annotated[
        str, Meta(description="The network of the image's build, as `docker build --network` takes it")
    ] = ""


class CacheTable(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Where results are shared with others; packages do not depend on it."""

    remote: Annotated[
        str,
        Meta(
            pattern=r"^(grpcs?://.*)?$(?!\n)",
            description="A cluster that speaks the Remote Execution API v2, like `grpcs://cache.acme/main`",
        ),
    ] = ""
    write: Annotated[
        Literal["ci", "always", "never"],
        Meta(description="Who shares its results; the variable `PROTOCTL_CACHE_WRITE` says it for one machine"),
    ] = "ci"
    plaintext: Annotated[
        bool, Meta(description="Whether `grpc://`, which others can read and change, may leave this machine")
    ] = False
    platform: Annotated[
        dict[str, str],
        Meta(description="What workers are chosen by with `--runner remote`, besides `container-image`"),
    ] = {}


class Configuration(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The whole of `protoctl.toml`."""

    workspace: WorkspaceTable
    metadata: MetadataTable = field(default_factory=MetadataTable)
    python: PythonTable = field(default_factory=PythonTable)
    node: NodeTable = field(default_factory=NodeTable)
    versions: VersionsTable = field(default_factory=VersionsTable)
    image: ImageTable = field(default_factory=ImageTable)
    cache: CacheTable = field(default_factory=CacheTable)
    dependencies: Annotated[dict[str, DependencyTable], Meta(description="Glob of import paths to their owner")] = {}
    indexes: Annotated[dict[str, IndexTable], Meta(description="Where packages are published, each under a name")] = {}

    @property
    def of_packages(self) -> Configuration:
        """The configuration without what only says where results are kept: packages do not depend on that."""
        return replace(self, cache=CacheTable())
