"""Every parser of ours that reads what a stranger wrote, with what it may raise."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import zipfile
from functools import partial
from typing import TYPE_CHECKING

from conftest import REPOSITORY
from fuzz.promise import Parser
from google.protobuf.compiler.plugin_pb2 import CodeGeneratorResponse
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from protoctl.codegen.response import RESPONSE
from protoctl.codegen.response import read_response as read_plugin
from protoctl.errors import ArtifactError, ConfigurationError, EngineError, LockError, ToolError
from protoctl.kit.archive import UnsafeArchiveError, pack_tar, pack_tgz, read_gzip, read_tar, read_zip
from protoctl.model.invocation import Invocation
from protoctl.model.tree import Tree
from protoctl.packaging.embedded import read_embedded
from protoctl.runners.attached import collect, split_frames
from protoctl.runners.exchange import read_response
from protoctl.schema.diagnostics import read_diagnostics
from protoctl.targets.node.generated import parse_generated
from protoctl.toolchain.lock_file import parse_lock
from protoctl.workspace.configuration_file import decode, parse_configuration
from protoctl.workspace.imports import has_syntax, is_blank, read_imports, read_package
from protoctl.workspace.toml_lines import statements

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 1 << 20
"""Bytes that archives may hold here."""
INVOCATION = Invocation(("protoc-gen-mypy",), Tree({}), "python", "")
PROTO = FileDescriptorProto(name="a.proto", syntax="proto3")
FILES = {"package/package.json": b'{"name": "@acme/a", "version": "0.1.0"}', "package/a.js": b"export {}\n" * 40}


def read_heads(data: bytes) -> None:
    """Read all that `workspace.imports` finds."""
    text = data.decode(errors="replace")
    read_imports(text)
    read_package(text)
    has_syntax(text)
    is_blank(text)


def read_statements(data: bytes) -> None:
    """Find the lines of a text that need not be TOML."""
    for _ in statements(data.decode(errors="replace")):
        pass


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Give a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def sparse() -> bytes:
    """Give a tar in which a file says that it is larger than what is stored of it."""
    member = tarfile.TarInfo("package/a")
    member.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"%011o\0%011o\0" % (0, 0)
    header[483:495] = b"%011o\0" % (1 << 32)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(1024)


def frames(*payloads: bytes) -> bytes:
    """Give a stream as an engine sends it."""
    return b"".join(struct.pack(">BxxxI", 1, len(one)) + one for one in payloads)


def answer(*files: tuple[str, str], **more: str) -> bytes:
    """Give what a plugin answers."""
    listed = [CodeGeneratorResponse.File(name=name, content=content) for name, content in files]
    return CodeGeneratorResponse(file=listed, **more).SerializeToString()


def respond(value: object) -> bytes:
    """Give what the driver answers."""
    return pack_tar({"0/a_pb2.py": b"A = 1\n", "response.json": json.dumps(value).encode()})


def sample(*patterns: str) -> Callable[[], list[bytes]]:
    """Give the question for the contents of files of this repository."""
    return lambda: [path.read_bytes() for pattern in patterns for path in sorted(REPOSITORY.glob(pattern))]


PROTO_WORDS = (
    *(b"import ", b"public ", b"package ", b"syntax = ", b"edition=", b'"a.proto"', b"'a'", b";", b".", b"a", b"/*"),
    *(b"*/", b"//", b"\n", b" ", b"\\", b'"', b"'", b"option ", b"weak "),
)
TOML_WORDS = (
    *(b"[", b"]", b"[[", b"]]", b"{", b"}", b"=", b".", b",", b"'", b'"', b"'''", b'"""', b"\n", b"#", b"a", b"1"),
    *(b"a = 1\n", b"a = [\n", b"x = '''\n", b"[workspace]\n", b"name = ", b"[dependencies]\n", b"1979-05-27", b"1e9", b"\\"),
)
NODE_WORDS = (
    *(b"import { a } from ", b'"./a.js";\n', b"import type { a as b", b"/**\n", b" * a\n", b" */\n", b"\n", b"// a\n"),
    *(b"export const a = /*@__PURE__*/\n  f(b);\n", b"export declare type a = b;\n", b", a", b" as ", b"*/", b"/* eslint-disable */\n"),
)
SAID_WORDS = (b"proto/", b"a.proto", b":", b"1", b"-", b" ", b"warning: ", b'Import "', b" is unused.", b"\n", b"\r")
PACKAGE_WORDS = (b"package/", b"package.json", b"../", b"\0", b"ustar", b"0000644\0", b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06")
JSON_WORDS = (b"[", b"]", b"{", b"}", b'"returncode"', b":", b"1", b"Infinity", b"NaN", b'"stderr"', b",", b'""', b"null")

PARSERS = (
    Parser("heads", read_heads, (), sample("proto/acme/user/v1/*.proto"), PROTO_WORDS),
    Parser("statements", read_statements, (), sample("protoctl.toml"), TOML_WORDS),
    Parser(
        "configuration",
        lambda data: parse_configuration(decode(data)),
        (ConfigurationError,),
        sample("protoctl.toml", "tests/corpus/checks/file-owned/protoctl.toml"),
        TOML_WORDS,
    ),
    Parser(
        "lock",
        lambda data: parse_lock(data.decode(errors="replace")),
        (LockError,),
        sample("protoctl.lock"),
        TOML_WORDS,
    ),
    Parser(
        "diagnostics",
        lambda data: read_diagnostics(data.decode(errors="replace")),
        (),
        lambda: [b'proto/a/b.proto:3:1: Import "c.proto" was not found or had errors.\na.proto: warning: Import x is unused.\n'],
        SAID_WORDS,
    ),
    Parser(
        "tar",
        partial(read_tar, limit=LIMIT),
        (UnsafeArchiveError,),
        lambda: [pack_tar(FILES), sparse(), pack_tgz(FILES)],
        PACKAGE_WORDS,
    ),
    Parser(
        "zip",
        partial(read_zip, limit=LIMIT),
        (UnsafeArchiveError,),
        lambda: [zipped(FILES), zipped(FILES, zipfile.ZIP_LZMA), zipped(FILES, zipfile.ZIP_BZIP2)],
        PACKAGE_WORDS,
    ),
    Parser("gzip", partial(read_gzip, limit=LIMIT), (UnsafeArchiveError,), lambda: [gzip.compress(bytes(LIMIT))]),
    Parser(
        "wheel", lambda data: read_embedded("acme_a-0.1.0-py3-none-any.whl", data), (ArtifactError,), lambda: [zipped(FILES)]
    ),
    Parser(
        "tarball",
        lambda data: read_embedded("acme-a-0.1.0.tgz", data),
        (ArtifactError,),
        lambda: [pack_tgz(FILES), gzip.compress(sparse())],
        PACKAGE_WORDS,
    ),
    Parser(
        "plugin",
        lambda data: read_plugin("a", {RESPONSE: data}, [PROTO]),
        (ToolError,),
        lambda: [answer(("a_pb2.py", "A = 1\n"), ("../b", "")), answer(error="no")],
    ),
    Parser(
        "generated",
        lambda data: parse_generated("a_pb.js", data.decode(errors="replace")),
        (ArtifactError,),
        sample("tests/golden/node/esm/acme/user/v1/user_pb.js"),
        NODE_WORDS,
    ),
    Parser(
        "generated-types",
        lambda data: parse_generated("a_pb.d.ts", data.decode(errors="replace")),
        (ArtifactError,),
        sample("tests/golden/node/esm/acme/user/v1/user_pb.d.ts"),
        NODE_WORDS,
    ),
    Parser(
        "driver",
        lambda data: read_response(data, [INVOCATION]),
        (ToolError,),
        lambda: [respond([{"returncode": 0, "stderr": ""}])],
        JSON_WORDS,
    ),
    Parser(
        "driver-results",
        lambda data: read_response(pack_tar({"response.json": data}), [INVOCATION]),
        (ToolError,),
        lambda: [b'[{"returncode": 0, "stderr": ""}]'],
        JSON_WORDS,
    ),
    Parser(
        "frames",
        lambda data: collect(split_frames([data]), LIMIT),
        (EngineError,),
        lambda: [frames(b"a" * 100, b"", b"b"), frames(bytes(1000))],
    ),
)
