"""The oldest runtime for generated code, by what it imports."""

from __future__ import annotations

import pytest

from protoctl.targets.node.floors import MEASURED, RUNTIME_FLOOR, Use, runtime_floor

CODE = Use("@bufbuild/protobuf/codegenv2", "messageDesc")


@pytest.mark.parametrize(
    ("use", "floor"),
    [
        (CODE, RUNTIME_FLOOR),
        (Use("@bufbuild/protobuf/codegenv2", "objEnum"), "2.13.0"),
        (Use("@bufbuild/protobuf/wkt", "TimestampSchema"), RUNTIME_FLOOR),
        (Use("@bufbuild/protobuf/wkt", "SymbolVisibilitySchema"), "2.6.1"),
        (Use("@bufbuild/protobuf/wkt/google/protobuf/type_pb.js", "TypeSchema"), "2.16.0"),
    ],
)
def test_what_is_imported_decides(use: Use, floor: str) -> None:
    assert runtime_floor(MEASURED, [CODE, use], []) == floor


def test_an_edition_needs_a_runtime_that_loads_it() -> None:
    assert runtime_floor(MEASURED, [CODE], [0, 2023]) == RUNTIME_FLOOR
    assert runtime_floor(MEASURED, [CODE], [2024]) == "2.8.0"


@pytest.mark.parametrize("generator", ["2.4.0", "2.17.1", "3.0.0"])
def test_code_that_nobody_measured_asks_for_its_generators_release(generator: str) -> None:
    assert runtime_floor(generator, [CODE], []) == generator
