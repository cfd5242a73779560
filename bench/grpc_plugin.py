"""`protoc-gen-grpc_python` for buf: grpcio-tools has the generator only inside its protoc.

This file is not imported; a launcher starts it with the toolchain's packages.
"""

import sys
import tempfile
from pathlib import Path

from google.protobuf.compiler.plugin_pb2 import CodeGeneratorRequest, CodeGeneratorResponse
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import _protoc_compiler  # type: ignore[import-untyped, import-not-found, unused-ignore]


def main() -> int:
    """Answer one request on standard input."""
    request = CodeGeneratorRequest.FromString(sys.stdin.buffer.read())
    response = CodeGeneratorResponse(supported_features=3, minimum_edition=998, maximum_edition=1000)
    with tempfile.TemporaryDirectory() as name:
        schema, out = Path(name, "schema.binpb"), Path(name, "out")
        schema.write_bytes(FileDescriptorSet(file=request.proto_file).SerializeToString())
        out.mkdir()
        options = [f"--descriptor_set_in={schema}", f"--grpc_python_out={out}"]
        argv = ["protoc", *options, *request.file_to_generate]
        code: int = _protoc_compiler.run_main([argument.encode() for argument in argv])
        for path in sorted(out.rglob("*.py")):
            response.file.add(name=path.relative_to(out).as_posix(), content=path.read_text())
    sys.stdout.buffer.write(response.SerializeToString())
    return code


if __name__ == "__main__":
    sys.exit(main())
