"""Generated Python that is as its generators write it passes; each thing that could be smuggled in is named."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from protoctl.targets.python.code_gate import Misfit, find_misfits

if TYPE_CHECKING:
    from conftest import Sample

OWN = {"acme.user.v1.user_service_pb2", "acme.user.v1.user_pb2", "acme.common.v1.page_pb2", "acme.common.v1.audit_pb2"}
FOREIGN = {"google.api.annotations_pb2", *(f"google.protobuf.{name}_pb2" for name in ("empty", "field_mask", "struct"))}


@pytest.fixture(scope="module")
def code(sample: Sample) -> dict[str, str]:
    """Give the generated files of a module by suffix, of its proto with a service, and of one for `user_pb2.pyi`."""
    wheel = next(one for one in sample.wheels if one.name.startswith("acme_user-"))
    with zipfile.ZipFile(wheel) as archive:
        read = {name: archive.read(name).decode() for name in archive.namelist() if "_pb2" in name}
    files = {re.sub(r".*user_service", "", name): text for name, text in read.items() if "user_service" in name}
    return {**files, "types": read["acme/user/v1/user_pb2.pyi"]}


def misfits(suffix: str, text: str) -> list[Misfit]:
    """Give what the gate says about a file of the module."""
    return find_misfits(suffix, text.encode(), OWN | FOREIGN)


def test_what_the_generators_write_passes(code: dict[str, str]) -> None:
    assert sorted(code) == ["_pb2.py", "_pb2.pyi", "_pb2_grpc.py", "_pb2_grpc.pyi", "types"]
    for suffix, text in code.items():
        assert misfits("_pb2.pyi" if suffix == "types" else suffix, text) == []


@pytest.mark.parametrize("suffix", ["_pb2.py", "_pb2.pyi", "_pb2_grpc.py", "_pb2_grpc.pyi"])
@pytest.mark.parametrize(
    "smuggled",
    [
        "import os",
        "import os as acme_dot_user_dot_v1_dot_user__pb2",
        "from os import system as _system",
        "from acme.other.v1 import other_pb2 as acme_dot_other__pb2",
        "from . import user_pb2 as _user_pb2",
        "from os import *",
        "__import__('os').system('x')",
        "'text' + __import__('os').system('x')",
        "'text'.join(x)",
        "x = eval('1')",
        "x: int = eval('1')",
        "x: eval('1')",
        "DESCRIPTOR = eval('1')",
        "del DESCRIPTOR",
        "assert eval('1')",
        "lambda: 0",
        "[eval('1') for _ in x]",
        "global x",
        "with eval('1'): pass",
        "for x in y: pass",
        "while True: pass",
        "try:\n  import os\nexcept ImportError:\n  pass",
        "if x:\n  import os",
        "@eval('1')\nclass Some(object):\n  'text'",
        "class Some(eval('1')):\n  'text'",
        "class Some(object):\n  eval('1')",
        "class Some(object):\n  x = eval('1')",
        "class SomeStub(object):\n  def __init__(self, channel):\n    self.Get = eval('1')",
        "class Some(object):\n  def __del__(self):\n    eval('1')",
        "def some(x=eval('1')): ...",
        "def some(*x: eval('1')): ...",
        "@eval('1')\ndef some(): ...",
        "async def some(): ...",
    ],
)
def test_code_from_elsewhere_is_named(code: dict[str, str], suffix: str, smuggled: str) -> None:
    lines = len(code[suffix].splitlines())
    found = misfits(suffix, code[suffix] + smuggled + "\n")
    assert len(found) == 1
    assert lines < found[0].line <= lines + len(smuggled.splitlines())


@pytest.mark.parametrize(
    ("suffix", "old", "new"),
    [
        ("_pb2.py", "AddSerializedFile(b'", "AddSerializedFile(b'' + eval('1') + b'"),
        ("_pb2.py", "._loaded_options = None", "._loaded_options = eval('1')"),
        ("_pb2.py", "_globals['_USERSERVICE'].methods_by_name", "_globals[eval('1')].methods_by_name"),
        ("_pb2.py", "if not _descriptor._USE_C_DESCRIPTORS:", "if eval('1'):"),
        ("_pb2.py", "from google.protobuf import descriptor as", "from os import descriptor as"),
        ("_pb2_grpc.py", '"""Makes a user and', '"""""" + eval("1") + """Makes a user and'),
        ("_pb2_grpc.py", "'/acme.user.v1.UserService/GetUser'", "eval('1')"),
        ("_pb2_grpc.py", "metadata=None):", "metadata=eval('1')):"),
        ("_pb2_grpc.py", "_registered_method=True)", "_registered_method=True, x=eval('1'))"),
        ("_pb2_grpc.py", "raise NotImplementedError", "raise eval"),
        ("_pb2_grpc.py", "from grpc._utilities import", "from os import"),
        ("_pb2_grpc.py", "@staticmethod", "@eval"),
        ("_pb2_grpc.py", "'CreateUser': grpc.", "eval('1'): grpc."),
        ("_pb2_grpc.pyi", '_deprecated("""', '_deprecated("""""" + eval("1") + """'),
        ("_pb2_grpc.pyi", "if sys.version_info >= (3, 11):", "if eval('1'):"),
        ("_pb2_grpc.pyi", "from typing import Self", "from os import Self"),
        ("_pb2_grpc.pyi", '_typing.TypeVar("_T")', '_typing.eval("_T")'),
        ("types", "metaclass=_UserStatusEnumTypeWrapper", "metaclass=eval('1')"),
        ("types", '_typing.Literal["value"', "_typing.Literal[eval('1')"),
        ("types", "key: _builtins.str = ...", "key: _builtins.str = eval('1')"),
    ],
)
def test_a_changed_part_of_a_known_shape_is_named(code: dict[str, str], suffix: str, old: str, new: str) -> None:
    line = code[suffix][: code[suffix].index(old)].count("\n") + 1
    found = misfits("_pb2.pyi" if suffix == "types" else suffix, code[suffix].replace(old, new, 1))
    assert len(found) == 1
    assert line - 12 <= found[0].line <= line + 1, "where the statement begins that holds it"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"import os;#_pb2 as x\nfrom", "SyntaxError"),
        (b"x = \xff", "UnicodeDecodeError"),
        (b"x = '\0'", "null bytes"),
        (b"# coding: utf-7\n", "another encoding"),
        (b'"""Doc."""\n # -*- coding: latin-1 -*-\n', "another encoding"),
        (b"x = " + b"(" * 5000 + b")" * 5000, "Error"),
        (b"x = " + b"-" * 200_000 + b"1", "Error"),
        (b"x = a" + b".b" * 200_000, "Error"),
        (b"#" * ((64 << 20) + 1), "more than 64 MiB"),
    ],
    ids=["syntax", "bytes", "NUL", "encoding", "encoding in the second line", "brackets", "signs", "dots", "size"],
)
def test_what_python_cannot_read_is_named(data: bytes, said: str) -> None:
    found = find_misfits("_pb2.py", data, set())
    assert len(found) == 1
    assert said in found[0].text


OLDER = """
import sys
import acme.user.v1.user_pb2

if sys.version_info >= (3, 10):
    import typing as typing_extensions
else:
    import typing_extensions

_SAType = typing_extensions.TypeVar("_SAType", grpc.A[acme.B, acme.C], default=grpc.A[acme.B])

class A(google.protobuf.message.Message): ...

global___A = A
"""


def test_what_older_generators_write_passes() -> None:
    """mypy-protobuf from 3.6 on, which a lock for an old Python may hold."""
    assert misfits("_pb2.pyi", OLDER) == []
    changes = {"import typing as": "import os as", "default=grpc": "default=eval('1')", "= A\n": "= A()\n"}
    for old, new in changes.items():
        changed = OLDER.replace(old, new)
        assert changed != OLDER
        assert len(misfits("_pb2.pyi", changed)) == 1
