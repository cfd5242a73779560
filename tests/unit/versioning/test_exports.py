"""What generated Python code hands on."""

from __future__ import annotations

from compiled import compile_texts

from protoctl.versioning.exports import exported_names, public_reach

HEAD = 'syntax = "proto3"; package acme;'


def test_public_imports_reach_through_others() -> None:
    """Public imports hand on messages and enums, plain ones nothing, and services are in another module."""
    schema = compile_texts(
        {
            "a.proto": f'{HEAD} import public "b.proto"; message A {{ message Within {{}} }}',
            "b.proto": f'{HEAD} import public "c.proto"; import "d.proto"; message B {{ D d = 1; }}',
            "c.proto": f"{HEAD} enum C {{ C_A = 0; }} message M {{}} service S {{ rpc Get(M) returns (M); }}",
            "d.proto": f"{HEAD} message D {{}}",
        }
    )
    assert public_reach(schema, "a.proto") == {"a.proto", "b.proto", "c.proto"}
    assert exported_names(schema, "a.proto") == {"A", "B", "C", "M"}
    assert public_reach(schema, "gone.proto") == set()
